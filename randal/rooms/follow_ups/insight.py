"""Telaah: what the history of follow-ups tells. Counted by the database, a statement per question, whatever the number of
rows; to each what he may see. Shares are said of ten or more, else the numbers alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Float,
    Select,
    String,
    and_,
    case,
    cast,
    distinct,
    func,
    literal,
    or_,
    select,
    type_coerce,
)

from randal.database.base import UTCDateTime, db, is_sqlite
from randal.history.events import Event
from randal.l10n.clock import DEFAULT_ZONE, local_date, to_instant
from randal.models.follow_ups import Extension, FollowUp
from randal.models.kendala import Kendala
from randal.org.places import Province, Unit
from randal.rooms.follow_ups.insight_facts import (  # fmt: skip
    AGES,
    KEPT,
    LATE_DONE,
    LATE_OPEN,
    MONTHS,
    OPEN,
    OWNERS,
    PENDING,
    WAITS_ON,
    Insight,
    Repeat,
    Stay,
    Waiting,
)
from randal.rooms.follow_ups.tracking import LIFE, is_late
from workflows.follow_up import NO_PROMISE
from workflows.kendala import LINKED_IN
from workflows.lifecycle import Actor


def insight(actor: Actor, now: datetime, unit_id: int | None = None) -> Insight:
    """What this actor sees, of one unit or of all. Nine statements."""
    seen = FollowUp.visible_to(actor)
    if unit_id is not None:
        seen = seen.where(FollowUp.unit_id == unit_id)
    ids = seen.with_only_columns(FollowUp.id)
    today = local_date(now, DEFAULT_ZONE)
    found = Insight(since=_months(today)[0])
    units = _units()
    found.stays = _stays(ids, now)
    found.waiting = _waiting(ids, now)
    _outcomes(found, seen, units, today)
    found.extended = _extended(ids, units, found.since or today, today)
    found.repeats = _repeats(actor, unit_id, units)
    _ages(found, seen, now)
    return found


def _units() -> dict[int, str]:
    """In the order of the provinces' codes: no ranking."""
    query = select(Unit).outerjoin(Province).order_by(Province.kemendagri, Unit.id)
    return {unit.id: unit.short_name for unit in db.session.scalars(query).unique()}


def days_between(earlier: Any, later: Any) -> ColumnElement[float]:
    """Days and parts of days, on either database."""
    if is_sqlite():
        return type_coerce(func.julianday(later) - func.julianday(earlier), Float)
    return type_coerce(func.extract("epoch", later - earlier) / 86400.0, Float)


def _local_day(instant: Any) -> ColumnElement[date]:
    """The day of an instant in the zone of the follow-up's unit (joined), which keeps no summer time."""
    if is_sqlite():
        hours = case((Province.timezone == "Asia/Makassar", "+8 hours"), (Province.timezone == "Asia/Jayapura", "+9 hours"),
                     else_="+7 hours")  # fmt: skip
        return type_coerce(func.date(instant, hours), Date)
    return cast(func.timezone(func.coalesce(Province.timezone, DEFAULT_ZONE), instant), Date)


def _stays(ids: Select[Any], now: datetime) -> dict[str, Stay]:
    """How long follow-ups were in each state; what still is there, until now.

    A stay is the time since it was entered less the time since it was left: two sums instead of a look from
    each event to the next one. What did not change the state would cancel out, and is not read.
    """
    ago = days_between(Event.at, literal(now, UTCDateTime))
    told = (Event.item_type == LIFE.name, Event.item_id.in_(ids), moved())
    came = select(Event.to_state, func.sum(ago), func.count(distinct(Event.item_id))).where(*told)
    left = select(Event.from_state, func.sum(ago)).where(*told, Event.from_state.is_not(None))
    since = {state: float(days) for state, days in db.session.execute(left.group_by(Event.from_state))}
    rows = db.session.execute(came.group_by(Event.to_state)).all()
    return {
        state: Stay(max(float(days) - since.get(state, 0.0), 0.0), items)
        for state, days, items in rows
        if state in OPEN
    }


def moved() -> ColumnElement[bool]:
    return or_(Event.from_state.is_(None), Event.from_state != Event.to_state)


def _waiting(ids: Select[Any], now: datetime) -> dict[str, Waiting]:
    """Open items by who has the next move, and since when they are in their state."""
    came = (
        select(Event.item_id, func.max(Event.at).label("at"))
        .where(Event.item_type == LIFE.name, Event.item_id.in_(ids.where(FollowUp.state.in_(OPEN))), moved())
        .group_by(Event.item_id)
        .subquery()
    )
    waited = days_between(came.c.at, literal(now, UTCDateTime))
    query = (
        select(FollowUp.state, func.count(), func.sum(waited), func.max(waited))
        .join(came, came.c.item_id == FollowUp.id)
        .where(FollowUp.state.in_(OPEN))
        .group_by(FollowUp.state)
    )
    found: dict[str, Waiting] = defaultdict(Waiting)
    for state, items, days, longest in db.session.execute(query):
        one = found[WAITS_ON[state]]
        one.items, one.days, one.longest = one.items + items, one.days + days, max(one.longest, longest)
    return {owner: found[owner] for owner in OWNERS if owner in found}


def _outcomes(found: Insight, seen: Select[Any], units: dict[int, str], today: date) -> None:
    """What fell due in the last year: handed in by then, or not. A verification that came later is not the PPK's delay."""
    in_time = _local_day(FollowUp.submitted_at) <= FollowUp.due_on
    outcome = case(
        (and_(FollowUp.state == "verified", in_time), KEPT),
        (FollowUp.state == "verified", LATE_DONE),
        (and_(FollowUp.state == "submitted", in_time), PENDING),
        else_=LATE_OPEN,
    ).label("outcome")
    month = func.substr(cast(FollowUp.due_on, String), 1, 7).label("month")
    query = (
        seen.with_only_columns(FollowUp.unit_id, month, outcome, func.count())
        .join(Unit, Unit.id == FollowUp.unit_id)
        .outerjoin(Province, Province.id == Unit.province_id)
        .where(
            FollowUp.state.not_in(NO_PROMISE),
            *_fell_due(found.since or today, today),
        )
        .group_by(FollowUp.unit_id, month, outcome)
    )
    found.by_month = {f"{day:%Y-%m}": Counter() for day in _months(today)}
    by_unit: dict[int, Counter[str]] = defaultdict(Counter)
    for unit, of_month, what, count in db.session.execute(query):
        found.by_month[of_month][what] += count
        by_unit[unit][what] += count
    found.by_unit = {name: by_unit[id] for id, name in units.items() if id in by_unit}


def _fell_due(since: date, today: date) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return FollowUp.due_on >= since, FollowUp.due_on < today


def _months(today: date) -> list[date]:
    """The first days of the last twelve months, this one among them."""
    last = today.year * 12 + today.month - 1
    return [date(n // 12, n % 12 + 1, 1) for n in range(last - MONTHS + 1, last + 1)]


def _extended(ids: Select[Any], units: dict[int, str], since: date, today: date) -> dict[str, int]:
    query = (
        select(FollowUp.unit_id, func.count(distinct(FollowUp.id)))
        .join(Extension, Extension.follow_up_id == FollowUp.id)
        .where(Extension.state == "granted", FollowUp.id.in_(ids), *_fell_due(since, today))
        .where(FollowUp.state.not_in(NO_PROMISE))
        .group_by(FollowUp.unit_id)
    )
    return {units[unit]: count for unit, count in db.session.execute(query)}


def _repeats(actor: Actor, unit_id: int | None, units: dict[int, str]) -> list[Repeat]:
    """The same class in the same unit again. One that was withdrawn never was."""
    seen = Kendala.visible_to(actor)
    if unit_id is not None:
        seen = seen.where(Kendala.unit_id == unit_id)
    still = func.sum(case((Kendala.state.in_(LINKED_IN), 1), else_=0))
    query = (
        seen.with_only_columns(
            Kendala.unit_id, Kendala.category, func.count(), func.count(distinct(Kendala.meeting_id)), still
        )
        .where(Kendala.state != "withdrawn", Kendala.category.is_not(None))
        .group_by(Kendala.unit_id, Kendala.category)
        .having(func.count() > 1)
    )
    order = {id: place for place, id in enumerate(units)}
    rows = sorted(db.session.execute(query), key=lambda row: (order[row[0]], row[1]))
    return [Repeat(units[unit], *rest) for unit, *rest in rows]


def _ages(found: Insight, seen: Select[Any], now: datetime) -> None:
    """Open items by their age, and whether they are past due in their own province."""
    midnight = to_instant(datetime.combine(local_date(now, DEFAULT_ZONE), datetime.min.time()), DEFAULT_ZONE)
    buckets = [
        (FollowUp.created_at >= midnight - timedelta(days=most), number)
        for number, (most, _label) in enumerate(AGES)
        if most is not None
    ]
    age = case(*buckets, else_=len(AGES) - 1).label("age")
    late = case((is_late(now), 1), else_=0).label("late")
    query = (
        seen.with_only_columns(age, late, func.count()).where(FollowUp.state.in_(OPEN)).group_by(age, late)
    )
    counts = {(a, bool(past)): count for a, past, count in db.session.execute(query)}
    found.ages = {
        label: (counts.get((n, True), 0), counts.get((n, False), 0)) for n, (_most, label) in enumerate(AGES)
    }
    found.open = sum(counts.values())
    found.total = db.session.scalar(seen.with_only_columns(func.count(FollowUp.id))) or 0
