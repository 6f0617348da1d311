"""/ambang: from where on a figure is critical, unusual or old; kept by secretariat and administrator."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from randal.database.base import db
from randal.l10n import formats
from randal.models.thresholds import MEANINGS, history, limits, require_keeper, set_limits
from randal.rooms.evaluation.blueprint import bp
from randal.rooms.evaluation.forms import LimitsForm
from randal.schemas import forms
from randal.schemas.forms import Form
from randal.web.pages import actor, now
from workflows.lifecycle import KEEPERS, Refused


@bp.route("/ambang", methods=["GET", "POST"])
@login_required
def thresholds() -> ResponseReturnValue:
    """Everybody may know the thresholds by which he is judged; secretariat and administrator change them."""
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        require_keeper(actor())
        try:
            given = forms.load(LimitsForm, request.form)
            note = given.pop("note", None) or ""
            changed = set_limits(given, note, actor(), now())
            db.session.commit()
            flash(
                "Ambang disimpan; berlaku mulai sekarang." if changed else "Tidak ada yang berubah.",
                "success",
            )
            return redirect(url_for(".thresholds"), 303)
        except Refused as refused:
            db.session.rollback()
            if refused.kind != "field":
                raise
            errors = refused.errors
    present: dict[str, Any] = {name: formats.number(getattr(limits(), name), 2) for name in MEANINGS}
    page = render_template(
        "evaluation/thresholds.html",
        form=Form(LimitsForm, request.form if errors else present, errors),
        may_set=actor().has(*KEEPERS),
        meanings=MEANINGS,
        present=present,
        history=history(),
    )
    return page, 422 if errors else 200
