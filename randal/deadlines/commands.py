"""Keeping the rules, and saying that something was handed in. Refused: role, fields; Changed: an old version. No commit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from randal.core import forms
from randal.core.db import db
from randal.core.transitions import Changed, changed_sentence, lock
from randal.deadlines.forms import DeadlineForm
from randal.deadlines.models import WHO, Deadline, DeadlineMark
from workflows.lifecycle import ADMIN, PPK, SECRETARIAT, Actor, Refused

KEEPERS = (ADMIN, SECRETARIAT)


def make_deadline(actor: Actor, raw: Mapping[str, Any], now: datetime) -> Deadline:
    row = Deadline()
    _keep(row, actor, raw, now)
    return row


def edit_deadline(
    row: Deadline, actor: Actor, raw: Mapping[str, Any], now: datetime, *, whole: bool = False
) -> None:
    """`whole`: the form of the page, where a box that is not ticked is not sent."""
    _keep(row, actor, raw, now, partial=not whole)


def _keep(
    row: Deadline, actor: Actor, raw: Mapping[str, Any], now: datetime, *, partial: bool = False
) -> None:
    if not actor.has(*KEEPERS):
        raise Refused("role", "Tenggat diatur oleh Sekretariat atau Admin Sistem.")
    given = forms.load(DeadlineForm, raw, partial=partial)
    if "basis" in given or not partial:
        given["basis"] = given.get("basis") or ""
    for name, value in given.items():
        setattr(row, name, value)
    row.updated_at, row.updated_by_id = now, actor.id
    db.session.add(row)
    try:
        db.session.flush()
    except IntegrityError:
        db.session.rollback()
        raise forms.wrong("name", "Sudah ada tenggat bernama ini.") from None
    except StaleDataError:
        db.session.rollback()
        raise Changed(changed_sentence(row)) from None


def mark_done(row: Deadline, period: str, actor: Actor, now: datetime) -> None:
    """Say that what this rule asks for was handed in for the period; once. What a PPK owes is its report itself."""
    if row.who == PPK or not actor.has(row.who, *KEEPERS):
        raise Refused("role", f"Ini dicatat oleh {WHO[row.who]}.")
    lock(row)
    if not row.counts_for(period):
        raise Refused(
            "field",
            "Tenggat ini tidak berlaku untuk periode itu.",
            {"period": ["Periode ini tidak berlaku."]},
        )
    if not any(mark.period == period for mark in row.marks):
        row.marks.append(DeadlineMark(period=period, at=now, by_id=actor.id))
        db.session.flush()
