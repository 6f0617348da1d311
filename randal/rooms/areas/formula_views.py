"""/indeks: the formula in force, its versions, and a leader who adopts one."""

from __future__ import annotations

from decimal import Decimal

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from randal.database.base import db
from randal.models.areas import PROMISES, STATUSES, IndexFormula
from randal.models.progress import Area
from randal.rooms.areas import facts, lists, queries
from randal.rooms.areas.blueprint import bp
from randal.rooms.areas.explaining import sum_in_words
from randal.rooms.areas.forms import AdoptForm
from randal.rooms.areas.index import PARTS, Formula, index, together
from randal.schemas.forms import Form
from randal.web.attempt import seen
from randal.web.pages import actor, now
from workflows.lifecycle import LEADER, TEAM


@bp.get("/indeks")
@login_required
def formula() -> ResponseReturnValue:
    """The formula in force, what stands behind it, and the versions; a leader adopts one here."""
    formulas = facts.Formulas()
    period, areas = queries.newest_period(actor(), now()), Area.visible_to(actor())
    fresh = facts.indices(areas, period, formulas, fresh=True)
    whole = facts.sum_of(facts.as_kept(fresh, areas, period), formulas)
    return render_template(
        "areas/formula.html",
        formulas=formulas,
        parts=PARTS,
        may_adopt=actor().has(LEADER),
        whole=whole,
        sum=sum_in_words(whole),
        statuses=STATUSES,
        promises=PROMISES,
        form=Form(AdoptForm),
        period=period,
        label=formulas.label(whole.version),
        effects={name: effect(fresh, formulas.named(name)) for name in formulas.rows},
        may_propose=actor().has(*TEAM),
    )


def effect(found: list[facts.Of], formula: Formula) -> Decimal | None:
    """What the index of all these kawasan is under this version."""
    rows = [
        (of.budget, of.index if of.index.version == formula.version else index(of.facts, formula))
        for of in found
        if of.facts
    ]
    return together(rows, formula).value


@bp.post("/indeks/<int:id>/tetapkan")
@login_required
def adopt(id: int) -> ResponseReturnValue:
    row = seen(IndexFormula, id, actor())
    lists.adopt(row, actor(), request.form, now())
    db.session.commit()
    flash(f"Rumus {row.name} ditetapkan; berlaku mulai sekarang.", "success")
    return redirect(url_for(".formula"), 303)
