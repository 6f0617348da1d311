"""Who reads and who writes a paper of the meeting, and what its moves touch, counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from randal.database.base import db
from randal.models.attendance import answer_for
from randal.org.people import Person
from workflows.signature import OPEN

if TYPE_CHECKING:
    from randal.models.minutes import Minutes


def decider(minutes: Minutes) -> Person | None:
    """Who approves it: the head that a report is for, else the chair."""
    return minutes.addressee or minutes.meeting.chair


def readers(minutes: Minutes) -> list[Person]:
    """Those for whom it is written: whoever answers for the invited; a report is for its head."""
    return [minutes.addressee] if minutes.addressee else answer_for(minutes.meeting.invitees)


def writers(minutes: Minutes) -> list[Person]:
    """Those to whom it comes back: who decides it, the minute-taker, and who opened it."""
    by = db.session.get(Person, minutes.created_by_id) if minutes.created_by_id else None
    found = (decider(minutes), minutes.meeting.minute_taker, by)
    return list({p.id: p for p in found if p and p.active}.values())


def readers_told(minutes: Minutes) -> int:
    people = [*readers(minutes), *filter(None, [decider(minutes)])]
    return len({p.id for p in people if p.active})


def agreements_given(minutes: Minutes) -> int:
    return sum(a.version_no == minutes.version_no for a in minutes.agreements)


def signers_named(minutes: Minutes) -> int:
    return len(minutes.signers)


def gone_signers(minutes: Minutes) -> list[str]:
    return [signer.person.name for signer in minutes.signers if not signer.person.active]


def signatures_open(minutes: Minutes) -> int:
    return sum(s.state in OPEN for s in minutes.signatures)


def signatures_given(minutes: Minutes) -> int:
    return sum(s.state == "signed" for s in minutes.signatures)
