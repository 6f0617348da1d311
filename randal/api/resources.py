"""What every resource of the API is made of: lists, one item, making, changing, moves, history.

A resource is a declaration (`Resource`); `serve` makes its routes and their description.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from apiflask import fields
from flask import Response, request
from marshmallow import Schema
from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError

from randal.api.events import event_json
from randal.api.furniture import (
    actor,
    answer,
    api,
    body,
    caller,
    described,
    if_match,
    in_its_version,
    moves_json,
    now,
    shown,
)
from randal.api.listing import FILTERS, by_fields, paged, query_schema
from randal.api.unread import refuse_unread
from randal.database.base import db
from randal.engine.transitions import WorkflowItem
from randal.history.events import Event
from randal.schemas.moves import ask_schema
from randal.web import once
from randal.web.attempt import attempt, seen
from randal.web.problems import problem
from workflows.lifecycle import Actor, Move, Refused

Create = Callable[[Actor, dict[str, Any], datetime], Any]

Update = Callable[[Any, Actor, dict[str, Any], datetime], None]


@dataclass
class Resource:
    """One kind of thing. `create(actor, raw, now)` and `update(row, actor, raw, now)` are the room's commands:
    they judge role, state and fields, and raise Refused. `filters`: name → column (typed by it) or function, besides those
    that its plain fields make by themselves."""

    path: str
    model: type[Any]
    out: type[Schema]
    create: Create | None = None
    create_schema: type[Schema] | None = None
    update: Update | None = None
    update_schema: type[Schema] | None = None
    filters: dict[str, Any] = field(default_factory=dict)
    options: Callable[[Select[Any]], Select[Any]] = lambda query: query
    listed: bool = True
    tell: Callable[[Actor, Any], dict[str, Any]] | None = (
        None  # more fields, with the item itself, never in lists
    )
    warn: Callable[[Actor, Any], list[str]] | None = (
        None  # sentences told with the item itself, never in lists
    )

    @property
    def is_workflow(self) -> bool:
        return issubclass(self.model, WorkflowItem)


RESOURCES: dict[type[Any], Resource] = {}


def dump(row: Any, *, own_page: bool = True) -> dict[str, Any]:
    resource = RESOURCES[type(row)]
    data: dict[str, Any] = dict(resource.out().dump(row))
    if resource.is_workflow:
        data["moves"] = moves_json(row, own_page=own_page)
    if resource.tell and own_page:
        data |= resource.tell(actor(), row)
    if resource.warn and own_page:
        data["warnings"] = resource.warn(actor(), row)
    return data


def one(row: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    db.session.flush()
    made = answer(dump(row), status, headers)
    if hasattr(row, "version"):
        made.headers["ETag"] = f'"{row.version}"'
    return made


def kept(row: Any) -> Response:
    """The changed row, told and committed: told first, so that telling needs no second transaction."""
    made = one(row)
    db.session.commit()
    return made


def creating(
    make: Callable[[dict[str, Any]], Any],
    show: Callable[[Any], Any] = lambda row: dump(row),
    *,
    extra: Callable[[], dict[str, Any]] = dict,
    status: Callable[[Any], int] = lambda row: 201,
) -> Response:
    """Run a command that makes something, commit, answer 201; an Idempotency-Key gives the first answer again.

    `extra` is told once and never kept (a secret link). `status`: another than 201 (202: it waits for a second person).
    """
    key, me = request.headers.get("Idempotency-Key", "")[: once.LONGEST_KEY], caller().id
    raw, mark = body(), ""
    if key:
        mark = once.fingerprint()
        if kept := once.answered_before(me, key):
            if kept.fingerprint != mark:
                return problem(422, "Idempotency-Key ini sudah dipakai untuk permintaan lain.")
            return answer(kept.body, kept.status, kept.headers)
    try:
        made = make(raw)
        db.session.flush()
        data, code = show(made), status(made)
        headers = {"ETag": f'"{made.version}"'} if hasattr(made, "version") else {}
        if key:
            once.keep(me, key, mark, data, now(), status=code, headers=headers)
        db.session.commit()
    except (Refused, IntegrityError):
        # The same key in flight twice (a line that broke): the other one won, and this one stood in its own way.
        db.session.rollback()
        kept = once.answered_before(me, key) if key else None
        if kept is None or kept.fingerprint != mark:
            raise
        return answer(kept.body, kept.status, kept.headers)
    return answer(data | extra() if isinstance(data, dict) else data, code, headers)


def serve(resource: Resource) -> None:
    """Make the routes of a resource."""
    RESOURCES[resource.model] = resource
    resource.filters = by_fields(resource.model, resource.out) | resource.filters
    FILTERS[resource.model] = resource.path, resource.filters
    path, model, name = resource.path, resource.model, resource.path.replace("-", "_")
    page = {"items": fields.List(fields.Nested(resource.out)), "next": fields.String(allow_none=True)}
    page_out: Any = type(f"{model.__name__}Page", (Schema,), page)

    if resource.listed:

        @api.get(f"/{path}", endpoint=f"{name}_list")
        @described(query_schema(model, resource.filters), "query")
        @shown(page_out, f"Daftar {path}", path)
        def listing() -> Response:
            return paged(
                resource.options(model.visible_to(actor())), model, lambda row: dump(row, own_page=False)
            )

    @api.get(f"/{path}/<int:id>", endpoint=f"{name}_one")
    @shown(resource.out, f"Satu {path}", path)
    def reading(id: int) -> Response:
        return one(seen(model, id, actor()))

    if resource.create:

        @api.post(f"/{path}", endpoint=f"{name}_create")
        @described(resource.create_schema)
        @shown(resource.out, f"Buat {path}", path, 201)
        def making() -> Response:
            return creating(lambda raw: resource.create(actor(), raw, now()))  # type: ignore[misc]

    if resource.update:

        @api.patch(f"/{path}/<int:id>", endpoint=f"{name}_update")
        @described(resource.update_schema)
        @shown(resource.out, f"Ubah {path}", path)
        def changing(id: int) -> Response:
            row, raw = seen(model, id, actor()), body()
            with in_its_version(row):
                resource.update(row, actor(), raw, now())  # type: ignore[misc]
            return kept(row)

    if resource.is_workflow:
        serve_moves(resource)


def serve_moves(resource: Resource) -> None:
    path, model, name = resource.path, resource.model, resource.path.replace("-", "_")
    lifecycle = model.lifecycle()

    def move_view(move_name: str, row: Move) -> None:
        title = f"{model.__name__}{move_name.title().replace('_', '')}"
        asks = {ask.name: ask for row in lifecycle.moves_named(move_name) for ask in row.asks}
        schema = type(title, (ask_schema(asks.values()),), {}) if asks else None
        location = "form_and_files" if any(ask.kind in ("file", "files") for ask in asks.values()) else "json"

        @api.post(f"/{path}/<int:id>/moves/{move_name}", endpoint=f"{name}_moves_{move_name}")
        @described(schema, location)
        @shown(resource.out, row.label, path)
        def moving(id: int) -> Response:
            version = if_match()
            done = attempt(
                model, id, move_name, body(), actor(), now=now(), version=version, fields_read=refuse_unread
            )
            return kept(done.item)

    for move_name in lifecycle.move_names:
        move_view(move_name, lifecycle.moves_named(move_name)[0])

    @api.get(f"/{path}/<int:id>/events", endpoint=f"{name}_events")
    @shown(None, "Riwayat, yang lama dahulu", path)
    def history(id: int) -> Response:
        item = seen(model, id, actor())
        mine = select(Event).where(Event.item_type == item.__lifecycle__, Event.item_id == id)
        if request.args.get("limit") or request.args.get("cursor"):
            return paged(mine, Event, event_json)
        rows = db.session.scalars(mine.order_by(Event.seq))
        return answer({"items": [event_json(e) for e in rows], "next": None})
