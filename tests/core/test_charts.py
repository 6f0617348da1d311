"""Charts: drawn without a network, the same each time, readable by everybody and on a grey print."""

from __future__ import annotations

import json
import os
import re
from io import BytesIO
from itertools import combinations, pairwise

import pytest
from jinja2 import ChoiceLoader, DictLoader, Environment
from pypdf import PdfReader

from randal.documents import chart_colours as colours
from randal.documents import charts
from randal.documents.rendering import render
from tests.core import paper_samples as samples
from tests.core.chart_samples import curve, tiles
from tests.core.test_rendering import ENV

# Machado et al. 2009, severity 1: what people without red, green or blue cones see (linear RGB).
BLIND = {
    "protan": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deutan": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritan": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


def lab(linear: list[float]) -> list[float]:
    r, g, b = (min(max(v, 0.0), 1.0) for v in linear)
    x, y, z = (
        (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505,
        0.2126 * r + 0.7152 * g + 0.0722 * b,
        (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089,
    )
    fx, fy, fz = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z))
    return [116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)]


def seen(colour: str, who: str | None) -> list[float]:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    if who:
        linear = [sum(m * v for m, v in zip(row, linear, strict=True)) for row in BLIND[who]]
    return lab(linear)


def apart(one: str, other: str, who: str | None) -> float:
    return sum((a - b) ** 2 for a, b in zip(seen(one, who), seen(other, who), strict=True)) ** 0.5


@pytest.mark.parametrize("scale", [colours.STEPS, colours.ALARM])
def test_a_scale_runs_from_light_to_dark_in_steps_a_grey_print_keeps(scale: tuple[str, ...]) -> None:
    lightness = [lab([colours.luminance(c)] * 3)[0] for c in scale]
    assert all(before - after >= 12 for before, after in pairwise(lightness)), lightness
    assert all(colours.contrast(c, colours.ink_on(c)) >= 4.5 for c in scale)


@pytest.mark.parametrize("who", [None, *BLIND])
def test_kinds_are_told_apart_by_everybody(who: str | None) -> None:
    assert all(apart(a, b, who) >= 20 for a, b in combinations(colours.KINDS, 2))
    assert len(set(map(tuple, colours.DASHES))) == len(set(colours.SYMBOLS)) == len(colours.KINDS)
    assert all(
        colours.contrast(c, colours.SHEET) >= 3 for c in (*colours.KINDS, colours.PLAN, colours.ACTUAL)
    )


def test_the_sentence_stands_for_the_drawing_and_the_table_behind_it() -> None:
    chart = curve()
    drawn = charts.svg(chart)
    assert drawn.startswith('<svg role="img" aria-label="Kurva S. Realisasi 39 persen')
    assert 'style="' not in drawn and "<script" not in drawn and "graphics-" not in drawn
    assert chart.table[0] == ["2018-01", "Rencana", "8,00%"] and chart.numeric == [2]


def test_what_a_person_typed_stays_text() -> None:
    drawn = charts.svg(curve(word='<script>alert("x")</script>&'))
    assert "<script" not in drawn and "&lt;script&gt;" in drawn


def test_marks_that_are_links_can_be_reached_and_are_named() -> None:
    drawn = charts.svg(tiles())
    links = re.findall(r'<a href="([^"]*)" aria-label="([^"]*)">', drawn)
    assert links == [("/ke/AC", "AC: 0"), ("/ke/SU", "SU: 20"), ("/ke/BB", "BB: 40")]
    assert 'role="group"' in drawn and "http" not in drawn.replace("http://www.w3.org", "")
    assert charts.alive(tiles()) == ""


def test_two_drawings_in_a_page_share_no_name() -> None:
    clipped = {"mark": {"type": "line", "clip": True}}
    one, two = (charts.Chart(n, "t", "s", {**curve().spec, **clipped}, (), ()) for n in ("satu", "dua"))
    names = [set(re.findall(r'\bid="([^"]+)"', charts.svg(c))) for c in (one, two)]
    assert names[0] and not names[0] & names[1]


def test_the_browser_gets_the_same_chart_compiled() -> None:
    made = json.loads(charts.alive(curve()))
    assert made["$schema"].startswith("https://vega.github.io/schema/vega/v6")
    package = json.loads((charts.Path(charts.__file__).parents[2] / "package.json").read_text())
    assert package["dependencies"]["vega"] == charts.vl_convert.get_vega_version(), "draws as the server does"
    assert charts.VEGA_LITE in charts.vl_convert.get_vegalite_versions()


def test_nothing_is_fetched(caplog: pytest.LogCaptureFixture) -> None:
    far = {**curve().spec, "data": {"url": "http://127.0.0.1:9/data.json"}}
    drawn = charts.svg(charts.Chart("jauh", "t", "s", far, (), ()))
    assert drawn == "" or "mark-line" in drawn  # refused: nothing drawn, or nothing to draw


def test_a_chart_that_cannot_be_drawn_leaves_its_words(caplog: pytest.LogCaptureFixture) -> None:
    wrong = charts.Chart("salah", "t", "s", {"mark": 7, "encoding": 3}, (), ())
    assert charts.svg(wrong) == "" and charts.alive(wrong) == "" and "salah" in caplog.text


def test_a_forked_child_draws_too() -> None:
    """Where the parent has drawn: the engine hangs in a child, so the child asks a process of its own."""
    charts.svg(curve())
    spec = charts.complete(curve("lain", word="Target").spec)
    kept, charts._engine[:] = list(charts._engine), [os.getpid() + 1]
    try:
        elsewhere = charts._asked("svg", spec)
    finally:
        charts._engine[:] = kept
    assert elsewhere == charts._asked("svg", spec)


def test_on_paper_a_chart_is_vectors_with_its_letters_and_its_sentence() -> None:
    body = (
        '{% extends "documents/base.pdf.html" %}{% import "documents/charts.pdf.html" as charts %}'
        "{% block content %}{% for one in paper.charts %}{{ charts.figure(one) }}{% endfor %}{% endblock %}"
    )
    env = Environment(loader=ChoiceLoader([DictLoader({"t": body}), ENV.loader]))
    paper = [charts.paper_chart(curve())]
    one, two = (render("t", samples.paper("Uji", charts=paper), jinja_env=env) for _ in range(2))
    assert one.pdf == two.pdf
    page = PdfReader(BytesIO(one.pdf)).pages[0]
    assert not [i for i in page.images if i], "no picture made of points"
    text = " ".join(page.extract_text().split())
    assert "Realisasi 39 persen" in text and "8,00%" in text and "persen" in text
    assert json.loads(json.dumps(paper)) == paper
