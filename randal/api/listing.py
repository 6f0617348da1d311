"""Lists of the API: a page at a time by id, filtered by columns."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from apiflask import fields
from flask import Response, abort, request
from marshmallow import Schema
from sqlalchemy import Select

from randal.api.furniture import (
    DEFAULT_LIMIT,
    MAX_LIMIT,
    answer,
)
from randal.core.db import db
from randal.core.moving import MAX_ID


def paged(query: Select[Any], model: type[Any], show: Callable[[Any], Any]) -> Response:
    """`{"items": […], "next": cursor or null}` by id, with limit and cursor."""
    limit = request.args.get("limit", str(DEFAULT_LIMIT))
    cursor = request.args.get("cursor", "0") or "0"
    if not limit.isdecimal() or not 1 <= int(limit[:9]) <= MAX_LIMIT:
        abort(400, f"limit harus angka 1 sampai {MAX_LIMIT}.")
    if not cursor.isdecimal() or int(cursor[:99]) > MAX_ID:
        abort(400, "cursor tidak dikenal; pakai nilai next dari jawaban sebelumnya.")
    query = query.where(model.id > int(cursor)).order_by(model.id).limit(int(limit) + 1)
    rows = list(db.session.scalars(query).unique())
    more = len(rows) > int(limit)
    rows = rows[: int(limit)]
    return answer({"items": [show(r) for r in rows], "next": str(rows[-1].id) if more else None})


def filtered(query: Select[Any], model: type[Any], filters: dict[str, Any]) -> Select[Any]:
    """`filters`: name in the address → a column (equal, typed by it) or a function of the raw text."""
    for name, column in filters.items():
        raw = request.args.get(name)
        if raw in (None, ""):
            continue
        query = query.where(
            column(raw)
            if callable(column) and not hasattr(column, "type")
            else column == typed(column, name, raw)
        )
    if since := request.args.get("updated_since"):
        try:
            query = query.where(model.updated_at >= datetime.fromisoformat(since).astimezone(UTC))
        except (ValueError, AttributeError):
            abort(400, "updated_since harus berupa waktu UTC ISO 8601.")
    return query


def typed(column: Any, name: str, raw: str) -> Any:
    """`raw` as this column compares it; 400 when it cannot be read so."""
    try:
        kind = column.type.python_type
        if kind is int and not -MAX_ID <= int(raw) <= MAX_ID:
            raise ValueError
        return (
            raw in ("1", "true")
            if kind is bool
            else kind.fromisoformat(raw)
            if hasattr(kind, "fromisoformat")
            else kind(raw)
        )
    except (ValueError, TypeError):
        abort(400, f"Nilai {name} tidak dapat dibaca.")


def query_schema(model: type[Any], filters: dict[str, Any]) -> Any:
    """What `paged` and `filtered` read of the address."""
    names = ["limit", "cursor", *filters] + (["updated_since"] if hasattr(model, "updated_at") else [])
    return type(f"{model.__name__}Query", (Schema,), {n: fields.String() for n in names})
