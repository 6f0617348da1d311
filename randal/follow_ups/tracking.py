"""The action tracker: follow-ups as they stand, or as they stood on a day, read from the history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload

from randal.core import clock, forms
from randal.core.db import db
from randal.core.events import Event, EventText
from randal.core.history import GONE
from randal.core.places import Province, Unit
from randal.follow_ups.forms import TrackerForm
from randal.follow_ups.models import DUE_SOON_DAYS, ENDED, FollowUp
from workflows import LIFECYCLES
from workflows.lifecycle import Actor

LIFE = LIFECYCLES["follow_up"]
NOT_COUNTED = (*ENDED, "draft")  # neither late nor due soon
FAR = date(9999, 12, 31)


@dataclass(frozen=True)
class Filters:
    unit_id: int | None = None
    meeting_id: int | None = None
    state: str | None = None
    overdue: bool | None = None
    waiting: bool | None = None  # for a Pemda office, as it stands now
    q: str = ""
    as_of: date | None = None

    @property
    def given(self) -> dict[str, Any]:
        """The filters in force, as text and numbers (for an address, for a document's parameters)."""
        found = {name: value for name, value in vars(self).items() if value not in (None, "")}
        return {name: _plain(value) for name, value in found.items()}


def _plain(value: Any) -> str | int:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else value


def read_filters(raw: Mapping[str, Any], now: datetime) -> Filters:
    """The filters of a request. Refused: fields, also a day that has not come anywhere in the country."""
    given = forms.load(TrackerForm, {name: value for name, value in raw.items() if value != ""})
    given["q"] = (given.get("q") or "").strip()
    if (day := given.get("as_of")) and day > max(clock.local_date(now, zone) for zone in clock.ZONES):
        raise forms.wrong("as_of", "Tanggal ini belum terjadi.")
    return Filters(**given)


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
    if filters.as_of is not None:
        return _page(_stood(actor, filters, load), limit, after)
    key = func.coalesce(FollowUp.due_on, FAR)
    query = _asked(actor, filters).options(joinedload(FollowUp.meeting), *load)
    if filters.state:
        query = query.where(FollowUp.state == filters.state)
    if filters.overdue is not None:
        late = is_late(now)
        query = query.where(late if filters.overdue else ~late)
    if after:
        query = query.where(or_(key > after[0], and_(key == after[0], FollowUp.id > after[1])))
    query = query.order_by(key, FollowUp.id)
    if limit is not None:
        query = query.limit(limit + 1)
    rows = list(db.session.scalars(query).unique())
    lines = [standing(r, now) for r in rows]
    return (lines, False) if limit is None else (lines[:limit], len(lines) > limit)


def standing(item: FollowUp, now: datetime) -> Line:
    """The line of one follow-up as it stands."""
    return Line(item, item.state, item.due_on, _days(item.state, item.due_on, item.local_today(now)))


def _days(state: str, due_on: date | None, today: date) -> int | None:
    return None if due_on is None or state in NOT_COUNTED else (today - due_on).days


def _page(lines: list[Line], limit: int | None, after: tuple[date, int] | None) -> tuple[list[Line], bool]:
    rest = [line for line in lines if after is None or ((line.due_on or FAR), line.item.id) > after]
    return (rest, False) if limit is None else (rest[:limit], len(rest) > limit)


def _asked(actor: Actor, filters: Filters) -> Select[Any]:
    """What does not change with time: who sees, unit, meeting, words."""
    query = FollowUp.visible_to(actor)
    if filters.unit_id is not None:
        query = query.where(FollowUp.unit_id == filters.unit_id)
    if filters.meeting_id is not None:
        query = query.where(FollowUp.meeting_id == filters.meeting_id)
    if filters.waiting is not None:
        query = query.where((FollowUp.waits_for != "") if filters.waiting else (FollowUp.waits_for == ""))
        query = query.where(FollowUp.state.not_in(ENDED))
    for word in filters.q.split():
        query = query.where(_says(word))
    return query


def _says(word: str) -> ColumnElement[bool]:
    units = (
        select(Unit.id)
        .outerjoin(Province)
        .where(
            or_(Unit.name.icontains(word, autoescape=True), Province.name.icontains(word, autoescape=True))
        )
    )
    places = [FollowUp.text, FollowUp.expected_output, FollowUp.waits_for]
    found = [place.icontains(word, autoescape=True) for place in places] + [FollowUp.unit_id.in_(units)]
    if (number := word.upper().removeprefix("RTL-")).isdigit() and len(number) < 7:
        found.append(FollowUp.number == int(number))
    return or_(*found)


def is_late(now: datetime) -> ColumnElement[bool]:
    """Past due in the province that answers for it."""
    zone = func.coalesce(Province.timezone, clock.DEFAULT_ZONE)
    days = {name: clock.local_date(now, name) for name in clock.ZONES}
    past = []
    for today in set(days.values()):
        there = [name for name, day in days.items() if day == today]
        units = select(Unit.id).outerjoin(Province).where(zone.in_(there))
        past.append(and_(FollowUp.due_on < today, FollowUp.unit_id.in_(units)))
    return and_(FollowUp.state.not_in(NOT_COUNTED), FollowUp.due_on.is_not(None), or_(*past))


def _stood(actor: Actor, filters: Filters, load: Sequence[Any]) -> list[Line]:
    """As it stood at the end of the day `as_of` in each province, from the events."""
    assert filters.as_of is not None  # noqa: S101
    midnight, latest = _midnight(filters.as_of), end_of(filters.as_of)
    query = (
        _asked(actor, filters)
        .options(joinedload(FollowUp.meeting), *load)
        .where(FollowUp.created_at < latest)
    )
    rows = {r.id: r for r in db.session.scalars(query).unique()}
    known: dict[int, tuple[str, date | None]] = {}
    ids = _asked(actor, filters).with_only_columns(FollowUp.id)
    told = (
        select(Event.item_id, Event.at, Event.to_state, Event.data)
        .where(Event.item_type == LIFE.name, Event.item_id.in_(ids), Event.at < latest)
        .order_by(Event.item_id, Event.seq)
    )
    for item_id, at, state, data in db.session.execute(told):
        if item_id in rows and at < clock.to_instant(midnight, rows[item_id].unit.timezone):
            due = data.get("due_on")
            before = known.get(item_id, (state, rows[item_id].due_on))[1]
            known[item_id] = (state, date.fromisoformat(due) if due else before)
    lines = [Line(rows[i], state, due, _days(state, due, filters.as_of)) for i, (state, due) in known.items()]
    if filters.state:
        lines = [line for line in lines if line.state == filters.state]
    if filters.overdue is not None:
        lines = [line for line in lines if (line.days_late > 0) == filters.overdue]
    return sorted(lines, key=lambda line: (line.due_on or FAR, line.item.id))


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
        return (date.fromisoformat(day), int(number)) if number.isdigit() and len(number) < 18 else None
    except ValueError:
        return None
