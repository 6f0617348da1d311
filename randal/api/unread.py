"""What is sent to the API and nobody would read: an unknown field (422) or filter (400) is refused, naming the nearest that
there is, instead of being left aside without a word.

It is judged last, after 404, 403 and 409: fields together with the other fields or, where a command makes its own values of
them, before anything is committed; filters when the answer is made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Any

from flask import Blueprint, Response, current_app, g, has_request_context, request
from marshmallow import Schema, fields
from sqlalchemy import event

from randal.database.base import db
from randal.schemas.forms import TOO_MUCH
from randal.web import pages
from randal.web.problems import problem
from workflows.lifecycle import Refused

CHANGES = ("POST", "PATCH", "PUT")
MOST_TOLD = 30
EVERYWHERE = ("limit", "cursor")  # of every list, also of one that answers whole
Known = Mapping[str, Any]  # name → what stands inside, None for a plain value


def hold(api: Blueprint) -> None:
    """Hold every view of the API to it."""

    @event.listens_for(db.session, "before_commit")
    def nothing_unread(_session: Any) -> None:
        # Whatever a command made of the body: what nobody reads of it is refused before anything is kept.
        if has_request_context() and request.blueprint == api.name and request.method in CHANGES:
            refuse_unread()

    @api.after_request
    def no_unknown_filter(response: Response) -> Response:
        if request.method not in ("GET", "HEAD") or not response.status_code < 300:
            return response
        sentence = unread_args() if request.args else ""
        return problem(400, sentence) if sentence else response


def sent() -> Any:
    """The fields of a form, or whatever JSON holds; none of malformed JSON."""
    if request.mimetype in ("multipart/form-data", "application/x-www-form-urlencoded"):
        return pages.sent()
    return parsed() if request.get_data() else {}


def parsed() -> Any:
    """The JSON that was sent; none when it is malformed, or nested deeper than anything we ask for."""
    try:
        return request.get_json(force=True, silent=True)
    except RecursionError:
        return None


def reads_fields(view: Callable[..., Any], schema: type[Schema] | None) -> None:
    """Declare the body of a view."""
    view.reads_fields = schema  # type: ignore[attr-defined]


def reads_args(view: Callable[..., Any], schema: type[Schema]) -> None:
    """Declare the parameters of a view."""
    view.reads_args = schema  # type: ignore[attr-defined]


def also_args(names: Iterable[str]) -> None:
    """What the view in hand reads of its address besides what it declares."""
    g.read_args = g.get("read_args", frozenset()) | frozenset(names)


@cache
def known_of(schema: type[Schema] | None) -> Known:
    found: dict[str, Any] = {}
    for name, field in (schema().fields if schema else {}).items():
        inner = field.inner if isinstance(field, fields.List) else field
        found[field.data_key or name] = (
            known_of(type(inner.schema)) if isinstance(inner, fields.Nested) else None
        )
    return found


def unknown_fields(raw: Any, known: Known, place: str = "") -> dict[str, list[str]]:
    """Path of the field → a sentence."""
    found: dict[str, list[str]] = {}
    for name, value in raw.items() if isinstance(raw, Mapping) else ():
        if name not in known:
            if len(found) < MOST_TOLD:
                found[place + readable(name)] = [said("Isian", name, known)]
            continue
        inside = known[name]
        for number, one in enumerate(value if isinstance(value, list) else [value]) if inside else ():
            where = f"{place}{name}.{number}." if isinstance(value, list) else f"{place}{name}."
            found |= unknown_fields(one, inside, where)
    return found


def said(what: str, name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name[:60], known := sorted(known), 1, 0.5)
    meant = f" Maksud Anda «{near[0]}»?" if near else ""
    there = f" Yang dikenal: {', '.join(known)}." if known else " Tidak ada isian di sini."
    return f"{what} «{readable(name)}» tidak dikenal.{meant}{there}"


def readable(name: str) -> str:
    return name[:60].encode("utf-8", "replace").decode()


def of_this_body() -> dict[str, list[str]]:
    """What of the body nobody reads."""
    known = known_of(getattr(view(), "reads_fields", None))
    return unknown_fields(sent(), {**known, **g.get("read_fields", {})})


def refuse_unread() -> None:
    if unknown := of_this_body():
        raise Refused("field", TOO_MUCH, unknown)


def also_fields(names: Iterable[str]) -> None:
    """What the view in hand reads of its body besides what it declares (the fields of a move that is named in it)."""
    g.read_fields = dict.fromkeys(names)


def unread_args() -> str:
    """The sentence about the first parameter that nobody read; "" when all are known."""
    known = set(known_of(getattr(view(), "reads_args", None))) | g.get("read_args", frozenset())
    wrong = [name for name in request.args if name not in known and name not in EVERYWHERE]
    return said("Saringan", wrong[0], known).replace("Tidak ada isian", "Tidak ada saringan") if wrong else ""


def view() -> Any:
    return current_app.view_functions.get(request.endpoint or "")
