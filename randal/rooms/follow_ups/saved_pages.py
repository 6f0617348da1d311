"""Keeping filters under a name, opening them by their short link, and letting them go."""

from __future__ import annotations

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from randal.database.base import db
from randal.rooms.follow_ups import saved, sifting
from randal.rooms.follow_ups.blueprint import bp
from randal.web.pages import actor, now
from workflows.lifecycle import Refused


@bp.get("/p/<code>")
@login_required
def saved_filter(code: str) -> ResponseReturnValue:
    row = saved.by_code(code, actor()) or abort(404)
    return redirect(url_for(".tracker", **row.params, saringan=row.code), 303)


@bp.post("/pelacak/saringan")
@login_required
def save_filter() -> ResponseReturnValue:
    raw = {k: v for k, v in request.form.to_dict().items() if k not in ("csrf_token", "sebagai")}
    try:
        row = saved.save(actor(), raw, now())
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        flash(" ".join(s for several in refused.errors.values() for s in several), "warning")
        try:
            given = sifting.read_filters({k: v for k, v in raw.items() if k != "name"}, now()).given
        except Refused:
            given = {}
        return redirect(url_for(".tracker", **given, nama=raw.get("name", "")[:80], _anchor="simpan"), 303)
    flash(f"Saringan «{row.name}» tersimpan. Tautannya dapat dibagikan.", "success")
    return redirect(url_for(".tracker", **row.params, saringan=row.code), 303)


@bp.post("/p/<code>/hapus")
@login_required
def forget_filter(code: str) -> ResponseReturnValue:
    if saved.by_code(code, actor()) is None:
        abort(404)
    saved.forget(actor(), code)
    db.session.commit()
    flash("Saringan dihapus.", "success")
    return redirect(url_for(".tracker"), 303)
