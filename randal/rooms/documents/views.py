"""Dokumen: the list, one document with its progress and versions, its file, and "coba lagi"."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from randal.base.ids import bounded
from randal.database.base import db
from randal.documents import bundle, model
from randal.documents.model import KINDS, STAGES, Document
from randal.rooms.documents import queries
from randal.schemas.forms import FieldView
from randal.web.attempt import seen
from randal.web.pages import actor, now, safe_next

bp = Blueprint("documents", __name__, url_prefix="/dokumen")
bp.add_app_template_global(queries.detail, "document_detail")


@bp.get("")
@login_required
def index() -> ResponseReturnValue:
    found = queries.documents(actor(), request.args)
    asked = request.args.get
    filters = [
        FieldView("q", "Judul atau kode", "text", asked("q", "")),
        FieldView("jenis", "Jenis", "choice", asked("jenis", ""), choices=list(KINDS.items())),
        FieldView("status", "Status", "choice", asked("status", ""), choices=list(STAGES.items())),
        FieldView("lama", "Tampilkan juga yang sudah diganti", "flag", asked("lama", "")),
    ]
    onward: dict[str, Any] = {**request.args, "sebelum": found.later}
    later = url_for(".index", **onward) if found.later else None
    return render_template("documents/index.html", found=found, filters=filters, later=later)


@bp.get("/<int:id>")
@login_required
def show(id: int) -> ResponseReturnValue:
    document = seen(Document, id, actor())
    return render_template("documents/show.html", **about(document))


@bp.get("/<int:id>/status")
@login_required
def progress(id: int) -> ResponseReturnValue:
    """How far it is, as a piece of a page; with `rinci` also the particulars of its own page."""
    document = seen(Document, id, actor())
    detailed = "rinci" in request.args
    return render_template("documents/progress.html", detailed=detailed, **about(document))


@bp.get("/<int:id>/berkas")
@login_required
def file(id: int) -> ResponseReturnValue:
    """The newest file to be saved; `versi` asks for an earlier one, `lihat` for the browser's reader."""
    document = seen(Document, id, actor())
    version = request.args.get("versi", type=bounded)
    return queries.sent(queries.file_of(document, version), inline="lihat" in request.args)


@bp.post("/<int:id>/ulangi")
@login_required
def retry(id: int) -> ResponseReturnValue:
    document = seen(Document, id, actor())
    if bundle.progress(document) and document.stage == model.QUEUED:
        bundle.retry(document, actor(), now())  # what failed are its parts
    else:
        model.retry(document, actor(), now())
    db.session.commit()
    flash("Dokumen dibuat ulang. Mohon tunggu sebentar.", "success")
    return redirect(safe_next(request.form.get("next"), url_for(".show", id=id)), 303)


def about(document: Document) -> dict[str, object]:
    return {
        "document": document,
        "parts": bundle.progress(document),
        "meeting": queries.meeting_of(document, actor()),
        "newer": queries.newer(document, actor()),
    }
