"""One attempt at a move, as page and API make it: find, ask role and state, read the fields, prepare, fire."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from flask import abort
from werkzeug.datastructures import FileStorage

from randal.database.base import db
from randal.engine.transitions import WorkflowItem, and_by_whom, require_version, run
from randal.history.events import Event
from randal.l10n import clock
from randal.schemas import forms
from randal.schemas.moves import ask_schema
from randal.storage import files
from workflows import LIFECYCLES
from workflows.lifecycle import Act, Actor, Move, Refused


class Done(NamedTuple):
    """A move that was made: on what, its event (None: all was so before), the row it made beside it, if any."""

    item: Any
    event: Event | None
    made: Any


Prepare = Callable[[Any, Actor, dict[str, Any], datetime], dict[str, Any]]
BEFORE: dict[str, Prepare] = {}


def before(name: str) -> Callable[[Prepare], Prepare]:
    """Declare what is slow or calls out (signing, hashing) before a move's transaction.

    `def sign(item, actor, given, now) -> more given`. It may end the transaction (`db.session.rollback()`)
    to hold no lock meanwhile; the item's version is checked again by `fire`. What begins with "_" is for the room alone.
    """

    def register(function: Prepare) -> Prepare:
        item_type, _, move = name.partition(".")
        if move not in LIFECYCLES[item_type].move_names:
            raise ValueError(f"no lifecycle knows the move {name!r}")
        BEFORE[name] = function
        return function

    return register


def seen(model: type[Any], item_id: int, actor: Actor) -> Any:
    """The row, if it is there and visible to this actor; 404 otherwise."""
    row = db.session.scalar(model.visible_to(actor).where(model.id == item_id))
    if row is None:
        abort(404)
    return row


def read_fields(
    row: Move, raw: Mapping[str, Any], actor: Actor, now: datetime, zone: str = clock.DEFAULT_ZONE
) -> dict[str, Any]:
    """The given values of a move, typed; an uploaded file is checked and stored, and becomes its id; times are local to
    `zone`. A deed is also told what was emptied. Refused with all that is of no use, and what was read in `given`."""
    read, errors = forms.sift(ask_schema(row.asks), raw)
    given = {k: v for k, v in read.items() if row.deed or v not in (None, "")}
    kinds = {ask.name: ask.files for ask in row.asks}
    for name, value in list(given.items()):
        if isinstance(value, datetime):
            given[name] = clock.local_of(value, zone)
        if isinstance(value, FileStorage):
            if not value.filename:
                del given[name]
                continue
            try:
                given[name] = keep_upload(name, value, actor, now, kinds[name]).id
            except Refused as refused:
                errors |= refused.errors
    if errors:
        raise Unread(given, errors)
    return given


class Unread(Refused):
    """What was sent is not of its kind; `given` is the rest."""

    def __init__(self, given: Mapping[str, Any], errors: Mapping[str, list[str]]):
        said = [sentence for several in errors.values() for sentence in several]
        super().__init__("field", said[0] if len(said) == 1 else forms.TOO_MUCH, errors)
        self.given = given


def keep_upload(
    name: str, value: FileStorage, actor: Actor, now: datetime, kinds: tuple[str, ...] = ()
) -> files.StoredFile:
    """Check and store one upload; Refused at its field when it is not what it says."""
    try:
        data = value.read(files.MAX_BYTES + 1)
        checked = files.check(value.filename or "", data, *([kinds] if kinds else []))
        return files.keep(checked, by=actor.id, now=now)
    except files.BadFile as bad:
        raise forms.wrong(name, str(bad)) from None


def attempt(
    model: type[WorkflowItem],
    item_id: int,
    name: str,
    raw: Mapping[str, Any],
    actor: Actor,
    *,
    now: datetime,
    version: int | None = None,
    fields_read: Callable[[], None] = lambda: None,
) -> Done:
    """Make the move `name` on the item as this actor. The caller commits. `fields_read` may refuse more of what was sent,
    before what is slow begins.

    Raises NotFound, Refused (role, state, need, field) or Changed.
    """
    item = seen(model, item_id, actor)
    return carry_out(item, name, raw, actor, now=now, version=version, fields_read=fields_read)


def carry_out(
    item: WorkflowItem,
    name: str,
    raw: Mapping[str, Any],
    actor: Actor,
    *,
    now: datetime,
    version: int | None = None,
    fields_read: Callable[[], None] = lambda: None,
) -> Done:
    """The same for an item that was found already."""
    model, lifecycle = type(item), item.lifecycle()
    if name not in lifecycle.move_names:
        abort(404)
    try:
        row, _hat = lifecycle.row_for(item, name, actor, now)
    except Refused as refused:
        if refused.kind == "state":
            require_version(item, version)  # "changed by …" says more than "not from this state"
        raise and_by_whom(refused, item) from None
    require_version(item, version)
    try:
        given = read_fields(row, raw, actor, now, getattr(item, "timezone", None) or clock.DEFAULT_ZONE)
    except Unread as unread:  # what is missing besides is said with it
        missing = lifecycle.field_errors(row, item, Act(actor, now, unread.given))
        raise Unread(unread.given, missing | unread.errors) from None
    fields_read()
    if prepare := BEFORE.get(f"{model.__lifecycle__}.{name}"):
        version = item.version
        given |= prepare(item, actor, given, now)
        item = seen(model, item.id, actor)
    ran = run(item, name, actor, given, now=now, version=version)
    return Done(item, ran.event, ran.made)
