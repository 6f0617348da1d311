"""Attendance follows its meeting."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from randal.engine.transitions import fire
from randal.history.events import Event, within
from randal.meeting_facts import presence
from randal.models.attendance import Attendance
from randal.models.meetings import Meeting
from randal.org.people import people_with_role
from randal.web.attempt import before
from workflows.attendance import ANSWERED, TO_COME
from workflows.lifecycle import MACHINE, PPK, Actor
from workflows.meeting_states import LIVE

AT_THE_END = {
    "invited": "mark_absent",
    "accepted": "mark_absent",
    "represented": "mark_absent",
    "declined": "mark_excused",
}


@within("meeting.close")
def settle(item: Meeting, event: Event) -> None:
    """Chair and note-taker were there unless it is said otherwise; so was whom the close page ticked."""
    away = set(event.data.get("absent") or ())
    there = {row.id for row in item.in_office} - away | set(event.data.get("present") or ())
    for row in item.invitees:
        if move := "mark_present" if row.id in there and row.state in TO_COME else AT_THE_END.get(row.state):
            fire(row, move, MACHINE, now=event.at)


@within("meeting.reschedule")
def ask_again(item: Meeting, event: Event) -> None:
    for row in item.invitees:
        if row.state in ANSWERED:
            fire(row, "ask_again", MACHINE, now=event.at)


@within("attendance.check_in", "attendance.create")
def come_in(item: Attendance, event: Event) -> None:
    """Who checks in (a guest: who is written down) during the meeting is in the room from now on."""
    meeting = item.meeting
    if item.state == "present" and meeting.state in LIVE:
        told = event.data.get("phone_time")
        presence.arrive(item, event.at, phone_time=datetime.fromisoformat(told) if told else None)


@within("attendance.correct_to_absent")
def was_not_there(item: Attendance, event: Event) -> None:
    presence.forget(item)


@before("attendance.check_in")
def name_who_comes(item: Attendance, actor: Actor, given: dict[str, Any], now: datetime) -> dict[str, Any]:
    """The invited person comes himself unless another was named: the list shows a name, not only a post."""
    if given.get("name") or item.name_attending:
        return {}
    who = item.person if item.person_id else None
    if who is None and item.unit_id:
        holders = people_with_role(PPK, unit_id=item.unit_id)
        who = next((p for p in holders if p.id == actor.id), holders[0] if len(holders) == 1 else None)
    if who is None:
        return {}
    day = item.meeting.local_start_date or item.meeting.local_date(now)
    # "PPK" alone says little among 34: without a post of his own he comes as the one invited.
    post = item.label if item.unit_id and not who.held(day) else who.post_title(day)
    return {"name": who.name, "post": given.get("post") or post}
