"""What every resource of the API is made of: authentication, lists, one item, making, changing, moves, history.

A resource is a declaration (`Resource`); `serve` makes its routes and their description. Refusals come in the
order 401, 404, 403, 409, 422, so bodies are described here but judged in the commands.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from apiflask import APIBlueprint, fields
from flask import Response, abort, g, json, request
from marshmallow import Schema
from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import HTTPException

from randal.accounts.models import ApiToken, KeptAnswer
from randal.core import forms, web
from randal.core.db import db
from randal.core.events import Event
from randal.core.moving import MAX_ID, attempt, seen
from randal.core.people import Person, actor_of
from randal.core.problems import problem
from randal.core.transitions import Changed, WorkflowItem, changed_sentence, lock
from workflows.lifecycle import Actor, Move, Refused

api = APIBlueprint("api", __name__, url_prefix="/api/v1")
MAX_LIMIT, DEFAULT_LIMIT = 200, 50
OPEN = {"api.openapi", "api.docs"}


# -- who asks ----------------------------------------------------------------------------------------


@api.before_request
def authenticate() -> Response | None:
    """Bearer tokens only. A token without --write reads."""
    if request.endpoint in OPEN:
        return None
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    found = None
    if scheme.lower() == "bearer" and token:
        digest = hashlib.sha256(token.strip().encode()).hexdigest()
        found = db.session.scalar(
            select(ApiToken).where(ApiToken.token_hash == digest, ApiToken.revoked_at.is_(None))
        )
    if found is None or not found.person.active:
        return problem(401, "Sertakan token yang berlaku: Authorization: Bearer <token>.")
    g.person, g.now = found.person, web.now()
    g.actor = actor_of(found.person, g.now)
    if request.method not in ("GET", "HEAD", "OPTIONS") and not found.write:
        return problem(403, "Token ini hanya untuk membaca. Buat token baru dengan --write.")
    return None


def actor() -> Actor:
    return g.actor


def caller() -> Person:
    return g.person


def now() -> datetime:
    return web.now()


# -- reading the request -----------------------------------------------------------------------------


def body() -> dict[str, Any]:
    """The JSON object (or the fields of a multipart form); 400 when it is neither."""
    if request.mimetype in ("multipart/form-data", "application/x-www-form-urlencoded"):
        return web.sent()
    if not request.get_data():
        return {}
    found = parsed()
    if not isinstance(found, dict):
        abort(400, "Kirim satu objek JSON.")
    return found


def parsed() -> Any:
    """The JSON that was sent; none when it is malformed, or nested deeper than anything we ask for."""
    try:
        return request.get_json(force=True, silent=True)
    except RecursionError:
        return None


def array_body() -> list[Any]:
    found = parsed()
    if not isinstance(found, list):
        abort(400, "Kirim satu daftar (array) JSON.")
    return found


def if_match(*, required: bool) -> int | None:
    """The version in If-Match; 428 when it is required and missing, 400 when it is not a number."""
    raw = request.headers.get("If-Match")
    if raw is None:
        if required:
            abort(428, 'Sertakan versi yang Anda ubah: If-Match: "<version>".')
        return None
    clean = raw.strip().removeprefix("W/").strip('"')
    if not clean.isdecimal() or len(clean) > 18:
        abort(400, 'If-Match harus berisi nomor versi, misalnya If-Match: "3".')
    return int(clean)


@contextmanager
def in_its_version(row: Any) -> Iterator[None]:
    """A change of the version named in If-Match: 428 without, 409 with an old one.

    Who may not change it at all hears that first; wrong fields are told only of the present version.
    """
    version = if_match(required=True)
    lock(row)  # or two changes of the same version would both find it present
    stale = Changed(changed_sentence(row)) if version != row.version else None
    try:
        yield
    except Refused as refused:
        if stale and refused.kind != "role":
            raise stale from None
        raise
    if stale:
        raise stale


# -- answering ---------------------------------------------------------------------------------------


class Instant(fields.DateTime):
    """UTC with Z, to the millisecond."""

    def _serialize(self, value: datetime | None, *_: Any, **__: Any) -> str | None:
        return instant(value)


def instant(value: datetime | None) -> str | None:
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z") if value else None


class MoveOut(Schema):
    name = fields.String()
    label = fields.String()
    fields_ = fields.List(fields.Dict(), data_key="fields")


class RowOut(Schema):
    id = fields.Integer()
    version = fields.Integer()


class ItemOut(RowOut):
    state = fields.String()
    created_at = Instant()
    updated_at = Instant()
    moves = fields.List(fields.Nested(MoveOut), dump_default=[])


def moves_json(item: WorkflowItem, *, own_page: bool) -> list[dict[str, Any]]:
    """What this caller may do now. Lists ask state and role only; on its own page the needs run too."""
    opened = item.lifecycle().open_to(item, actor(), now() if own_page else None)
    return [move_json(o.move) for o in opened if not o.blocked]


def move_json(row: Move) -> dict[str, Any]:
    asked = [
        {"name": a.name, "label": a.label, "type": a.kind, "required": a.required}
        | ({"choices": list(a.choices)} if a.choices else {})
        for a in row.asks
    ]
    return {"name": row.name, "label": row.label, "fields": asked}


def answer(data: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    made = Response(json.dumps(data), status, content_type="application/json")
    made.headers.update(headers or {})
    return made


# -- resources ---------------------------------------------------------------------------------------

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


def filtered(query: Select[Any], resource: Resource) -> Select[Any]:
    for name, column in resource.filters.items():
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
            query = query.where(resource.model.updated_at >= datetime.fromisoformat(since).astimezone(UTC))
        except (ValueError, AttributeError):
            abort(400, "updated_since harus berupa waktu UTC ISO 8601.")
    return query


def typed(column: Any, name: str, raw: str) -> Any:
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
        @described(query_schema(resource), "query")
        @shown(page_out, f"Daftar {path}", path)
        def listing() -> Response:
            query = resource.options(filtered(model.visible_to(actor()), resource))
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


def query_schema(resource: Resource) -> Any:
    names = ["limit", "cursor", *resource.filters] + (
        ["updated_since"] if hasattr(resource.model, "updated_at") else []
    )
    return type(f"{resource.model.__name__}Query", (Schema,), {n: fields.String() for n in names})


def described(schema: type[Schema] | None, location: str = "json") -> Callable[[Any], Any]:
    """Describe a body or query in the OpenAPI document, without judging it before the command does."""

    def mark(view: Any) -> Any:
        if schema is not None:
            wrapped = api.input(schema, location=location, validation=False, arg_name="described")(view)  # type: ignore[arg-type]
            view._spec = wrapped._spec
        return view

    return mark


def shown(schema: Any, summary: str, tag: str, status: int = 200) -> Callable[[Any], Any]:
    """Describe the answer of a view that makes its own Response."""

    def mark(view: Any) -> Any:
        described_view = api.doc(summary=summary, tags=[tag], security="bearer")(view)
        if schema is not None:
            described_view = api.output(schema, status_code=status)(described_view)
        view._spec = described_view._spec
        return view

    return mark


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


# -- errors -----------------------------------------------------------------------------------------


@api.errorhandler(Refused)
def refused(error: Refused) -> Response:
    db.session.rollback()
    return problem(web.STATUS[error.kind], error.detail, error.errors)


@api.errorhandler(HTTPException)
def http_error(error: HTTPException) -> Response:
    db.session.rollback()
    code = error.code or 500
    said = error.description if error.description != type(error).description else None
    return problem(code, said or web.SENTENCES.get(code, "Terjadi kesalahan."))
