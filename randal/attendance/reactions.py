"""Attendance follows its meeting."""

from __future__ import annotations

from randal.core.events import Event, within
from randal.core.transitions import fire
from randal.meetings.models import Meeting
from workflows.lifecycle import MACHINE

AT_THE_END = {
    "invited": "mark_absent",
    "accepted": "mark_absent",
    "represented": "mark_absent",
    "declined": "mark_excused",
}


@within("meeting.close")
def settle(item: Meeting, event: Event) -> None:
    for row in item.invitees:
        if move := AT_THE_END.get(row.state):
            fire(row, move, MACHINE, now=event.at)


@within("meeting.reschedule")
def ask_again(item: Meeting, event: Event) -> None:
    for row in item.invitees:
        if row.state in ("accepted", "represented", "declined"):
            fire(row, "ask_again", MACHINE, now=event.at)
