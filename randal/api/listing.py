"""Lists of the API: a page at a time by id, filtered by columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Any

from apiflask import fields
from flask import Response, abort, request
from marshmallow import Schema
from sqlalchemy import Boolean, Date, Integer, Select, String, Text
from sqlalchemy.orm import InstrumentedAttribute

from randal.api.choices import coded
from randal.api.furniture import (
    DEFAULT_LIMIT,
    MAX_LIMIT,
    answer,
)
from randal.api.unread import also_args, readable
from randal.base import ids
from randal.database.base import db

BOOLEANS = {"true": True, "false": False, "1": True, "0": False}
PLAIN = (fields.Integer, fields.String, fields.Boolean, fields.Date)
COMPARED = (Boolean, Date, Integer, String)


Filters = dict[str, Any]
PAGE = ("limit", "cursor")
# Model → the path of its resource, and what its lists are filtered by.
FILTERS: dict[type[Any], tuple[str, Filters]] = {}


def paged(query: Select[Any], model: type[Any], show: Callable[[Any], Any]) -> Response:
    """`{"items": […], "next": cursor or null}` by id, with limit, cursor and the filters of the model."""
    limit = limit_asked()
    query = filtered(query, model)
    query = query.where(model.id > (cursor_asked() or 0)).order_by(model.id).limit(limit + 1)
    rows = list(db.session.scalars(query).unique())
    more = len(rows) > limit
    rows = rows[:limit]
    return answer({"items": [show(r) for r in rows], "next": str(rows[-1].id) if more else None})


def limit_asked(usual: int = DEFAULT_LIMIT) -> int:
    """How many at once; 400 when it is no number from 1 to MAX_LIMIT."""
    found = ids.read(request.args.get("limit", usual))
    if found is None or not 1 <= found <= MAX_LIMIT:
        abort(400, f"limit harus angka 1 sampai {MAX_LIMIT}.")
    return found


def cursor_asked(name: str = "cursor") -> int | None:
    """The number after which the page begins, None for the first; 400 when it is none that an answer gave."""
    raw = request.args.get(name, "")
    found = ids.read(raw)
    if raw and found is None:
        abort(400, f"{name} tidak dikenal; pakai nilai next dari jawaban sebelumnya.")
    return found


def filtered(query: Select[Any], model: type[Any]) -> Select[Any]:
    """A filter is a column (equal, typed by it) or a function of the raw text, which judges it. 400: a value that is none."""
    path, filters = FILTERS.get(model, ("", {}))
    also_args(names_of(model, filters))
    for name, column in filters.items():
        raw = request.args.get(name)
        if raw in (None, ""):
            continue
        if hasattr(column, "type"):
            if codes := coded().get(path, {}).get(name):
                known(name, raw, codes)
            query = query.where(column == typed(column, name, raw))
        else:
            query = query.where(column(raw))
    if since := request.args.get("updated_since"):
        try:
            at = datetime.fromisoformat(since)
            query = query.where(model.updated_at >= (at if at.tzinfo else at.replace(tzinfo=UTC)))
        except (ValueError, AttributeError, OverflowError):
            abort(400, "updated_since harus berupa waktu UTC ISO 8601.")
    return query


def known(name: str, raw: str, codes: Iterable[str]) -> None:
    """400 for a code that is none, with the nearest."""
    if raw not in (listed := list(codes)):
        near = get_close_matches(raw[:60], listed, 1, 0.5)
        meant = f" Maksud Anda «{near[0]}»?" if near else ""
        abort(400, f"Nilai {name} «{readable(raw)}» tidak dikenal.{meant} Pilihannya: {', '.join(listed)}.")


def typed(column: Any, name: str, raw: str) -> Any:
    """`raw` as this column compares it; 400 when it cannot be read so."""
    kind = column.type.python_type
    if kind is bool:
        known(name, raw, BOOLEANS)
        return BOOLEANS[raw]
    try:
        if kind is int:
            return ids.bounded(raw)
        return kind.fromisoformat(raw) if hasattr(kind, "fromisoformat") else kind(raw)
    except (ValueError, TypeError, ArithmeticError):
        abort(400, f"Nilai {name} tidak dapat dibaca.")


def by_fields(model: type[Any], out: type[Schema]) -> Filters:
    """Filters named like the fields: what an answer shows as it stands in a column, can be asked for."""
    found: Filters = {}
    for name, field in out().fields.items():
        column = getattr(model, field.attribute or name, None) if "." not in (field.attribute or "") else None
        kind = getattr(column, "type", None)
        if (
            type(field) in PLAIN
            and isinstance(column, InstrumentedAttribute)
            and isinstance(kind, COMPARED)
            and not isinstance(kind, Text)
        ):
            found[name] = column
    return found


def names_of(model: type[Any], filters: Filters) -> list[str]:
    return [*PAGE, *filters] + (["updated_since"] if hasattr(model, "updated_at") else [])


def query_schema(model: type[Any], filters: Filters) -> Any:
    """What `paged` and `filtered` read of the address."""
    return type(f"{model.__name__}Query", (Schema,), {n: fields.String() for n in names_of(model, filters)})
