"""Who hears of a meeting, and what its moves touch, counted: one answer for what is sent, what is said before a move, and
what is said after it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from randal.org.people import Person
from workflows.attendance import ANSWERED, TO_COME
from workflows.letter import letter_waits
from workflows.lifecycle import PPK

if TYPE_CHECKING:
    from randal.models.attendance import Attendance
    from randal.models.meetings import Meeting


def hearers(meeting: Meeting) -> list[Person]:
    """Those who answer for the invited (the person; the PPK and its staff), the chair and the minute-taker: each once,
    and none whose account is closed."""
    from randal.models.attendance import answer_for

    officers = [p for p in (meeting.chair, meeting.minute_taker) if p and p.active]
    return list({p.id: p for p in [*answer_for(meeting.invitees), *officers]}.values())


def people_told(meeting: Meeting) -> int:
    return len(hearers(meeting))


def copies_told(meeting: Meeting) -> int:
    """Addresses among the tembusan that are not told otherwise."""
    told = {p.email.lower() for p in hearers(meeting)}
    return len({copy.address for copy in meeting.copies if copy.address} - told)


def units_invited(meeting: Meeting) -> int:
    return sum(row.unit_id is not None for row in meeting.invitees)


def answers_given(meeting: Meeting) -> int:
    return sum(row.state in ANSWERED for row in meeting.invitees)


def letter_to_sign(meeting: Meeting) -> str | None:
    return meeting.letter_number if letter_waits(meeting) else None


def items_open(meeting: Meeting) -> int:
    return sum(not item.outcome for item in meeting.agenda_items)


def _officers(meeting: Meeting) -> tuple[list[Attendance], list[Attendance]]:
    """The rows that nobody has confirmed: those of chair and note-taker (not where somebody else was to come), the others."""
    people = [p for p in (meeting.chair, meeting.minute_taker) if p]
    ids = {p.id for p in people}
    units = {p.unit_id for p in people if p.role == PPK and p.unit_id}
    rows = [row for row in meeting.invitees if row.state in TO_COME]
    own = [r for r in rows if r.state != "represented" and (r.person_id in ids or r.unit_id in units)]
    return own, [row for row in rows if row not in own]


def gone(meeting: Meeting) -> list[str]:
    """Who is to lead, write or come, by name, and can no longer: his account is closed."""
    people = [meeting.chair, meeting.minute_taker, *(row.person for row in meeting.invitees)]
    return list(dict.fromkeys(p.name for p in people if p and not p.active))


def in_office(meeting: Meeting) -> list[Attendance]:
    return _officers(meeting)[0]


def unconfirmed(meeting: Meeting) -> list[Attendance]:
    return _officers(meeting)[1]


def rows_absent(meeting: Meeting) -> int:
    return len(unconfirmed(meeting))


def unreported(meeting: Meeting, now: datetime) -> list[str]:
    """Invited units whose report is due and not there."""
    from randal.models import meeting_reports

    return meeting_reports.unreported(meeting, now)


def letter_outdated(meeting: Meeting) -> bool:
    from randal.models import letter_revising

    return bool(letter_revising.asked_for(meeting))
