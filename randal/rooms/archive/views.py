"""Arsip: the register, how long papers are kept, destruction by berita acara, and a meeting as one file."""

from __future__ import annotations

from datetime import date
from typing import Any

from apiflask import APIBlueprint
from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required
from sqlalchemy import select

from randal.base.ids import bounded
from randal.database.base import db
from randal.documents.model import KINDS, Document
from randal.l10n.clock import DEFAULT_ZONE, local_date
from randal.models.archive import Destruction
from randal.models.meetings import Meeting
from randal.rooms.archive import commands, queries
from randal.rooms.archive.export import order_archive
from randal.rooms.archive.retention import STAGES, schedule
from randal.rooms.archive.sheet import register_workbook
from randal.schemas import forms
from randal.schemas.forms import FieldView
from randal.web.attempt import seen
from randal.web.pages import actor, login, now
from workflows.lifecycle import ADMIN, LEADER, SECRETARIAT, SEES_ALL, Act, Refused

ALL = {"empty": "Semua"}
bp = APIBlueprint("archive", __name__, enable_openapi=False)


@bp.before_request
def for_keepers() -> Any:
    """The archive holds papers of every unit."""
    if not current_user.is_authenticated:
        return login.unauthorized()
    if not actor().has(*SEES_ALL):
        raise Refused("role", "Arsip dibuka oleh sekretariat, Tim Monev, pimpinan, pemeriksa, dan admin.")
    return None


@bp.app_context_processor
def words() -> dict[str, Any]:
    return {
        "may_archive": lambda meeting: meeting.lifecycle().has(meeting, "archive", Act(actor(), now())),
        "archive_tabs": tabs,
    }


def tabs(here: str) -> list[tuple[str, str, bool, int]]:
    parts = (("register", "Register"), ("classes", "Klasifikasi dan retensi"), ("destructions", "Pemusnahan"))
    return [(url_for(f"archive.{name}"), label, name == here, 0) for name, label in parts]


def today() -> date:
    return local_date(now(), DEFAULT_ZONE)


@bp.post("/rapat/<int:meeting_id>/arsip")
@login_required
def order(meeting_id: int) -> ResponseReturnValue:
    document = order_archive(seen(Meeting, meeting_id, actor()), actor(), now=now())
    db.session.commit()
    flash("Arsip rapat sedang dibuat. Berkasnya muncul di halaman ini.", "success")
    return redirect(url_for("documents.show", id=document.id), 303)


@bp.get("/arsip")
@login_required
def register() -> ResponseReturnValue:
    found = queries.register(actor(), request.args)
    asked = request.args.get
    codes = {one.code: one.code for one in sorted(schedule().values(), key=lambda c: c.code)}
    filters = [
        FieldView("q", "Nomor, kode, atau judul", "text", asked("q", "")),
        FieldView(
            "tahun", "Tahun", "text", asked("tahun", ""), attrs={"inputmode": "numeric", "maxlength": 4}
        ),
        FieldView("jenis", "Jenis", "choice", asked("jenis", ""), choices=list(KINDS.items()), attrs=ALL),
        FieldView(
            "kelas", "Klasifikasi", "choice", asked("kelas", ""), choices=list(codes.items()), attrs=ALL
        ),
        FieldView("semua", "Juga yang tidak bernomor", "flag", asked("semua", "")),
    ]
    onward: dict[str, Any] = {**request.args, "sebelum": found.later}
    return render_template(
        "archive/register.html",
        found=found,
        filters=filters,
        later=url_for(".register", **onward) if found.later else None,
        stages=STAGES,
        today=today(),
    )


@bp.get("/arsip/register.xlsx")
@login_required
def register_sheet() -> ResponseReturnValue:
    lines = queries.register(actor(), request.args, limit=10_000).lines
    return register_workbook(lines, now(), today())


@bp.get("/arsip/retensi")
@login_required
def classes() -> ResponseReturnValue:
    return render_template(
        "archive/classes.html", kinds=KINDS, classes=schedule(), may_change=actor().has(SECRETARIAT, ADMIN)
    )


@bp.route("/arsip/retensi/<kind>", methods=["GET", "POST"])
@login_required
def class_of(kind: str) -> ResponseReturnValue:
    commands.require(actor(), SECRETARIAT, ADMIN)
    if kind not in KINDS:
        abort(404)
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        try:
            commands.keep_class(kind, actor(), request.form, now(), request.form.get("version", type=bounded))
            db.session.commit()
        except Refused as refused:
            db.session.rollback()
            if refused.kind != "field":
                raise
            errors = refused.errors
        else:
            flash(f"Retensi {KINDS[kind]} tersimpan.", "success")
            return redirect(url_for(".classes"), 303)
    row = schedule().get(kind)
    values = {name: getattr(row, name) for name in commands.ClassForm().fields} if row else {}
    form = forms.Form(commands.ClassForm, request.form if errors else values, errors)
    page = render_template("archive/class.html", kind=kind, label=KINDS[kind], row=row, form=form)
    return page, 422 if errors else 200


@bp.route("/arsip/pemusnahan", methods=["GET", "POST"])
@login_required
def destructions() -> ResponseReturnValue:
    """Those there are, and what may be proposed."""
    errors: dict[str, list[str]] = {}
    chosen = request.form.getlist("document_ids", type=bounded)
    if request.method == "POST":
        try:
            row = commands.propose(actor(), request.form, chosen, today(), now())
            db.session.commit()
        except Refused as refused:
            db.session.rollback()
            if refused.kind != "field":
                raise
            errors = refused.errors
        else:
            flash("Usulan pemusnahan menunggu persetujuan pimpinan.", "success")
            return redirect(url_for(".destruction", id=row.id), 303)
    rows = list(
        db.session.scalars(Destruction.visible_to(actor()).order_by(Destruction.id.desc()).limit(100))
    )
    page = render_template(
        "archive/destructions.html",
        rows=rows,
        due=queries.due(actor(), today()),
        chosen=set(chosen),
        form=forms.Form(commands.ProposalForm, request.form if errors else None, errors),
        may_propose=actor().has(SECRETARIAT, ADMIN),
    )
    return page, 422 if errors else 200


def one(id: int) -> Destruction:
    row = (
        db.session.scalar(Destruction.visible_to(actor()).where(Destruction.id == id)) if id < 2**31 else None
    )
    if row is None:
        abort(404)
    return row


@bp.get("/arsip/pemusnahan/<int:id>")
@login_required
def destruction(id: int) -> ResponseReturnValue:
    row = one(id)
    open_still = not (row.approved_at or row.refused_at)
    return render_template(
        "archive/destruction.html",
        row=row,
        lines=[queries.line(document, schedule()) for document in row.documents],
        record=db.session.scalar(
            select(Document).where(Document.kind == "destruction_record", Document.subject_id == row.id)
        ),
        may_answer=open_still and actor().has(LEADER) and row.proposed_by_id != actor().id,
        may_carry_out=row.approved_at and not row.carried_out_at and actor().has(SECRETARIAT, ADMIN),
    )


@bp.post("/arsip/pemusnahan/<int:id>/<what>")
@login_required
def answer(id: int, what: str) -> ResponseReturnValue:
    row = one(id)
    if what == "setujui":
        commands.approve(row, actor(), now())
        said = "Disetujui. Berita acaranya sedang dibuat."
    elif what == "tolak":
        commands.refuse(row, actor(), request.form.get("reason", ""), now())
        said = "Usulan ditolak."
    elif what != "laksanakan":
        abort(404)
    else:
        commands.carry_out(row, actor(), now())
        said = "Dilaksanakan. Berkasnya segera dihapus dari penyimpanan; register dan sidiknya tetap ada."
    db.session.commit()
    flash(said, "success")
    return redirect(url_for(".destruction", id=id), 303)
