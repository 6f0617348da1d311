"""Erasing or correcting one text of a history, asked for from the history itself."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from randal.core import erasure, forms
from randal.core.db import db
from randal.core.events import Event, EventText
from randal.core.history import in_words
from randal.core.web import actor, me, now
from randal.operator.blueprint import bp
from randal.operator.forms import ErasureForm
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
