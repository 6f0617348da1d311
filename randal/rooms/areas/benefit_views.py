"""The way of a kegiatan to use, by phone: the next step, its photos, and the answer of each period."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from randal.base.ids import bounded
from randal.database.base import db
from randal.l10n import formats
from randal.models.areas import BENEFITS
from randal.models.progress import Activity, ProgressReport
from randal.rooms.areas import benefits, commands, queries
from randal.rooms.areas.blueprint import bp
from randal.rooms.areas.forms import BenefitForm
from randal.rooms.areas.views import fill_page
from randal.web.attempt import seen
from randal.web.pages import actor, now


@bp.get("/kegiatan/<int:id>/manfaat")
@login_required
def benefit(id: int) -> ResponseReturnValue:
    """The way of one kegiatan to use, its photos, and the next step."""
    work = seen(Activity, id, actor())
    kept = queries.benefits_of(work)
    return render_template(
        "areas/benefit.html",
        work=work,
        kept=kept,
        steps=BENEFITS,
        next_step=next((step for step in BENEFITS if step not in kept), None),
        may_fill=commands.may_fill(work, actor()),
    )


@bp.route("/kegiatan/<int:id>/manfaat/<step>", methods=["GET", "POST"])
@login_required
def benefit_step(id: int, step: str) -> ResponseReturnValue:
    work = seen(Activity, id, actor())
    if step not in BENEFITS:
        abort(404)
    kept = queries.benefits_of(work).get(step)
    fixed = {"activity_id": work.id, "step": step}

    def write(raw: Mapping[str, Any]) -> Any:
        return benefits.put_benefit(actor(), {**raw, **fixed}, now())

    back = url_for(".benefit", id=work.id)
    return fill_page(
        BENEFITS[step], work.name, BenefitForm, kept or {}, write, work.area, fixed, kept, "", back=back
    )


@bp.post("/kegiatan/<int:id>/manfaat-tetap")
@login_required
def benefit_same(id: int) -> ResponseReturnValue:
    """«Masih sama»: the answer of a period, beside the report."""
    work = seen(Activity, id, actor())
    report = seen(ProgressReport, request.form.get("report", 0, type=bounded), actor())
    reached = benefits.reached_of([work.id]).get(work.id)
    raw = {"activity_id": work.id, "period": report.period, "step": reached.step if reached else None}
    benefits.answer_benefit(actor(), raw, now())
    db.session.commit()
    flash(f"Status manfaat {formats.month(report.period)} dicatat.", "success")
    return redirect(url_for("evaluation.show", id=report.id, _anchor="manfaat"), 303)
