"""Charts: one Vega-Lite specification for the page, the phone and the paper.

A room builds a `Chart`: the specification, the sentence that says what it shows, and the table behind it. The page shows
it drawn at once as SVG, without script (`components/charts.html`); who points at it gets the same specification alive, by
Vega in the browser. A paper carries `paper_chart(chart)` and prints it as vectors. No chart stands without its words and
its numbers: when drawing fails, those two are still there.

vl-convert compiles and draws; it may fetch nothing. Its engine does not survive a fork, so a forked child of a process
that has drawn draws in a process of its own.
"""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
import tempfile
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import vl_convert
from markupsafe import Markup

from randal.documents.chart_colours import CONFIG
from randal.l10n import formats
from randal.spreadsheets.writer import Column

VEGA_LITE = "6.4"  # the newest that vl-convert knows; the npm lock holds the Vega that it draws with
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
LOCALE = {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["Rp", ""], "minus": formats.MINUS}
KNOWN: dict[str, Any] = {}  # data that stand elsewhere
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Chart:
    """`name` is unique on its page (letters, digits, hyphens). `says`: what it shows, in a sentence. `columns`, `rows`: the
    table behind it, cells as `randal.spreadsheets.writer` takes them. `narrow`: the same, arranged for a phone. In `spec`
    the data stand inline; `href` makes marks into links, and their `description` is then what the link is called."""

    name: str
    title: str
    says: str
    spec: Mapping[str, Any]
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    narrow: Mapping[str, Any] | None = None
    note: str = ""

    @property
    def empty(self) -> bool:
        """Nothing is known that could be drawn, so `says` stands alone. A value that is `known: false` only holds a place."""
        return not any(value.get("known", True) for value in self.spec["data"].get("values", (KNOWN,)))

    @property
    def linked(self) -> bool:
        return '"href"' in json.dumps(self.spec)

    @property
    def numeric(self) -> list[int]:
        return [n for n, column in enumerate(self.columns) if column.kind not in ("text", "date", "instant")]

    @property
    def table(self) -> list[list[str]]:
        """The rows as people read them."""
        return [[shown(c.kind, v) for c, v in zip(self.columns, row, strict=True)] for row in self.rows]


def shown(kind: str, value: Any) -> str:
    if value is None or value == "":
        return formats.NOTHING
    if kind == "percent":
        return formats.percent(value)
    if kind == "money":
        return formats.rupiah(value)
    if kind == "points":
        return formats.points(value)
    if kind == "number":
        return formats.number(value, 1)
    if kind == "integer":
        return formats.number(value)
    return formats.short_date(value) if kind == "date" else str(value)


def complete(spec: Mapping[str, Any]) -> str:
    """The whole specification in its one text form: what is drawn, and what the drawing is remembered by."""
    return json.dumps(
        {"$schema": SCHEMA, **spec, "config": CONFIG | spec.get("config", {})},
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
        default=float,
    )


# -- on the page -------------------------------------------------------------------------------------


def svg(chart: Chart, *, narrow: bool = False) -> Markup:
    """The chart drawn, to stand in the page; "" when it cannot be drawn (the words and the table remain)."""
    name = chart.name + ("-sempit" if narrow else "")
    spec = chart.narrow if narrow and chart.narrow else chart.spec
    try:
        text = draw(complete(spec))
    except Exception:
        log.exception("chart %s could not be drawn", name)
        return Markup("")
    text = in_page(text, name)
    role = "group" if chart.linked else "img"
    label = Markup.escape(chart.title if chart.linked else f"{chart.title}. {chart.says}")
    text = text.replace("<svg ", f'<svg role="{role}" aria-label="{label}" focusable="false" ', 1)
    return Markup(text)  # noqa: S704 - drawn by us; vl-convert escapes what stands in the data


def in_page(text: str, name: str) -> str:
    """A drawing made fit to stand inside a page."""
    # Two drawings must not clip or fill by each other's names.
    text = re.sub(r'(\bid="|url\(#)', rf"\g<1>{name}-", text)
    # vl-convert knows no page, so it makes every path into an address elsewhere; and a link is called what its mark is.
    text = re.sub(
        r'<a xlink:href="https://vega\.github\.io/vega-datasets/(/[^"]*)"><(\w+) (aria-label="[^"]*")',
        r'<a href="\1" \3><\2',
        text,
    )
    # English names of graphics, which a reader would hear between our words.
    return re.sub(r' (role="graphics-[a-z]+"|aria-roledescription="[^"]*")', "", text)


def alive(chart: Chart) -> str:
    """What the browser needs to draw it anew: compiled Vega as JSON; "" where marks are links, which the drawn SVG
    already holds and a keyboard reaches."""
    try:
        return "" if chart.linked else compiled(complete(chart.spec))
    except Exception:
        log.exception("chart %s could not be compiled", chart.name)
        return ""


# -- on paper ----------------------------------------------------------------------------------------


def paper_chart(chart: Chart) -> dict[str, Any]:
    """The chart as a paper carries it: plain and complete, drawn when the paper is printed (an empty one
    has an empty `spec`)."""
    return {
        "title": chart.title,
        "says": chart.says,
        "note": chart.note,
        "spec": "" if chart.empty else complete(chart.spec),
        "columns": [column.header for column in chart.columns],
        "numeric": chart.numeric,
        "rows": [] if chart.empty else chart.table,
    }


def data_uri(spec: str) -> str:
    """The drawn specification (text of `complete`) as an SVG data URI: the filter `chart` of papers."""
    return "data:image/svg+xml;base64," + b64encode(draw(spec).encode()).decode()


# -- drawing -----------------------------------------------------------------------------------------

_engine: list[int] = []  # the process that woke the engine
_faces: list[tempfile.TemporaryDirectory[str]] = []


@lru_cache(maxsize=256)
def draw(spec: str) -> str:
    """SVG of a complete specification; the same text gives the same drawing. Raises ValueError for a wrong one."""
    return _asked("svg", spec)


@lru_cache(maxsize=256)
def compiled(spec: str) -> str:
    return _asked("vega", spec)


def _asked(what: str, spec: str) -> str:
    if _engine and _engine[0] != os.getpid():
        return _elsewhere(what, spec)
    if not _engine:
        _engine.append(os.getpid())
        _letters()
    if what == "svg":
        drawn: str = vl_convert.vegalite_to_svg(
            spec, vl_version=VEGA_LITE, allowed_base_urls=[], format_locale=LOCALE
        )
        return drawn
    made = vl_convert.vegalite_to_vega(spec, vl_version=VEGA_LITE)
    return json.dumps(made, ensure_ascii=False, separators=(",", ":"))


def _letters() -> None:
    """Our own typefaces, so that a label is measured as it is printed."""
    from randal.documents import typefaces  # reads fonts: a web process that draws nothing need not

    folder = tempfile.TemporaryDirectory(prefix="randal-huruf-")
    _faces.append(folder)  # kept until this process ends
    for face in typefaces.CHARTS:
        (Path(folder.name) / face.file).with_suffix(".ttf").write_bytes(typefaces.unpacked(face))
    vl_convert.register_font_directory(folder.name)


def _elsewhere(what: str, spec: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "randal.documents.charts", what],
        input=spec,
        capture_output=True,
        text=True,
        timeout=60,
        cwd=Path(__file__).parents[2],
    )
    if done.returncode:
        raise ValueError((done.stderr.strip().splitlines() or ["not drawn"])[-1])
    return done.stdout


if __name__ == "__main__":
    sys.stdout.write(_asked(sys.argv[1], sys.stdin.read()))
