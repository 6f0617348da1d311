"""Kawasan and kegiatan: listed, added and changed by admin and secretariat."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required
from sqlalchemy import select

from randal.base.ids import bounded
from randal.database.base import db
from randal.database.paging import page_of
from randal.engine.transitions import Changed, require_version
from randal.models.progress import SECTORS, Activity, Area, AreaKind
from randal.org.people import unit_relations
from randal.org.places import Province, Unit
from randal.rooms.evaluation import places
from randal.rooms.evaluation.blueprint import bp
from randal.rooms.evaluation.forms import ActivityForm, AreaForm
from randal.schemas import forms
from randal.schemas.forms import FieldView, Form
from randal.web.attempt import seen
from randal.web.pages import actor, now
from workflows.lifecycle import KEEPERS, Refused


def only_keepers() -> None:
    if not actor().has(*KEEPERS):
        raise Refused("role", "Kawasan dan kegiatan dikelola oleh Admin Sistem dan Sekretariat.")


@bp.get("/kawasan")
@login_required
def areas() -> ResponseReturnValue:
    """Kawasan with their index, and kegiatan; both by page, under the same filters."""
    units = {str(u.id): u.short_name for u in _units()}
    listed = Area.visible_to(actor()).join(Province, Province.id == Area.province_id)
    works = Activity.visible_to(actor()).join(Unit, Unit.id == Activity.unit_id)
    provinces = _chosen(listed.with_only_columns(Province.iso, Province.name))
    themes = _chosen(listed.with_only_columns(Area.theme, Area.theme))
    asked = {name: request.args.get(name, "") for name in ("ppk", "provinsi", "tema", "sektor")}
    if asked["ppk"] in units:
        unit = int(asked["ppk"])
        works = works.where(Activity.unit_id == unit)
        listed = listed.where(Area.province_id.in_(select(Unit.province_id).where(Unit.id == unit)))
    if asked["provinsi"] in provinces:
        listed = listed.where(Province.iso == asked["provinsi"])
    if asked["tema"] in themes:
        listed = listed.where(Area.theme == asked["tema"])
    if asked["sektor"] in SECTORS:
        works = works.where(Activity.sector == asked["sektor"])
        there = select(Activity.area_id).where(Activity.sector == asked["sektor"], Activity.active)
        listed = listed.where(Area.id.in_(there))
    if asked["provinsi"] in provinces or asked["tema"] in themes:
        works = works.where(Activity.area_id.in_(listed.with_only_columns(Area.id)))
    shown, later = page_of(
        listed, (Province.name, Area.name, Area.id), request.args.get("setelah", type=bounded)
    )
    order = (Unit.name, Activity.name, Activity.id)
    activities, later_work = page_of(works, order, request.args.get("kegiatan_setelah", type=bounded))
    given: dict[str, Any] = {name: value for name, value in asked.items() if value}

    def more(last: int | None, **of: Any) -> str | None:
        return url_for(".areas", **given, **of) if last else None

    return render_template(
        "evaluation/areas.html",
        areas=shown,
        later=more(later, setelah=later),
        activities=activities,
        later_work=more(later_work, kegiatan_setelah=later_work, _anchor="kegiatan"),
        may_keep=actor().has(*KEEPERS),
        filters=[
            FieldView(
                name, label, "choice", asked[name], choices=list(choices.items()), attrs={"empty": "Semua"}
            )
            for name, label, choices in (
                ("ppk", "PPK", units),
                ("provinsi", "Provinsi", provinces),
                ("tema", "Tema", themes),
                ("sektor", "Sektor", SECTORS),
            )
            if len(choices) > 1
        ],
    )


def _chosen(query: Any) -> dict[str, str]:
    """What may be chosen of a list: value → label."""
    return {
        value: label
        for value, label in db.session.execute(query.distinct().order_by(*query.selected_columns))
        if value
    }


@bp.route("/kawasan/baru", methods=["GET", "POST"])
@login_required
def new_area() -> ResponseReturnValue:
    def make(raw: Mapping[str, Any]) -> None:
        places.make_area(actor(), raw, now())

    return keep("Tambah kawasan", AreaForm, {}, make, "Kawasan ditambahkan.")


@bp.route("/kawasan/<int:id>/ubah", methods=["GET", "POST"])
@login_required
def change_area(id: int) -> ResponseReturnValue:
    area = seen(Area, id, actor())
    data = {name: getattr(area, name) for name in ("name", "theme", "sectors", "latitude", "longitude")}
    data |= {"province": area.province.iso, "kind": area.kind.name if area.kind else ""}
    data["districts"] = ", ".join(area.districts)

    def edit(raw: Mapping[str, Any]) -> None:
        require_version(area, request.form.get("version", type=bounded))
        places.edit_area(area, actor(), raw, now())

    back = url_for("areas.show", id=area.id)
    return keep("Ubah kawasan", AreaForm, data, edit, "Perubahan disimpan.", area, back=back)


@bp.route("/kegiatan/baru", methods=["GET", "POST"])
@login_required
def new_activity() -> ResponseReturnValue:
    def make(raw: Mapping[str, Any]) -> None:
        places.make_activity(actor(), raw, now())

    return keep(
        "Tambah kegiatan",
        ActivityForm,
        {"active": True} | request.args.to_dict(),
        make,
        "Kegiatan ditambahkan.",
    )


@bp.route("/kegiatan/<int:id>/ubah", methods=["GET", "POST"])
@login_required
def change_activity(id: int) -> ResponseReturnValue:
    activity = seen(Activity, id, actor())
    keeper = actor().has(*KEEPERS)
    if not keeper and not unit_relations(actor(), activity.unit_id):
        only_keepers()

    def edit(raw: Mapping[str, Any]) -> None:
        require_version(activity, request.form.get("version", type=bounded))
        told = raw if keeper else {name: raw[name] for name in places.OF_THE_UNIT if name in raw}
        places.edit_activity(activity, actor(), told, now())

    here = request.args.get("dari") == "kawasan" or not keeper
    back = url_for("areas.show", id=activity.area_id) if here and activity.area_id else ""
    only = () if keeper else places.OF_THE_UNIT
    title = "Ubah kegiatan" if keeper else activity.name
    return keep(title, ActivityForm, activity, edit, "Perubahan disimpan.", activity, back=back, only=only)


def keep(
    title: str,
    schema: type[forms.Base],
    data: Any,
    write: Callable[[Mapping[str, Any]], None],
    said: str,
    row: Any = None,
    *,
    back: str = "",
    only: tuple[str, ...] = (),
) -> ResponseReturnValue:
    """Show a form (of `only` these fields, for who may fill no others); at POST write, commit and return to the list, or
    show it again with what was typed."""
    if not only:
        only_keepers()
    back = back or url_for("evaluation.areas")
    errors: Mapping[str, list[str]] = {}
    status, version = 200, row.version if row else None
    if request.method == "POST":
        raw = request.form.copy()
        if schema is AreaForm and "sectors" not in raw:
            raw.setlist("sectors", [""])  # none ticked is not sent
        if schema is ActivityForm and not only:
            raw.setdefault("active", "false")  # a box that is not ticked is not sent
        data = raw
        try:
            write(raw)
            db.session.commit()
            flash(said, "success")
            return redirect(back, 303)
        except Refused as refused:
            db.session.rollback()
            stale = isinstance(refused, Changed)
            if refused.kind != "field" and not stale:
                raise
            errors, status = ({"": [str(refused)]}, 409) if stale else (refused.errors, 422)
            version = row.version if row else None  # read anew
    names = [name for name in schema().fields if name != "external_ids" and (not only or name in only)]
    form = Form(schema, data, errors, choices=_choices(schema))
    return render_template(
        "evaluation/place.html",
        title=title,
        form=form,
        names=names,
        version=version,
        back=back,
        action=request.full_path if request.query_string else request.path,
    ), status


def _units() -> list[Unit]:
    found = db.session.scalars(select(Unit).where(Unit.province_id.isnot(None))).unique()
    return sorted(found, key=lambda unit: unit.short_name)


def _choices(schema: type[forms.Base]) -> dict[str, dict[Any, str]]:
    if schema is AreaForm:
        provinces = db.session.scalars(select(Province).order_by(Province.name))
        kinds = db.session.scalars(select(AreaKind).where(AreaKind.active).order_by(AreaKind.id))
        return {"province": {p.iso: p.name for p in provinces}, "kind": {k.name: k.name for k in kinds}}
    found = db.session.scalars(select(Area).join(Province).order_by(Province.name, Area.name)).unique()
    return {
        "unit_id": {u.id: u.short_name for u in _units()},
        "area_id": {a.id: f"{a.name} ({a.province.name})" for a in found},
    }
