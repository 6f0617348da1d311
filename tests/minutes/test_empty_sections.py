"""Of what a meeting has not, a paper says one short sentence: not twice, and no heading over an empty table."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader

from ops.processes import ROOT
from randal.database.base import db
from randal.documents.rendering import html
from randal.models.minutes_kinds import FACTS, KINDS, Kind
from randal.rooms.minutes.composing import COMPOSE
from randal.rooms.minutes.facts import facts
from tests import items
from tests.papers import awkward
from tests.world import World

ENV = Environment(loader=FileSystemLoader(ROOT / "templates"), autoescape=True)
TELLS = re.compile(r"(?:Tidak ada|Rapat ini tidak|Rapat berlangsung tanpa)[^.<]*\.")


def drawn(kind: Kind, meeting: Any, words: dict[str, str] | None = None) -> str:
    composed = COMPOSE[kind.code](meeting) if words is None else dict.fromkeys(kind.sections, "") | words
    paper = awkward.minutes(awkward.SMALL, kind.code, empty=True) | facts(meeting)
    paper["meeting"]["agenda"] = [
        {"title": item.title, "outcome": "", "note": ""} for item in meeting.agenda_items
    ]
    paper["sections"] = [
        {"key": key, "title": title, "html": composed[key], "facts": list(FACTS.get(key, ()))}
        for key, title in kind.sections.items()
    ]
    return html(kind.template, paper, jinja_env=ENV)


def sections_of(page: str) -> list[str]:
    return re.findall(r"<section>\s*<h2>.*?</section>", page, re.DOTALL)


@pytest.fixture
def bare(world: World) -> Any:
    meeting = world.meeting("draft", units=())
    meeting.agenda_items.clear()
    meeting.objectives.clear()
    db.session.commit()
    return meeting


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.code)
def test_a_meeting_of_nothing(bare: Any, kind: Kind) -> None:
    page = drawn(kind, bare)
    found = sections_of(page)
    letters = [re.search(r'class="number">(\w)\.', section)[1] for section in found]  # type: ignore[index]
    assert letters == [chr(ord("A") + n) for n in range(len(found))]
    for section in found:
        said = Counter(sentence.split()[2] for sentence in TELLS.findall(section))
        assert max(said.values(), default=0) <= 1, section
        assert "<table" not in section and "sebagai berikut" not in section, section
        assert re.search(r"<p[ >]", section), section


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.code)
@pytest.mark.parametrize("blank", ["", "<p></p>", "<p> <br></p>"])
def test_words_wiped_out_leave_one_sentence(bare: Any, kind: Kind, blank: str) -> None:
    for section in sections_of(drawn(kind, bare, dict.fromkeys(kind.sections, blank))):
        assert re.search(r"(?:Tidak ada|Diundang 0)\b", section) and '<div class="words"' not in section, (
            section
        )


def test_what_is_announced_follows(world: World) -> None:
    meeting = world.meeting("in_session", units=("ID-BB",))
    items.kendala(world, meeting, "ID-BB")
    for kind in KINDS.values():
        for section in sections_of(drawn(kind, meeting)):
            assert ("sebagai berikut" not in section) or ("<table" in section or "<ol" in section), section
    result = COMPOSE["report"](meeting)["hasil"]
    assert "dan kendala adalah sebagai berikut" in result and "temuan, dan" not in result
