"""Keeping the rules, and saying that something was handed in. Refused: role, fields; Changed: an old version. No commit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from randal.database.base import db
from randal.engine.transitions import Changed, changed_sentence, lock
from randal.l10n.clock import DEFAULT_ZONE, local_date
from randal.models.deadlines import WHO, Deadline, DeadlineMark, end_of
from randal.rooms.deadlines.forms import DeadlineForm, MarkForm
from randal.schemas import forms
from workflows.lifecycle import KEEPERS, PPK, Actor, Refused


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
    if "met_by" in given or not partial:
        given["met_by"] = given.get("met_by") or "mark"
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


def mark_done(row: Deadline, raw: Mapping[str, Any], actor: Actor, now: datetime) -> DeadlineMark:
    """Say that what this rule asks for was handed in for the period, on which day; said again it replaces what was said.
    What a PPK owes is its report itself. Refused: role, fields."""
    if row.who == PPK or not actor.has(row.who, *KEEPERS):
        raise Refused("role", f"Ini dicatat oleh {WHO[row.who]}.")
    lock(row)
    given = forms.load(MarkForm, raw)
    period, today = given["period"], local_date(now, DEFAULT_ZONE)
    day = given.get("dated_on") or today
    if not row.counts_for(period):
        raise forms.wrong("period", "Tenggat ini tidak berlaku untuk periode itu.")
    if day > today:
        raise forms.wrong("dated_on", "Tanggal ini belum tiba.")
    if day < end_of(period):
        raise forms.wrong("dated_on", f"{row.name_of(period)} belum berakhir pada tanggal itu.")
    mark = next((one for one in row.marks if one.period == period), None)
    if mark is None:
        mark = DeadlineMark(period=period)
        row.marks.append(mark)
    mark.dated_on, mark.note, mark.at, mark.by_id = day, given.get("note") or "", now, actor.id
    db.session.flush()
    return mark
