"""Text is made plain where it enters: each field of each form of this house, with what nobody should have to read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from marshmallow import fields

from randal.base.cleaning import HALF_LETTER, HalfLetter, clean
from randal.schemas import forms
from randal.schemas.moves import ask_schema
from workflows import LIFECYCLES
from workflows.lifecycle import Refused

UNSEEN = [
    "\u200b",
    "\ufeff\u200b",
    "\u2060",
    "\u00ad",
    "\u202e",
    "\u3164",
    "\u2800",
    " \u00a0\t",
    "\x00",
    "\x0b\x1b",
]
KEPT = ["Contoh Kawasan", "👨‍👩‍👧 keluarga", "نص عربي", "ꦲꦤꦕꦫꦏ", "می‌خواهم", "naïve – “kutip” ½", "𝕏 ok"]
CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]"
)


@pytest.mark.parametrize("text", UNSEEN, ids=ascii)
def test_what_nobody_sees_is_empty(text: str) -> None:
    assert clean(text) == clean(text, one_line=True) == ""


@pytest.mark.parametrize("text", KEPT)
def test_what_people_write_stays(text: str) -> None:
    assert clean(text) == clean(text, one_line=True) == text


def test_ends_of_lines_are_one() -> None:
    assert clean("a\r\nb\rc\x0bd\x0ce\x85f\u2028g\u2029h") == "a\nb\nc\nd\ne\nf\ng\nh"
    assert clean("a\r\nb\x0bc\td", one_line=True) == "a b c d"
    assert clean("\u202a+62 812\u202c\x1b[0m\x07") == "+62 812[0m"


def every_schema() -> Iterator[type[forms.Base]]:
    """Every form, and what every move asks."""
    waiting = [forms.Base]
    while waiting:
        found = waiting.pop().__subclasses__()
        waiting += found
        yield from (one for one in found if one.__module__.startswith(("randal", "marshmallow", "abc")))
    for lifecycle in LIFECYCLES.values():
        for move in lifecycle.moves:
            yield ask_schema(move.asks)


def texts() -> list[tuple[str, type[forms.Base], str]]:
    found = {}
    for schema in every_schema():
        for name, spec in schema().fields.items():
            holds_text = (
                isinstance(spec, fields.String | fields.Dict | fields.List) or type(spec) is not fields.Raw
            )
            if holds_text and not isinstance(spec, fields.Boolean):
                found[f"{schema.__name__}.{name}.{id(schema)}"] = (schema, name)
    return [(key, *value) for key, value in found.items()]


def refused(schema: type[forms.Base], name: str, value: Any) -> list[str]:
    try:
        forms.load(schema, {name: value}, partial=True)
    except Refused as why:
        return why.errors.get(name) or []
    return []


@pytest.mark.database("sqlite")
@pytest.mark.usefixtures("app")
def test_half_a_letter_is_refused_at_every_field() -> None:
    for key, schema, name in texts():
        for value in ("setengah \ud83d", ["\ude00"], {"a": "\ud83d", "\udc00": "b"}):
            spec = schema().fields[name]
            if (
                isinstance(value, str)
                or isinstance(spec, fields.List | fields.Dict)
                or type(spec) not in (fields.String,)
            ):
                assert HALF_LETTER in refused(schema, name, value), (key, value)


@pytest.mark.database("sqlite")
@pytest.mark.usefixtures("app")
def test_control_characters_come_through_no_field() -> None:
    heard = 0
    for key, schema, name in texts():
        spec = schema().fields[name]
        if not isinstance(spec, fields.String) or spec.metadata.get("kind") == "password":
            continue
        sent = "Contoh\x0b\x1b\x00\u202e teks\r\nbaris\u2028dua \ufffe\x85"
        try:
            given = forms.load(schema, {name: sent}, partial=True)[name]
        except Refused:
            continue  # a code out of a list, an address
        heard += 1
        assert not CONTROL.search(given), (key, given)
        kind = spec.metadata.get("kind")
        assert kind is None or ("\n" in given) == (kind in forms.PARAGRAPHS), (key, given)
    assert heard > 80


@pytest.mark.database("sqlite")
@pytest.mark.usefixtures("app")
def test_a_text_that_nobody_sees_is_required_again() -> None:
    asked = 0
    for key, schema, name in texts():
        spec = schema().fields[name]
        if (
            isinstance(spec, fields.String)
            and spec.required
            and spec.metadata.get("kind") in ("text", "prose", "reason")
        ):
            asked += 1
            assert forms.REQUIRED in refused(schema, name, "\u200b \ufeff\x1b"), key
    assert asked > 30


def test_a_half_letter_is_no_text() -> None:
    for text in ("\ud83d", "a\udc00b"):
        with pytest.raises(HalfLetter):
            clean(text)
        with pytest.raises(HalfLetter):
            clean(text, as_is=True)
