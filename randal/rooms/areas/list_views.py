"""/kawasan/daftar: the lists of themes, kinds and readiness criteria; /kawasan/tema: the themes of a year."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required
from sqlalchemy import select

from randal.base import ids
from randal.base.ids import bounded
from randal.database.base import db
from randal.database.paging import page_of
from randal.l10n.clock import DEFAULT_ZONE, local_date
from randal.models.areas import Criterion, Theme
from randal.models.progress import SECTORS, Area, AreaKind
from randal.rooms.areas import lists, rolling
from randal.rooms.areas.blueprint import bp
from randal.rooms.areas.forms import CriterionForm, ListForm, ThemeOfYearForm
from randal.rooms.areas.views import fill_page
from randal.web.attempt import seen
from randal.web.pages import actor, now
from workflows.lifecycle import KEEPERS

# What the address says → what is kept, how it is made, what is asked, and what the page calls it.
KEPT: dict[str, tuple[Any, Any, Any, str, str]] = {
    "tema": (Theme, lists.make_theme, ListForm, "tema", "Tema"),
    "jenis": (AreaKind, lists.make_kind, ListForm, "jenis kawasan", "Jenis kawasan"),
    "kriteria": (Criterion, lists.make_criterion, CriterionForm, "kriteria kesiapan", "Kriteria kesiapan"),
}


@bp.get("/kawasan/daftar")
@login_required
def kept_lists() -> ResponseReturnValue:
    rows = {
        name: list(db.session.scalars(model.visible_to(actor()).order_by(model.active.desc(), model.name)))
        for name, (model, *_) in KEPT.items()
    }
    return render_template(
        "areas/lists.html", rows=rows, kept=KEPT, may_keep=actor().has(*KEEPERS), sectors=SECTORS
    )


@bp.route("/kawasan/daftar/<what>/baru", methods=["GET", "POST"])
@login_required
def new_listed(what: str) -> ResponseReturnValue:
    lists.require_keeper(actor())
    _, make, schema, noun, _ = KEPT.get(what) or abort(404)

    def write(raw: Mapping[str, Any]) -> Any:
        return make(actor(), flagged(raw), now())

    return fill_page(
        f"Tambah {noun}", "", schema, {"active": True}, write, None, {}, None, "of", url_for(".kept_lists")
    )


@bp.route("/kawasan/daftar/<what>/<int:id>", methods=["GET", "POST"])
@login_required
def listed(what: str, id: int) -> ResponseReturnValue:
    lists.require_keeper(actor())
    model, _, schema, noun, _ = KEPT.get(what) or abort(404)
    row = seen(model, id, actor())

    def write(raw: Mapping[str, Any]) -> None:
        lists.edit_listed(row, actor(), flagged(raw), now())

    return fill_page(
        f"Ubah {noun}", row.name, schema, row, write, None, {}, row, "of", url_for(".kept_lists")
    )


def flagged(raw: Mapping[str, Any]) -> dict[str, Any]:
    """A form says nothing of what was not ticked."""
    many = {"sectors": raw.getlist("sectors")} if hasattr(raw, "getlist") else {}
    return {**raw, **many, "active": "active" in raw}


# -- the themes of a year --------------------------------------------------------------------------------------


@bp.get("/kawasan/tema")
@login_required
def themes_of_year() -> ResponseReturnValue:
    year = year_of(request.args.get("tahun", ""))
    areas, later = page_of(rolling.listed(actor()), rolling.ORDER, request.args.get("setelah", type=bounded))
    count, themed, proposed = rolling.counts(actor(), year)
    return render_template(
        "areas/themes.html",
        year=year,
        years=[(y, y) for y in sorted({year, *range(this_year() - 3, this_year() + 2)}, reverse=True)],
        rows=rolling.preview(actor(), year, areas),
        later=url_for(".themes_of_year", tahun=year, setelah=later) if later else None,
        count=count,
        themed=themed,
        proposed=proposed,
        may_keep=actor().has(*KEEPERS),
    )


@bp.post("/kawasan/tema")
@login_required
def roll_over() -> ResponseReturnValue:
    year = year_of(request.form.get("tahun", ""))
    count = rolling.roll_over(actor(), year, now())
    db.session.commit()
    flash(f"Tema {year} ditetapkan untuk {count} kawasan, menurut tema {year - 1}.", "success")
    return redirect(url_for(".themes_of_year", tahun=year), 303)


@bp.route("/kawasan/<int:id>/tema/<int:year>", methods=["GET", "POST"])
@login_required
def theme_of_year(id: int, year: int) -> ResponseReturnValue:
    lists.require_keeper(actor())
    area, year = seen(Area, id, actor()), year_of(str(year))
    present = rolling.theme_of(area, year)
    names = list(db.session.scalars(select(Theme.name).where(Theme.active).order_by(Theme.name)))
    row = {"theme": present or ""}

    def write(raw: Mapping[str, Any]) -> Any:
        return rolling.put(actor(), {**raw, "area_id": area.id, "year": year}, now())

    return fill_page(
        f"Tema {year}", area.name, ThemeOfYearForm, row, write, area, {"area_id": 0, "year": 0}, None, "",
        url_for(".themes_of_year", tahun=year), suggest={"theme": names},
    )  # fmt: skip


def this_year() -> int:
    return local_date(now(), DEFAULT_ZONE).year


def year_of(raw: str) -> int:
    """The year asked for, or the present one; 404 for one that no kawasan has."""
    if not raw:
        return this_year()
    year = ids.read(raw)
    if year is None or not 2000 <= year <= 2100:
        abort(404)
    return year
