"""The policy of reminders: what counts, what will, what did; another begins on its day, none is changed."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from randal.database.base import db
from randal.l10n.clock import DEFAULT_ZONE, local_date
from randal.l10n.formats import long_date
from randal.overviews.operator.blueprint import bp
from randal.schedule import policies
from randal.schemas.forms import Form
from randal.web.pages import actor, now
from workflows.lifecycle import Refused


@bp.route("/operator/kebijakan-pengingat", methods=["GET", "POST"])
def policy() -> ResponseReturnValue:
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        try:
            made = policies.begin(actor(), request.form, now())
            db.session.commit()
            flash(f"Kebijakan disimpan, berlaku sejak {long_date(made.valid_from)}.", "success")
            return redirect(url_for(".policy"), 303)
        except Refused as refused:
            db.session.rollback()
            if refused.kind != "field":
                raise
            errors = refused.errors
    rows, today = policies.read(), local_date(now(), DEFAULT_ZONE)
    present = rows.on(today)
    numbers = {name: getattr(present, name) for name in policies.NUMBERS}
    data: Any = request.form if errors else {"valid_from": today, **numbers}
    page = render_template(
        "operator/policy.html",
        form=Form(policies.PolicyForm, data, errors),
        numbers=policies.NUMBERS,
        present=present,
        rows=rows.history(),
        today=today,
    )
    return page, 422 if errors else 200
