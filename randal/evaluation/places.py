"""Units, kawasan and kegiatan: kept by admin and secretariat, read by all who may see them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from randal.core import forms
from randal.core.db import db
from randal.core.places import Province, Unit
from randal.core.transitions import Changed, changed_sentence
from randal.evaluation.forms import ActivityForm, AreaForm, UnitForm
from randal.evaluation.models import Activity, Area
from workflows.lifecycle import ADMIN, SECRETARIAT, Actor, Refused

KEEPERS = (ADMIN, SECRETARIAT)
Errors = dict[str, list[str]]
R = TypeVar("R")


def make_unit(actor: Actor, raw: Mapping[str, Any], now: datetime) -> Unit:
    given = _read(actor, UnitForm, raw, _unit_fields)
    return _keep(Unit(external_ids={}), given, "name", "Satuan kerja dengan nama atau kode ini sudah ada.")


def edit_unit(unit: Unit, actor: Actor, raw: Mapping[str, Any], now: datetime) -> None:
    given = _read(actor, UnitForm, raw, _unit_fields, partial=True)
    _keep(unit, given, "name", "Satuan kerja dengan nama atau kode ini sudah ada.")


def make_area(actor: Actor, raw: Mapping[str, Any], now: datetime) -> Area:
    given = _read(actor, AreaForm, raw, _area_fields)
    return _keep(Area(external_ids={}), given, "name", "Kawasan dengan nama ini sudah ada di provinsi itu.")


def edit_area(area: Area, actor: Actor, raw: Mapping[str, Any], now: datetime) -> None:
    given = _read(actor, AreaForm, raw, _area_fields, partial=True)
    _keep(area, given, "name", "Kawasan dengan nama ini sudah ada di provinsi itu.")


def make_activity(actor: Actor, raw: Mapping[str, Any], now: datetime) -> Activity:
    given = _read(actor, ActivityForm, raw, lambda given, errors: _activity_fields(given, errors, None))
    return _keep(
        Activity(external_ids={}), given, "name", "PPK ini sudah punya kegiatan bernama sama di kawasan itu."
    )


def edit_activity(activity: Activity, actor: Actor, raw: Mapping[str, Any], now: datetime) -> None:
    """The unit of an activity stays: its figures stand in that unit's reports."""
    given = _read(
        actor,
        ActivityForm,
        raw,
        lambda given, errors: _activity_fields(given, errors, activity),
        partial=True,
    )
    _keep(activity, given, "name", "PPK ini sudah punya kegiatan bernama sama di kawasan itu.")


# -- reading and keeping -----------------------------------------------------------------------------


def _read(
    actor: Actor, schema: type[forms.Base], raw: Mapping[str, Any], judge: Any, *, partial: bool = False
) -> dict[str, Any]:
    if not actor.has(*KEEPERS):
        raise Refused("role", "Data ini dikelola oleh Admin Sistem dan Sekretariat.")
    errors: Errors = {}
    given: dict[str, Any] = {}
    try:
        given = forms.load(schema, raw, partial=partial)
    except Refused as refused:
        errors = refused.errors
        given = {name: raw[name] for name in raw if name in schema().fields and name not in errors}
    judge(given, errors)
    if errors:
        raise Refused("field", forms.TOO_MUCH, errors)
    return given


def _unit_fields(given: dict[str, Any], errors: Errors) -> None:
    if "code" in given:
        given["code"] = given["code"] or None  # unique, so that none is none
    _province(given, errors)


def _area_fields(given: dict[str, Any], errors: Errors) -> None:
    _province(given, errors)


def _province(given: dict[str, Any], errors: Errors) -> None:
    if "province" not in given or "province" in errors:
        return
    # Read from the raw body when another field is wrong: PostgreSQL takes no NUL.
    iso = str(given.pop("province") or "").replace("\x00", "").upper()
    province = db.session.scalar(select(Province).where(Province.iso == iso)) if iso else None
    if iso and province is None:
        errors["province"] = ["Provinsi ini tidak dikenal. Pakai kode ISO, misalnya ID-BB."]
    given["province"] = province


def _activity_fields(given: dict[str, Any], errors: Errors, activity: Activity | None) -> None:
    unit = _found(Unit, given, "unit_id", errors, "PPK ini tidak dikenal.") or (
        activity.unit if activity else None
    )
    area = _found(Area, given, "area_id", errors, "Kawasan ini tidak dikenal.")
    if activity and unit is not activity.unit:
        errors["unit_id"] = ["Kegiatan tidak dapat dipindahkan ke PPK lain; buat yang baru."]
    if area and unit and unit.province_id and area.province_id != unit.province_id:
        errors["area_id"] = [f"Kawasan ini di provinsi lain, bukan di {unit.short_name}."]


def _found(model: Any, given: Mapping[str, Any], name: str, errors: Errors, unknown: str) -> Any:
    if name in errors or given.get(name) is None:
        return None
    try:
        number = int(given[name])
    except (TypeError, ValueError, OverflowError):
        return None
    row = db.session.get(model, number) if 0 < number < 2**53 else None
    if row is None:
        errors[name] = [unknown]
    return row


def _keep(row: R, given: Mapping[str, Any], name: str, twice: str) -> R:
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
