"""Pemantauan: the national page, a province, the matrix of kawasan and sectors."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required
from sqlalchemy import select

from randal.base.ids import bounded
from randal.database.base import db
from randal.l10n import formats
from randal.models.progress import SECTORS, limits
from randal.org.places import Province
from randal.overviews.monitoring import filters, leader, matrix, papers, pictures, queries
from randal.overviews.monitoring.blueprint import bp
from randal.overviews.monitoring.filters import COLOURS, Filters
from randal.overviews.monitoring.queries import Line
from randal.rooms.areas import clash_words, clashing
from randal.schemas.forms import FieldView
from randal.web.pages import actor, now
from workflows.lifecycle import LEADER, SEES_ALL, Refused


@bp.app_context_processor
def given_to_pages() -> dict[str, Any]:
    return {"clash_kinds": clashing.KINDS, "clash_in_words": clash_words.whole}


@bp.get("")
@login_required
def national() -> ResponseReturnValue:
    asked = filters.read(request.args, actor())
    seen = queries.overview(actor(), asked, now())
    of = seen.lines[0].province.name if asked.province and seen.lines else "seluruh provinsi"
    return render_template(
        "monitoring/national.html",
        seen=seen,
        filters=asked,
        fields=fields_of(asked),
        map=pictures.tile_map(seen, link_of(asked)),
        curves=pictures.both_curves(seen, of),
        multiples=pictures.multiples(seen),
        sectors=SECTORS,
        limits=limits(),
        may_lead=actor().has(*SEES_ALL),
    )


@bp.get("/provinsi/<iso>")
@login_required
def province(iso: str) -> ResponseReturnValue:
    if not db.session.scalar(select(Province.id).where(Province.iso == iso)):
        abort(404)
    asked = filters.read(request.args, actor()).only(iso)
    seen = queries.overview(actor(), asked, now())
    line = seen.lines[0]
    found = matrix.matrix(actor(), asked, page_number())
    return render_template(
        "monitoring/province.html",
        seen=seen,
        line=line,
        filters=asked,
        fields=fields_of(asked, ("tahun", "periode", "tema", "sektor")),
        curves=pictures.both_curves(seen, line.province.name),
        matrix=found,
        links=pages(found, ".province", asked, iso=iso),
        limits=limits(),
    )


@bp.get("/kawasan")
@login_required
def areas() -> ResponseReturnValue:
    asked = filters.read(request.args, actor())
    found = matrix.matrix(actor(), asked, page_number())
    return render_template(
        "monitoring/areas.html",
        filters=asked,
        fields=fields_of(asked, ("tahun", "periode", "provinsi", "tema", "sektor")),
        matrix=found,
        links=pages(found, ".areas", asked),
        limits=limits(),
    )


LINKS = {
    "follow_up": "follow_ups.show",
    "kendala": "kendala.show",
    "report": "evaluation.show",
    "area": "areas.show",
}


@bp.get("/lembar")
@login_required
def leader_page() -> ResponseReturnValue:
    if not actor().has(*SEES_ALL):
        raise Refused("role", "Lembar Pimpinan dibuat untuk pimpinan dan tim pusat.")
    asked = filters.read(request.args, actor())
    return render_template(
        "monitoring/leader.html",
        sheet=leader.sheet(actor(), now(), asked.period),
        fields=fields_of(asked, ("tahun", "periode")),
        links=LINKS,
        may_answer=actor().has(LEADER),
    )


@bp.post("/dokumen")
@login_required
def order() -> ResponseReturnValue:
    """Ask for one of the papers; its own page then shows how far it is."""
    kind = request.form.get("jenis", "")
    if kind not in papers.TITLES:
        abort(404)
    document = papers.order(kind, request.form, actor(), now=now())
    db.session.commit()
    return redirect(url_for("documents.show", id=document.id), 303)


def page_number() -> int:
    return request.args.get("halaman", 1, type=bounded)


def pages(found: matrix.Matrix, endpoint: str, asked: Filters, **more: str) -> tuple[str | None, str | None]:
    """Addresses of the page before and after."""
    given = asked.given | more
    if more:
        given.pop("provinsi", None)
    before = url_for(endpoint, **given, halaman=found.page - 1) if found.page > 1 else None  # type: ignore[arg-type]
    after = url_for(endpoint, **given, halaman=found.page + 1) if found.more else None  # type: ignore[arg-type]
    return before, after


def link_of(asked: Filters) -> Callable[[Line], str]:
    kept = {name: value for name, value in asked.given.items() if name not in ("provinsi", "warna")}

    def url(line: Line) -> str:
        return url_for(".province", iso=line.province.iso, **kept)  # type: ignore[arg-type]

    return url


ALL_FIELDS = ("tahun", "periode", "provinsi", "tema", "sektor", "warna")


def fields_of(asked: Filters, names: tuple[str, ...] = ALL_FIELDS) -> list[FieldView]:
    may = filters.lists(actor())

    def choice(name: str, label: str, value: str, choices: Iterable[tuple[str, str]], none: str) -> FieldView:
        return FieldView(name, label, "choice", value, choices=list(choices), attrs={"empty": none})

    made = [
        choice("tahun", "Tahun", asked.year, [(y, y) for y in asked.years], "Terbaru"),
        choice("periode", "Periode", asked.period, [(p, formats.month(p)) for p in asked.periods], "Terbaru"),
        choice("provinsi", "Provinsi", asked.province, may.provinces.items(), "Semua"),
        choice("tema", "Tema", asked.theme, [(t, t) for t in may.themes], "Semua"),
        choice("sektor", "Sektor", asked.sector, SECTORS.items(), "Semua"),
        choice("warna", "Warna peta", asked.colour, list(COLOURS.items())[1:], COLOURS["deviasi"]),
    ]
    return [one for one in made if one.name in names and (one.name != "provinsi" or len(may.provinces) > 1)]
