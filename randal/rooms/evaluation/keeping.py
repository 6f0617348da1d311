"""Writing a row that people keep: what the database knows to be double is said at its field, and who changed what stays."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from randal.database.base import db
from randal.engine.transitions import Changed, changed_sentence
from randal.models.areas import AreaChange, changes_in
from randal.schemas import forms
from workflows.lifecycle import Actor

R = TypeVar("R")


def keep(row: R, given: Mapping[str, Any], name: str, twice: str) -> R:
    """Write and flush. What the database knows to be double is told at the field `name`."""
    for field, value in given.items():
        setattr(row, field, value)
    db.session.add(row)
    try:
        db.session.flush()
    except IntegrityError:
        db.session.rollback()
        raise forms.wrong(name, twice) from None
    except StaleDataError:
        db.session.rollback()
        raise Changed(changed_sentence(row)) from None
    return row


def traced(row: R, given: Mapping[str, Any], part: str, actor: Actor, now: datetime, twice: str) -> R:
    """Kept, with a line of who changed what."""
    for field, value in given.items():
        setattr(row, field, value)
    told = changes_in(row)
    for side in given.keys() & {"kind", "province"}:  # the number of a relation is written by the flush
        history = inspect(row).attrs[side].history
        if history.has_changes():
            gone = history.deleted[0] if history.deleted else None
            told[side] = [getattr(gone, "name", None), getattr(given[side], "name", None)]
    keep(row, {}, "name", twice)
    AreaChange.note(part, row, told, actor, now)
    return row
