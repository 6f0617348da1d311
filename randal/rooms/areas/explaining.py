"""Each part of an index in words, with the numbers it was made of: the worked example beside the number."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from randal.l10n import formats
from randal.models.areas import COMMITMENTS, PROMISES, STATUSES
from randal.rooms.areas.index import COMMITMENTS as KINDS
from randal.rooms.areas.index import NOT_NEEDED, Facts, Formula, Index, Work, deviations


def explained(facts: Facts, formula: Formula) -> dict[str, str]:
    """Part → how its number comes about."""
    return {
        "coverage": _coverage(facts),
        "on_time": _on_time(facts),
        "in_step": _in_step(facts, formula),
        "readiness": _counted(
            [s for s in facts.checks if s != NOT_NEEDED], STATUSES, formula.readiness, "kriteria"
        ),
        "commitment": _commitment(facts, formula),
    }


def sum_in_words(one: Index) -> str:
    """(75,00 × 25 + …) ÷ 100 = 68,78"""
    told = [p for p in one.parts if p.value is not None]
    if not told:
        return "Belum ada bagian yang diketahui."
    terms = " + ".join(f"{formats.number(p.value, 2)} × {_short(p.weight)}" for p in told)
    weight = sum((p.weight for p in told), Decimal(0))
    return f"({terms}) ÷ {_short(weight)} = {formats.number(one.value, 2)}"


def _short(value: Decimal) -> str:
    return formats.number(value, 2 if value % 1 else 0)


def _coverage(facts: Facts) -> str:
    if not facts.wanted:
        return "Belum ditentukan sektor mana yang seharusnya bekerja di sini."
    there = facts.wanted & {w.sector for w in facts.works}
    missing = sorted(facts.wanted - there)
    said = f"{len(there)} dari {len(facts.wanted)} sektor punya kegiatan berjalan"
    return f"{said}; belum: {', '.join(missing)}." if missing else f"{said}."


def _told(works: Sequence[Work]) -> list[Work]:
    return [w for w in works if w.plan is not None and w.actual is not None]


def _on_time(facts: Facts) -> str:
    told = _told(facts.works)
    if not told:
        return "Belum ada laporan periode ini yang disampaikan."
    late = [w for w in told if w.actual < w.plan]  # type: ignore[operator]
    said = (
        f"{len(told)} dari {len(facts.works)} kegiatan berangka, berbobot pagu; {len(late)} di bawah rencana"
    )
    if not late:
        return said + "."
    worst = min(late, key=lambda w: w.actual - w.plan)  # type: ignore[operator]
    return f"{said}, paling jauh {formats.points(worst.actual - worst.plan)} poin ({worst.sector})."  # type: ignore[operator]


def _in_step(facts: Facts, formula: Formula) -> str:
    if len(facts.wanted | {w.sector for w in facts.works}) < 2:
        return "Hanya satu sektor: tidak dinilai."
    deviation = deviations(facts.works)
    if len(deviation) < 2:
        return "Kurang dari dua sektor yang berangka."
    first, last = max(deviation, key=lambda s: deviation[s]), min(deviation, key=lambda s: deviation[s])
    apart = formats.number(deviation[first] - deviation[last], 2)
    return (
        f"{first} {formats.points(deviation[first])} poin, {last} {formats.points(deviation[last])} poin dari rencananya: "
        f"jarak {apart}; pada {_short(formula.spread)} poin nilainya 0."
    )


def _commitment(facts: Facts, formula: Formula) -> str:
    said = []
    for kind in KINDS:
        several = facts.commitments.get(kind, ())
        states = ", ".join(PROMISES[s].lower() for s in several) or "belum dicatat"
        said.append(f"{COMMITMENTS[kind]}: {states}")
    return "; ".join(said) + "."


def _counted(asked: Sequence[str | None], labels: dict[str, str], worth: object, noun: str) -> str:
    told = [s for s in asked if s is not None]
    if not told:
        return f"Belum ada {noun} yang dijawab."
    each = ", ".join(f"{told.count(code)} {label.lower()}" for code, label in labels.items() if code in told)
    return f"{len(told)} dari {len(asked)} {noun} dijawab: {each}."
