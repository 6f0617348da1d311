"""The lists that secretariat and administrator keep (themes, kinds, criteria), and the formula: proposed by them and the
evaluators, adopted by a leader."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from randal.database.base import db
from randal.engine.transitions import Changed, changed_sentence, lock
from randal.models.areas import AreaChange, Criterion, IndexFormula, Theme, changes_in
from randal.models.progress import AreaKind
from randal.rooms.areas.forms import AdoptForm, CriterionForm, FormulaForm, ListForm
from randal.schemas import forms
from workflows.lifecycle import KEEPERS, LEADER, TEAM, Actor, Refused

Raw = Mapping[str, Any]
R = TypeVar("R", Theme, AreaKind, Criterion)


def make_theme(actor: Actor, raw: Raw, now: datetime) -> Theme:
    return _keep(Theme(active=True), ListForm, actor, raw, now)


def make_kind(actor: Actor, raw: Raw, now: datetime) -> AreaKind:
    return _keep(AreaKind(active=True), ListForm, actor, raw, now)


def make_criterion(actor: Actor, raw: Raw, now: datetime) -> Criterion:
    return _keep(Criterion(active=True, sectors=[]), CriterionForm, actor, raw, now)


def edit_listed(row: Any, actor: Actor, raw: Raw, now: datetime) -> None:
    """Another name or no longer to be chosen; what refers to it stays."""
    _keep(row, CriterionForm if isinstance(row, Criterion) else ListForm, actor, raw, now, partial=True)


def require_keeper(actor: Actor) -> None:
    if not actor.has(*KEEPERS):
        raise Refused("role", "Daftar dan tema dikelola oleh Admin Sistem dan Sekretariat.")


def _keep(
    row: R, schema: type[forms.Base], actor: Actor, raw: Raw, now: datetime, *, partial: bool = False
) -> R:
    require_keeper(actor)
    for name, value in forms.load(schema, raw, partial=partial).items():
        setattr(row, name, value)
    told = changes_in(row)
    db.session.add(row)
    try:
        db.session.flush()
    except IntegrityError:
        db.session.rollback()
        raise forms.wrong("name", "Nama ini sudah ada di daftar.") from None
    except StaleDataError:
        db.session.rollback()
        raise Changed(changed_sentence(row)) from None
    AreaChange.note("list", row, told, actor, now)
    return row


def require_proposer(actor: Actor) -> None:
    if not actor.has(*TEAM):
        raise Refused("role", "Rumus diusulkan oleh Tim Monev, Sekretariat, atau Admin Sistem.")


def propose(actor: Actor, raw: Raw, now: datetime) -> IndexFormula:
    """A new version; it is in force while no leader has adopted any."""
    require_proposer(actor)
    given = forms.load(FormulaForm, raw)
    row = IndexFormula(name=given["name"], content=given["content"], note=given.get("note") or "")
    row.created_at, row.created_by_id = now, actor.id
    db.session.add(row)
    try:
        db.session.flush()
    except IntegrityError:
        db.session.rollback()
        raise forms.wrong(
            "name", "Versi dengan nama ini sudah ada; rumus yang sudah ada tidak diubah."
        ) from None
    return row


def adopt(row: IndexFormula, actor: Actor, raw: Raw, now: datetime) -> None:
    """A leader declares this version his own; from now on it is in force. Kept numbers keep their formula."""
    if not actor.has(LEADER):
        raise Refused("role", "Bobot indeks ditetapkan oleh Pimpinan.")
    lock(row)
    if row.adopted_at:
        raise Refused("state", "Versi ini sudah ditetapkan.")
    given = forms.load(AdoptForm, raw)
    row.adopted_at, row.adopted_by_id = now, actor.id
    row.note = "\n".join(filter(None, (row.note, given.get("note"))))
    db.session.flush()
