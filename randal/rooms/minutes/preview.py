"""/notula/<id>/pratinjau: the pages of the paper as it would be printed now, beside the editor or alone.

A worker draws them (`documents/preview.py`), DRAF across each page. Whoever looks asks every few seconds; that question also
notices that something was saved, and then asks for a new drawing: nothing is drawn that nobody looks at.
"""

from __future__ import annotations

from datetime import datetime
from typing import cast

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from randal.database.base import db, will_write
from randal.documents import preview as trials
from randal.documents import snapshots
from randal.documents.preview import Trial
from randal.history.events import Event, within
from randal.meeting_facts import etag
from randal.models.minutes import Minutes
from randal.rooms.minutes.blueprint import bp
from randal.rooms.minutes.papers import current, draft
from randal.signatures import pages
from randal.web.attempt import seen
from randal.web.downloads import PDF, given
from randal.web.pages import actor, now
from workflows.minutes import BEFORE_APPROVAL

KIND = "minutes"


@trials.tries(KIND, draw=draft)
def build(minutes_id: int, now: datetime) -> snapshots.Minutes:
    return cast(snapshots.Minutes, current(db.session.get_one(Minutes, minutes_id), now))


@within("minutes.approve")
def no_trial_any_more(minutes: Minutes, event: Event) -> None:
    trials.drop(KIND, minutes.id)


def being_written(id: int) -> Minutes:
    minutes = seen(Minutes, id, actor())
    if minutes.state not in BEFORE_APPROVAL:
        abort(404, f"{minutes.what.title} ini sudah dikunci: buka berkas PDF-nya.")
    return minutes


def wanted(minutes: Minutes, *, again: bool = False) -> Trial:
    """The drawing on trial, asked for anew when the paper says something else by now. Commits."""
    id = minutes.id
    mark = etag.told(minutes.meeting_id, now(), minutes.version)
    trial = Trial.of(KIND, id)
    if trial is None or trial.wanted != mark or again:
        will_write()
        trial = trials.want(KIND, id, mark, now(), again=again)
        db.session.commit()
    return trial


@bp.get("/notula/<int:id>/pratinjau")
@login_required
def preview(id: int) -> ResponseReturnValue:
    trial = wanted(being_written(id))
    minutes = seen(Minutes, id, actor())
    return render_template(
        "minutes/preview.html",
        minutes=minutes,
        meeting=minutes.meeting,
        trial=trial,
        state=trial.state(now()),
        can_write=minutes.lifecycle().may(minutes, "write", actor()),
    )


@bp.get("/notula/<int:id>/pratinjau/keadaan")
@login_required
def preview_state(id: int) -> ResponseReturnValue:
    """The piece that renews itself; 204 while it would say what the asker has (`ada`)."""
    minutes = being_written(id)
    trial = wanted(minutes)
    state = trial.state(now())
    if request.args.get("ada") == f"{state}-{trial.sha256[:12]}":
        return "", 204
    return render_template("minutes/preview_part.html", minutes=minutes, trial=trial, state=state)


@bp.get("/notula/<int:id>/pratinjau/<int:number>.png")
@login_required
def preview_page(id: int, number: int) -> ResponseReturnValue:
    """One page as a picture."""
    trial = drawing_of(id)
    return pages.picture_of(trial.pdf or b"", trial.sha256, number)


@bp.get("/notula/<int:id>/pratinjau.pdf")
@login_required
def preview_file(id: int) -> ResponseReturnValue:
    """The drawing itself."""
    slug = being_written(id).what.slug
    return given(drawing_of(id).pdf or b"", PDF, f"pratinjau-{slug}-{id}.pdf", inline=True)


@bp.post("/notula/<int:id>/pratinjau/ulangi")
@login_required
def preview_again(id: int) -> ResponseReturnValue:
    """After a failure: at once, instead of when its turn comes."""
    wanted(being_written(id), again=True)
    return redirect(url_for("minutes.preview", id=id), 303)


def drawing_of(id: int) -> Trial:
    trial = Trial.of(KIND, being_written(id).id)
    if trial is None or trial.pdf is None:
        abort(404, "Pratinjau belum digambar.")
    return trial
