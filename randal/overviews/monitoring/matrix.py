"""Kawasan × sector: who works where, who is missing, how far each is, what clashes in time, and the index."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from randal.database.base import db
from randal.models.progress import SECTORS, Activity, Area, limits
from randal.org.places import Province
from randal.overviews.monitoring import sums
from randal.overviews.monitoring.filters import Filters, narrowed_areas, own
from randal.overviews.monitoring.sums import Sum
from randal.rooms.areas import facts
from randal.rooms.areas.clash_words import in_words
from randal.rooms.areas.clashing import Clash, clashes
from randal.rooms.areas.facts import Formulas
from randal.rooms.areas.index import Index
from workflows.lifecycle import Actor

PAGE = 40


@dataclass
class Cell:
    """`budget` is rupiah."""

    count: int = 0
    budget: Decimal = Decimal(0)
    sum: Sum = field(default_factory=Sum)
    clashes: list[str] = field(default_factory=list)  # each in words, as this sector meets it
    numbers: list[int] = field(default_factory=list)  # of the same in the list of all that clash

    @property
    def deviation(self) -> Decimal | None:
        return self.sum.physical_deviation


@dataclass
class Row:
    area: Area
    cells: dict[str, Cell]
    clashes: list[Clash] = field(default_factory=list)
    index: Index | None = None

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
    label: str = ""  # who decided about the weights of the indices, if nobody did

    @property
    def sectors(self) -> dict[str, str]:
        return SECTORS

    @property
    def used(self) -> list[str]:
        """The sectors that work or should work in one of these kawasan."""
        return [
            sector
            for sector in (self.rows[0].cells if self.rows else ())
            if any(row.cells[sector].count or sector in (row.area.sectors or []) for row in self.rows)
        ]

    @property
    def clashing(self) -> list[tuple[Row, Clash]]:
        return [(row, one) for row in self.rows for one in row.clashes]


def matrix(actor: Actor, filters: Filters, page: int = 1, size: int = PAGE) -> Matrix:
    """One page of kawasan, by province (Kemendagri code) and name."""
    page = min(max(page, 1), 1000)
    query = narrowed_areas(Area.visible_to(actor), filters).join(Province, Province.id == Area.province_id)
    order = (Province.kemendagri, Area.name, Area.id)
    found = db.session.scalars(query.order_by(*order).offset((page - 1) * size).limit(size + 1)).unique()
    areas = list(found)
    shown = areas[:size]
    ids = [area.id for area in shown]
    counts = select(Activity.area_id, Activity.sector, func.count(), func.sum(Activity.budget))
    counts = counts.where(Activity.area_id.in_(ids), Activity.active, Activity.id.in_(own(actor)))
    if filters.units is not None:
        counts = counts.where(Activity.unit_id.in_(filters.units))
    there: dict[tuple[Any, str], Any] = {
        (area_id, sector): (n, budget)
        for area_id, sector, n, budget in db.session.execute(
            counts.group_by(Activity.area_id, Activity.sector)
        )
    }
    far = sums.by_area(actor, filters, ids) if filters.period else {}
    works, _ = facts.works_of(ids, filters.period, own(actor))
    formulas = Formulas()
    known = {
        of.area_id: of.index
        for of in facts.indices(select(Area).where(Area.id.in_(ids)), filters.period, formulas)
    }
    sectors = [filters.sector] if filters.sector else list(SECTORS)
    edges = limits()
    rows, number = [], 0
    for area in shown:
        clashing = clashes(works[area.id], edges.apart, edges.overlap) if filters.period else []
        cells = {s: cell_of(there.get((area.id, s)), far.get((area.id, s))) for s in sectors}
        seen = [one for one in clashing if {one.sector, one.other} & set(cells)]
        for one in seen:
            number += 1
            for sector in {one.sector, one.other} & set(cells):
                cells[sector].clashes.append(in_words(one, sector))
                cells[sector].numbers.append(number)
        rows.append(Row(area, cells, seen, known.get(area.id)))
    labels = {label for row in rows if row.index and (label := formulas.label(row.index.version))}
    return Matrix(rows, page, len(areas) > size, next(iter(labels), ""))


def cell_of(there: tuple[int, Decimal] | None, far: Sum | None) -> Cell:
    count, budget = there or (0, Decimal(0))
    return Cell(count, budget, far or Sum())
