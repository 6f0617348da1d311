"""What every resource of the API is made of: lists, one item, making, changing, moves, history.

A resource is a declaration (`Resource`); `serve` makes its routes and their description.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from apiflask import fields
from flask import Response, request
from marshmallow import Schema
from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError

from randal.accounts.models import KeptAnswer
from randal.api.furniture import (
    actor,
    answer,
    api,
    body,
    caller,
    described,
    if_match,
    in_its_version,
    instant,
    moves_json,
    now,
    shown,
)
from randal.api.listing import filtered, paged, query_schema
from randal.core import forms
from randal.core.db import db
from randal.core.events import Event
from randal.core.moving import attempt, seen
from randal.core.people import Person
from randal.core.problems import problem
from randal.core.transitions import WorkflowItem
from workflows.lifecycle import Actor, Move, Refused

Create = Callable[[Actor, dict[str, Any], datetime], Any]

Update = Callable[[Any, Actor, dict[str, Any], datetime], None]


@dataclass
class Resource:
    """One kind of thing. `create(actor, raw, now)` and `update(row, actor, raw, now)` are the room's commands:
    they judge role, state and fields, and raise Refused. `filters`: name → column (typed by the column)."""

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
) -> Response:
    """Run a command that makes something, commit, answer 201; an Idempotency-Key gives the first answer again.

    `extra` is told once and never kept (a secret link).
    """
    key = request.headers.get("Idempotency-Key", "")[:120]
    raw, mark = body(), ""
    if key:
        mark = fingerprint()
        if kept := answered_before(key):
            if kept.fingerprint != mark:
                return problem(422, "Idempotency-Key ini sudah dipakai untuk permintaan lain.")
            return answer(kept.body, kept.status, kept.headers)
    try:
        made = make(raw)
        db.session.flush()
        data = show(made)
        headers = {"ETag": f'"{made.version}"'} if hasattr(made, "version") else {}
        if key:
            row = KeptAnswer(person_id=caller().id, key=key, fingerprint=mark, status=201, headers=headers)
            row.body, row.created_at = data, now()
            db.session.add(row)
        db.session.commit()
    except (Refused, IntegrityError):
        # The same key in flight twice (a line that broke): the other one won, and this one stood in its own way.
        db.session.rollback()
        kept = answered_before(key) if key else None
        if kept is None or kept.fingerprint != mark:
            raise
        return answer(kept.body, kept.status, kept.headers)
    return answer(data | extra() if isinstance(data, dict) else data, 201, headers)


def answered_before(key: str) -> KeptAnswer | None:
    return db.session.scalar(
        select(KeptAnswer).where(KeptAnswer.person_id == caller().id, KeptAnswer.key == key)
    )


def fingerprint() -> str:
    """What was asked: method, path and content (the fields and files of a form, whose boundary varies)."""
    mark = hashlib.sha256(f"{request.method} {request.path}\n".encode())
    if request.form or request.files:
        for name in sorted(request.form):
            mark.update(f"{name}={request.form.getlist(name)}\n".encode())
        for name in sorted(request.files):
            file = request.files[name]
            mark.update(name.encode() + hashlib.sha256(file.stream.read()).digest())
            file.stream.seek(0)
    else:
        mark.update(request.get_data(cache=True))
    return mark.hexdigest()


def serve(resource: Resource) -> None:
    """Make the routes of a resource."""
    RESOURCES[resource.model] = resource
    path, model, name = resource.path, resource.model, resource.path.replace("-", "_")
    page = {"items": fields.List(fields.Nested(resource.out)), "next": fields.String(allow_none=True)}
    page_out: Any = type(f"{model.__name__}Page", (Schema,), page)

    if resource.listed:

        @api.get(f"/{path}", endpoint=f"{name}_list")
        @described(query_schema(model, resource.filters), "query")
        @shown(page_out, f"Daftar {path}", path)
        def listing() -> Response:
            query = resource.options(filtered(model.visible_to(actor()), model, resource.filters))
            return paged(query, model, lambda row: dump(row, own_page=False))

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
        schema = type(title, (forms.ask_schema(row.asks),), {}) if row.asks else None
        location = "form_and_files" if any(a.kind == "file" for a in row.asks) else "json"

        @api.post(f"/{path}/<int:id>/moves/{move_name}", endpoint=f"{name}_{move_name}")
        @described(schema, location)
        @shown(resource.out, row.label, path)
        def moving(id: int) -> Response:
            item = attempt(model, id, move_name, body(), actor(), now=now(), version=if_match(required=False))
            return kept(item)

    for move_name in lifecycle.move_names:
        move_view(move_name, lifecycle.moves_named(move_name)[0])

    @api.get(f"/{path}/<int:id>/events", endpoint=f"{name}_events")
    @shown(None, "Riwayat, yang lama dahulu", path)
    def history(id: int) -> Response:
        item = seen(model, id, actor())
        mine = select(Event).where(Event.item_type == item.__lifecycle__, Event.item_id == id)
        return answer(
            {"items": [event_json(e) for e in db.session.scalars(mine.order_by(Event.seq))], "next": None}
        )


def event_json(event: Event) -> dict[str, Any]:
    person = db.session.get(Person, event.actor_id) if event.actor_id else None
    acting_for = db.session.get(Person, event.acting_for_id) if event.acting_for_id else None
    return {
        "id": event.id,
        "item_type": event.item_type,
        "item_id": event.item_id,
        "seq": event.seq,
        "move": event.move,
        "from": event.from_state,
        "to": event.to_state,
        "actor": {"id": person.id, "name": person.name, "role": event.hat} if person else None,
        "acting_for": {"id": acting_for.id, "name": acting_for.name} if acting_for else None,
        "at": instant(event.at),
        "data": event.data | {t.name: t.text for t in event.texts},
    }
