"""Kawasan × sector: who works where, who is missing, and how far each is."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from randal.core.db import db
from randal.core.places import Province
from randal.evaluation.models import SECTORS, Activity, Area
from randal.monitoring import sums
from randal.monitoring.filters import Filters, own
from randal.monitoring.sums import Sum
from workflows.lifecycle import Actor

PAGE = 40


@dataclass
class Cell:
    """`budget` is rupiah."""

    count: int = 0
    budget: Decimal = Decimal(0)
    sum: Sum = field(default_factory=Sum)

    @property
    def deviation(self) -> Decimal | None:
        return self.sum.physical_deviation


@dataclass
class Row:
    area: Area
    cells: dict[str, Cell]

    @property
    def whole(self) -> Sum:
        return sums.total(cell.sum for cell in self.cells.values())

    @property
    def working(self) -> list[str]:
        return [sector for sector, cell in self.cells.items() if cell.count]


@dataclass
class Matrix:
    rows: list[Row]
    page: int
    more: bool

    @property
    def sectors(self) -> dict[str, str]:
        return SECTORS


def matrix(actor: Actor, filters: Filters, page: int = 1, size: int = PAGE) -> Matrix:
    """One page of kawasan, by province (Kemendagri code) and name."""
    page = min(max(page, 1), 1000)
    query = Area.visible_to(actor).join(Province, Province.id == Area.province_id)
    if filters.province:
        query = query.where(Province.iso == filters.province)
    if filters.theme:
        query = query.where(Area.theme == filters.theme)
    order = (Province.kemendagri, Area.name, Area.id)
    found = db.session.scalars(query.order_by(*order).offset((page - 1) * size).limit(size + 1)).unique()
    areas = list(found)
    shown = areas[:size]
    ids = [area.id for area in shown]
    counts = select(Activity.area_id, Activity.sector, func.count(), func.sum(Activity.budget))
    counts = counts.where(Activity.area_id.in_(ids), Activity.active, Activity.id.in_(own(actor)))
    there: dict[tuple[Any, str], Any] = {
        (area_id, sector): (n, budget)
        for area_id, sector, n, budget in db.session.execute(
            counts.group_by(Activity.area_id, Activity.sector)
        )
    }
    far = sums.by_area(actor, filters, ids) if filters.period else {}
    sectors = [filters.sector] if filters.sector else list(SECTORS)
    rows = [
        Row(
            area,
            {s: cell_of(there.get((area.id, s)), far.get((area.id, s))) for s in sectors},
        )
        for area in shown
    ]
    return Matrix(rows, page, len(areas) > size)


def cell_of(there: tuple[int, Decimal] | None, far: Sum | None) -> Cell:
    count, budget = there or (0, Decimal(0))
    return Cell(count, budget, far or Sum())
