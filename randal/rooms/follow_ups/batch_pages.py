"""Pelacak banyak PPK atau banyak rapat sekaligus: choosing them. The wait is the zip's own page (/dokumen/<id>)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from randal.database.base import db
from randal.documents import bundle
from randal.rooms.follow_ups.batches import BatchForm, choices, order
from randal.rooms.follow_ups.blueprint import bp
from randal.schemas.forms import Form
from randal.web.pages import actor, now
from workflows.lifecycle import Refused

WAYS = {"unit": "Per PPK", "meeting": "Per rapat"}


@bp.get("/pelacak/sekaligus")
@login_required
def batch() -> ResponseReturnValue:
    by = request.args.get("per", "unit")
    return batch_page(by if by in WAYS else "unit")


@bp.post("/pelacak/sekaligus")
@login_required
def order_batch() -> ResponseReturnValue:
    by = request.form.get("by", "unit")
    raw = {**request.form.to_dict(), "ids": request.form.getlist("ids")}
    try:
        document = order(actor(), {name: value for name, value in raw.items() if value != ""}, now())
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        if refused.kind not in ("field", "need"):
            raise
        errors = dict(refused.errors) if refused.kind == "field" else {"ids": [str(refused)]}
        return batch_page(by if by in WAYS else "unit", raw, errors), 422
    return redirect(url_for("documents.show", id=document.id), 303)


def batch_page(by: str, raw: Any = None, errors: Mapping[str, list[str]] | None = None) -> str:
    found = choices(actor(), by)
    values = raw or {"ids": list(found)[: bundle.MOST], "format": "pdf"}
    form = Form(BatchForm, values, errors, choices={"ids": found})
    fields = [field for field in form if field.name != "by"]
    fields[0].label = {"unit": "PPK", "meeting": "Rapat"}[by]
    fields[1].attrs["as"] = "radio"
    tabs = [(url_for(".batch", per=code), label, code == by, 0) for code, label in WAYS.items()]
    return render_template("follow_ups/batch.html", by=by, form=form, fields=fields, tabs=tabs, found=found)
