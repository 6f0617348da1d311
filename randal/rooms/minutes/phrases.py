"""What several papers say of a meeting in the same words: when, where, who, how much was agreed."""

from __future__ import annotations

from sqlalchemy import select

from randal.database.base import db
from randal.documents.paper_parts import believed
from randal.l10n import formats
from randal.models.follow_ups import FollowUp
from randal.models.meetings import Meeting
from randal.org.people import Person
from randal.rooms.minutes.facts import agreed


def spelled_days(meeting: Meeting) -> str:
    """Senin, tanggal dua puluh lima bulan Juni tahun dua ribu delapan belas (25 Juni 2018)"""
    first, last = meeting.local_start_date, meeting.local_end_date
    if first == last:
        return f"{formats.spelled_date(first)} ({formats.long_date(first)})"
    spelled = f"{formats.spelled_date(first)} sampai dengan hari {formats.spelled_date(last)}"
    return f"{spelled} ({formats.date_range(first, last)})"


def when_and_where(meeting: Meeting) -> str:
    where = f"bertempat di {meeting.place}" if meeting.place else "secara daring"
    zone = meeting.timezone
    when = f"dijadwalkan pukul {formats.span(meeting.starts_at, meeting.ends_at, zone)}"
    if meeting.opened_at and meeting.closed_at and believed(meeting):
        when += f" dan berlangsung pukul {formats.span(meeting.opened_at, meeting.closed_at, zone)}"
    return f"{when}, {where}"


def led(meeting: Meeting) -> str:
    return f", dipimpin oleh {named(meeting.chair, meeting)}," if meeting.chair else ""


def attended(meeting: Meeting) -> str:
    came = sum(row.state == "present" for row in meeting.invitees)
    guests = len(meeting.attendance) - len(meeting.invitees)
    also = f" serta {formats.counted(guests, 'tamu')}" if guests else ""
    return f"{formats.counted(came, 'dari')} {formats.counted(len(meeting.invitees), 'undangan')}{also}"


def named(person: Person, meeting: Meeting) -> str:
    title = person.post_title(meeting.local_start_date) if meeting.local_start_date else ""
    return f"{person.name} ({title})" if title else person.name


def promised(meeting: Meeting) -> str:
    """As many as the table has lines; and where a line is for several PPK, what they come to."""
    rows = list(db.session.scalars(select(FollowUp).where(FollowUp.meeting_id == meeting.id)))
    lines = agreed(rows)
    each = sum(map(len, lines))
    said = formats.counted(len(lines), "rencana tindak lanjut")
    return said if each == len(lines) else f"{said}, yang bagi tiap PPK berjumlah {formats.number(each)}"
