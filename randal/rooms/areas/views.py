"""The page of a kawasan: its index and why, kegiatan, readiness, promises of the Pemda, benefit. Filled by phone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from randal.base.ids import bounded
from randal.database.base import db
from randal.engine.transitions import Changed, require_version
from randal.l10n import formats
from randal.models.areas import BENEFITS, COMMITMENTS, PROMISES, STATUSES, Commitment, Criterion
from randal.models.progress import SECTORS, STAGES, Activity, Area
from randal.rooms.areas import benefits, commands, queries
from randal.rooms.areas.blueprint import bp
from randal.rooms.areas.forms import CheckForm, CommitmentForm
from randal.schemas import forms
from randal.schemas.forms import Form
from randal.web.attempt import seen
from randal.web.downloads import file_answer
from randal.web.pages import actor, now, sent
from workflows.lifecycle import ADMIN, SECRETARIAT, Refused

TONES = {
    "there": "success", "in_progress": "warning", "missing": "danger", "not_needed": "muted", "asked": "muted",
    "spoken": "warning", "written": "info", "met": "success", "declined": "danger",
}  # fmt: skip
PARTS_OF = {
    "area": "kawasan", "theme": "tema", "activity": "kegiatan", "readiness": "kesiapan", "commitment": "komitmen Pemda",
    "benefit": "status manfaat",
}  # fmt: skip
FIELDS = {
    "name": "nama", "status": "keadaan", "dated_on": "tanggal", "file_id": "berkas", "note": "catatan", "step": "langkah",
    "amount": "nilai", "office": "perangkat daerah", "post": "jabatan", "people_served": "jiwa terlayani", "stage": "tahap",
    "starts_on": "mulai", "ends_on": "selesai", "budget": "pagu", "theme": "tema", "kind": "jenis", "sectors": "sektor",
    "districts": "kabupaten/kota", "before_id": "foto sebelum", "after_id": "foto sesudah", "active": "berjalan",
}  # fmt: skip


@bp.app_context_processor
def given_to_pages() -> dict[str, Any]:
    return {
        "benefits_asked": queries.asked_of,
        "benefit_steps": BENEFITS,
        "may_fill_benefit": commands.may_fill,
        "benefits_at": lambda areas: queries.benefit_lines(areas, actor()),
        "indices_of": lambda areas: queries.index_column(areas, actor(), now()),
    }


@bp.get("/kawasan/<int:id>")
@login_required
def show(id: int) -> ResponseReturnValue:
    area = seen(Area, id, actor())
    periods = queries.periods_of(area)
    asked = request.args.get("periode", "")
    period = asked if asked in periods else (periods[0] if periods else now().strftime("%Y-%m"))
    works = queries.activities_of(area, actor())
    lines = queries.checklist(area, works, actor())
    reached = benefits.reached_of([w.id for w in works])
    return render_template(
        "areas/show.html",
        area=area,
        index=queries.shown_index(area, period),
        periods=periods,
        period_choices=[(p, formats.month(p)) for p in periods],
        works=works,
        reached=reached,
        benefit_line=queries.benefit_line(works, reached),
        lines=lines,
        answered=sum(line.check is not None for line in lines),
        commitments=queries.commitments_of(area, actor()),
        themes=queries.themes_of(area),
        changes=queries.changes_of(area, works, actor()),
        may_fill=commands.may_fill_area(area, actor()),
        may_keep=actor().has(ADMIN, SECRETARIAT),
        sectors=SECTORS,
        stages=STAGES,
        kinds=COMMITMENTS,
        promises=PROMISES,
        statuses=STATUSES,
        tones=TONES,
        steps=BENEFITS,
        parts_of=PARTS_OF,
        words_of=lambda row: ", ".join(FIELDS[name] for name in row.fields if name in FIELDS),
        may_fill_work=lambda work: commands.may_fill(work, actor()),
    )


@bp.route("/kawasan/<int:id>/kesiapan/<int:criterion_id>", methods=["GET", "POST"])
@login_required
def readiness(id: int, criterion_id: int) -> ResponseReturnValue:
    area = seen(Area, id, actor())
    criterion = db.session.get(Criterion, criterion_id) or abort(404)
    work = (
        seen(Activity, request.args.get("kegiatan", 0, type=bounded), actor())
        if criterion.of == "activity"
        else None
    )
    kept = next(
        (x.check for x in queries.checklist(area, [work] if work else [], actor())
         if x.criterion.id == criterion.id and x.activity is work), None,
    )  # fmt: skip
    fixed = {"area_id": area.id, "criterion_id": criterion.id, "activity_id": work.id if work else None}

    def write(raw: Mapping[str, Any]) -> Any:
        return commands.put_check(actor(), {**raw, **fixed}, now())

    return fill_page(
        criterion.name,
        work.name if work else area.name,
        CheckForm,
        kept or {},
        write,
        area,
        fixed,
        kept,
        "status",
    )


@bp.route("/kawasan/<int:id>/komitmen/baru", methods=["GET", "POST"])
@login_required
def new_commitment(id: int) -> ResponseReturnValue:
    area = seen(Area, id, actor())

    def write(raw: Mapping[str, Any]) -> Any:
        return commands.make_commitment(actor(), {**raw, "area_id": area.id}, now())

    return fill_page(
        "Catat komitmen Pemda", area.name, CommitmentForm, request.args, write, area, {"area_id": 0}, None, ""
    )


@bp.route("/komitmen/<int:id>", methods=["GET", "POST"])
@login_required
def commitment(id: int) -> ResponseReturnValue:
    row = seen(Commitment, id, actor())

    def write(raw: Mapping[str, Any]) -> Any:
        commands.edit_commitment(row, actor(), raw, now())

    return fill_page(
        COMMITMENTS[row.kind], row.office, CommitmentForm, row, write, row.area, {"area_id": 0}, row, "status"
    )


@bp.get("/kawasan/berkas/<int:id>")
@login_required
def file(id: int) -> ResponseReturnValue:
    kept = queries.file_seen(id, actor()) or abort(404)
    return file_answer(kept, inline=kept.mime.startswith("image/"))


def fill_page(
    title: str, of: str, schema: type[forms.Base], data: Any, write: Callable[[Mapping[str, Any]], Any], area: Area | None,
    fixed: Mapping[str, Any], row: Any, radio: str, back: str = "",
    suggest: Mapping[str, list[str]] | None = None,
) -> ResponseReturnValue:  # fmt: skip
    """One form by phone; at POST write, commit and go back, or show it again with what was typed."""
    back = back or (url_for(".show", id=area.id) if area else url_for("evaluation.areas"))
    errors: Mapping[str, list[str]] = {}
    status, version = 200, row.version if row else None
    if request.method == "POST":
        data = sent()
        try:
            if row:
                require_version(row, request.form.get("version", type=bounded))
            write(data)
            db.session.commit()
            flash("Disimpan.", "success")
            return redirect(back, 303)
        except Refused as refused:
            db.session.rollback()
            stale = isinstance(refused, Changed)
            if refused.kind != "field" and not stale:
                raise
            errors, status = ({"": [str(refused)]}, 409) if stale else (refused.errors, 422)
    form = Form(schema, data, errors)
    fields = [form[name] for name in schema().fields if name not in fixed]
    for each in fields:
        if suggest and each.name in suggest:
            each.attrs["list"] = f"{each.name}-daftar"
        if each.name == radio:
            each.attrs["as"] = "radio"
        if each.kind == "file" and getattr(row, commands.FILES[each.name], None):
            each.help = f"Sudah ada; kosongkan bila tetap. {each.help}"
    page = render_template(
        "areas/fill.html", title=title, of=of, form=form, fields=fields, version=version, back=back, area=area,
        suggest=suggest or {},
    )  # fmt: skip
    return page, status
