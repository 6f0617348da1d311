"""The screen of the room: what runs and for how long, what is next, who is here, what was decided. For eight metres."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_login import login_required
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from randal.base.personal import mask
from randal.database.base import db
from randal.meeting_facts import etag, presence
from randal.models.follow_ups import ENDED, FollowUp
from randal.models.meetings import Decision, Meeting
from randal.rooms.meetings import room, series, timetable
from randal.web.pages import actor, now
from workflows.attendance import NOT_COMING
from workflows.lifecycle import Act
from workflows.meeting import LIFECYCLE
from workflows.meeting_states import LIVE

DECISIONS, PROMISES, ABSENT, LATER, CARRIED = 2, 2, 10, 2, 4  # how many of each fit on the screen
EVERY = 3  # seconds


def add_projector(bp: Blueprint) -> None:
    bp.add_url_rule("/<int:id>/proyektor", view_func=login_required(projector))


@dataclass
class Promise:
    """One follow-up of today; what was promised by several in the same words is one."""

    text: str
    due_on: date | None
    units: list[str] = field(default_factory=list)

    @property
    def who(self) -> str:
        return self.units[0] if len(self.units) == 1 else f"{len(self.units)} PPK"


def projector(id: int) -> ResponseReturnValue:
    mark = etag.mark_of(id, actor(), now())
    if etag.has(mark):
        return etag.same(mark)
    meeting = room.open_room(id, actor())
    at = now()
    LIFECYCLE.require(meeting, "projector", Act(actor(), at))
    on = meeting.state == "in_session"
    presence.load(meeting.attendance)
    planned = timetable.plan(meeting, at if on else None)
    course = timetable.course(meeting, at) if on else None
    page = render_template(
        "meetings/projector.html",
        meeting=meeting,
        mark=mark,
        every=EVERY,
        course=course,
        running=next((p for p in planned if course and p.item is course.running), None),
        due=due_of(meeting, course.running) if course and course.running else None,
        later=later(planned, course),
        carried=carried(meeting, course),
        quorum=presence.quorum(meeting, at),
        absent=[row for row in meeting.invitees if not presence.is_here(row, at)],
        away=NOT_COMING,
        most_absent=ABSENT,
        decisions=decisions(meeting),
        promises=promises(meeting)[:PROMISES],
    )
    return mask(page)  # everybody in the room reads it


def due_of(meeting: Meeting, item: Any) -> datetime | None:
    """When the running item's time is up, breaks left out; None without a duration."""
    if not item.duration:
        return None
    return timetable.fit(item.started_at, timetable.length(item), timetable.breaks_of(meeting))[1]


def carried(meeting: Meeting, course: timetable.Course | None) -> list[str]:
    """What came over from earlier meetings, while the item that carries it runs or is the next one."""
    item = (course.running or course.next) if course else next(iter(meeting.agenda_items), None)
    if item is None or not item.carries_over or meeting.state not in LIVE:
        return []
    return series.carried_over(meeting).first(CARRIED)


def later(
    planned: Iterable[timetable.Planned], course: timetable.Course | None
) -> list[tuple[Any, datetime]]:
    """The next items, each with when it is expected to begin."""
    expected = course.expected if course else {}
    rows = [
        (p.item, expected.get(p.item.id, (p.starts_at,))[0]) for p in planned if timetable.is_to_come(p.item)
    ]
    return rows[:LATER]


def decisions(meeting: Meeting) -> list[Decision]:
    """The last ones, in their order."""
    query = select(Decision).where(Decision.meeting_id == meeting.id).order_by(Decision.number.desc())
    return list(db.session.scalars(query.limit(DECISIONS)))[::-1]


def promises(meeting: Meeting) -> list[Promise]:
    """The newest first."""
    query = FollowUp.visible_to(actor()).where(
        FollowUp.meeting_id == meeting.id, FollowUp.state.not_in(ENDED)
    )
    query = query.options(joinedload(FollowUp.unit)).order_by(FollowUp.id.desc()).limit(200)
    found: dict[str, Promise] = {}
    for row in db.session.scalars(query).unique():
        one = found.setdefault(row.group_key or str(row.id), Promise(row.text, row.due_on))
        one.units.insert(0, row.unit.short_name)
    return list(found.values())
