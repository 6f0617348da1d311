"""What the national page and a province's page show. The number of statements does not depend on how much there is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from sqlalchemy import func, select

from randal.database.base import db
from randal.models.follow_ups import FollowUp
from randal.models.progress import SECTORS, Activity, Area, ProgressReport, limits
from randal.models.progress_totals import less
from randal.org.places import Province, Unit
from randal.overviews.monitoring import indices, sums
from randal.overviews.monitoring.filters import Filters, narrowed
from randal.overviews.monitoring.sums import Sum, total
from randal.rooms.follow_ups.tracking import is_late
from workflows.follow_up import NOT_OWED
from workflows.lifecycle import Actor
from workflows.progress_report import HANDED_IN


@dataclass
class Line:
    """One province with what is known of it in the period. `reports`: unit → state of its report."""

    province: Province
    units: list[Unit] = field(default_factory=list)
    now: Sum = field(default_factory=Sum)
    before: Sum = field(default_factory=Sum)
    late: int = 0
    running: int = 0
    reports: dict[int, str] = field(default_factory=dict)
    index: Decimal | None = None
    index_before: Decimal | None = None
    index_label: str = ""  # "usulan, …" while nobody has adopted its weights
    confidence: Decimal | None = None  # share of the index's parts that are known, in percent

    @property
    def code(self) -> str:
        return self.province.iso[3:]

    @property
    def gained(self) -> Decimal | None:
        """Points of physical progress since the period before; None where one of the two is missing."""
        return less(self.now.physical_actual, self.before.physical_actual)

    @property
    def turned(self) -> Decimal | None:
        """How the deviation moved: above zero it caught up."""
        return less(self.now.physical_deviation, self.before.physical_deviation)

    @property
    def leapt(self) -> bool:
        """The figure fell, or rose by more than is plausible in a period: to be looked at, not to be praised."""
        return self.gained is not None and (self.gained < 0 or self.gained > limits().jump)

    @property
    def critical(self) -> bool:
        return limits().is_critical(self.now.physical_plan, self.now.physical_actual)

    @property
    def handed_in(self) -> int:
        return sum(state in HANDED_IN for state in self.reports.values())


@dataclass
class Overview:
    filters: Filters
    lines: list[Line]
    by_period: dict[str, dict[int, Sum]]
    sectors: dict[tuple[int, str], Sum]
    presence: dict[tuple[int, str], int]  # (province id, sector) → kawasan where it works
    areas: dict[int, int]  # province id → kawasan

    @property
    def index_label(self) -> str:
        """What stands beside the indices of this overview."""
        return next((line.index_label for line in self.lines if line.index_label), "")

    @cached_property
    def whole(self) -> Sum:
        return total(line.now for line in self.lines)

    @cached_property
    def whole_before(self) -> Sum:
        return total(line.before for line in self.lines)

    @property
    def with_units(self) -> list[Line]:
        return [line for line in self.lines if line.units]

    @property
    def units(self) -> int:
        return sum(len(line.units) for line in self.lines)

    @property
    def handed_in(self) -> int:
        return sum(line.handed_in for line in self.lines)

    @property
    def silent(self) -> list[str]:
        """Units whose report of the period is not there."""
        return [
            unit.short_name
            for line in self.lines
            for unit in line.units
            if line.reports.get(unit.id) not in HANDED_IN
        ]

    @property
    def late(self) -> int:
        return sum(line.late for line in self.lines)

    def year_sums(self, unit_ids: set[int] | None = None) -> dict[str, Sum]:
        """Period of the year shown → sum."""
        return {
            period: total(one for unit_id, one in by_unit.items() if unit_ids is None or unit_id in unit_ids)
            for period, by_unit in sorted(self.by_period.items())
            if period.startswith(self.filters.year)
        }

    def sector_rows(self) -> list[tuple[Line, dict[str, dict[str, Any]]]]:
        """Province × sector: in how many of its kawasan it works, and its deviation."""
        rows = []
        for line in self.with_units:
            cells = {}
            for sector in SECTORS:
                one = total(self.sectors.get((unit.id, sector), Sum()) for unit in line.units)
                there = self.presence.get((line.province.id, sector), 0)
                cells[sector] = {"there": there, "of": self.areas.get(line.province.id, 0), "sum": one}
            rows.append((line, cells))
        return rows


def overview(actor: Actor, filters: Filters, now: datetime, with_index: bool = False) -> Overview:
    """Everything this actor sees under these filters, by province in the order of the Kemendagri codes; the index where the
    map shows it, or when it is wanted."""
    by_period = sums.by_unit(actor, filters)
    units = [u for u in seen_units(actor) if filters.units is None or u.id in filters.units]
    states = report_states(filters.period, [u.id for u in units])
    late, running = follow_ups(actor, now)
    known = indices.by_province(actor, filters, with_index)
    lines = []
    for province in db.session.scalars(select(Province).order_by(Province.kemendagri)):
        if filters.province and province.iso != filters.province:
            continue
        own = [u for u in units if u.province_id == province.id]
        if filters.units is not None and not own:
            continue
        ids = {u.id for u in own}
        line = Line(province, own)
        line.now = total(s for u, s in by_period.get(filters.period, {}).items() if u in ids)
        line.before = total(s for u, s in by_period.get(filters.before, {}).items() if u in ids)
        line.late = sum(late.get(u, 0) for u in ids)
        line.running = sum(running.get(u, 0) for u in ids)
        line.reports = {u: states[u] for u in ids if u in states}
        if province.id in known:
            line.index, line.index_before, line.confidence, line.index_label = known[province.id]
        lines.append(line)
    return Overview(
        filters=filters,
        lines=lines,
        by_period=by_period,
        sectors=sums.by_sector(actor, filters) if filters.period else {},
        presence=sector_presence(actor, filters),
        areas=area_counts(actor, filters),
    )


def seen_units(actor: Actor) -> list[Unit]:
    """Units of provinces whose activities this actor may see; also one that has none yet."""
    query = select(Unit).where(Unit.province_id.is_not(None))
    if (own := own_unit(actor)) is not None:
        query = query.where(Unit.id == own)
    return list(db.session.scalars(query.order_by(Unit.id)).unique())


def own_unit(actor: Actor) -> int | None:
    """The one unit this actor is kept to; None: sees all. One without a unit is kept to none (0)."""
    from randal.org.people import SEES_ALL

    return None if actor.has(*SEES_ALL) else actor.unit_id or 0


def report_states(period: str, unit_ids: list[int]) -> dict[int, str]:
    query = select(ProgressReport.unit_id, ProgressReport.state).where(
        ProgressReport.period == period, ProgressReport.unit_id.in_(unit_ids)
    )
    return dict(db.session.execute(query).all())


def follow_ups(actor: Actor, now: datetime) -> tuple[Mapping[int, int], Mapping[int, int]]:
    """Unit id → follow-ups past their due date; and those still running."""
    ended = NOT_OWED
    base = FollowUp.visible_to(actor)
    if (own := own_unit(actor)) is not None:
        base = base.where(FollowUp.unit_id == own)
    late = is_late(now)
    query = (
        base.with_only_columns(FollowUp.unit_id, func.count(), func.sum(func.coalesce(_one_if(late), 0)))
        .where(FollowUp.state.not_in(ended))
        .group_by(FollowUp.unit_id)
    )
    rows = list(db.session.execute(query))
    return {u: int(n or 0) for u, _, n in rows}, {u: n for u, n, _ in rows}


def _one_if(condition: Any) -> Any:
    from sqlalchemy import case

    return case((condition, 1), else_=0)


def sector_presence(actor: Actor, filters: Filters) -> dict[tuple[int, str], int]:
    query = (
        select(Area.province_id, Activity.sector, func.count(Activity.area_id.distinct()))
        .join(Area, Area.id == Activity.area_id)
        .where(Activity.active, Activity.id.in_(Activity.visible_to(actor).with_only_columns(Activity.id)))
        .group_by(Area.province_id, Activity.sector)
    )
    return {(p, s): n for p, s, n in db.session.execute(narrowed(query, filters))}


def area_counts(actor: Actor, filters: Filters) -> dict[int, int]:
    query = Area.visible_to(actor).with_only_columns(Area.province_id, func.count())
    if filters.theme:
        query = query.where(Area.theme == filters.theme)
    return dict(db.session.execute(query.group_by(Area.province_id)).all())
