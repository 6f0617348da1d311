"""Which move makes which paper. Each is asked for in the move's own transaction, and drawn later by a worker.
The minutes ask for theirs themselves, when they are frozen."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from randal.database.base import db
from randal.documents import model as documents
from randal.documents.model import Document
from randal.documents.paper_parts import iso
from randal.documents.pipeline import ready
from randal.engine.transitions import fire
from randal.history.events import Event, within
from randal.models.attendance import Attendance
from randal.models.follow_ups import FollowUp
from randal.models.meetings import Meeting
from randal.models.minutes import KINDS, Minutes
from randal.org.places import Unit
from workflows.letter import letter_waits
from workflows.lifecycle import MACHINE
from workflows.meeting_states import HELD
from workflows.minutes import MINUTES


@within("meeting.schedule", "meeting.reschedule")
def draft_letter(meeting: Meeting, event: Event) -> None:
    unsigned_letter(meeting, event)
    documents.request(
        "invitation",
        "meeting",
        meeting.id,
        title=f"Draf undangan {meeting.title}",
        now=event.at,
        restricted=True,
        meeting_id=meeting.id,
        created_by_id=event.actor_id,
    )


@within("meeting.reassign", "meeting.decline_letter", "meeting.cancel")
def unsigned_letter(meeting: Meeting, event: Event) -> None:
    """A letter that was to be signed here and no longer is: what it says holds no more, or its signer gave it back."""
    if event.move == "reassign" and letter_waits(meeting):
        return
    document = Document.of("invitation", "meeting", meeting.id)
    if document and document.restricted and document.params.get("way") == "here":
        documents.withdraw(document, "Surat ini ditarik sebelum ditandatangani.", now=event.at)


@within("meeting.issue_letter")
def issued_letter(meeting: Meeting, event: Event) -> None:
    """The letter remembers its number and date: a later reschedule takes them off the meeting."""
    facts: dict[str, Any] = {
        "number": meeting.letter_number or "",
        "dated_on": iso(meeting.letter_dated_on),
        "announced": meeting.announced,  # another place afterwards asks for a revised letter
    }
    if meeting.letter:  # as it is worded now: a later edit changes the next letter
        facts |= {"letter": meeting.letter.facts}
    if meeting.letter_file_id:
        facts |= {"file_id": meeting.letter_file_id}
    if here := letter_waits(meeting):
        facts |= {"way": "here"}
    documents.request(
        "invitation",
        "meeting",
        meeting.id,
        title=f"Undangan {meeting.title}",
        now=event.at,
        restricted=here,  # nothing goes out before the signature
        meeting_id=meeting.id,
        created_by_id=event.actor_id,
        params=facts,
    )


@within("meeting.close")
def attendance_of(meeting: Meeting, event: Event) -> None:
    attendance_list(meeting, event)


@within(
    "attendance.excuse",
    "attendance.send_on_duty",
    "attendance.correct_to_present",
    "attendance.correct_to_absent",
)
def corrected(row: Attendance, event: Event) -> None:
    """What is corrected after the end is on a new list."""
    if row.meeting.state in HELD:
        attendance_list(row.meeting, event)


def attendance_list(meeting: Meeting, event: Event) -> None:
    alone(Meeting, meeting.id)
    documents.request(
        "attendance_list",
        "meeting",
        meeting.id,
        title=f"Daftar hadir {meeting.title}",
        now=event.at,
        meeting_id=meeting.id,
        created_by_id=event.actor_id,
    )


@ready(*(kind.document for kind in KINDS.values()))
def ask_for_signatures(document: Document, now: datetime) -> None:
    minutes = db.session.get_one(Minutes, document.subject_id)
    if minutes.state == "approved" and minutes.version_no == document.revision:
        fire(minutes, "request_signatures", MACHINE, now=now)


@within("minutes.revise")
def taken_back(minutes: Minutes, event: Event) -> None:
    why = f"{minutes.what.title} ditarik untuk diperbaiki."
    for document in minutes.documents:
        documents.withdraw(document, why, now=event.at)


@within("minutes.supersede")
def replaced(minutes: Minutes, event: Event) -> None:
    """The published paper names the addendum's that stands in its place."""
    old = Document.of(minutes.what.document, "minutes", minutes.id)
    newer = max((m.id for m in minutes.addenda if m.state == "signed"), default=None)
    new = Document.of(minutes.what.document, "minutes", newer) if newer else None
    if old and new:
        old.superseded_by_id = new.id


@within("minutes.complete")
def trackers_of(minutes: Minutes, event: Event) -> None:
    """Every unit that promised something in the meeting gets its tracker anew, once its notula is published."""
    if minutes.kind != MINUTES:
        return
    owing = select(FollowUp.unit_id).where(FollowUp.meeting_id == minutes.meeting_id)
    for unit in db.session.scalars(select(Unit).where(Unit.id.in_(owing)).order_by(Unit.id)).unique():
        tracker(unit, event)


@within("follow_up.verify")
def tracker_after(follow_up: FollowUp, event: Event) -> None:
    tracker(follow_up.unit, event)


def tracker(unit: Unit, event: Event) -> None:
    alone(Unit, unit.id)
    title = f"Pelacak Tindak Lanjut {unit.short_name}"
    documents.request("tracker", "unit", unit.id, title=title, now=event.at, unit_id=unit.id)


def alone(model: type[Meeting] | type[Unit], id: int) -> None:
    """Two moves at once on different items of one subject ask for its next paper in turn."""
    db.session.execute(select(model.id).where(model.id == id).with_for_update())
