"""A figure that falls, jumps or passes 100: never refused, but its PPK is asked why. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

from randal.l10n import formats
from randal.models.thresholds import Limits

LABELS = {
    "physical_plan": "Fisik rencana",
    "physical_actual": "Fisik realisasi",
    "financial_plan": "Keuangan rencana",
    "financial_actual": "Keuangan realisasi",
}
ACTUAL = ("physical_actual", "financial_actual")
FULL = Decimal(100)
A_WORD = 5  # letters


class Numbers(Protocol):
    """Four cumulative percents: a row of figures, or anything that has them."""

    physical_plan: Decimal | None
    physical_actual: Decimal | None
    financial_plan: Decimal | None
    financial_actual: Decimal | None


@dataclass
class Earlier:
    """The last known number of each measure, and the period (2018-05) that it stands for."""

    physical_plan: Decimal | None = None
    physical_actual: Decimal | None = None
    financial_plan: Decimal | None = None
    financial_actual: Decimal | None = None
    since: dict[str, str] = field(default_factory=dict)

    def told(self, name: str) -> str:
        """ "40,00% (Mei 2018)", or "" for what is not known."""
        value = getattr(self, name)
        return "" if value is None else formats.percent(value) + _when(self.since.get(name, ""))


def is_explained(explanation: str | None) -> bool:
    """In words: a dash or a point says nothing."""
    return sum(map(str.isalpha, explanation or "")) >= A_WORD


def unusual(row: Numbers, before: Earlier | None, limits: Limits) -> dict[str, str]:
    """What asks for a reason, by measure: a sentence each. `before` is of the same year: a new year's figures begin anew.
    Physical and financial are never held against each other."""
    found = {}
    for name, label in LABELS.items():
        value, old = getattr(row, name), getattr(before, name, None)
        if value is None:
            continue
        if value > FULL:
            found[name] = f"{label} {formats.percent(value)} melewati 100%."
        elif before is None or old is None:
            continue
        elif value < old:
            found[name] = f"{label} turun dari {before.told(name)} menjadi {formats.percent(value)}."
        elif name in ACTUAL and value - old > limits.jump:
            found[name] = f"{label} melonjak dari {before.told(name)} menjadi {formats.percent(value)}."
    return found


def _when(since: str) -> str:
    return f" ({formats.month(since)})" if since else ""
