"""Sums over many reports, made by the database: weighted by budget as `evaluation.totals` weighs one report, and only over
activities whose four figures are known. They count in whole rupiah times hundredths of a percent, which both databases add
exactly; means are made at the end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import BigInteger, Select, and_, func, or_, select, type_coerce

from randal.database.base import db
from randal.models.progress import Activity, Figure, ProgressReport
from randal.models.progress_totals import less
from randal.overviews.monitoring.filters import Filters, narrowed, own
from workflows.lifecycle import Actor
from workflows.progress_report import HANDED_IN

CENT = Decimal("0.01")
MEASURES = Figure.MEASURES


@dataclass(frozen=True)
class Sum:
    """`weight` is rupiah; the four are Σ budget × percent, in rupiah times hundredths of a percent."""

    weight: int = 0
    count: int = 0
    parts: tuple[int, int, int, int] = (0, 0, 0, 0)

    def __add__(self, other: Sum) -> Sum:
        parts = [a + b for a, b in zip(self.parts, other.parts, strict=True)]
        return Sum(
            self.weight + other.weight, self.count + other.count, (parts[0], parts[1], parts[2], parts[3])
        )

    def mean(self, measure: str) -> Decimal | None:
        """Percent to two places; None when there is nothing to weigh."""
        if not self.weight:
            return None
        part = Decimal(self.parts[MEASURES.index(measure)])
        return (part / self.weight / 100).quantize(CENT, ROUND_HALF_UP)

    @property
    def physical_plan(self) -> Decimal | None:
        return self.mean("physical_plan")

    @property
    def physical_actual(self) -> Decimal | None:
        return self.mean("physical_actual")

    @property
    def financial_plan(self) -> Decimal | None:
        return self.mean("financial_plan")

    @property
    def financial_actual(self) -> Decimal | None:
        return self.mean("financial_actual")

    @property
    def physical_deviation(self) -> Decimal | None:
        return less(self.physical_actual, self.physical_plan)

    @property
    def financial_deviation(self) -> Decimal | None:
        return less(self.financial_actual, self.financial_plan)


def total(sums: Iterable[Sum]) -> Sum:
    return sum(sums, Sum())


def whole_rupiah() -> Any:
    return type_coerce(Activity.budget, BigInteger) // 100  # kept in hundredths


def columns() -> list[Any]:
    parts = [func.sum(whole_rupiah() * type_coerce(getattr(Figure, m), BigInteger)) for m in MEASURES]
    return [func.sum(whole_rupiah()), func.count(), *parts]


def as_sum(row: Sequence[Any]) -> Sum:
    weight, count, *parts = (int(value or 0) for value in row)
    return Sum(weight, count, (parts[0], parts[1], parts[2], parts[3]))


def counted(actor: Actor, filters: Filters, *keys: Any) -> Select[Any]:
    """Figures that count, of the reports handed in, with these keys and their sums; grouped by the keys."""
    query = (
        select(*keys, *columns())
        .select_from(Figure)
        .join(
            ProgressReport,
            and_(ProgressReport.id == Figure.report_id, ProgressReport.revision == Figure.revision),
        )
        .join(Activity, Activity.id == Figure.activity_id)
        .where(ProgressReport.state.in_(HANDED_IN), Activity.id.in_(own(actor)))
        .where(*(getattr(Figure, m).is_not(None) for m in MEASURES))
        .group_by(*keys)
    )
    return narrowed(query, filters)


def by_unit(actor: Actor, filters: Filters) -> dict[str, dict[int, Sum]]:
    """Period → unit id → sum: the year up to the period shown, and the period before it."""
    if not filters.period:
        return {}
    year = and_(ProgressReport.period >= f"{filters.year}-01", ProgressReport.period <= filters.period)
    wanted = or_(year, ProgressReport.period == filters.before) if filters.before else year
    query = counted(actor, filters, ProgressReport.period, ProgressReport.unit_id).where(wanted)
    found: dict[str, dict[int, Sum]] = {}
    for period, unit_id, *row in db.session.execute(query):
        found.setdefault(period, {})[unit_id] = as_sum(row)
    return found


def by_sector(actor: Actor, filters: Filters) -> dict[tuple[int, str], Sum]:
    """(unit id, sector) → sum in the period shown."""
    query = counted(actor, filters, ProgressReport.unit_id, Activity.sector)
    query = query.where(ProgressReport.period == filters.period)
    return {(unit_id, sector): as_sum(row) for unit_id, sector, *row in db.session.execute(query)}


def by_area(actor: Actor, filters: Filters, area_ids: Sequence[int]) -> dict[tuple[int, str], Sum]:
    """(kawasan id, sector) → sum in the period shown."""
    query = counted(actor, filters, Activity.area_id, Activity.sector)
    # Named by their reports: through the kegiatan alone, the figures of every other period would be read as well.
    of_period = db.session.scalars(select(ProgressReport.id).where(ProgressReport.period == filters.period))
    query = query.where(Figure.report_id.in_(list(of_period)), Activity.area_id.in_(area_ids))
    return {(area_id, sector): as_sum(row) for area_id, sector, *row in db.session.execute(query)}
