"""What every view of the API stands on: who asks, reading what was sent, answering, describing, refusing.

Refusals come in the order 401, 404, 403, 409, 422, so bodies are described here but judged in the commands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from apiflask import APIBlueprint, fields
from flask import Response, abort, g, json, request
from marshmallow import Schema
from werkzeug.exceptions import HTTPException

from randal.api import unread
from randal.base import ids
from randal.database.base import db
from randal.engine.transitions import Changed, WorkflowItem, changed_sentence, lock
from randal.l10n import numbers
from randal.models.meeting_parts import Part
from randal.org.people import Person, actor_of
from randal.rooms.accounts.tokens import token_with
from randal.web import pages
from randal.web.problems import problem
from workflows.lifecycle import Actor, Move, Refused

api = APIBlueprint("api", __name__, url_prefix="/api/v1")
MAX_LIMIT, DEFAULT_LIMIT = 200, 50
OPEN = {"api.openapi", "api.docs"}
unread.hold(api)


# -- who asks ----------------------------------------------------------------------------------------


@api.before_request
def authenticate() -> Response | None:
    """Bearer tokens only. A token without --write reads."""
    numbers.by_program(True)
    if request.endpoint in OPEN:
        return None
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    found = token_with(token.strip(), pages.now()) if scheme.lower() == "bearer" and token else None
    if found is None:
        return problem(401, "Sertakan token yang berlaku: Authorization: Bearer <token>.")
    g.person, g.now = found.person, pages.now()
    g.actor = actor_of(found.person, g.now)
    if request.method not in ("GET", "HEAD", "OPTIONS") and not found.write:
        return problem(403, "Token ini hanya untuk membaca. Buat token baru dengan --write.")
    return None


def actor() -> Actor:
    return g.actor


def caller() -> Person:
    return g.person


def now() -> datetime:
    return pages.now()


# -- reading the request -----------------------------------------------------------------------------


def body() -> dict[str, Any]:
    """The JSON object (or the fields of a multipart form); 400 when it is neither."""
    found = unread.sent()
    if not isinstance(found, dict):
        abort(400, "Kirim satu objek JSON.")
    return found


def array_body() -> list[Any]:
    found = unread.parsed()
    if not isinstance(found, list):
        abort(400, "Kirim satu daftar (array) JSON.")
    return found


def if_match() -> int | None:
    """The version in If-Match; None without one, 400 when it is not a number."""
    raw = request.headers.get("If-Match")
    if raw is None:
        return None
    version = ids.read(raw.strip().removeprefix("W/").strip('"'))
    if version is None:
        abort(400, 'If-Match harus berisi nomor versi, misalnya If-Match: "3".')
    return version


@contextmanager
def in_its_version(row: Any, *, required: bool = True) -> Iterator[None]:
    """A change of the version named in If-Match: 409 with an old one, and where one is `required` 428 without.

    Who may not change it at all hears that first; wrong fields are told only of the present version.
    """
    version = if_match()
    if isinstance(row, Part):
        lock(row.meeting)  # type: ignore[attr-defined]  # as its commands do: first the meeting, then what belongs to it
    lock(row)  # or two changes of the same version would both find it present
    stale = version is not None and version != row.version
    said = changed_sentence(row) if stale else ""
    try:
        yield
    except Refused as refused:
        if refused.kind == "role" or not (stale or (required and version is None)):
            raise
    if version is None and required:
        abort(428, 'Sertakan versi yang Anda ubah: If-Match: "<version>".')
    if stale:
        raise Changed(said)


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


JSON_TYPES = {"row": "integer", "link": "text", "map": "object", "list": "array", "files": "file"}


def move_json(row: Move) -> dict[str, Any]:
    asked = [
        {"name": a.name, "label": a.label, "type": JSON_TYPES.get(a.kind, a.kind), "required": a.required}
        | ({"choices": list(a.choices)} if a.choices else {})
        for a in row.asks
    ]
    return {"name": row.name, "label": row.label, "fields": asked}


def answer(data: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    made = Response(json.dumps(data), status, content_type="application/json")
    made.headers.update(headers or {})
    return made


def described(schema: type[Schema] | None, location: str = "json") -> Callable[[Any], Any]:
    """Describe a body or query in the OpenAPI document, without judging it before the command does."""

    def mark(view: Any) -> Any:
        if schema is not None:
            (unread.reads_args if location == "query" else unread.reads_fields)(view, schema)
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


# -- errors -----------------------------------------------------------------------------------------


@api.errorhandler(Refused)
def refused(error: Refused) -> Response:
    db.session.rollback()
    unknown = unread.of_this_body() if error.kind == "field" else {}
    return problem(pages.STATUS[error.kind], error.detail, {**unknown, **error.errors})


@api.errorhandler(HTTPException)
def http_error(error: HTTPException) -> Response:
    db.session.rollback()
    code = error.code or 500
    said = error.description if error.description != type(error).description else None
    return problem(code, said or pages.SENTENCES.get(code, "Terjadi kesalahan."))
