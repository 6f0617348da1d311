"""One attempt at a move, as page and API make it: find, ask role and state, read the fields, prepare, fire."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask import abort
from werkzeug.datastructures import FileStorage

from randal.core import files, forms
from randal.core.db import db
from randal.core.transitions import WorkflowItem, and_by_whom, fire, require_version
from workflows import LIFECYCLES
from workflows.lifecycle import Actor, Move, Refused

Prepare = Callable[[Any, Actor, dict[str, Any], datetime], dict[str, Any]]
BEFORE: dict[str, Prepare] = {}
MAX_ID = 2**31 - 1  # what an integer column holds; a larger number names nothing


def before(name: str) -> Callable[[Prepare], Prepare]:
    """Declare what is slow or calls out (signing, hashing) before a move's transaction.

    `def sign(item, actor, given, now) -> more given`. It may end the transaction (`db.session.rollback()`)
    to hold no lock meanwhile; the item's version is checked again by `fire`.
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
    row = db.session.scalar(model.visible_to(actor).where(model.id == item_id)) if item_id <= MAX_ID else None
    if row is None:
        abort(404)
    return row


def read_fields(row: Move, raw: Mapping[str, Any], actor: Actor, now: datetime) -> dict[str, Any]:
    """The given values of a move, typed; an uploaded file is checked and stored, and becomes its id."""
    given = {k: v for k, v in forms.load(forms.ask_schema(row.asks), raw).items() if v not in (None, "")}
    for name, value in list(given.items()):
        if isinstance(value, FileStorage):
            if not value.filename:
                del given[name]
                continue
            given[name] = keep_upload(name, value, actor, now).id
    return given


def keep_upload(name: str, value: FileStorage, actor: Actor, now: datetime) -> files.StoredFile:
    """Check and store one upload; Refused at its field when it is not what it says."""
    try:
        return files.keep(
            files.check(value.filename or "", value.read(files.MAX_BYTES + 1)), by=actor.id, now=now
        )
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
) -> Any:
    """Make the move `name` on the item as this actor; returns the item. The caller commits.

    Raises NotFound, Refused (role, state, need, field) or Changed.
    """
    item = seen(model, item_id, actor)
    lifecycle = model.lifecycle()
    if name not in lifecycle.move_names:
        abort(404)
    try:
        row, _hat = lifecycle.row_for(item, name, actor)
    except Refused as refused:
        if refused.kind == "state":
            require_version(item, version)  # "changed by …" says more than "not from this state"
        raise and_by_whom(refused, item) from None
    require_version(item, version)
    given = read_fields(row, raw, actor, now)
    if prepare := BEFORE.get(f"{model.__lifecycle__}.{name}"):
        version = item.version
        given |= prepare(item, actor, given, now)
        item = seen(model, item_id, actor)
    fire(item, name, actor, now=now, version=version, **given)
    return item
