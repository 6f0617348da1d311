"""Erasing or correcting one text of a history, asked for from the history itself."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from randal.database.base import db
from randal.engine import erasure
from randal.history.events import Event, EventText
from randal.overviews.operator.blueprint import bp
from randal.overviews.operator.forms import ErasureForm
from randal.schemas import forms
from randal.web.pages import actor, me, now
from randal.web.timeline import in_words
from workflows.lifecycle import Refused


@bp.route("/operator/riwayat/teks/<int:id>", methods=["GET", "POST"])
def text(id: int) -> ResponseReturnValue:
    row = db.session.get(EventText, id) or abort(404)
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        try:
            given = forms.load(ErasureForm, request.form)
            erasure.erase_text(row, actor(), given["reason"], now(), given.get("replacement") or "")
            db.session.commit()
            flash("Teks diperbaiki." if given.get("replacement") else "Teks dihapus.", "success")
            return redirect(url_for(".text", id=id), 303)
        except Refused as refused:
            db.session.rollback()
            if refused.kind != "field":
                raise
            errors, row = refused.errors, db.session.get_one(EventText, id)
    told = in_words([db.session.get_one(Event, row.event_id)], me().zone)[0]
    form = forms.Form(ErasureForm, request.form if errors else None, errors)
    status = 422 if errors else 200
    return render_template("operator/text.html", told=told, row=row, form=form), status
