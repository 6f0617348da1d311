"""Readiness and promises of the Pemda (benefit: benefits.py): filled by the PPK of the unit and its staff, secretariat,
evaluators and administrator, for page and API alike. Judged in the order 403, 409, 422; nothing commits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.datastructures import FileStorage

from randal.base import ids
from randal.database.base import db
from randal.engine.transitions import Changed, changed_sentence
from randal.models.areas import AreaChange, Check, Commitment, Criterion, Filled, changes_in
from randal.models.progress import Activity, Area
from randal.org.people import unit_relations
from randal.org.places import Unit
from randal.rooms.areas.forms import CheckForm, CommitmentForm
from randal.schemas import forms
from randal.web.attempt import keep_upload
from workflows.lifecycle import TEAM, UNIT_ROLES, Actor, Refused

FILES = {"file": "file_id", "before": "before_id", "after": "after_id"}
NOT_YOURS = "Ini diisi oleh PPK dan staf satuan kerja itu, Sekretariat, dan Tim Monev."
Raw = Mapping[str, Any]
F = TypeVar("F", bound=Filled)


def may_fill_area(area: Area, actor: Actor) -> bool:
    """PPK and staff of a unit of its province, and who fills everything."""
    if actor.has(*TEAM):
        return True
    unit = db.session.get(Unit, actor.unit_id) if actor.unit_id and actor.has(*UNIT_ROLES) else None
    return unit is not None and unit.province_id == area.province_id


def may_fill(activity: Activity, actor: Actor) -> bool:
    return actor.has(*TEAM) or bool(unit_relations(actor, activity.unit_id))


# -- readiness ---------------------------------------------------------------------------------------------


def put_check(actor: Actor, raw: Raw, now: datetime) -> Check:
    """The state of one criterion; said again it replaces what was said. Refused: role, fields."""
    area = seen_row(Area, raw.get("area_id"), actor)
    activity = seen_row(Activity, raw.get("activity_id"), actor)
    require(actor, area, activity)
    given = forms.load(CheckForm, raw)
    errors: dict[str, list[str]] = {}
    criterion = db.session.get(Criterion, given["criterion_id"])
    if area is None:
        errors["area_id"] = ["Kawasan ini tidak dikenal."]
    if given.get("activity_id") is not None and (
        activity is None or area is None or activity.area_id != area.id
    ):
        errors["activity_id"] = ["Kegiatan ini tidak ada di kawasan itu."]
    if criterion is None or not criterion.active:
        errors["criterion_id"] = ["Kriteria ini tidak ada di daftar."]
    elif not errors and (criterion.of == "activity") != (activity is not None):
        errors["activity_id"] = [
            "Kriteria ini ditanyakan per kegiatan: sebutkan kegiatannya."
            if criterion.of == "activity"
            else "Kriteria ini ditanyakan tentang kawasannya: kosongkan kegiatan."
        ]
    elif activity and not errors and not criterion.asks(activity.sector):
        errors["criterion_id"] = ["Kriteria ini tidak ditanyakan dari sektor kegiatan itu."]
    if errors or area is None or criterion is None:
        raise Refused("field", forms.TOO_MUCH, errors)
    of = (Check.criterion_id == criterion.id, Check.area_id == area.id)
    same = Check.activity_id == activity.id if activity else Check.activity_id.is_(None)
    row = db.session.scalar(select(Check).where(*of, same))
    row = row or Check(criterion=criterion, area=area, activity=activity)
    row.criterion_id, row.area_id, row.activity_id = criterion.id, area.id, activity.id if activity else None
    return fill(row, given, "readiness", actor, now, "status", ("criterion_id", "area_id", "activity_id"))


def edit_check(row: Check, actor: Actor, raw: Raw, now: datetime) -> None:
    require(actor, row.area, row.activity)
    fill(row, forms.load(CheckForm, raw, partial=True), "readiness", actor, now, "status",
          ("criterion_id", "area_id", "activity_id"))  # fmt: skip


# -- promises of the Pemda ---------------------------------------------------------------------------------


def make_commitment(actor: Actor, raw: Raw, now: datetime) -> Commitment:
    area = seen_row(Area, raw.get("area_id"), actor)
    require(actor, area, None)
    given = forms.load(CommitmentForm, raw)
    if area is None:
        raise forms.wrong("area_id", "Kawasan ini tidak dikenal.")
    return fill(
        Commitment(area=area, area_id=area.id), given, "commitment", actor, now, "office", ("area_id",)
    )


def edit_commitment(row: Commitment, actor: Actor, raw: Raw, now: datetime) -> None:
    require(actor, row.area, None)
    given = forms.load(CommitmentForm, raw, partial=True)
    fill(row, given, "commitment", actor, now, "office", ("area_id",))


# -- all of them -------------------------------------------------------------------------------------------


def seen_row(model: Any, raw: Any, actor: Actor) -> Any:
    """The row with this id, if this actor sees it, whatever was sent for it."""
    number = ids.read(raw)
    return db.session.scalar(model.visible_to(actor).where(model.id == number)) if number else None


def require(actor: Actor, area: Area | None, activity: Activity | None) -> None:
    """Before anything else is judged: may this actor fill this? Nobody of a unit fills what he does not see."""
    allowed = (
        may_fill(activity, actor)
        if activity
        else may_fill_area(area, actor)
        if area
        else actor.has(*TEAM, *UNIT_ROLES)
    )
    if not allowed:
        raise Refused("role", NOT_YOURS)


def fill(
    row: F, given: dict[str, Any], part: str, actor: Actor, now: datetime, at: str, fixed: tuple[str, ...]
) -> F:
    for name, value in given.items():
        if name in FILES:
            if isinstance(value, FileStorage) and value.filename:
                setattr(row, FILES[name], _upload(name, value, actor, now))
        elif name not in fixed:
            setattr(row, name, "" if name == "note" and value is None else value)
    told = changes_in(row)
    if told or row.id is None:
        row.updated_at, row.updated_by_id = now, actor.id
    db.session.add(row)
    try:
        db.session.flush()
    except IntegrityError:
        db.session.rollback()
        raise forms.wrong(at, "Ini sudah dicatat. Muat ulang, lalu ubah yang ada.") from None
    except StaleDataError:
        db.session.rollback()
        raise Changed(changed_sentence(row)) from None
    AreaChange.note(part, row, told, actor, now)
    return row


def _upload(name: str, value: FileStorage, actor: Actor, now: datetime) -> int:
    kept = keep_upload(name, value, actor, now)
    if name != "file" and not kept.mime.startswith("image/"):
        raise forms.wrong(name, "Foto berupa JPEG, PNG, atau HEIC.")
    return kept.id
