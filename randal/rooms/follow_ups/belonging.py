"""Pages about what a follow-up belongs to and waits for: kawasan, kegiatan, notula; the Pemda; its group; its day."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from randal.database.base import db
from randal.items.pages import links_answer
from randal.models.follow_ups import FollowUp
from randal.rooms.follow_ups import groups, waiting
from randal.rooms.follow_ups.blueprint import bp
from randal.rooms.follow_ups.forms import WaitingForm
from randal.rooms.follow_ups.tracking import standing
from randal.rooms.follow_ups.views import again
from randal.schedule import workdays
from randal.web.attempt import seen
from randal.web.pages import actor, now
from workflows.lifecycle import Refused


@bp.route("/rtl/<int:id>/tautan", methods=["GET", "POST"])
@login_required
def links_page(id: int) -> ResponseReturnValue:
    return links_answer(seen(FollowUp, id, actor()), url_for(".links_page", id=id), url_for(".show", id=id))


@bp.post("/rtl/<int:id>/menunggu")
@login_required
def say_whom(id: int) -> ResponseReturnValue:
    item = seen(FollowUp, id, actor())
    raw = {} if "selesai" in request.form else request.form
    try:
        waiting.say_whom(item, actor(), raw, now())
        db.session.commit()
    except Refused as refused:
        return again(id, refused, "waiting_form", WaitingForm)
    flash("Pihak yang ditunggu tersimpan." if raw else "Tercatat: tidak menunggu pihak lain lagi.", "success")
    return redirect(url_for(".show", id=id), 303)


@bp.get("/rtl/kelompok/<key>")
@login_required
def group(key: str) -> ResponseReturnValue:
    """One promise of several units: how far they are, and those of them that this reader sees."""
    query = FollowUp.visible_to(actor()).where(FollowUp.group_key == key).order_by(FollowUp.number)
    rows = list(db.session.scalars(query).unique()) if key else []
    if not rows:
        abort(404)
    lines = [standing(row, now()) for row in rows]
    return render_template("follow_ups/group.html", lines=lines, group=groups.of(key, now()), item=rows[0])


@bp.app_template_global()
def follow_up_groups(rows: list[FollowUp]) -> list[Any]:
    """For a list: each group in it with its progress and one of its members."""
    first: dict[str, FollowUp] = {}
    for row in rows:
        if row.group_key:
            first.setdefault(row.group_key, row)
    counted = groups.of_all(list(first), now())
    return [(counted[key], row) for key, row in first.items() if key in counted]


# -- working days --------------------------------------------------------------------------------------


@bp.get("/hari-kerja")
@login_required
def working_day() -> ResponseReturnValue:
    """The hint under a due date, asked while it is chosen."""
    given = next(iter(request.args.values()), "")
    try:
        return workdays.day_off(date.fromisoformat(given))
    except ValueError:
        return ""
