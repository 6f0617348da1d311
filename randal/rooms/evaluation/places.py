"""Units, kawasan and kegiatan: kept by admin and secretariat, read by all who may see them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from randal.base import ids
from randal.database.base import db
from randal.l10n.clock import local_date
from randal.models.area_themes import listed_theme, put_theme
from randal.models.progress import Activity, Area, AreaKind
from randal.org.people import unit_relations
from randal.org.places import Province, Unit
from randal.rooms.evaluation.forms import ActivityForm, AreaForm, UnitForm
from randal.rooms.evaluation.keeping import keep, traced
from randal.rooms.evaluation.province_names import ProvinceNames
from randal.schemas import forms
from workflows.lifecycle import KEEPERS, Actor, Refused

OF_THE_UNIT = ("stage", "starts_on", "ends_on")
TWICE = "PPK ini sudah punya kegiatan bernama sama di kawasan itu."
Errors = dict[str, list[str]]


def make_unit(actor: Actor, raw: Mapping[str, Any], now: datetime) -> Unit:
    given = _read(actor, UnitForm, raw, _unit_fields)
    return keep(Unit(external_ids={}), given, "name", "Satuan kerja dengan nama atau kode ini sudah ada.")


def edit_unit(unit: Unit, actor: Actor, raw: Mapping[str, Any], now: datetime) -> None:
    given = _read(actor, UnitForm, raw, _unit_fields, partial=True)
    keep(unit, given, "name", "Satuan kerja dengan nama atau kode ini sudah ada.")


def make_area(actor: Actor, raw: Mapping[str, Any], now: datetime) -> Area:
    given = _read(actor, AreaForm, raw, _area_fields)
    area = Area(external_ids={}, districts=[], sectors=[])
    return _keep_area(area, given, actor, now)


def edit_area(area: Area, actor: Actor, raw: Mapping[str, Any], now: datetime) -> None:
    given = _read(actor, AreaForm, raw, lambda given, errors: _area_fields(given, errors, area), partial=True)
    _keep_area(area, given, actor, now)


def _keep_area(area: Area, given: dict[str, Any], actor: Actor, now: datetime) -> Area:
    """The theme that is said here is that of the present year (in the kawasan)."""
    theme = listed_theme(given.pop("theme")) if given.get("theme") else None
    if theme:
        given["theme"] = theme.name
    traced(area, given, "area", actor, now, "Kawasan dengan nama ini sudah ada di provinsi itu.")
    if theme:
        year = local_date(now, area.province.timezone).year
        put_theme(area, year, theme, actor, now)
    return area


def make_activity(actor: Actor, raw: Mapping[str, Any], now: datetime) -> Activity:
    given = _read(actor, ActivityForm, raw, lambda given, errors: _activity_fields(given, errors, None))
    return traced(Activity(external_ids={}), given, "activity", actor, now, TWICE)


def edit_activity(activity: Activity, actor: Actor, raw: Mapping[str, Any], now: datetime) -> None:
    """The unit of an activity stays: its figures stand in that unit's reports. Its PPK and staff tell how far the
    procurement is, when it begins and ends; the rest is kept by secretariat and administrator."""
    own = bool(unit_relations(actor, activity.unit_id)) and not {*raw} - {
        *OF_THE_UNIT,
        "version",
        "csrf_token",
    }
    given = _read(
        actor,
        ActivityForm,
        raw,
        lambda given, errors: _activity_fields(given, errors, activity),
        partial=True,
        own=own,
    )
    traced(activity, given, "activity", actor, now, TWICE)


# -- reading and keeping -----------------------------------------------------------------------------


def _read(
    actor: Actor,
    schema: type[forms.Base],
    raw: Mapping[str, Any],
    judge: Any,
    *,
    partial: bool = False,
    own: bool = False,
) -> dict[str, Any]:
    if not own and not actor.has(*KEEPERS):
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


def _area_fields(given: dict[str, Any], errors: Errors, area: Area | None = None) -> None:
    _province(given, errors)
    for name in ("districts", "sectors"):
        if name in given and name not in errors:
            given[name] = given[name] or []
    if "kind" in given and "kind" not in errors:
        said = given["kind"]
        given["kind"] = _kind_called(said) if said else None
        if said and given["kind"] is None:
            errors["kind"] = ["Jenis kawasan ini tidak ada di daftar."]
    here = {name: given.get(name, getattr(area, name, None)) for name in ("latitude", "longitude")}
    if not errors.keys() & here.keys() and len([one for one in here.values() if one is None]) == 1:
        missing = next(name for name, one in here.items() if one is None)
        errors[missing] = ["Lintang dan bujur diisi keduanya, atau tidak sama sekali."]


def _kind_called(name: str) -> AreaKind | None:
    kinds = db.session.scalars(select(AreaKind).where(AreaKind.active))
    return next((kind for kind in kinds if kind.name.casefold() == str(name).casefold()), None)


def _province(given: dict[str, Any], errors: Errors) -> None:
    if "province" not in given or "province" in errors:
        return
    # Read from the raw body when another field is wrong: PostgreSQL takes no NUL.
    said = str(given.pop("province") or "").replace("\x00", "").strip()
    province, sentence = None, ""
    if said:
        province = db.session.scalar(select(Province).where(Province.iso == said.upper()))
        if province is None:  # another name, or a code of Kemendagri or BPS
            province, sentence = ProvinceNames(db.session.scalars(select(Province))).find(said)
    if sentence:
        errors["province"] = [sentence]
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
    if not errors:
        _claimed(given, errors, unit, activity)
        first, last = (given.get(name, getattr(activity, name, None)) for name in ("starts_on", "ends_on"))
        if first and last and last < first:
            errors["ends_on"] = ["Selesai tidak boleh sebelum mulai."]


def _claimed(given: dict[str, Any], errors: Errors, unit: Unit | None, activity: Activity | None) -> None:
    """One kegiatan belongs to one unit: the same name in a kawasan, or the same eMon code, is the same kegiatan."""
    area_id = given.get("area_id", activity.area_id if activity else None)
    others = select(Activity).where(Activity.unit_id != (unit.id if unit else 0))
    if area_id and ("name" in given or "area_id" in given):
        db.session.execute(select(Area.id).where(Area.id == area_id).with_for_update())  # claims take turns
        name = " ".join(str(given.get("name") or (activity.name if activity else "")).split()).casefold()
        for other in db.session.scalars(others.where(Activity.area_id == area_id)).unique():
            if " ".join(other.name.split()).casefold() == name:
                errors["name"] = [_of_another(other)]
                return
    if code := (given.get("external_ids") or {}).get("emon"):
        same = others.where(Activity.external_ids["emon"].as_string() == code)
        if claimed := db.session.scalars(same.limit(1)).unique().first():
            errors["external_ids"] = [f"Kode eMon {code}: {_of_another(claimed)}"]


def _of_another(other: Activity) -> str:
    return f"Kegiatan ini sudah dicatat {other.unit.name}. Satu kegiatan milik satu satuan kerja: sepakati dahulu milik siapa."


def _found(model: Any, given: Mapping[str, Any], name: str, errors: Errors, unknown: str) -> Any:
    if name in errors or given.get(name) is None:
        return None
    number = ids.read(given[name])
    row = db.session.get(model, number) if number else None
    if row is None:
        errors[name] = [unknown]
    return row
