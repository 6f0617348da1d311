"""Writing a letter to the Pemda, or the berita acara of what was agreed, on pages."""

from __future__ import annotations

from collections.abc import Mapping

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from randal.database.base import db
from randal.models import follow_up_parties
from randal.models.follow_ups import FollowUp
from randal.rooms.follow_ups.blueprint import bp
from randal.schemas.forms import Form
from randal.web.attempt import carry_out, seen
from randal.web.pages import actor, now
from workflows.lifecycle import Refused

KINDS = {"permintaan": follow_up_parties.REQUEST, "kesepakatan": follow_up_parties.AGREEMENT}


@bp.route("/rtl/<int:id>/surat/<name>", methods=["GET", "POST"])
@login_required
def party_paper(id: int, name: str) -> ResponseReturnValue:
    if name not in KINDS:
        abort(404)
    item, kind = seen(FollowUp, id, actor()), KINDS[name]
    row, _hat = item.lifecycle().row_for(item, follow_up_parties.DEEDS[kind], actor())
    errors: Mapping[str, list[str]] = {}
    if request.method == "POST":
        try:
            document = carry_out(item, row.name, request.form, actor(), now=now()).made
            db.session.commit()
        except Refused as refused:
            db.session.rollback()
            if refused.kind != "field":
                raise
            item, errors = seen(FollowUp, id, actor()), refused.errors
        else:
            flash(
                "Sedang dibuat. Unduh, tandatangani, lalu unggah pindaiannya sebagai bukti dukung.", "success"
            )
            return redirect(url_for("documents.show", id=document.id), 303)
    data = request.form if request.method == "POST" else follow_up_parties.proposed(item, kind, now())
    required = [ask.name for ask in row.asks if ask.required]
    form = Form(follow_up_parties.FORMS[kind], data, errors, required=required)
    title = follow_up_parties.NAMES[kind]
    page = render_template("follow_ups/party_paper.html", item=item, name=name, title=title, form=form)
    return page, 422 if errors else 200
