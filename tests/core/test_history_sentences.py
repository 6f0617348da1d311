"""For every move and deed of the tables: the sentence by which the history tells it, whatever its event kept."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select

from randal.database.base import db
from randal.history.events import Event, EventText
from randal.org.people import Person
from randal.web.timeline import sentence_of
from tests.contract.chain import Chain
from tests.world import World
from workflows import LIFECYCLES
from workflows.lifecycle import Ask

ROWS = [
    pytest.param(name, row, id=f"{name}.{row.name}:{'-'.join(sorted(row.sources))}"[:80])
    for name, lifecycle in LIFECYCLES.items()
    for row in lifecycle.moves
]


def kept(ask: Ask) -> Any:
    """What an event keeps of a field: plain values of JSON."""
    values = {
        "choice": next(iter(ask.choices), "x"),
        "many": [1, 2],
        "date": "2026-03-02",
        "integer": 3,
        "flag": True,
    }
    return values.get(ask.kind, 7 if ask.kind in ("person", "row", "rows") else "Contoh kata-kata")


def told(name: str, row: Any, data: dict[str, Any], texts: dict[str, str | None]) -> str:
    event = Event(item_type=name, move=row.name, from_state=sorted(row.sources)[0], data=data)
    event.texts = [EventText(name=each, text=words) for each, words in texts.items()]
    return sentence_of(event, {7: Person(name="Contoh Orang")})


@pytest.mark.parametrize(("name", "row"), ROWS)
def test_each_row_is_told_in_a_whole_sentence(name: str, row: Any) -> None:
    asked = {ask.name: kept(ask) for ask in row.asks}
    noted = {fact: 3 for fact in re.findall(r"{(\w+)", str(row.said)) if fact not in asked}
    words = {ask.name for ask in row.asks if ask.kind in ("text", "prose", "reason")}
    facts = {fact: value for fact, value in (asked | noted).items() if fact not in words}
    for said in (
        told(name, row, facts, dict.fromkeys(words, "Contoh kata-kata")),
        told(name, row, facts, dict.fromkeys(words)),  # the words were erased since
        told(name, row, {}, {}),  # as an event of another version may be: the button's words at least
    ):
        assert said.endswith((".", "!", "?")) and len(said) > 8, said
        assert not re.search(r"[{}]|None|\s{2}|\s[.,;]", said), said
    assert told(name, row, facts, dict.fromkeys(words, "Contoh")) != f"«{row.label}».", (
        "a button is no account"
    )


@pytest.mark.database("sqlite")
@pytest.mark.timeout(600)
def test_whatever_happens_in_a_meeting_is_told_by_its_own_sentence(world: World, drain: Any) -> None:
    Chain(world, drain).play()
    events = list(db.session.scalars(select(Event)))
    assert len({(e.item_type, e.move) for e in events}) > 30
    for event in events:
        said = sentence_of(event)
        assert not said.startswith("«") and said.rstrip().endswith((".", "!", "?")), (
            event.item_type,
            event.move,
            said,
        )


def test_no_two_deeds_of_a_kind_are_told_alike() -> None:
    """«menautkan kawasan» for an edited text: one sentence stands for one thing."""
    for name, lifecycle in LIFECYCLES.items():
        said: dict[str, str] = {}
        for row in lifecycle.moves:
            sentence = told(name, row, {}, {})
            assert said.setdefault(sentence, row.name) == row.name, (name, sentence)
