"""Every kind of paper, drawn from awkward data, as it lies on its pages. WeasyPrint's own boxes are asked: what stands
where is not guessed from a picture.

    RANDAL_LONG=1 .venv/bin/python -m pytest tests/papers/test_layout.py      # the whole of it (minutes)
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader
from weasyprint.formatting_structure import boxes

from randal.documents.rendering import OwnAssets, html, source
from tests.papers import awkward

TEMPLATES = Path(__file__).parents[2] / "templates"
ENV = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
MM = 96 / 25.4
SLACK = 0.5 * MM
NUMBER = re.compile(r"[−+]?\d[\d.,/:]*\d%?|\d%?|RTL-\d+")
HEADINGS = ("h1", "h2", "h3")
# How many pages the small set took when this was written, with room for another release of a library.
MOST = {
    "notula": 28, "notula-kosong": 3, "berita-acara": 28, "laporan": 29, "undangan": 4, "paket": 17, "daftar-hadir": 15,
    "daftar-hadir-sesi": 21, "register": 13, "pelacak": 6, "telaah": 5, "permintaan": 3, "kesepakatan": 3,
    "perubahan": 6, "rapor": 10, "lembar-pimpinan": 2, "evaluasi": 10, "pemusnahan": 24,
}  # fmt: skip


def below(box: Any) -> Iterator[Any]:
    yield box
    for child in getattr(box, "children", ()):
        yield from below(child)


class Laid:
    """A paper as it was laid out: `main` of a page is what stands between the margins."""

    def __init__(self, name: str):
        template, sample = awkward.PAPERS[name]
        self.html = html(template, sample(), jinja_env=ENV, signature_fields=True)
        document = source(self.html, OwnAssets()).render(pdf_forms=True)
        self.pages = [page._page_box for page in document.pages]

    def parts(self, page: Any) -> list[Any]:
        [body] = [one for one in page.children if not isinstance(one, boxes.MarginBox)]
        return list(below(body))

    def text(self, box: Any) -> str:
        return "".join(one.text for one in below(box) if isinstance(one, boxes.TextBox))


@pytest.fixture(scope="module", params=awkward.PAPERS)
def laid(request: Any) -> tuple[str, Laid]:
    return request.param, Laid(request.param)


def test_no_kind_is_left_out() -> None:
    ours = {str(one.relative_to(TEMPLATES)) for one in TEMPLATES.rglob("*.pdf.html")}
    pieces = {one for one in ours if one.startswith("documents/")} | {"minutes/body.pdf.html"}
    assert {template for template, _ in awkward.PAPERS.values()} == ours - pieces


def test_as_it_lies(laid: tuple[str, Laid]) -> None:
    name, paper = laid
    faults = [
        *outside(paper),
        *headless(paper),
        *broken_cells(paper),
        *broken_numbers(paper),
        *alone_at_the_foot(paper),
        *(["a letter that no face has"] if "□" in paper.html else []),
    ]
    assert faults == []
    if awkward.SIZE is awkward.SMALL:
        assert len(paper.pages) <= MOST[name]


def outside(paper: Laid) -> Iterator[str]:
    """Words, pictures and fields that reach over a margin."""
    for number, page in enumerate(paper.pages, 1):
        left, top = page.content_box_x(), page.content_box_y()
        right, bottom = left + page.width, top + page.height
        for box in paper.parts(page):
            field = getattr(box, "element_tag", "") == "input"
            if not field and not isinstance(box, boxes.TextBox | boxes.ReplacedBox | boxes.InlineReplacedBox):
                continue
            x, y = box.position_x, box.position_y
            edges = x, y, x + box.margin_width(), y + box.margin_height()
            text = getattr(box, "text", box.element_tag)
            if not text.strip():
                continue
            if edges[0] < left - SLACK or edges[2] > right + SLACK:
                yield f"page {number}: {text[:40]!r} beside the margin"
            if edges[1] < top - SLACK or edges[3] > bottom + SLACK:
                yield f"page {number}: {text[:40]!r} above or below it"


def headless(paper: Laid) -> Iterator[str]:
    """Tables whose head is missing on one of their pages."""
    for number, page in enumerate(paper.pages, 1):
        for table in (one for one in paper.parts(page) if isinstance(one, boxes.TableBox)):
            if "grid" not in (table.element.get("class") or ""):
                continue
            groups = [one for one in table.children if isinstance(one, boxes.TableRowGroupBox)]
            if not any(one.is_header for one in groups):
                yield f"page {number}: a table without its head: {paper.text(table)[:40]!r}"


def broken_cells(paper: Laid) -> Iterator[str]:
    """Numbers of rows, codes and dates that stand in two lines."""
    for number, page in enumerate(paper.pages, 1):
        for cell in (one for one in paper.parts(page) if isinstance(one, boxes.TableCellBox)):
            if cell.element_tag != "td" or not {"no", "num", "firm"} & set(
                (cell.element.get("class") or "").split()
            ):
                continue
            lines = [one for one in below(cell) if isinstance(one, boxes.LineBox) and paper.text(one).strip()]
            if len(lines) > 1 + sum(one.element_tag == "div" for one in below(cell)):
                yield f"page {number}: {paper.text(cell)!r} in {len(lines)} lines"


def broken_numbers(paper: Laid) -> Iterator[str]:
    """Numbers of the source that stand whole in no line of the pages."""
    drawn: Counter[str] = Counter()
    for page in paper.pages:
        for line in (one for one in paper.parts(page) if isinstance(one, boxes.LineBox)):
            drawn.update(NUMBER.findall(paper.text(line)))
    body = paper.html.split("<main>")[1]
    body = re.sub(r"<(style|colgroup|svg).*?</\1>", "", body, flags=re.S)
    wanted = Counter(NUMBER.findall(unescape(re.sub(r"<[^>]+>", "\n", body))))
    # A fingerprint, an address and a number of a letter are no figures, and may break.
    for one, count in (wanted - drawn).items():
        if len(one) > 1 and re.fullmatch(r"RTL-\d+|[−+]?\d{1,3}(\.\d{3})*(,\d+)?%?|\d\d/\d\d/\d{4}", one):
            yield f"{one} is broken {count} times"


def alone_at_the_foot(paper: Laid) -> Iterator[str]:
    """A heading, the head of a table or of a group of rows, with nothing below it on its page; a number without its row."""
    for number, page in enumerate(paper.pages[:-1], 1):
        parts = paper.parts(page)
        lines = [one for one in parts if isinstance(one, boxes.LineBox) and paper.text(one).strip()]
        pictures = [one for one in parts if isinstance(one, boxes.ReplacedBox)]
        for box in parts:
            heading = getattr(box, "element_tag", "") in HEADINGS and isinstance(box, boxes.BlockBox)
            head = isinstance(box, boxes.TableRowGroupBox) and box.is_header
            title = (
                isinstance(box, boxes.TableRowBox)
                and box.element.get("class") != "long"
                and all(one.element_tag == "th" for one in box.children)
            )
            if isinstance(box, boxes.TableRowBox) and box.element.get("class") == "long":
                first, *others = [paper.text(cell).strip() for cell in box.children]
                if first and not any(others):
                    yield f"page {number}: the number {first!r} without its row"
            if not (heading or head or title) or not paper.text(box).strip():
                continue
            foot = box.position_y + box.height
            if not any(one.position_y >= foot - 1 for one in [*lines, *pictures]):
                yield f"page {number}: {paper.text(box)[:40]!r} alone at the foot"
