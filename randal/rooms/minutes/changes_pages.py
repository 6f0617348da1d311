"""/notula/<id>/perubahan: what differs between two wordings, or since I last read."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from randal.database.base import db
from randal.models import minutes_texts
from randal.models.minutes import Minutes
from randal.rooms.minutes import changes
from randal.rooms.minutes.blueprint import bp
from randal.web.attempt import seen
from randal.web.pages import actor, me, now


@bp.get("/notula/<int:id>/perubahan", endpoint="changes")
@login_required
def compared(id: int) -> ResponseReturnValue:
    minutes = seen(Minutes, id, actor())
    writes = minutes.lifecycle().wears(minutes, "answer_comment", actor())
    offered = changes.points(minutes, me(), now(), writes=writes)
    known = {p.name: p for p in offered}
    before, after = changes.in_order(
        known.get(request.args.get("dari", ""), known[changes.usual(offered)]),
        known.get(request.args.get("ke", ""), known["kini"]),
    )
    changed, same = changes.compare(minutes, before.at, after.at)
    return render_template(
        "minutes/changes.html",
        minutes=minutes,
        meeting=minutes.meeting,
        points=offered,
        before=before,
        after=after,
        changed=changed,
        same=same,
    )


@bp.post("/notula/<int:id>/dibaca", endpoint="mark_read")
@login_required
def mark_read(id: int) -> ResponseReturnValue:
    minutes = seen(Minutes, id, actor())
    minutes_texts.mark_read(minutes.id, me().id, now())
    db.session.commit()
    flash("Ditandai sudah dibaca. Perubahan berikutnya dihitung dari sini.", "success")
    return redirect(url_for("minutes.changes", id=id), 303)
