"""What a move asks for, as the schema that page and API share. What is required is judged by the lifecycle, after role
and state; here only that a value is of its kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from marshmallow import ValidationError, fields

from randal.base import addresses, outgoing
from randal.schemas import forms
from workflows.lifecycle import Ask

LONGEST = {
    "text": 250,
    "prose": 10_000,
    "reason": 4000,
    "link": 1000,
}  # characters, where a row says nothing else


def ask_schema(asks: Iterable[Ask], name: str = "Asked") -> type[forms.Base]:
    """`name`: of those that the API describes, each its own."""
    made = {ask.name: field_of(ask) for ask in asks}
    return type(name, (forms.Base,), made)  # type: ignore[return-value]


def field_of(ask: Ask) -> fields.Field:
    said: dict[str, Any] = {"required": False, "help": ask.help}
    if ask.kind in LONGEST:
        return worded(ask, ask.most or LONGEST[ask.kind], said)
    if ask.kind == "integer" and ask.most:
        return forms.whole(ask.label, min=ask.least, max=ask.most, **said)
    if ask.kind == "choice":
        return forms.choice(ask.label, ask.choices, **said)
    if ask.kind == "file" and not ask.help:
        said.pop("help")  # what may be uploaded
    return FIELDS[ask.kind](ask.label, **said)


def worded(ask: Ask, most: int, said: dict[str, Any]) -> fields.Field:
    made = forms.text(ask.label, max=most, kind=ask.kind, **said)
    if ask.kind == "link":
        made.validators.append(web_address)
    return made


def web_address(value: str | None) -> None:
    """Shown as a link, never fetched: only addresses of the web that others can open, without a name or password; and
    pages of this very installation, wherever it stands."""
    here = urlsplit(current_app.config["RANDAL"].public_url).hostname or ""
    if value and (said := addresses.wrong_with(value, [*outgoing.inside(), here])):
        raise ValidationError(said)


def marked(label: str, *, required: bool, help: str) -> fields.Field:
    """Yes, no, or not said: a box left alone is no "no"."""
    return fields.Boolean(**forms.options(required, label, "flag", help))


def uploads(label: str, *, required: bool, help: str) -> fields.Field:
    """Several files; what each must be, the room judges."""
    return fields.List(fields.Raw(), **forms.options(required, label, "file", help))


def secret(label: str, *, required: bool, help: str) -> fields.Field:
    return fields.String(load_only=True, **forms.options(required, label, "password", help))


def mapping(label: str, *, required: bool, help: str) -> fields.Field:
    made = fields.Dict(
        keys=fields.String(), values=fields.String(), **forms.options(required, label, "map", help)
    )
    made.error_messages["invalid"] = "Kirim objek JSON: kunci dan teksnya."
    return made


def listing(label: str, *, required: bool, help: str) -> fields.Field:
    made = fields.List(fields.Raw(allow_none=True), **forms.options(required, label, "list", help))
    made.error_messages["invalid"] = "Kirim daftar (array) JSON."
    return made


FIELDS: dict[str, Callable[..., fields.Field]] = {
    "date": forms.day,
    "datetime": forms.local_time,
    "person": forms.person,
    "integer": forms.whole,
    "row": forms.number_of,
    "many": forms.many,
    "flag": marked,
    "file": forms.upload,
    "files": uploads,
    "password": secret,
    "map": mapping,
    "list": listing,
}
