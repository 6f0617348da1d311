"""The agenda in the room: its moves, and the meeting's timetable. Reading and changing an item is in parts.py."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Response

from randal.api.furniture import actor, answer, api, body, described, in_its_version, instant, now, shown
from randal.api.parts import AgendaOut
from randal.api.resources import kept
from randal.models.meetings import AgendaItem, Meeting
from randal.rooms.meetings import agenda, timetable
from randal.schemas.moves import ask_schema
from randal.web.attempt import seen


def serve_move(name: str, act: Callable[..., None], summary: str, asks: Any = None) -> None:
    @api.post(f"/agenda/<int:id>/moves/{name}", endpoint=f"agenda_{name}")
    @described(asks)
    @shown(AgendaOut, summary, "agenda")
    def moving(id: int) -> Response:
        row = seen(AgendaItem, id, actor())
        given = (body(),) if asks else ()
        with in_its_version(row, required=False):
            act(row, actor(), *given, now())
        return kept(row)


serve_move("start", agenda.start, "Mulai acara ini; yang sedang berlangsung selesai")
serve_move("finish", agenda.finish, "Selesai")
serve_move(
    "defer", agenda.defer, "Tunda dengan alasan", type("AgendaDefer", (ask_schema(agenda.REASON),), {})
)


def minutes(length: timedelta) -> int:
    """Whole minutes, towards zero."""
    return int(length / timedelta(minutes=1))


@api.get("/meetings/<int:id>/timetable")
@shown(None, "Acara menurut rencana dan kenyataan", "meetings")
def meeting_timetable(id: int) -> Response:
    """Planned, real and expected times of every item in the order in which it is held."""
    meeting = seen(Meeting, id, actor())
    on = meeting.state == "in_session"
    course = timetable.course(meeting, now()) if on and meeting.starts_at else None
    items = []
    for planned in timetable.plan(meeting, now() if on else None):
        expected = course.expected.get(planned.item.id) if course else None
        items.append(
            {
                "agenda_id": planned.item.id,
                "title": planned.item.title,
                "session_id": planned.item.session_id,
                "planned_starts_at": instant(planned.starts_at),
                "planned_ends_at": instant(planned.ends_at),
                "started_at": instant(planned.item.started_at),
                "ended_at": instant(planned.item.ended_at),
                "expected_starts_at": instant(expected[0]) if expected else None,
                "expected_ends_at": instant(expected[1]) if expected else None,
                "overrun": minutes(planned.overrun),
            }
        )
    said = {
        "running_id": course.running.id if course and course.running else None,
        "next_id": course.next.id if course and course.next else None,
        "delay": minutes(course.delay) if course else 0,
        "expected_end": instant(course.ends_at) if course else None,
    }
    return answer({"items": items, "next": None} | said)
