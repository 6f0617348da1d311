"""What moved between a meeting and the one before, and what did not, per PPK, as the history tells it.

The time looked at begins when the meeting before was closed and ends when this one is opened (now, while it is not):
what a meeting itself does is its own story. Five statements, whatever the number of units.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import selectinload

from randal.database.base import db
from randal.history.events import Event
from randal.l10n.formats import long_date
from randal.models.findings import Finding
from randal.models.follow_ups import ENDED, FollowUp
from randal.models.kendala import Kendala
from randal.models.meetings import Meeting
from randal.models.progress import ProgressReport
from randal.org.places import Unit
from workflows import LIFECYCLES, finding, kendala
from workflows.follow_up import NOT_OWED
from workflows.lifecycle import Actor
from workflows.progress_report import HANDED_IN

KINDS: dict[str, tuple[type[Any], str, Collection[str]]] = {  # name → model, word, where it ends
    "follow_up": (FollowUp, "RTL", ENDED),
    "finding": (Finding, "Temuan", finding.SETTLED),
    "kendala": (Kendala, "Kendala", kendala.SETTLED),
}
GROUPS = {
    "done": "Selesai",
    "late": "Menjadi terlambat",
    "moved": "Bergerak",
    "still": "Tidak bergerak",
    "new": "Baru",
}
DONE = {"follow_up": "terverifikasi", "finding": "temuan ditutup", "kendala": "kendala teratasi"}


@dataclass(frozen=True)
class Stood:
    """One item at one instant: its state (None: not there yet), its due date."""

    state: str | None = None
    due_on: date | None = None


@dataclass(frozen=True)
class Line:
    kind: str
    item: Any
    group: str
    before: Stood
    after: Stood
    days_late: int
    steps: tuple[str, ...]  # what was done between, in words, oldest first

    @property
    def name(self) -> str:
        return str(self.item.code) if self.kind == "follow_up" else f"{KINDS[self.kind][1]} {self.item.code}"

    @property
    def after_label(self) -> str:
        return LIFECYCLES[self.kind].states[self.after.state or ""]

    @property
    def way(self) -> str:
        """Ditugaskan → Disampaikan; or the one state in which it stayed; the new due date where it was moved."""
        states = LIFECYCLES[self.kind].states
        ends = [states[s] for s in (self.before.state, self.after.state) if s]
        said = " → ".join(dict.fromkeys(ends))
        if self.before.due_on and self.after.due_on and self.before.due_on != self.after.due_on:
            said += f"; tenggat {long_date(self.before.due_on)} → {long_date(self.after.due_on)}"
        return said


@dataclass
class OfUnit:
    """All lines of one PPK by group, and its progress then and now (cumulative percent, None: not reported)."""

    unit: Unit
    lines: dict[str, list[Line]] = field(default_factory=lambda: {name: [] for name in GROUPS})
    physical: tuple[Decimal | None, Decimal | None] = (None, None)
    financial: tuple[Decimal | None, Decimal | None] = (None, None)

    @property
    def counts(self) -> dict[str, int]:
        return {name: len(rows) for name, rows in self.lines.items()}

    @property
    def empty(self) -> bool:
        return not any(self.lines.values()) and self.physical[1] is None


@dataclass(frozen=True)
class Changes:
    meeting: Meeting
    before: Meeting | None  # None: no earlier one, or not for this reader to see
    since: datetime | None
    until: datetime
    units: list[OfUnit]

    @property
    def totals(self) -> dict[str, int]:
        counted: Counter[str] = Counter(dict.fromkeys(GROUPS, 0))
        for unit in self.units:
            counted.update(unit.counts)
        return dict(counted)


def changes_of(meeting: Meeting, actor: Actor, now: datetime) -> Changes:
    """For the invited units, as far as this actor may see their items."""
    before = db.session.get(Meeting, meeting.previous_id) if meeting.previous_id else None
    since = (before.closed_at or before.ends_at or before.starts_at) if before else None
    until = min(now, meeting.opened_at or now)
    units = {row.unit.id: OfUnit(row.unit) for row in meeting.invitees if row.unit}
    if since is not None and since < until:
        for line in lines_of(actor, list(units), since, until):
            units[line.item.unit_id].lines[line.group].append(line)
        put_progress(units, meeting, before, actor)
    seen = Meeting.visible_to(actor).where(Meeting.id == meeting.previous_id)
    return Changes(meeting, db.session.scalar(seen), since, until, list(units.values()))


def lines_of(actor: Actor, unit_ids: Sequence[int], since: datetime, until: datetime) -> list[Line]:
    found: list[Line] = []
    items: dict[tuple[str, int], Any] = {}
    asked = []
    for kind, (model, _word, ended) in KINDS.items():
        query = at_stake(model, ended, actor, unit_ids, since, until)
        for item in db.session.scalars(query.order_by(model.unit_id, model.id)).unique():
            items[kind, item.id] = item
        asked.append(and_(Event.item_type == kind, Event.item_id.in_(query.with_only_columns(model.id))))
    told = (
        select(Event.item_type, Event.item_id, Event.at, Event.move, Event.to_state, Event.data)
        .where(or_(*asked), Event.at <= until)
        .order_by(Event.item_type, Event.item_id, Event.seq)
    )
    history: dict[tuple[str, int], list[Any]] = {}
    for row in db.session.execute(told):
        history.setdefault((row.item_type, row.item_id), []).append(row)
    for key, item in items.items():
        line = line_of(key[0], item, history.get(key, []), since, until)
        if line:
            found.append(line)
    return found


def at_stake(
    model: type[Any],
    ended: Collection[str],
    actor: Actor,
    units: Sequence[int],
    since: datetime,
    until: datetime,
) -> Select[Any]:
    """All that was there before `until` and had not ended before `since`."""
    over = and_(model.state.in_(tuple(ended)), model.updated_at <= since)
    query: Select[Any] = model.visible_to(actor)
    return query.where(model.unit_id.in_(units), model.created_at <= until, ~over)


def line_of(kind: str, item: Any, told: Sequence[Any], since: datetime, until: datetime) -> Line | None:
    """Where it belongs; None for what had ended before, was never agreed, or is nothing to tell of."""
    ended = KINDS[kind][2]
    before, after = stood(item, told, since), stood(item, told, until)
    moves = [row.move for row in told if row.at > since and row.move in LIFECYCLES[kind].step_names]
    if after.state in (None, "draft") or (before.state in ended and after.state in ended):
        return None
    late = days_late(item, after, until) if kind == "follow_up" else 0
    was_late = days_late(item, before, since) if kind == "follow_up" else 0
    put_off = bool(before.due_on and after.due_on and before.due_on != after.due_on)
    if after.state in ended:
        group = "done"
    elif before.state in (None, "draft"):
        group = "new"
    elif late and not was_late:
        group = "late"
    elif moves or put_off:
        group = "moved"
    else:
        group = "still"
    lifecycle = LIFECYCLES[kind]
    steps = tuple(dict.fromkeys(str(lifecycle.moves_named(name)[0].label) for name in moves)) + put_off * (
        "Tenggat diubah",
    )
    return Line(kind, item, group, before, after, late, steps)


def stood(item: Any, told: Sequence[Any], at: datetime) -> Stood:
    state, due = None, None
    for row in told:
        if row.at <= at:
            state = row.to_state
            due = date.fromisoformat(row.data["due_on"]) if row.data.get("due_on") else due
    if state is not None and due is None:  # never moved since it was written down
        later = any(row.at > at and row.data.get("due_on") for row in told)
        due = None if later else getattr(item, "due_on", None)
    return Stood(state, due)


def days_late(item: Any, then: Stood, at: datetime) -> int:
    if then.due_on is None or then.state is None or then.state in NOT_OWED:
        return 0
    return max((item.local_today(at) - then.due_on).days, 0)


def put_progress(units: dict[int, OfUnit], meeting: Meeting, before: Meeting | None, actor: Actor) -> None:
    """What the PPK reported for the period of the meeting before, and for this one's."""
    periods = [before.report_period if before else "", meeting.report_period]
    if periods[0] == periods[1]:
        periods[0] = ""
    query = ProgressReport.visible_to(actor).where(
        ProgressReport.period.in_(periods),
        ProgressReport.unit_id.in_(list(units)),
        ProgressReport.state.in_(HANDED_IN),
    )
    figures: dict[tuple[int, str], Any] = {}
    for report in db.session.scalars(query.options(selectinload(ProgressReport.all_figures))).unique():
        figures[report.unit_id, report.period] = report.totals
    for unit_id, row in units.items():
        then, now = (figures.get((unit_id, period)) for period in periods)
        row.physical = (getattr(then, "physical_actual", None), getattr(now, "physical_actual", None))
        row.financial = (getattr(then, "financial_actual", None), getattr(now, "financial_actual", None))
