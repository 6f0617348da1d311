"""/indeks/usulan: a version of the formula is proposed, with what it makes of the worked example beside it."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from randal.database.base import db
from randal.rooms.areas import facts, lists, proposing
from randal.rooms.areas.beginning import FORMULA
from randal.rooms.areas.blueprint import bp
from randal.rooms.areas.example import EXAMPLE
from randal.rooms.areas.explaining import explained, sum_in_words
from randal.rooms.areas.index import PARTS, Formula, index
from randal.schemas.forms import Form
from randal.web.pages import actor, now
from workflows.lifecycle import Refused


@bp.route("/indeks/usulan", methods=["GET", "POST"])
@login_required
def propose() -> ResponseReturnValue:
    """POST with `hitung` only counts the example again; else the version is proposed."""
    lists.require_proposer(actor())
    row = facts.Formulas().row
    raw: Any = request.form if request.method == "POST" else proposing.spread(row.content if row else FORMULA)
    errors: dict[str, list[str]] = {}
    counting = "hitung" in request.form
    if request.method == "POST" and not counting:
        try:
            made = lists.propose(actor(), proposing.gathered(raw), now())
            db.session.commit()
            flash(f"Usulan {made.name} disimpan. Pimpinan yang menetapkannya.", "success")
            return redirect(url_for(".formula"), 303)
        except Refused as refused:
            db.session.rollback()
            if refused.kind != "field":
                raise
            errors = refused.errors
    page = render_template(
        "areas/propose.html",
        form=Form(proposing.ProposalForm, raw, errors),
        titles=proposing.TITLES,
        names=proposing.NAMES,
        limits=proposing.LABELS,
        example=worked(raw),
    )
    return page, 422 if errors else 200


def worked(raw: Any) -> dict[str, Any] | None:
    """The example of docs/indeks.md under these numbers; None while one of them is no number."""
    try:
        given = proposing.gathered({**raw, "name": raw.get("name") or "usulan"})
    except Refused:
        return None
    formula = Formula.read(given["name"], given["content"])
    one, why = index(EXAMPLE, formula), explained(EXAMPLE, formula)
    return {
        "one": one,
        "rows": [(PARTS[part.name], part, why[part.name]) for part in one.parts],
        "sum": sum_in_words(one),
    }
