"""/indeks: the formula in force, its versions, and a leader who adopts one."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from randal.areas import facts, lists
from randal.areas.explaining import sum_in_words
from randal.areas.forms import AdoptForm
from randal.areas.index import PARTS
from randal.areas.models import PROMISES, STATUSES, IndexFormula
from randal.areas.views import bp
from randal.core.db import db
from randal.core.forms import Form
from randal.core.moving import seen
from randal.core.web import actor, now
from randal.evaluation.models import Area
from workflows.lifecycle import LEADER


@bp.get("/indeks")
@login_required
def formula() -> ResponseReturnValue:
    """The formula in force, what stands behind it, and the versions; a leader adopts one here."""
    formulas = facts.Formulas()
    whole = facts.sum_of(facts.indices(Area.visible_to(actor()), now().strftime("%Y-%m"), formulas), formulas)
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
    )


@bp.post("/indeks/<int:id>/tetapkan")
@login_required
def adopt(id: int) -> ResponseReturnValue:
    row = seen(IndexFormula, id, actor())
    lists.adopt(row, actor(), request.form, now())
    db.session.commit()
    flash(f"Rumus {row.name} ditetapkan; berlaku mulai sekarang.", "success")
    return redirect(url_for(".formula"), 303)
