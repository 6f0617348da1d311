"""What a leader answers on his sheet: an arahan of a meeting, and the draft of the follow-up that carries it out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from randal.database.base import db
from randal.models.follow_ups import FollowUp
from randal.models.kendala import Kendala
from randal.models.meetings import Directive, Meeting
from randal.org.people import Person
from randal.rooms.follow_ups.commands import make_follow_up
from randal.rooms.meetings.parts import make_part
from randal.schemas import forms
from workflows.kendala import LINKED_IN
from workflows.lifecycle import LEADER, Actor, Refused
from workflows.meeting import LIFECYCLE
from workflows.meeting_states import BOOK


class AnswerForm(forms.Base):
    text = forms.prose("Arahan", max=4000, help="Yang harus dikerjakan PPK, satu kalimat.")
    expected_output = forms.text("Keluaran yang diharapkan", max=500)
    due_on = forms.day("Tenggat")


def answer(
    item: Kendala | FollowUp, actor: Actor, raw: Mapping[str, Any], now: datetime
) -> tuple[Directive | None, FollowUp]:
    """The arahan stands in the meeting whose book is still open (the item's own, else the newest that this leader may write
    in), and the follow-up is a draft of the item's meeting. Between meetings there is no open book: then the arahan
    stands in the follow-up alone, and is read out with the open follow-ups at the next meeting. Refused: role, fields."""
    if not actor.has(LEADER):
        raise Refused("role", "Arahan pada lembar ini diberikan oleh pimpinan.")
    given = forms.load(AnswerForm, raw)
    speaker = db.session.get_one(Person, actor.id).name
    book = open_book(item.meeting, actor, now)
    directive = (
        make_part("directives", book, actor, {"text": given["text"], "speaker": speaker}, now)
        if book
        else None
    )
    wanted = {
        "meeting_id": item.meeting_id,
        "unit_id": item.unit_id,
        "text": f"Arahan pimpinan: {given['text']}",
        "expected_output": given["expected_output"],
        "due_on": given["due_on"].isoformat(),
        "priority": "high",
    }
    if isinstance(item, Kendala) and item.state in LINKED_IN:
        wanted["kendala_ids"] = [item.id]
    return directive, make_follow_up(actor, wanted, now)


def open_book(own: Meeting, actor: Actor, now: datetime) -> Meeting | None:
    if LIFECYCLE.can(own, "add_directive", actor, now):
        return own
    query = Meeting.visible_to(actor).where(Meeting.state.in_(BOOK)).order_by(Meeting.starts_at.desc())
    found = db.session.scalars(query.limit(10)).unique()
    return next((meeting for meeting in found if LIFECYCLE.can(meeting, "add_directive", actor, now)), None)


def item_of(kind: str, id: int, actor: Actor) -> Kendala | FollowUp | None:
    """What is answered, if this actor may see it."""
    model: Any = {"kendala": Kendala, "follow_up": FollowUp}.get(kind)
    return db.session.scalar(model.visible_to(actor).where(model.id == id)) if model and id < 2**31 else None
