"""The index itself: bounds, monotone in each part, order-free; what is not known lowers the confidence and is never zero."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ops.processes import ROOT
from randal.rooms.areas.beginning import FORMULA
from randal.rooms.areas.index import COMMITMENTS, PARTS, Facts, Formula, Part, Work, index, of_parts, together

ONE = Formula.read("contoh", FORMULA)
SECTORS = ("AM", "PLP", "BPB", "PKP")
percents = st.decimals(0, 130, places=2)
works = st.builds(
    Work,
    sector=st.sampled_from(SECTORS),
    budget=st.decimals(0, 10**11, places=2),
    plan=st.none() | percents,
    actual=st.none() | percents,
)
facts = st.builds(
    Facts,
    wanted=st.frozensets(st.sampled_from(SECTORS)),
    works=st.lists(works, max_size=7),
    checks=st.lists(st.sampled_from([None, "there", "in_progress", "missing", "not_needed"]), max_size=9),
    commitments=st.dictionaries(
        st.sampled_from(COMMITMENTS),
        st.lists(st.sampled_from([*FORMULA["commitment"], "not_needed"]), min_size=1, max_size=3),
    ),
)
cents = st.none() | st.decimals(0, 100, places=2)


@given(facts)
@settings(max_examples=150, deadline=None)
def test_everything_stays_between_0_and_100_and_is_the_mean_of_its_parts(one: Facts) -> None:
    found = index(one, ONE)
    assert [p.name for p in found.parts] == list(PARTS)
    assert 0 <= found.confidence <= 100
    told = [p for p in found.parts if p.value is not None]
    assert all(0 <= p.value <= 100 for p in told) and all(
        p.known is None or 0 <= p.known <= 1 for p in found.parts
    )
    assert (found.value is None) == (not told)
    if told:
        mean = sum(p.value * p.weight for p in told) / sum(p.weight for p in told)
        assert found.value == mean.quantize(Decimal("0.01"), ROUND_HALF_UP) and 0 <= found.value <= 100


@given(facts, st.randoms())
@settings(max_examples=100, deadline=None)
def test_the_order_of_the_facts_does_not_matter(one: Facts, chance) -> None:
    mixed = {k: chance.sample(list(v), len(v)) for k, v in one.commitments.items()}
    kinds = dict(chance.sample(list(mixed.items()), len(mixed)))
    again = Facts(
        one.wanted,
        chance.sample(list(one.works), len(one.works)),
        chance.sample(list(one.checks), len(one.checks)),
        kinds,
    )
    assert index(again, ONE) == index(one, ONE)


@given(st.lists(cents, min_size=5, max_size=5), st.integers(0, 4), st.decimals(0, 100, places=2))
def test_a_better_part_never_makes_it_worse(values, place, better) -> None:
    def of(several):
        return of_parts(
            [Part(n, v, ONE.weights[n], Decimal(v is not None)) for n, v in zip(PARTS, several, strict=True)],
            "x",
        )

    if values[place] is None:
        return
    raised = [max(v, better) if i == place else v for i, v in enumerate(values)]
    assert of(raised).value >= of(values).value


@given(facts, st.integers(0, 6), st.decimals(0, 50, places=2))
@settings(max_examples=100, deadline=None)
def test_more_done_is_never_less_on_time(one: Facts, place, more) -> None:
    told = [i for i, w in enumerate(one.works) if w.actual is not None and w.plan is not None]
    if not told:
        return
    which = told[place % len(told)]
    ahead = [replace(w, actual=w.actual + more) if i == which else w for i, w in enumerate(one.works)]
    before, after = (index(each, ONE).part("on_time").value for each in (one, replace(one, works=ahead)))
    if before is None:  # what is told has no budget, and so no weight beside what has
        assert after is None and not any(one.works[i].budget for i in told)
    else:
        assert after >= before


@given(facts, st.integers(0, 8))
@settings(max_examples=100, deadline=None)
def test_what_is_not_known_is_said_and_not_counted_as_zero(one: Facts, place) -> None:
    told = [i for i, s in enumerate(one.checks) if s not in (None, "not_needed")]
    if not told:
        return
    hidden = told[place % len(told)]
    less = replace(one, checks=[None if i == hidden else s for i, s in enumerate(one.checks)])
    before, after = index(one, ONE), index(less, ONE)
    assert after.confidence < before.confidence
    rest = [FORMULA["readiness"][s] for i, s in enumerate(less.checks) if s not in (None, "not_needed")]
    if rest:
        mean = sum(map(Decimal, rest)) / len(rest)
        assert after.part("readiness").value == mean.quantize(Decimal("0.01"), ROUND_HALF_UP)
    else:
        assert after.part("readiness").value is None


def test_nothing_known_is_no_number() -> None:
    found = index(Facts(), ONE)
    assert found.value is None and found.confidence == 0
    assert {p.value for p in found.parts} == {None}


def test_sectors_that_nobody_asked_for_lower_no_confidence() -> None:
    done = Work("AM", Decimal(100), Decimal(50), Decimal(50))
    one = Facts(frozenset({"AM"}), [done], ["there"], {k: ["met"] for k in COMMITMENTS})
    found = index(one, ONE)
    assert found.part("in_step").value is None and found.part("in_step").known is None
    assert (found.value, found.confidence) == (Decimal(100), Decimal(100))


@given(st.lists(st.tuples(st.decimals(0, 10**9, places=2), facts), max_size=5), st.randoms())
@settings(max_examples=60, deadline=None)
def test_a_province_lies_between_its_kawasan_whatever_their_order(several, chance) -> None:
    made = [(budget, index(one, ONE)) for budget, one in several]
    found = together(made, ONE)
    assert together(chance.sample(made, len(made)), ONE) == found
    assert found.areas == sum(budget > 0 for budget, _ in made)
    for part in found.parts:
        values = [i.part(part.name).value for b, i in made if b > 0 and i.part(part.name).value is not None]
        assert (part.value is None) == (not values)
        if values:
            assert min(values) <= part.value <= max(values)


# -- the worked example of the documentation, recomputed by hand ----------------------------------------------

DOC = (Path(ROOT) / "docs" / "indeks.md").read_text(encoding="utf-8")


def number(text: str) -> Decimal | None:
    text = text.strip().strip("*").replace("%", "").replace("Rp", "").replace("−", "-").strip()
    if text in ("–", ""):
        return None
    return Decimal(text.replace(".", "").replace(",", "."))


def table(heading: str) -> list[list[str]]:
    part = DOC.split(f"### {heading}\n", 1)[1].split("\n#", 1)[0]
    rows = [
        [c.strip() for c in line.strip("|").split("|")] for line in part.splitlines() if line.startswith("|")
    ]
    return rows[2:]


def test_the_worked_example_of_the_documentation_is_right() -> None:
    wanted = frozenset(re.search(r"Sektor yang seharusnya bekerja: ([A-Z, ]+)\.", DOC)[1].split(", "))
    works = [Work(r[1], number(r[2]), number(r[3]), number(r[4])) for r in table("Kegiatan")]
    status = {
        "Ada": "there",
        "Proses": "in_progress",
        "Belum": "missing",
        "Tidak diperlukan": "not_needed",
        "–": None,
    }
    checks = [status[r[1]] for r in table("Kriteria")]
    kinds = {"Dana pendamping": "ddub", "Serah terima aset": "handover", "Lembaga pengelola": "operator",
             "Rencana pemeliharaan": "maintenance"}  # fmt: skip
    states = {"Dipenuhi": "met", "Tertulis": "written", "Dijanjikan lisan": "spoken", "Diminta": "asked"}
    promised = {kinds[r[0]]: [states[r[1]]] for r in table("Komitmen") if r[1] != "–"}
    found = index(Facts(wanted, works, checks, promised), ONE)
    labels = {label: name for name, label in PARTS.items()}
    for label, value, weight, known in (row[:4] for row in table("Hasil")):
        if label in labels:
            part = found.part(labels[label])
            assert (part.value, part.weight) == (number(value), number(weight)), label
            assert round(part.known * 100, 2) == number(known), label
        else:
            assert (found.value, found.confidence) == (number(value), number(known))
    # …and by hand, from the document's own numbers alone.
    rows = [row for row in table("Hasil") if row[0] in labels]
    told = [(number(v), number(w)) for _, v, w, *_ in rows if number(v) is not None]
    by_hand = sum(v * w for v, w in told) / sum(w for _, w in told)
    assert found.value == by_hand.quantize(Decimal("0.01"), ROUND_HALF_UP)


def test_the_documentation_tells_the_formula_that_an_installation_starts_with() -> None:
    for name, label in PARTS.items():
        assert f"| {label} | {FORMULA['weights'][name]} |" in DOC, label


@pytest.mark.parametrize(
    ("plan", "actual", "score"),
    [("70", "65", "50"), ("70.01", "67.51", "50"), ("80", "75", "0"), ("50", "60", "100")],
)
def test_the_threshold_changes_where_the_plan_passes_seventy(plan, actual, score) -> None:
    one = Facts(works=[Work("AM", Decimal(1), Decimal(plan), Decimal(actual))])
    assert index(one, ONE).part("on_time").value == Decimal(score)
