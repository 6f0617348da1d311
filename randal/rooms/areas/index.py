"""Indeks keterpaduan: one number 0 to 100 of a kawasan, from five parts that anyone can recompute (docs/indeks.md).

Pure: facts and a formula come in, an `Index` comes out. What is not known is left out and lowers the confidence; it is
never counted as zero. A part and the value are rounded to two places, half up, the value from the rounded parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

ZERO, HUNDRED = Decimal(0), Decimal(100)
CENT = Decimal("0.01")

PARTS = {
    "coverage": "Cakupan sektor",
    "on_time": "Sektor tepat waktu",
    "in_step": "Sektor seiring",
    "readiness": "Kesiapan",
    "commitment": "Komitmen Pemda",
}
COMMITMENTS = ("ddub", "handover", "operator", "maintenance")
NOT_NEEDED = "not_needed"


@dataclass(frozen=True)
class Formula:
    """Weights by part; the deviation (points behind the plan) at which a kegiatan counts nothing, early and late; the
    spread between sectors (points) at which they are not in step at all; what a status is worth, 0 to 100."""

    version: str
    weights: Mapping[str, Decimal]
    behind_early: Decimal
    behind_late: Decimal
    early_until: Decimal
    spread: Decimal
    readiness: Mapping[str, Decimal]
    commitment: Mapping[str, Decimal]

    @classmethod
    def read(cls, version: str, content: Mapping[str, object]) -> Formula:
        """From the JSON of its row: numbers as strings."""
        plain = {name: Decimal(str(content[name])) for name in LIMITS}
        tables = {name: _numbers(content[name]) for name in TABLES}
        return cls(version=version, **plain, **tables)  # type: ignore[arg-type]


LIMITS = ("behind_early", "behind_late", "early_until", "spread")
TABLES = ("weights", "readiness", "commitment")


def _numbers(table: object) -> dict[str, Decimal]:
    if not isinstance(table, Mapping):
        raise ValueError("a table of numbers is wanted")
    return {str(name): Decimal(str(value)) for name, value in table.items()}


@dataclass(frozen=True)
class Work:
    """One kegiatan that runs: rupiah, cumulative physical percents of the period (None: not told), and its days."""

    sector: str
    budget: Decimal
    plan: Decimal | None = None
    actual: Decimal | None = None
    starts: date | None = None
    ends: date | None = None


@dataclass(frozen=True)
class Facts:
    """One kawasan in one period. `wanted`: sectors that should work there (empty: nobody said). `checks`: the status of
    every criterion that applies, None where nobody answered. `commitments`: kind → statuses, one per promise."""

    wanted: frozenset[str] = frozenset()
    works: Sequence[Work] = ()
    checks: Sequence[str | None] = ()
    commitments: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def budget(self) -> Decimal:
        return sum((w.budget for w in self.works), ZERO)


@dataclass(frozen=True)
class Part:
    """`value` 0 to 100, or None: nothing known, or nothing asked. `known`: the share (0 to 1) of what it needs that is
    known; None where it asks nothing of this kawasan (one sector has nobody to be in step with)."""

    name: str
    value: Decimal | None
    weight: Decimal
    known: Decimal | None


@dataclass(frozen=True)
class Index:
    """`confidence` in percent. `areas`: how many kawasan stand in it."""

    value: Decimal | None
    version: str
    confidence: Decimal
    parts: tuple[Part, ...]
    areas: int = 1

    def part(self, name: str) -> Part:
        return next(p for p in self.parts if p.name == name)


def index(facts: Facts, formula: Formula) -> Index:
    """The index of one kawasan."""
    found = {
        "coverage": coverage(facts),
        "on_time": on_time(facts, formula),
        "in_step": in_step(facts, formula),
        "readiness": readiness(facts, formula),
        "commitment": commitment(facts, formula),
    }
    return of_parts(
        [Part(name, _cents(v), formula.weights.get(name, ZERO), known) for name, (v, known) in found.items()],
        formula.version,
    )


Measured = tuple[Decimal | None, Decimal | None]  # value, known


def coverage(facts: Facts) -> Measured:
    """Of the sectors that should work there, how many do."""
    if not facts.wanted:
        return None, ZERO
    there = facts.wanted & {w.sector for w in facts.works}
    return HUNDRED * len(there) / len(facts.wanted), Decimal(1)


def on_time(facts: Facts, formula: Formula) -> Measured:
    """Each kegiatan: 100 on or before its plan, falling evenly to 0 at the threshold; weighted by budget."""
    told = [(w, _timeliness(w, formula)) for w in facts.works]
    return _weighed([(w.budget, score) for w, score in told])


def _timeliness(work: Work, formula: Formula) -> Decimal | None:
    if work.plan is None or work.actual is None:
        return None
    threshold = formula.behind_early if work.plan <= formula.early_until else formula.behind_late
    behind = max(ZERO, work.plan - work.actual)
    return HUNDRED * (1 - min(Decimal(1), behind / threshold)) if threshold else HUNDRED * (behind == 0)


def deviations(works: Sequence[Work]) -> dict[str, Decimal]:
    """Sector → points before (above zero) or behind its plan, weighted by budget; only sectors of which that is known."""
    found = {}
    for sector in sorted({w.sector for w in works}):
        own = [w for w in works if w.sector == sector]
        mean, _ = _weighed(
            [(w.budget, None if w.plan is None or w.actual is None else w.actual - w.plan) for w in own]
        )
        if mean is not None:
            found[sector] = mean
    return found


def in_step(facts: Facts, formula: Formula) -> Measured:
    """Between the sector furthest ahead of its plan and the one furthest behind: 100 at no distance, 0 at `spread`."""
    sectors = {w.sector for w in facts.works}
    if len(facts.wanted | sectors) < 2:
        return None, None
    away = deviations(facts.works)
    known = Decimal(len(away)) / len(facts.wanted | sectors)
    if len(away) < 2:
        return None, ZERO
    apart = max(away.values()) - min(away.values())
    return HUNDRED * (1 - min(Decimal(1), apart / formula.spread)), known


def readiness(facts: Facts, formula: Formula) -> Measured:
    """The mean of the criteria that were answered; what is not needed is left out."""
    asked = [status for status in facts.checks if status != NOT_NEEDED]
    if not asked:
        return None, None if facts.checks else ZERO
    told = [formula.readiness[status] for status in asked if status is not None]
    return _mean(told), Decimal(len(told)) / len(asked)


def commitment(facts: Facts, formula: Formula) -> Measured:
    """The mean of the four kinds; a kind with several promises is their mean."""
    kinds, asked = [], 0
    for kind in COMMITMENTS:
        several = facts.commitments.get(kind, ())
        told = [formula.commitment[status] for status in several if status != NOT_NEEDED]
        asked += bool(told) or not several
        if told:
            kinds.append(sum(told, ZERO) / len(told))
    return _mean(kinds), Decimal(len(kinds)) / asked if asked else None


# -- many kawasan -----------------------------------------------------------------------------------------


def together(weighed: Iterable[tuple[Decimal, Index]], formula: Formula) -> Index:
    """Province and nation: each part is the mean of the kawasan that have it, weighted by budget (rupiah); the value is
    made of these parts as in a kawasan. A kawasan without budget weighs nothing."""
    several = [(budget, one) for budget, one in weighed if budget > 0]
    parts = []
    for place, name in enumerate(PARTS):
        value, _ = _weighed([(b, one.parts[place].value) for b, one in several])
        asked = sorted((b, known) for b, one in several if (known := one.parts[place].known) is not None)
        total = sum((b for b, _ in asked), ZERO)
        known = sum((b * k for b, k in asked), ZERO) / total if total else None
        parts.append(Part(name, _cents(value), formula.weights.get(name, ZERO), known if several else ZERO))
    return of_parts(parts, formula.version, len(several))


def of_parts(parts: Sequence[Part], version: str, areas: int = 1) -> Index:
    """The weighted mean of the parts that have a value; confidence is the weighted share of what is known."""
    told = [(p.weight, p.value) for p in parts if p.value is not None]
    weight = sum((w for w, _ in told), ZERO)
    value = sum((w * v for w, v in told), ZERO) / weight if weight else None
    asked = [(p.weight, p.known) for p in parts if p.known is not None]
    whole = sum((w for w, _ in asked), ZERO)
    sure = HUNDRED * sum((w * k for w, k in asked), ZERO) / whole if whole else ZERO
    return Index(_cents(value), version, _cents(sure) or ZERO, tuple(parts), areas)


def _weighed(pairs: Sequence[tuple[Decimal, Decimal | None]]) -> Measured:
    """Weighted mean of those that are known, and the share of weight that is. All weights nothing: each counts one."""
    whole = sum((w for w, _ in pairs), ZERO)
    if not whole:
        pairs, whole = [(Decimal(1), v) for _, v in pairs], Decimal(len(pairs))
    told = sorted((w, v) for w, v in pairs if v is not None)  # a sum of quotients depends on its order
    weight = sum((w for w, _ in told), ZERO)
    if not weight:
        return None, ZERO
    return sum((w * v for w, v in told), ZERO) / weight, weight / whole


def _mean(values: Sequence[Decimal]) -> Decimal | None:
    return sum(values, ZERO) / len(values) if values else None


def _cents(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.quantize(CENT, ROUND_HALF_UP)
