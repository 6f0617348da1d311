"""A series: the next meeting made from the last, and what comes over from there.

What comes over is read, never copied: open follow-ups of the invited units, agenda items that were put off and
objectives that were not (wholly) met. `schedule` gives it the first place on the agenda.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from randal.database.base import db
from randal.l10n import clock
from randal.meeting_facts.invitees import add
from randal.models.attendance import Attendance
from randal.models.follow_ups import FollowUp
from randal.models.meetings import AgendaItem, Meeting, Objective, Session
from randal.rooms.meetings.commands import is_active, local, make_meeting
from workflows.agenda import UNMET
from workflows.follow_up import NOT_OWED
from workflows.lifecycle import Act, Actor
from workflows.meeting import LIFECYCLE

SAME = ("title", "purpose", "timezone", "place", "link", "organiser_id", "quorum", "cc")
FOUR_WEEKS = timedelta(weeks=4)
NOT_AT_ALL = timedelta()


# -- the next meeting --------------------------------------------------------------------------------


def as_next(meeting: Meeting, now: datetime, *, same_day: bool = False) -> dict[str, Any]:
    """The form of the next meeting as the last one fills it, at the pace of the series (four weeks when there is
    none yet), never in the past; with `same_day` at the same time, while that is still to come."""
    given: dict[str, Any] = {name: getattr(meeting, name) for name in SAME}
    for name in ("chair_id", "minute_taker_id"):
        person_id = getattr(meeting, name)
        given[name] = person_id if person_id and is_active(person_id) else None
    starts, ends = local(meeting, "starts_at"), local(meeting, "ends_at")
    if starts and ends:
        step, today = pace(meeting), clock.local_date(now, meeting.timezone)
        shift, first = (NOT_AT_ALL, today) if same_day else (step, today + timedelta(days=1))
        while (starts + shift).date() < first:
            shift += step
        for name, at in (("starts_at", starts), ("ends_at", ends)):
            given[name] = (at + shift).isoformat(timespec="minutes")
    given["unit_ids"] = [row.unit_id for row in meeting.invitees if row.unit_id]
    for kind, name in (("sasaran", "objectives"), ("keluaran", "outputs")):
        given[name] = "\n".join(one_line(o.text) for o in meeting.objectives if o.kind == kind)
    given["agenda"] = "\n".join(
        one_line(item.title) + (f" ({item.duration})" if item.duration else "")
        for item in meeting.agenda_items
        if not item.carries_over
    )
    return given


def pace(meeting: Meeting) -> timedelta:
    """How far apart this meeting and the one before were, in whole weeks."""
    before = db.session.get(Meeting, meeting.previous_id) if meeting.previous_id else None
    if before is None or not before.starts_at or not meeting.starts_at:
        return FOUR_WEEKS
    weeks = round((meeting.starts_at - before.starts_at) / timedelta(weeks=1))
    return timedelta(weeks=weeks) if weeks > 0 else FOUR_WEEKS


def one_line(text: str) -> str:
    return " ".join(text.split())


def make_next(meeting: Meeting, actor: Actor, raw: Mapping[str, Any], now: datetime) -> Meeting:
    """A draft that follows this meeting, from the (filled) form; sessions and the people invited besides the PPK
    come along. Refused: role, state, fields."""
    LIFECYCLE.require(meeting, "follow_on", Act(actor, now))
    made = make_from(meeting, actor, raw, now)
    made.previous_id = meeting.id
    db.session.flush()
    return made


def offered(meeting: Meeting, act: Act) -> dict[str, bool]:
    """For the buttons of its page."""
    return {
        "may_follow": LIFECYCLE.has(meeting, "follow_on", act),
        "may_copy": LIFECYCLE.has(meeting, "copy", act),
    }


def make_again(meeting: Meeting, actor: Actor, raw: Mapping[str, Any], now: datetime) -> Meeting:
    """A new draft in place of a meeting that was cancelled, with all that was prepared for it; it follows the same
    meeting as that one did. Refused: role, state, fields."""
    LIFECYCLE.require(meeting, "copy", Act(actor, now))
    made = make_from(meeting, actor, raw, now)
    made.previous_id = meeting.previous_id
    db.session.flush()
    return made


def make_from(meeting: Meeting, actor: Actor, raw: Mapping[str, Any], now: datetime) -> Meeting:
    """A draft from the (filled) form; sessions and the people invited besides the PPK come along."""
    made = make_meeting(actor, raw, now)
    copy_sessions(meeting, made, now)
    for row in meeting.invitees:
        person = row.person
        if person and person.active and row.person_id not in {r.person_id for r in made.attendance}:
            post = person.post_title(made.local_start_date or made.local_date(now)) or row.post_invited
            add(made, Attendance(person_id=person.id, post_invited=post), actor, now)
    return made


def copy_sessions(meeting: Meeting, made: Meeting, now: datetime) -> None:
    """Days, halves and breaks at the same hours, while they fit into the new meeting's time."""
    if not (meeting.starts_at and made.starts_at and made.ends_at):
        return
    shift = made.starts_at - meeting.starts_at
    fresh: dict[int, Session] = {}
    for old in meeting.sessions:
        if old.ends_at + shift > made.ends_at:
            continue
        fresh[old.id] = Session(
            meeting=made, kind=old.kind, title=old.title, place=old.place,
            starts_at=old.starts_at + shift, ends_at=old.ends_at + shift, updated_at=now,
        )  # fmt: skip
    db.session.add_all(fresh.values())
    of_title = {one_line(item.title): item.session_id for item in meeting.agenda_items if item.session_id}
    for item in made.agenda_items:
        if session := fresh.get(of_title.get(item.title, 0)):
            item.session = session


# -- what comes over ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class CarriedOver:
    """What the meeting before left: nothing of it is copied, so that it stays true."""

    follow_ups: int  # of the invited units, from any earlier meeting, not ended
    units: int  # that owe them
    deferred: list[AgendaItem]
    unmet: list[Objective]

    @property
    def points(self) -> list[str]:
        """As papers and the room's screen say it, under the item that carries it."""
        owed = f"{self.follow_ups} tindak lanjut terbuka pada {self.units} PPK"
        return (
            ([owed] if self.follow_ups else [])
            + [f"Ditunda dari rapat sebelumnya: {item.title}" for item in self.deferred]
            + [f"Belum (seluruhnya) tercapai: {o.text}" for o in self.unmet]
        )

    def first(self, most: int) -> list[str]:
        """At most so many of the points; the rest as a number."""
        rest = len(self.points) - most
        return [*self.points[:most], f"dan {rest} hal lain"] if rest > 0 else self.points

    def __bool__(self) -> bool:
        return bool(self.follow_ups or self.deferred or self.unmet)


def carried_over(meeting: Meeting) -> CarriedOver:
    """Three statements, whatever the number of units."""
    units = [row.unit_id for row in meeting.invitees if row.unit_id]
    owed = select(func.count(), func.count(FollowUp.unit_id.distinct())).where(
        FollowUp.unit_id.in_(units),
        FollowUp.state.not_in(NOT_OWED),
        FollowUp.meeting_id != meeting.id,
    )
    count, owing = db.session.execute(owed).one()
    before = meeting.previous_id
    deferred = select(AgendaItem).where(AgendaItem.meeting_id == before, AgendaItem.outcome == "deferred")
    unmet = select(Objective).where(Objective.meeting_id == before, Objective.assessment.in_(UNMET))
    return CarriedOver(
        count,
        owing,
        list(db.session.scalars(deferred.order_by(AgendaItem.position))) if before else [],
        list(db.session.scalars(unmet.order_by(Objective.position))) if before else [],
    )


def of_agenda(meeting: Meeting) -> CarriedOver | None:
    """For a page with the agenda: what stands under the item that carries it, if there is one."""
    return carried_over(meeting) if any(item.carries_over for item in meeting.agenda_items) else None


def before_and_after(meeting: Meeting, actor: Actor) -> tuple[Meeting | None, list[Meeting]]:
    """The meeting before and those that follow, as far as this actor may see them."""
    around = (Meeting.previous_id == meeting.id) | (Meeting.id == meeting.previous_id)
    query = Meeting.visible_to(actor).where(around).order_by(Meeting.starts_at, Meeting.id)
    rows = [
        m for m in db.session.scalars(query).unique() if m.state != "cancelled" or m.id == meeting.previous_id
    ]
    before = next((m for m in rows if m.id == meeting.previous_id), None)
    return before, [m for m in rows if m.previous_id == meeting.id]
