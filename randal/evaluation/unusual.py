"""A figure that falls, jumps or passes 100: never refused, but its PPK is asked why. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Protocol

from randal.core import words
from randal.evaluation.limits import Limits

LABELS = {
    "physical_plan": "Fisik rencana",
    "physical_actual": "Fisik realisasi",
    "financial_plan": "Keuangan rencana",
    "financial_actual": "Keuangan realisasi",
}
ACTUAL = ("physical_actual", "financial_actual")
FULL = Decimal(100)


class Numbers(Protocol):
    """Four cumulative percents: a row of figures, or anything that has them."""

    physical_plan: Decimal | None
    physical_actual: Decimal | None
    financial_plan: Decimal | None
    financial_actual: Decimal | None


def unusual(row: Numbers, before: Numbers | None, limits: Limits, since: str = "") -> dict[str, str]:
    """What asks for a reason, by measure: a sentence each. `before` is the row of an earlier period of the same year
    (`since`, 2018-05): a new year's figures begin anew. Physical and financial are never held against each other."""
    found = {}
    for name, label in LABELS.items():
        value, old = getattr(row, name), getattr(before, name, None)
        if value is None:
            continue
        if value > FULL:
            found[name] = f"{label} {words.percent(value)} melewati 100%."
        elif old is None:
            continue
        elif value < old:
            found[name] = (
                f"{label} turun dari {words.percent(old)}{_when(since)} menjadi {words.percent(value)}."
            )
        elif name in ACTUAL and value - old > limits.jump:
            found[name] = (
                f"{label} melonjak dari {words.percent(old)}{_when(since)} menjadi {words.percent(value)}."
            )
    return found


def _when(since: str) -> str:
    return f" ({words.month(since)})" if since else ""


def by_activity(rows: Iterable[Numbers]) -> Mapping[int, Numbers]:
    return {row.activity_id: row for row in rows}  # type: ignore[attr-defined]
