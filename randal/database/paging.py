"""Keyset paging: a page begins after the row that ended the one before, so the thousandth costs what the first does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, tuple_

from randal.database.base import db

PAGE = 50


def page_of(
    query: Select[Any], order: Sequence[Any], last: int | None, size: int = PAGE
) -> tuple[list[Any], int | None]:
    """The rows of `query` after the one with the id `last`, and the id to go on from when there are more. `order`: columns,
    none of them ever empty, ending with the id. A `last` that the query does not have begins anew."""
    known = query.with_only_columns(*order).where(order[-1] == last)
    if last and (place := db.session.execute(known).first()):
        query = query.where(tuple_(*order) > tuple(place))
    rows = list(db.session.scalars(query.order_by(*order).limit(size + 1)).unique())
    return rows[:size], rows[size - 1].id if len(rows) > size else None
