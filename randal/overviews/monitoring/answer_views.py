"""A leader's answer on his sheet, and the report card of a PPK."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from randal.database.base import db
from randal.org.places import Unit
from randal.overviews.monitoring import answering, card, filters
from randal.overviews.monitoring.blueprint import bp
from randal.schemas.forms import Form
from randal.web.attempt import seen
from randal.web.pages import actor, now
from workflows.lifecycle import LEADER, Refused


@bp.route("/lembar/<kind>/<int:id>", methods=["GET", "POST"])
@login_required
def answer(kind: str, id: int) -> ResponseReturnValue:
    item = answering.item_of(kind, id, actor())
    if item is None:
        abort(404)
    if not actor().has(LEADER):
        raise Refused("role", "Arahan diberikan oleh pimpinan.")
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        try:
            directive, follow_up = answering.answer(item, actor(), request.form, now())
            db.session.commit()
        except Refused as refused:
            db.session.rollback()
            if refused.kind != "field":
                raise
            errors = refused.errors
        else:
            book = "pada notula yang sedang disusun"
            where = book if directive else "di tindak lanjutnya; dibacakan pada rapat berikutnya"
            flash(f"Arahan tercatat {where}. Draf tindak lanjutnya menunggu sekretariat.", "success")
            return redirect(url_for("follow_ups.show", id=follow_up.id), 303)
    form = Form(answering.AnswerForm, request.form if errors else None, errors)
    page = render_template("monitoring/answer.html", item=item, kind=kind, form=form)
    return page, 422 if errors else 200


@bp.post("/rapor/<int:unit_id>")
@login_required
def report_card(unit_id: int) -> ResponseReturnValue:
    unit = seen(Unit, unit_id, actor())
    card.require(actor(), unit)
    asked = filters.read(request.form, actor())
    if not asked.period:
        raise Refused("state", "Belum ada laporan PPK yang disampaikan: rapor belum dapat dibuat.")
    document = card.order(actor(), unit, asked.period, now=now())
    db.session.commit()
    return redirect(url_for("documents.show", id=document.id), 303)
