"""What several papers say of a meeting in the same words: when, where, who, how much was agreed."""

from __future__ import annotations

from sqlalchemy import select

from randal.core import words
from randal.core.db import db
from randal.core.paper_parts import believed
from randal.core.people import Person
from randal.follow_ups.models import FollowUp
from randal.meetings.models import Meeting
from randal.minutes.facts import agreed


def spelled_days(meeting: Meeting) -> str:
    """Senin, tanggal dua puluh lima bulan Juni tahun dua ribu delapan belas (25 Juni 2018)"""
    first, last = meeting.local_start_date, meeting.local_end_date
    if first == last:
        return f"{words.spelled_date(first)} ({words.long_date(first)})"
    spelled = f"{words.spelled_date(first)} sampai dengan hari {words.spelled_date(last)}"
    return f"{spelled} ({words.date_range(first, last)})"


def when_and_where(meeting: Meeting) -> str:
    where = f"bertempat di {meeting.place}" if meeting.place else "secara daring"
    zone = meeting.timezone
    when = f"dijadwalkan pukul {words.span(meeting.starts_at, meeting.ends_at, zone)}"
    if meeting.opened_at and meeting.closed_at and believed(meeting):
        when += f" dan berlangsung pukul {words.span(meeting.opened_at, meeting.closed_at, zone)}"
    return f"{when}, {where}"


def led(meeting: Meeting) -> str:
    return f", dipimpin oleh {named(meeting.chair, meeting)}," if meeting.chair else ""


def attended(meeting: Meeting) -> str:
    came = sum(row.state == "present" for row in meeting.invitees)
    guests = len(meeting.attendance) - len(meeting.invitees)
    also = f" serta {words.counted(guests, 'tamu')}" if guests else ""
    return f"{words.counted(came, 'dari')} {words.counted(len(meeting.invitees), 'undangan')}{also}"


def named(person: Person, meeting: Meeting) -> str:
    title = person.post_title(meeting.local_start_date) if meeting.local_start_date else ""
    return f"{person.name} ({title})" if title else person.name


def promised(meeting: Meeting) -> str:
    """As many as the table has lines; and where a line is for several PPK, what they come to."""
    rows = list(db.session.scalars(select(FollowUp).where(FollowUp.meeting_id == meeting.id)))
    lines = agreed(rows)
    each = sum(map(len, lines))
    said = words.counted(len(lines), "rencana tindak lanjut")
    return said if each == len(lines) else f"{said}, yang bagi tiap PPK berjumlah {words.number(each)}"
