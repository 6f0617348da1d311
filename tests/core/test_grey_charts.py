"""Every kind of chart on a grey print: what means two things is told apart without colour; where nothing is known, a sentence."""

from __future__ import annotations

import ast
import re
from collections import Counter
from decimal import Decimal
from io import BytesIO
from itertools import combinations
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import pytest
from jinja2 import Environment
from pypdf import PdfReader

from ops.processes import ROOT
from randal.documents import charts
from randal.documents.chart_colours import ALARM, STEPS, luminance
from randal.documents.charts import Chart
from randal.documents.rendering import render
from randal.overviews.monitoring import curves, pictures, tiles
from randal.overviews.monitoring.tiles import Tile
from randal.rooms.follow_ups import insight_charts
from randal.rooms.follow_ups.insight_facts import OUTCOMES, Insight, Repeat, Stay, Waiting
from randal.spreadsheets.writer import Column
from tests.core import paper_samples
from tests.core.chart_samples import curve
from tests.core.test_rendering import ENV

APART = 12  # of the 100 steps of lightness (L*) that lie between black and white
MAKERS = {
    "randal/rooms/follow_ups/insight_charts.py",
    "randal/overviews/monitoring/curves.py",
    "randal/overviews/monitoring/tiles.py",
}


def telaah(many: int) -> list[Chart]:
    """The charts of Telaah, of `many` follow-ups of every outcome; 0: of none."""
    outcomes = Counter(dict.fromkeys(OUTCOMES, many))
    ages = ("sampai 30 hari", "31–60 hari", "61–90 hari", "91–180 hari", "lebih dari 180 hari")
    found = Insight(
        by_month={f"2026-{m:02}": outcomes for m in range(1, 13)}, ages=dict.fromkeys(ages, (many, many))
    )
    if many:
        found.total = found.open = many * 10
        found.waiting = {"PPK": Waiting(many, 9.0, 40.0), "Tim Monev": Waiting(many, 3.0, 12.0)}
        found.stays = {"assigned": Stay(many, 30.0), "submitted": Stay(many, 10.0)}
        found.by_unit = {"Contoh Maluku": outcomes, "Contoh Papua": outcomes}
        found.repeats = [Repeat("Contoh Maluku", "LHN", many, 2, 1)]
    return insight_charts.charts(found, {"LHN": "Lahan"})


def sums(plan: int, actual: int) -> Any:
    told = {
        "physical_plan": plan,
        "physical_actual": actual,
        "financial_plan": plan,
        "financial_actual": actual,
    }
    values = {name: Decimal(value) for name, value in told.items()}
    away = Decimal(actual - plan)
    return SimpleNamespace(
        mean=values.get, count=2, weight=7, physical_deviation=away, financial_deviation=away, **values
    )


def monitored(known: bool) -> list[Chart]:
    year: Any = {f"2026-{m:02}": sums(m * 8, m * 6) for m in range(1, 7)} if known else {}
    codes = list(tiles.PLACES)
    maps = [
        tiles.chart(
            [Tile(code, code, n % 5 if known and n < 30 else None, "–", code, f"/{code}") for n, code in enumerate(codes)],
            scale, title="Peta", says="Peta.", column=Column("Nilai", "integer"),
        )
        for scale in pictures.SCALES.values()
    ]  # fmt: skip
    return [
        *(curves.curve(year, kind, "Contoh") for kind in curves.KINDS),
        curves.multiples({"Contoh Maluku": year} if known else {}),
        *maps,
    ]


def grey(colour: str) -> float:
    """Lightness of a colour printed without its colour, 0 (black) to 100 (paper)."""
    share = luminance(colour)
    return 116 * share ** (1 / 3) - 16 if share > 0.008856 else 903.3 * share


def marks(svg: str) -> list[tuple[str, str, str]]:
    """What the drawing holds: the kind of mark, its colour, and what tells it apart without colour (dashes, shape)."""
    found = set()
    for group in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}g"):
        kind = re.search(r"mark-(rect|line|symbol)\b", group.get("class", ""))
        for path in group.iter("{http://www.w3.org/2000/svg}path") if kind else ():
            dashes = path.get("stroke-dasharray", "") if path.get("stroke", "none") != "none" else ""
            if kind[1] == "line":
                found.add(("line", path.get("stroke", ""), dashes))
            elif re.fullmatch("#[0-9a-f]{6}", path.get("fill", "")):
                shape = re.sub(r"[-\d.]+", "", path.get("d", "")) if kind[1] == "symbol" else ""
                found.add((kind[1], path.get("fill", ""), f"{dashes} {shape}"))
    return sorted(found)


def lost(svg: str) -> list[Any]:
    """Pairs that a grey print makes one."""
    return [
        (one, other)
        for one, other in combinations(marks(svg), 2)
        if one[0] == other[0]
        and one[1] != other[1]
        and one[2] == other[2]
        and abs(grey(one[1]) - grey(other[1])) < APART
    ]


ALL = [*telaah(3), *monitored(True), curve()]


@pytest.mark.parametrize("chart", ALL, ids=lambda chart: chart.name)
def test_a_grey_print_keeps_every_meaning(chart: Chart) -> None:
    for narrow in (False, True):
        drawn = str(charts.svg(chart, narrow=narrow))
        assert marks(drawn), "nothing was drawn"
        assert lost(drawn) == []


def test_what_is_worse_is_darker() -> None:
    """Late must not look like kept, nor a little late like very late."""
    lightness = [grey(insight_charts.COLOURS[code]) for code in OUTCOMES]
    assert lightness == sorted(lightness, reverse=True)


def test_the_look_would_have_found_it() -> None:
    """As it was: kept and open as dark as each other, waiting and late as light."""
    spec = {
        **curve().spec,
        "mark": "bar",
        "data": {"values": [{"kind": k, "month": "a", "percent": 3} for k in ("Tepat", "Belum")]},
    }
    spec["encoding"] = {
        "x": {"field": "kind"},
        "y": {"field": "percent", "type": "quantitative"},
        "color": {"field": "kind", "scale": {"domain": ["Tepat", "Belum"], "range": [STEPS[3], ALARM[3]]}},
    }
    assert lost(str(charts.svg(Chart("lama", "t", "s", spec, (), ()))))


def test_no_chart_is_made_elsewhere() -> None:
    """Whoever draws a new kind puts it into this file."""
    made = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "randal").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Chart"
    }
    assert made == MAKERS


@pytest.mark.parametrize("chart", [*telaah(0), *monitored(False)], ids=lambda chart: chart.name)
def test_an_empty_chart_is_a_sentence(chart: Chart) -> None:
    assert chart.empty and re.match(r"(Belum|Tidak) ada|0 dari|Peta", chart.says), chart.says
    paper = charts.paper_chart(chart)
    assert paper["spec"] == "" and paper["rows"] == []
    env = Environment(loader=ENV.loader, autoescape=True)
    env.globals |= {"chart_svg": charts.svg, "chart_alive": charts.alive}
    page = str(env.get_template("components/charts.html").module.figure(chart))
    assert chart.says in page
    assert chart.linked or ("<svg" not in page and "<table" not in page), "a map still leads to its provinces"


def test_a_full_one_is_drawn() -> None:
    assert not any(chart.empty for chart in ALL)


def test_a_paper_without_anything_draws_nothing() -> None:
    paper = paper_samples.paper(
        "Telaah",
        contoh=False,
        as_of="2018-08-15",
        total=0,
        open=0,
        charts=[charts.paper_chart(c) for c in telaah(0)],
    )
    drawn = render("follow_ups/insight.pdf.html", paper, jinja_env=ENV)
    text = " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(drawn.pdf)).pages).split())
    assert "Belum ada janji yang sampai pada tenggatnya." in text and "Lampiran" not in text
