"""One page and one PDF of what changed since the last meeting."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from randal.database.base import db
from randal.models.meetings import Meeting
from randal.overviews.changes import papers
from randal.overviews.changes.queries import GROUPS, changes_of
from randal.web.attempt import seen
from randal.web.pages import actor, now

bp = Blueprint("changes", __name__, url_prefix="/rapat/<int:meeting_id>/perubahan")


@bp.get("")
@login_required
def show(meeting_id: int) -> ResponseReturnValue:
    found = changes_of(seen(Meeting, meeting_id, actor()), actor(), now())
    return render_template("changes/show.html", found=found, meeting=found.meeting, groups=GROUPS)


@bp.post("/cetak")
@login_required
def to_print(meeting_id: int) -> ResponseReturnValue:
    document = papers.order(seen(Meeting, meeting_id, actor()), actor(), now())
    db.session.commit()
    return redirect(url_for("documents.show", id=document.id), 303)
