"""Totals of a report: weighted by budget, never averaged, and only over activities whose four figures are known.

A plan summed over other activities than its actual would show a deviation that nobody has.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from randal.models.progress import Figure

CENT = Decimal("0.01")
Row = TypeVar("Row")


@dataclass(frozen=True)
class Totals:
    """Percents to two places, None when nothing can be weighed. `weights`: activity id → percent of the budget weighed.
    `budget` is rupiah; `counted` activities of `rows` entered."""

    physical_plan: Decimal | None = None
    physical_actual: Decimal | None = None
    financial_plan: Decimal | None = None
    financial_actual: Decimal | None = None
    budget: Decimal = Decimal(0)
    counted: int = 0
    rows: int = 0
    weights: dict[int, Decimal] = field(default_factory=dict)

    @property
    def physical_deviation(self) -> Decimal | None:
        return less(self.physical_actual, self.physical_plan)

    @property
    def financial_deviation(self) -> Decimal | None:
        return less(self.financial_actual, self.financial_plan)


def less(actual: Decimal | None, plan: Decimal | None) -> Decimal | None:
    return None if actual is None or plan is None else actual - plan


def mean(known: Sequence[tuple[Decimal, Decimal]]) -> Decimal | None:
    """Of (percent, budget), to two places: as every page, paper and total has it. None when nothing can be weighed."""
    budget = sum((weight for _, weight in known), Decimal(0))
    if not budget:
        return None
    return (sum((value * weight for value, weight in known), Decimal(0)) / budget).quantize(
        CENT, ROUND_HALF_UP
    )


def whole(rows: Iterable[Row], measures: Sequence[str]) -> list[Row]:
    """Those of which all these are known: only they enter a mean."""
    return [row for row in rows if all(getattr(row, name) is not None for name in measures)]


def means(known: Sequence[tuple[Any, Decimal]], measures: Sequence[str]) -> dict[str, Decimal | None]:
    """The mean of each measure over (row, its budget)."""
    return {name: mean([(getattr(row, name), budget) for row, budget in known]) for name in measures}


def weigh(figures: Iterable[Figure]) -> Totals:
    rows = list(figures)
    known = whole(rows, rows[0].MEASURES) if rows else []
    budget = sum((f.activity.budget for f in known), Decimal(0))
    if not budget:
        return Totals(rows=len(rows))
    weights = {f.activity_id: (100 * f.activity.budget / budget).quantize(CENT, ROUND_HALF_UP) for f in known}
    of_all = means([(f, f.activity.budget) for f in known], known[0].MEASURES)
    return Totals(**of_all, budget=budget, counted=len(known), rows=len(rows), weights=weights)
