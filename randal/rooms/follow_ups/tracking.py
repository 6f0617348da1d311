"""The action tracker: follow-ups as they stand, or as they stood on a day, read from the history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    String,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import joinedload

from randal.base import ids
from randal.database.base import UTCDateTime, db
from randal.history.events import GONE, Event, EventText
from randal.l10n import clock
from randal.models.follow_ups import DUE_SOON_DAYS, ENDED, FollowUp
from randal.org.places import Province, Unit
from randal.rooms.follow_ups.order import BY_DUE, FAR, OWED
from randal.rooms.follow_ups.sifting import Filters, asked, read_filters
from workflows import LIFECYCLES
from workflows.lifecycle import Actor

__all__ = ["BY_DUE", "FAR", "OWED", "Filters", "read_filters"]  # beside what is defined here
LIFE = LIFECYCLES["follow_up"]
NOT_COUNTED = (*ENDED, "draft")  # neither late nor due soon


@dataclass(frozen=True)
class Line:
    """One follow-up in the tracker. `days`: past the due date in its province, negative when still to go, None
    when it no longer (or not yet) counts."""

    item: FollowUp
    state: str
    due_on: date | None
    days: int | None

    @property
    def state_label(self) -> str:
        return LIFE.states[self.state]

    @property
    def tone(self) -> str:
        return LIFE.tones.get(self.state, "muted")

    @property
    def days_late(self) -> int:
        return max(self.days or 0, 0)

    @property
    def due_soon(self) -> bool:
        return self.days is not None and -DUE_SOON_DAYS <= self.days <= 0

    @property
    def cursor(self) -> str:
        return f"{(self.due_on or FAR).isoformat()}.{self.item.id}"


def tracked(actor: Actor, filters: Filters, now: datetime, *load: Any) -> list[Line]:
    """All lines this actor may see, by due date; `load` are loader options."""
    return lines_of(actor, filters, now, limit=None, load=load)[0]


def lines_of(
    actor: Actor,
    filters: Filters,
    now: datetime,
    *,
    limit: int | None,
    after: tuple[date, int] | None = None,
    load: Sequence[Any] = (),
) -> tuple[list[Line], bool]:
    """A page of lines after (due date, id), by due date; and whether more follow."""
    wanted = None if limit is None else limit + 1
    if filters.as_of is not None:
        lines = _stood(actor, filters, load, wanted, after)
        return (lines, False) if limit is None else (lines[:limit], len(lines) > limit)
    query = asked(actor, filters).options(joinedload(FollowUp.meeting), *load)
    if filters.state:
        query = query.where(FollowUp.state == filters.state)
    if filters.ended is not None:
        query = query.where(FollowUp.state.in_(ENDED) if filters.ended else OWED)
    if filters.overdue is not None:
        late = is_late(now)
        query = query.where(late if filters.overdue else ~late)
    if after:
        query = query.where(tuple_(BY_DUE, FollowUp.id) > tuple_(literal(after[0], Date), after[1]))
    query = query.order_by(BY_DUE, FollowUp.id).limit(wanted)
    lines = [standing(r, now) for r in db.session.scalars(query).unique()]
    return (lines, False) if limit is None else (lines[:limit], len(lines) > limit)


def standing(item: FollowUp, now: datetime) -> Line:
    """The line of one follow-up as it stands."""
    return Line(item, item.state, item.due_on, _days(item.state, item.due_on, item.local_today(now)))


def _days(state: str, due_on: date | None, today: date) -> int | None:
    return None if due_on is None or state in NOT_COUNTED else (today - due_on).days


def is_late(now: datetime) -> ColumnElement[bool]:
    """Past due in the province that answers for it."""
    days = {name: clock.local_date(now, name) for name in clock.ZONES}
    first, last = min(days.values()), max(days.values())
    if first == last:  # most of the day
        return and_(OWED, FollowUp.due_on.is_not(None), literal(first, Date) > BY_DUE)
    zone = func.coalesce(Province.timezone, clock.DEFAULT_ZONE)
    ahead = select(Unit.id).outerjoin(Province).where(zone.in_([n for n, day in days.items() if day == last]))
    past = or_(FollowUp.due_on < first, FollowUp.unit_id.in_(ahead))
    return and_(OWED, FollowUp.due_on.is_not(None), literal(last, Date) > BY_DUE, past)


def _stood(
    actor: Actor, filters: Filters, load: Sequence[Any], limit: int | None, after: tuple[date, int] | None
) -> list[Line]:
    """As it stood at the end of the day `as_of` in each province, from the events; one statement a page.

    The due date is the last one told by then. When one is told only later, it is the one the first extension moved
    away from; that of today only where none was ever told.
    """
    day = filters.as_of
    assert day is not None  # noqa: S101
    over = clock.to_instant(_midnight(day), clock.DEFAULT_ZONE)
    ends = {zone: literal(clock.to_instant(_midnight(day), zone), UTCDateTime) for zone in clock.ZONES}
    end = case(ends, value=Province.timezone, else_=literal(over, UTCDateTime))
    told = Event.data["due_on"].as_string()
    mine = (Event.item_type == LIFE.name, Event.item_id == FollowUp.id)
    last, first = Event.seq.desc(), Event.seq.asc()
    state = select(Event.to_state).where(*mine, Event.at < end).order_by(last).limit(1)
    known = select(told).where(*mine, Event.at < end, told.is_not(None)).order_by(last).limit(1)
    from_ = Event.data["old_due_on"].as_string()
    moved = select(from_).where(*mine, Event.at >= end, told.is_not(None)).order_by(first).limit(1)
    later = exists().where(*mine, Event.at >= end, told.is_not(None))
    here = (FollowUp, Unit, Province)
    due = func.coalesce(
        known.correlate(*here).scalar_subquery(),
        moved.correlate(*here).scalar_subquery(),
        case((~later.correlate(*here), cast(FollowUp.due_on, String))),
        str(FAR),
    )
    then = (
        asked(actor, filters)
        .where(FollowUp.created_at < end_of(day))
        .join(Unit, Unit.id == FollowUp.unit_id)
        .outerjoin(Province, Province.id == Unit.province_id)
        .with_only_columns(
            FollowUp.id, state.correlate(*here).scalar_subquery().label("state"), due.label("due")
        )
        .subquery()
    )
    query = select(FollowUp, then.c.state, then.c.due).join(then, then.c.id == FollowUp.id)
    query = query.where(then.c.state.is_not(None)).options(joinedload(FollowUp.meeting), *load)
    if filters.state:
        query = query.where(then.c.state == filters.state)
    if filters.ended is not None:
        query = query.where(then.c.state.in_(ENDED) if filters.ended else then.c.state.not_in(NOT_COUNTED))
    if filters.overdue is not None:
        late = and_(then.c.state.not_in(NOT_COUNTED), then.c.due < str(day))
        query = query.where(late if filters.overdue else ~late)
    if after:
        query = query.where(tuple_(then.c.due, FollowUp.id) > tuple_(str(after[0]), after[1]))
    query = query.order_by(then.c.due, FollowUp.id).limit(limit)
    lines = []
    for item, state_then, text in db.session.execute(query).unique():
        due_on = None if text == str(FAR) else date.fromisoformat(text)
        lines.append(Line(item, state_then, due_on, _days(state_then, due_on, day)))
    return lines


def _midnight(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), datetime.min.time())


def end_of(day: date) -> datetime:
    """The instant at which this day is over in every province."""
    return max(clock.to_instant(_midnight(day), zone) for zone in clock.ZONES)


def latest_notes(ids: list[int], before: datetime | None = None) -> dict[int, str]:
    """What the PPK last said was done, by follow-up."""
    query = (
        select(Event.item_id, EventText.text)
        .join(EventText, EventText.event_id == Event.id)
        .where(Event.item_type == LIFE.name, Event.item_id.in_(ids), EventText.name == "note")
        .where(Event.move.in_(("note_progress", "submit")))
        .order_by(Event.item_id, Event.seq)
    )
    if before is not None:
        query = query.where(Event.at < before)
    return {row.item_id: row.text or GONE for row in db.session.execute(query)}  # the last one of each stays


def place_of(cursor: str) -> tuple[date, int] | None:
    """(due date, id) of a `Line.cursor`; None for anything else."""
    day, _, number = cursor.partition(".")
    try:
        return date.fromisoformat(day), ids.bounded(number)
    except ValueError:
        return None
