"""What a paper says it says once, and each time of a meeting under its own label: over every kind, full and with nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader

from randal.documents.rendering import html
from tests.papers import awkward

TEMPLATES = Path(__file__).parents[2] / "templates"
ENV = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
NOTHING = re.compile(r'<(?:p|td) class="nothing"[^>]*>(.*?)</(?:p|td)>', re.S)
# The same words beside each other, parted by what parts titles and places: «Notulis / Notulis», «PPK Maluku Maluku».
DOUBLED = re.compile(r"\b([A-Za-z][\w.’'-]*(?:[ ][\w.’'-]+){0,6})(?:\s*[/,;·–—]\s*|\s+)\1\b")
PLANNED, HELD = "09.00–15.30 WIB", "09.07–16.10 WIB"
LABELS = {PLANNED: {"Jadwal", "waktu"}, HELD: {"Pelaksanaan"}}


def drawn(template: str, paper: dict[str, Any]) -> str:
    page = html(template, paper, jinja_env=ENV, signature_fields=True).split("<main>")[1]
    return re.sub(r"<(style|colgroup|svg).*?</\1>", "", page, flags=re.S)


def pieces(page: str) -> list[str]:
    """The texts of paragraphs, cells and headings, each whole."""
    parts = re.split(r"</?(?:p|td|th|tr|h\d|li|div|br|section|table)\b[^>]*>", page)
    return [said for part in parts if (said := " ".join(unescape(re.sub(r"<[^>]+>", "", part)).split()))]


def emptied(value: Any) -> Any:
    """The same paper with no row in any of its lists."""
    if isinstance(value, dict):
        return {name: emptied(one) for name, one in value.items()}
    return [] if isinstance(value, list) else value


def empty_of(name: str) -> dict[str, Any]:
    paper = awkward.PAPERS[name][1]()
    return {
        k: v if k in ("kop", "signers", "signatory", "sections") else emptied(v) for k, v in paper.items()
    }


@pytest.mark.parametrize("name", awkward.PAPERS)
def test_nothing_stands_twice(name: str) -> None:
    template, sample = awkward.PAPERS[name]
    page = drawn(template, sample())
    assert [found.group() for said in pieces(page) for found in DOUBLED.finditer(said)] == []
    headings = Counter(
        " ".join(re.sub(r"<[^>]+>", "", one).split())
        for one in re.findall(r"<h[12]\b.*?</h[12]>", page, re.S)
    )
    assert [one for one, count in headings.items() if count > 1] == []


def test_a_double_is_found() -> None:
    for said in ("Notulis / Notulis,", "PPK Maluku Maluku", "Rapat Koordinasi – Rapat Koordinasi"):
        assert DOUBLED.search(said), said
    for said in ("PPK Maluku Utara", "Notulis, Pejabat Pembuat Komitmen", "31/07/2018 31/07/2018", "hal-hal"):
        assert not DOUBLED.search(said), said


@pytest.mark.parametrize("name", ["paket", "pelacak", "perubahan", "register", "telaah", "rapor", "lembar-pimpinan",
                                  "evaluasi", "daftar-hadir", "notula-kosong"])  # fmt: skip
def test_of_what_is_not_there_one_sentence(name: str) -> None:
    """No table of a head alone, no heading over nothing, and no sentence twice in one section."""
    page = drawn(awkward.PAPERS[name][0], empty_of(name))
    for table in re.findall(r"<table.*?</table>", page, re.S):
        assert "<td" in table, re.sub(r"<[^>]+>", " ", table)
    for section in re.split(r"<h[12]\b", page)[1:]:
        head, _, body = section.partition("</h")
        assert pieces("<" + body), f"nothing below {head}"
        said = Counter(NOTHING.findall(section))
        assert all(count == 1 for count in said.values()), said


def with_times(make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    paper = make()
    if "starts_at" in (paper.get("meeting") or {}):
        day = "2018-06-25T"
        paper["meeting"] |= {"starts_at": f"{day}02:00:00Z", "ends_at": f"{day}08:30:00Z"}
        if "notula" not in paper.get("title", ""):
            paper["meeting"] |= {"opened_at": f"{day}02:07:00Z", "closed_at": f"{day}09:10:00Z"}
    return paper


@pytest.mark.parametrize("name", [name for name, (_, make) in awkward.PAPERS.items()
                                  if isinstance(make().get("meeting"), dict) and name != "berita-acara"])  # fmt: skip
def test_each_time_of_a_meeting_has_its_label(name: str) -> None:
    """A berita acara tells them in its words: tests/meetings/test_one_time.py."""
    template, make = awkward.PAPERS[name]
    page = drawn(template, with_times(make))
    told = {
        label: " ".join(unescape(re.sub(r"<[^>]+>", "", value)).split())
        for label, value in re.findall(
            r'<th scope="row">([^<]+)</th><td class="colon">:</td><td>(.*?)</td>', page, re.S
        )
    }
    for time, labels in LABELS.items():
        assert {label for label, value in told.items() if time in value} <= labels
    assert any(PLANNED in told.get(label, "") for label in LABELS[PLANNED])
    if name != "undangan":  # a letter knows nothing of what came
        assert told["Pelaksanaan"] == HELD
