"""The evaluator's morning: the queue of claims, one claim after the other, and the list of reasons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from randal.base.ids import bounded
from randal.database.base import db
from randal.documents.thumbnails import Preview
from randal.models.follow_ups import VERDICTS, FollowUp
from randal.rooms.follow_ups import judging, proof, queries
from randal.rooms.follow_ups.blueprint import bp
from randal.rooms.follow_ups.tracking import standing
from randal.schedule import workdays
from randal.web.attempt import seen
from randal.web.pages import actor, me, now
from workflows.follow_up import SUBMITTED
from workflows.lifecycle import TEAM, Refused

PAGE = 50
SAID = {"verify": "{code} {unit} terverifikasi.", "return": "{code} {unit} dikembalikan kepada PPK."}


@bp.get("/rtl/verifikasi")
@login_required
def verification_queue() -> ResponseReturnValue:
    judging.require(actor())
    after = request.args.get("setelah", 0, type=bounded)
    rows = judging.waiting(actor(), seen(FollowUp, after, actor()) if after else None, PAGE + 1)
    days = workdays.calendar()
    return render_template(
        "follow_ups/queue.html",
        rows=[(item, standing(item, now()), judging.waited(item, days, now())) for item in rows[:PAGE]],
        count=judging.how_many(actor()),
        previews=Preview.of([e.file for item in rows for e in item.evidence]),
        later=url_for(".verification_queue", setelah=rows[PAGE - 1].id) if len(rows) > PAGE else None,
        first=url_for(".verification_queue") if after else None,
    )


@bp.get("/rtl/verifikasi/<int:id>")
@login_required
def verify_one(id: int) -> ResponseReturnValue:
    judging.require(actor())
    return one(seen(FollowUp, id, actor()))


def one(
    item: FollowUp, given: Mapping[str, Any] | None = None, errors: Mapping[str, list[str]] | None = None
) -> str:
    """One claim to judge; `given` and `errors` when it comes back."""
    opened = {o.move.name: o for o in item.lifecycle().open_to(item, actor(), now())}
    return render_template(
        "follow_ups/verify.html",
        item=item,
        line=standing(item, now()),
        open=item.state == SUBMITTED and "return" in opened,
        pieces=proof.shown(item, actor()),
        claims=queries.claims(item, me().zone),
        returns=queries.returns(item, me().zone),
        waited=judging.waited(item, workdays.calendar(), now()),
        left=judging.how_many(actor()),
        next=judging.next_after(item, actor()),
        reasons=judging.reasons(),
        verdicts=VERDICTS,
        given=given or {},
        errors=errors or {},
    )


@bp.post("/rtl/verifikasi/<int:id>")
@login_required
def decide_one(id: int) -> ResponseReturnValue:
    """Judge and decide; then the next claim. What was typed stays when it is refused, also when another was quicker."""
    try:
        item = judging.decide(id, request.form, actor(), now(), request.form.get("version", type=bounded))
        following = judging.next_after(item, actor())
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        if refused.kind == "role":
            raise
        errors = refused.errors or {"": [refused.detail]}
        status = 409 if refused.kind == "state" else 422
        return one(seen(FollowUp, id, actor()), request.form, errors), status
    said = SAID[request.form["decision"]].format(code=item.code, unit=item.unit.short_name)
    left = judging.how_many(actor())
    flash(f"{said} {f'{left} lagi menunggu.' if left else 'Antrean kosong.'}", "success")
    if following:
        return redirect(url_for(".verify_one", id=following), 303)
    return redirect(url_for(".verification_queue"), 303)


@bp.route("/rtl/verifikasi/alasan", methods=["GET", "POST"])
@login_required
def return_reasons() -> ResponseReturnValue:
    """The sentences to choose from when a claim is sent back, one a line."""
    if not actor().has(*TEAM):
        raise Refused("role", "Daftar alasan diubah oleh Tim Monev, Sekretariat, atau Admin Sistem.")
    text, errors = "\n".join(judging.reasons()), {}
    if request.method == "POST":
        text = request.form.get("reasons", "")
        try:
            judging.change_reasons(text, actor())
            db.session.commit()
        except Refused as refused:
            db.session.rollback()
            errors = dict(refused.errors)
        else:
            flash("Daftar alasan tersimpan.", "success")
            return redirect(url_for(".verification_queue"), 303)
    return render_template("follow_ups/reasons.html", text=text, errors=errors), 422 if errors else 200
