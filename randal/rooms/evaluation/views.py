"""Laporan PPK: per period and per unit, one report, filling it in. Kawasan and kegiatan are in `places_views`."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from randal.base.ids import bounded
from randal.database.base import db
from randal.engine.transitions import Changed, require_version
from randal.l10n import formats
from randal.models import report_gaps
from randal.models.progress import SOURCES, ProgressReport, limits
from randal.models.progress_totals import weigh
from randal.org.app_settings import public_url
from randal.rooms.evaluation import commands, queries
from randal.rooms.evaluation.blueprint import bp
from randal.rooms.evaluation.filling import asked_activities, filling, rows_typed
from randal.rooms.evaluation.forms import ReportFields, ReportForm
from randal.schemas.forms import FieldView, Form
from randal.web.attempt import attempt, seen
from randal.web.pages import actor, add_moves, me, moves_of, now
from randal.web.timeline import history_of
from workflows.lifecycle import PPK, PPK_STAFF, Refused
from workflows.progress_report import NOT_HANDED_IN, WITH_ITS_WRITER

moving = Blueprint("laporan", __name__, url_prefix="/laporan")
add_moves(moving, ProgressReport, "evaluation.show")
bp.register_blueprint(moving)
bp.add_app_template_global(limits, "limits")
bp.add_app_template_global(lambda report: [(f.activity, f) for f in report.figures], "figures_of")
MOST_ASKED = 3  # questions told at once after saving
bp.add_app_template_global(report_gaps.unusual_figures, "unusual_of")
bp.add_app_template_filter(lambda code: SOURCES.get(code, formats.NOTHING), "source_name")


@bp.get("/laporan")
@login_required
def index() -> ResponseReturnValue:
    """A PPK sees the reports of its own unit; others one period of all units, or one unit over the periods."""
    if actor().has(PPK, PPK_STAFF):
        rows = queries.reports(actor(), unit_id=actor().unit_id)
        first = next((r for r in rows if r.state in NOT_HANDED_IN), None)
        return render_template("evaluation/own.html", rows=rows, first=first, form=Form(ReportForm))
    periods = queries.periods(actor())
    units = {str(u.id): u.short_name for u in queries.reporting_units(actor())}
    unit = request.args.get("ppk", "")
    unit = unit if unit in units else ""
    period = request.args.get("periode", "")
    period = period if period in periods else "" if unit else (periods[0] if periods else "")
    state = request.args.get("status", "")
    rows = queries.reports(actor(), period=period, unit_id=int(unit or 0), state=state)
    filters = [
        FieldView("periode", "Periode", "choice", period, choices=[(p, formats.month(p)) for p in periods]),
        FieldView("ppk", "PPK", "choice", unit, choices=list(units.items())),
        FieldView(
            "status", "Status", "choice", state, choices=list(ProgressReport.lifecycle().states.items())
        ),
    ]
    for one in filters:
        one.attrs = {"empty": "Semua"}
    whole = weigh(f for r in rows for f in r.figures) if period and not unit and not state else None
    return render_template(
        "evaluation/index.html",
        rows=rows,
        filters=filters,
        period=period,
        unit=units.get(unit, ""),
        whole=whole,
        reminder=reminder(period, rows) if period and not unit else "",
        not_handed_in=NOT_HANDED_IN,
    )


def reminder(period: str, rows: list[ProgressReport]) -> str:
    """Who has not reported, to be pasted into a chat: units and a link, no names of people."""
    late = queries.not_handed_in(rows)
    if not late:
        return ""
    units = ", ".join(r.unit.short_name for r in late)
    return (
        f"Laporan PPK {formats.month(period)} belum disampaikan oleh {len(late)} PPK: {units}. "
        f"Mohon diisi di {public_url(url_for('evaluation.index'))}"
    )


@bp.get("/laporan/<int:id>")
@login_required
def show(id: int) -> ResponseReturnValue:
    report = seen(ProgressReport, id, actor())
    figures = {f.activity_id: f for f in report.figures}
    earlier: dict[int, list[Any]] = {}
    for figure in report.all_figures:
        if figure.revision < report.revision:
            earlier.setdefault(figure.revision, []).append(figure)
    return render_template(
        "evaluation/show.html",
        report=report,
        rows=[(activity, figures.get(activity.id)) for activity in asked_activities(report)],
        totals=report.totals,
        earlier=earlier,
        opened=moves_of(report),
        may_edit=report.lifecycle().may_edit(report, actor()),
        unusual=report_gaps.unusual_figures(report),
        figures_before=report_gaps.figures_before(report),
        names=queries.names_of(report.submitted_by_id, report.validated_by_id, report.imported_by_id),
        sent_back=queries.last_reason(report) if report.state in WITH_ITS_WRITER else "",
        before=report_gaps.report_before(report) if not report.figures else None,
        history=history_of(report, me()),
    )


@bp.post("/laporan")
@login_required
def create() -> ResponseReturnValue:
    """A draft for a period that no meeting asked for."""
    raw = {"period": request.form.get("period"), "unit_id": actor().unit_id}
    try:
        report = commands.make_report(actor(), raw, now())
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        if refused.kind != "field":
            raise
        rows = queries.reports(actor(), unit_id=actor().unit_id)
        form = Form(ReportForm, request.form, refused.errors)
        return render_template("evaluation/own.html", rows=rows, first=None, form=form), 422
    return redirect(url_for(".change", id=report.id), 303)


@bp.route("/laporan/<int:id>/ubah", methods=["GET", "POST"])
@login_required
def change(id: int) -> ResponseReturnValue:
    report = seen(ProgressReport, id, actor())
    report.lifecycle().require_edit(report, actor())
    before = report_gaps.report_before(report)
    may_submit = any(one.move.name == "submit" for one in moves_of(report))
    if request.method == "GET":
        empty = "kosong" if report.figures else "periode-lalu"  # a new one starts from the period before
        form = filling(report, before, start=request.args.get("mulai", empty) == "periode-lalu")
        return render_template("evaluation/change.html", report=report, filling=form, may_submit=may_submit)
    raw = {name: request.form[name] for name in ReportFields().fields if name in request.form}
    try:
        require_version(report, request.form.get("version", type=bounded))
        commands.edit_report(report, actor(), raw | {"figures": rows_typed(report, request.form)}, now())
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        stale = isinstance(refused, Changed)
        if refused.kind != "field" and not stale:
            raise
        report = seen(ProgressReport, id, actor())
        errors = {"": [str(refused)]} if stale else refused.errors
        cells = getattr(refused, "cells", None)
        form = filling(report, before, typed=request.form, errors=errors, cells=cells, stale=stale)
        page = render_template("evaluation/change.html", report=report, filling=form, may_submit=may_submit)
        return page, 409 if stale else 422
    if "submit" not in request.form:
        flash("Laporan disimpan.", "success")
        for said in seen(ProgressReport, id, actor()).unexplained_figures[:MOST_ASKED]:
            flash(f"{said} Tulis penjelasannya sebelum laporan disampaikan.", "warning")
    elif not hand_in(id):
        return redirect(url_for(".change", id=id), 303)  # where what is missing can be written
    return redirect(url_for(".show", id=id), 303)


def hand_in(id: int) -> bool:
    """Submit what was just saved; when something is missing, the saved draft stays and the page says what."""
    try:
        attempt(ProgressReport, id, "submit", {}, actor(), now=now())
        db.session.commit()
        flash("Laporan disampaikan.", "success")
        return True
    except Refused as refused:
        db.session.rollback()
        if refused.kind == "role":
            raise
        flash(f"Angka tersimpan, tetapi laporan belum disampaikan. {refused.detail}", "warning")
        return False
