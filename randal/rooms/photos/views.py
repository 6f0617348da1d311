"""Photos on pages: added in the room, shown large, captioned, taken off."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from randal.base.ids import bounded
from randal.database.base import db
from randal.models.meetings import Meeting
from randal.models.photos import Photo
from randal.rooms.photos import commands
from randal.schemas.forms import Form
from randal.web.attempt import seen
from randal.web.downloads import file_answer
from randal.web.pages import actor, now
from workflows.lifecycle import Refused
from workflows.meeting import LIFECYCLE

bp = Blueprint("photos", __name__)


@bp.app_context_processor
def words() -> dict[str, Any]:
    return {"may_add_photos": lambda meeting: LIFECYCLE.may(meeting, "add_photos", actor())}


def room(meeting_id: int) -> str:
    return url_for("meetings.show", id=meeting_id, bagian="foto")


@bp.post("/rapat/<int:meeting_id>/foto")
@login_required
def create(meeting_id: int) -> ResponseReturnValue:
    meeting = seen(Meeting, meeting_id, actor())
    try:
        rows = commands.add_photos(meeting, actor(), request.files.getlist("file"), request.form, now())
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        if refused.kind != "field":
            raise
        meeting = seen(Meeting, meeting_id, actor())
        said = [sentence for several in refused.errors.values() for sentence in several]
        page = render_template(
            "photos/wrong.html", meeting=meeting, said=said, caption=request.form.get("caption", "")
        )
        return page, 422
    flash(f"{len(rows)} foto ditambahkan." if len(rows) > 1 else "Foto ditambahkan.", "success")
    return redirect(room(meeting_id), 303)


@bp.route("/foto/<int:id>", methods=["GET", "POST"])
@login_required
def show(id: int) -> ResponseReturnValue:
    row = seen(Photo, id, actor())
    given: Any = {"caption": row.caption, "on_paper": row.on_paper}
    form, status = Form(commands.PhotoForm, given), 200
    if request.method == "POST":
        raw = {"caption": request.form.get("caption", ""), "on_paper": bool(request.form.get("on_paper"))}
        try:
            commands.change_photo(row, actor(), raw, now(), request.form.get("version", type=bounded))
            db.session.commit()
            flash("Keterangan foto disimpan.", "success")
            return redirect(room(row.meeting_id), 303)
        except Refused as refused:
            db.session.rollback()
            if refused.kind != "field":
                raise
            row = seen(Photo, id, actor())
            form, status = Form(commands.PhotoForm, raw, refused.errors), 422
    page = render_template(
        "photos/show.html",
        row=row,
        meeting=row.meeting,
        form=form,
        may_change=LIFECYCLE.may(row.meeting, "caption_photo", actor()),
    )
    return page, status


@bp.post("/foto/<int:id>/tarik")
@login_required
def withdraw(id: int) -> ResponseReturnValue:
    row = seen(Photo, id, actor())
    commands.withdraw(row, actor(), now())
    db.session.commit()
    flash("Foto ditarik dari rapat ini.", "success")
    return redirect(room(row.meeting_id), 303)


@bp.get("/foto/<int:id>/berkas")
@login_required
def file(id: int) -> ResponseReturnValue:
    """The picture; `kecil` for the one that the room shows."""
    row = seen(Photo, id, actor())
    small = row.small if "kecil" in request.args else row.file
    return file_answer(small, inline="unduh" not in request.args, keep_for=3600)  # it never changes
