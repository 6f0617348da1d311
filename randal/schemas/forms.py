"""One schema per form serves the page and the API: the same checks, the same sentences.

What its fields are is in fields.py; here what was sent is made plain and loaded, and `Form` lets a template draw a schema.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, pre_load, validate
from werkzeug.datastructures import MultiDict

from randal.base.cleaning import HALF_LETTER, HalfLetter, clean
from randal.l10n import numbers
from randal.schemas.fields import (
    REQUIRED,
    Choices,
    Decimals,
    choice,
    day,
    decimal,
    email,
    flag,
    local_time,
    many,
    money,
    month,
    number_of,
    options,
    password,
    person,
    prose,
    text,
    upload,
    whole,
    within,
    zone,
)
from workflows.lifecycle import Refused

__all__ = [
    "REQUIRED", "Base", "Choices", "Decimals", "FieldView", "Form",
    "choice", "day", "decimal", "email", "fields", "flag", "load", "local_time", "many", "money",
    "month", "number_of", "options", "password", "person", "plain", "prose", "refusal", "sift", "text", "upload", "whole",
    "within", "wrong", "zone",
]  # fmt: skip

PICKED = ("choice", "month", "email")  # an empty one is none given, not a wrong one
PARAGRAPHS = ("prose", "reason")  # kinds of text that have lines
TOO_MUCH = "Ada isian yang harus diperbaiki."


class Base(Schema):
    """Unknown fields are left aside; text is made plain (cleaning.py); an empty box is none, except for free text."""

    class Meta:
        unknown = EXCLUDE

    @pre_load
    def tidy(self, data: Any, **_: Any) -> dict[str, Any]:
        if not isinstance(data, Mapping):
            raise ValidationError("Kirim objek JSON.")
        tidy: dict[str, Any] = {}
        broken: dict[str, list[str]] = {}
        for name in data:
            spec = self.fields.get(name)
            if spec is None:
                continue
            listed = isinstance(spec, fields.List)
            value = data.getlist(name) if listed and isinstance(data, MultiDict) else data[name]
            try:
                value = plain(value, spec)
            except HalfLetter:
                broken[name] = [HALF_LETTER]
                continue
            if value == "" and (not isinstance(spec, fields.String) or spec.metadata.get("kind") in PICKED):
                value = None
            if listed and isinstance(value, list):
                value = [v for v in value if v != ""]
            tidy[name] = value
        if broken:
            raise ValidationError(broken)
        return tidy


def plain(value: Any, spec: fields.Field | None = None) -> Any:
    """What was sent, with every text in it made plain. Raises HalfLetter."""
    if isinstance(value, str):
        kind = spec.metadata.get("kind") if spec else None
        if kind == "password":  # whoever chose it chose every letter of it
            return clean(value, as_is=True)
        return clean(
            value, one_line=isinstance(spec, fields.String) and kind is not None and kind not in PARAGRAPHS
        )
    if isinstance(value, Mapping):
        return {plain(name): plain(one) for name, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, list) else value


# -- loading -----------------------------------------------------------------------------------------


def load(
    schema: type[Base] | Base, raw: Mapping[str, Any] | None, *, partial: bool = False
) -> dict[str, Any]:
    """The clean values; raises Refused("field") with a sentence per field."""
    made = schema() if isinstance(schema, type) else schema
    try:
        return dict(made.load({} if raw is None else raw, partial=partial))
    except ValidationError as error:
        raise refusal(error.normalized_messages()) from None


def sift(
    schema: type[Base] | Base, raw: Mapping[str, Any] | None, *, partial: bool = False
) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """What is right and what is wrong, so that all wrong fields are told at once."""
    made = schema() if isinstance(schema, type) else schema
    try:
        return dict(made.load({} if raw is None else raw, partial=partial)), {}
    except ValidationError as error:
        right = error.valid_data if isinstance(error.valid_data, dict) else {}
        return dict(right), dict(refusal(error.normalized_messages()).errors)


def refusal(messages: Mapping[str, Any]) -> Refused:
    errors = {name: _flat(several) for name, several in messages.items()}
    if list(errors) == ["_schema"]:
        return Refused("field", " ".join(errors["_schema"]), {"": errors["_schema"]})
    return Refused("field", TOO_MUCH, errors)


def wrong(name: str, sentence: str) -> Refused:
    """A refusal at one field."""
    return Refused("field", sentence, {name: [sentence]})


def _flat(several: Any) -> list[str]:
    if isinstance(several, str):
        return [several]
    if isinstance(several, Mapping):
        return [
            f"{where}: {s}" if isinstance(where, str) else f"baris {where + 1}: {s}"
            for where, v in several.items()
            for s in _flat(v)
        ]
    return [s for one in several for s in _flat(one)]


# -- drawing -----------------------------------------------------------------------------------------


@dataclass
class FieldView:
    """One field as the template draws it."""

    name: str
    label: str
    kind: str
    value: Any = ""
    required: bool = False
    choices: list[tuple[str, str]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    help: str = ""
    attrs: dict[str, Any] = field(default_factory=dict)


class Form:
    """A schema with values and errors, for a template: iterate it, or take `form["title"]`."""

    def __init__(
        self,
        schema: type[Base],
        data: Mapping[str, Any] | Any | None = None,
        errors: Mapping[str, list[str]] | None = None,
        *,
        required: Iterable[str] = (),
        choices: Mapping[str, Mapping[Any, str]] | None = None,
    ):
        self.schema, self.data, self.errors = schema(), data if data is not None else {}, dict(errors or {})
        self.required, self.choices = set(required), choices or {}

    def __iter__(self) -> Iterator[FieldView]:
        return (self[name] for name in self.schema.fields)

    def __getitem__(self, name: str) -> FieldView:
        spec = self.schema.fields[name]
        meta = spec.metadata
        choices = self.choices.get(name) or meta.get("choices") or {}
        listed = choices() if callable(choices) else choices
        attrs: dict[str, Any] = {}
        for check in spec.validators:
            if isinstance(check, validate.Length) and check.max:
                attrs["maxlength"] = check.max
        return FieldView(
            name=name,
            label=meta.get("label", name),
            kind=meta.get("kind", "text"),
            value=self._value(name, spec),
            required=spec.required or name in self.required,
            choices=[(str(code), label) for code, label in listed.items()],
            errors=self.errors.get(name, []),
            help=meta.get("help", ""),
            attrs=attrs,
        )

    def _value(self, name: str, spec: fields.Field) -> Any:
        if isinstance(self.data, MultiDict) and isinstance(spec, fields.List):
            return self.data.getlist(name)
        value = self.data.get(name) if isinstance(self.data, Mapping) else getattr(self.data, name, None)
        if value is None:
            return [] if isinstance(spec, fields.List) else ""
        if isinstance(value, datetime):
            return value.strftime("%Y-%m-%dT%H:%M")
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, Decimal):
            return numbers.shown(value, money=spec.metadata.get("kind") == "money")
        if isinstance(value, list):
            return [str(v) for v in value]
        return value if isinstance(value, bool) else str(value)

    @property
    def general(self) -> list[str]:
        """Sentences that belong to no field of this form."""
        return [s for name, several in self.errors.items() if name not in self.schema.fields for s in several]
