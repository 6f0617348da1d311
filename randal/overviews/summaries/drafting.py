"""The account as the facts tell it: who met, where, why, what was agreed. Posts and numbers, no names of people."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select

from randal.database.base import db
from randal.l10n.formats import counted, day_date, days, local_date, long_date
from randal.models.follow_ups import FollowUp
from randal.models.meetings import Meeting
from workflows.agenda import ASSESSMENTS, NOT_MET
from workflows.follow_up import NEVER_ASSIGNED
from workflows.meeting_states import LIVE

ASSESSED = {code: label.lower() for code, label in ASSESSMENTS.items()} | {
    NOT_MET: "belum tercapai"
}  # of a running text


def draft(meeting: Meeting) -> str:
    """Paragraphs, an empty line between two."""
    parts = [
        opening(meeting),
        present(meeting),
        aims(meeting),
        agreed(meeting),
        promised(meeting),
        closing(meeting),
    ]
    return "\n\n".join(part for part in parts if part)


def opening(meeting: Meeting) -> str:
    who = meeting.organiser.name if meeting.organiser else "Penyelenggara"
    when = days(meeting.starts_at, meeting.ends_at, meeting.timezone) if meeting.starts_at else ""
    where = f" di {meeting.place}" if meeting.place else " secara daring" if meeting.link else ""
    said = f"{who} menyelenggarakan {meeting.title} pada {when}{where}."
    return f"{said} {sentence(meeting.purpose)}".strip()


def present(meeting: Meeting) -> str:
    came = [row for row in meeting.invitees if row.state == "present"]
    units = [row.unit.short_name for row in came if row.unit]
    said = f"Rapat dihadiri {len(came)} dari {len(meeting.invitees)} yang diundang"
    if units:
        said += f", dari {listed(units)}"
    guests = [row.institution for row in meeting.attendance if row.is_guest and row.institution]
    if guests:
        said += f", serta undangan lain dari {listed(dict.fromkeys(guests))}"
    return said + "."


def aims(meeting: Meeting) -> str:
    told = []
    for code, words in ASSESSED.items():
        texts = [plain(o.text) for o in meeting.objectives if o.assessment == code]
        if texts:
            told.append(f"{words}: {'; '.join(texts)}")
    return (
        f"Penilaian atas sasaran rapat: {'. '.join(part[0].upper() + part[1:] for part in told)}."
        if told
        else ""
    )


def agreed(meeting: Meeting) -> str:
    if not meeting.decisions:
        return ""
    lines = [f"{row.number}. {sentence(row.text)}" for row in meeting.decisions]
    return "Rapat memutuskan:\n" + "\n".join(lines)


def promised(meeting: Meeting) -> str:
    query = select(func.count(), func.count(func.distinct(FollowUp.unit_id)), func.max(FollowUp.due_on))
    mine = query.where(FollowUp.meeting_id == meeting.id, FollowUp.state.not_in(NEVER_ASSIGNED))
    count, units, last = db.session.execute(mine).one()
    if not count:
        return ""
    by = f", paling akhir {long_date(last)}" if last else ""
    return f"Disepakati {counted(count, 'rencana tindak lanjut')} oleh {counted(units, 'satuan kerja')}{by}."


def closing(meeting: Meeting) -> str:
    following = db.session.scalar(
        select(Meeting).where(Meeting.previous_id == meeting.id, Meeting.state.in_(LIVE)).order_by(Meeting.id)
    )
    if following is None or following.starts_at is None:
        return ""
    day = local_date(following.starts_at, following.timezone)
    return f"Pelaksanaannya dibahas pada rapat berikutnya, {day_date(day)}." if day else ""


def listed(words: Iterable[str]) -> str:
    """satu, dua, dan tiga"""
    several = list(words)
    if len(several) < 3:
        return " dan ".join(several)
    return f"{', '.join(several[:-1])}, dan {several[-1]}"


def plain(text: str) -> str:
    return " ".join(text.split()).rstrip(".")


def sentence(text: str) -> str:
    """One line with a full stop; nothing stays nothing."""
    said = " ".join((text or "").split())
    return said if not said or said[-1] in ".!?" else said + "."
