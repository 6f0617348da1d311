"""/indeks: the formula in force, its versions, and a leader who adopts one."""

from __future__ import annotations

from decimal import Decimal

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required
from sqlalchemy import func

from randal.areas import facts, lists
from randal.areas.explaining import sum_in_words
from randal.areas.forms import AdoptForm
from randal.areas.index import PARTS, Formula, index, together
from randal.areas.models import PROMISES, STATUSES, IndexFormula
from randal.areas.views import bp
from randal.core.db import db
from randal.core.forms import Form
from randal.core.moving import seen
from randal.core.web import actor, now
from randal.evaluation.models import Area, ProgressReport
from workflows.lifecycle import LEADER


@bp.get("/indeks")
@login_required
def formula() -> ResponseReturnValue:
    """The formula in force, what stands behind it, and the versions; a leader adopts one here."""
    formulas = facts.Formulas()
    period = newest_period() or now().strftime("%Y-%m")
    found = facts.indices(Area.visible_to(actor()), period, formulas)
    whole = facts.sum_of(found, formulas)
    fresh = facts.indices(Area.visible_to(actor()), period, formulas, fresh=True)
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
        may_propose=actor().has(*lists.PROPOSERS),
    )


def newest_period() -> str | None:
    """The newest period of which a report counts, as far as this actor sees."""
    query = ProgressReport.visible_to(actor()).with_only_columns(func.max(ProgressReport.period))
    return db.session.scalar(query.where(ProgressReport.state.in_(facts.COUNTED)))


def effect(found: list[facts.Of], formula: Formula) -> Decimal | None:
    """What the index of all these kawasan is under this version."""
    return together([(of.budget, index(of.facts, formula)) for of in found if of.facts], formula).value


@bp.post("/indeks/<int:id>/tetapkan")
@login_required
def adopt(id: int) -> ResponseReturnValue:
    row = seen(IndexFormula, id, actor())
    lists.adopt(row, actor(), request.form, now())
    db.session.commit()
    flash(f"Rumus {row.name} ditetapkan; berlaku mulai sekarang.", "success")
    return redirect(url_for(".formula"), 303)
