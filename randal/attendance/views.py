"""Kehadiran: one row with its moves, guests, the live code on the wall, and the public check-in at the door."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import segno
from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required
from flask_login.utils import current_user

from randal.attendance import door, live_code
from randal.attendance.models import Attendance
from randal.core import files, web
from randal.core.db import db
from randal.core.forms import Form
from randal.core.history import history_of
from randal.core.moving import seen
from randal.core.people import SEES_ALL
from randal.core.web import actor, add_moves, error_page, me, moves_of, now, public_url
from randal.meetings import invitees
from randal.meetings.forms import GuestForm
from randal.meetings.models import Meeting, office
from workflows.lifecycle import CHAIR, SECRETARIAT, Refused

bp = Blueprint("attendance", __name__, url_prefix="/hadir")
add_moves(bp, Attendance, "attendance.show")
web.PUBLIC.add("attendance.check_in")


@bp.get("/<int:id>")
@login_required
def show(id: int) -> ResponseReturnValue:
    """One row of the list: who was invited, who came, what may be done."""
    row = seen(Attendance, id, actor())
    mine = row.is_for(actor())
    return render_template(
        "attendance/show.html",
        row=row,
        opened=moves_of(row),
        sees_signature=row.signature_file_id is not None and (mine or actor().has(*SEES_ALL)),
        history=history_of(row, me().zone),
    )


@bp.get("/<int:id>/tanda-tangan")
@login_required
def signature(id: int) -> ResponseReturnValue:
    """The drawn signature, for its row and those who see all; never another's."""
    row = seen(Attendance, id, actor())
    if not (row.is_for(actor()) or actor().has(*SEES_ALL)) or row.signature_file_id is None:
        abort(404)
    kept = db.session.get(files.StoredFile, row.signature_file_id) or abort(404)
    return send_file(io.BytesIO(kept.read()), mimetype="image/png")


@bp.post("/tamu/<int:meeting_id>")
@login_required
def add_guest(meeting_id: int) -> ResponseReturnValue:
    meeting = seen(Meeting, meeting_id, actor())
    back = url_for("meetings.show", id=meeting_id, bagian="kehadiran")
    try:
        invitees.add_guest(meeting, actor(), request.form, now())
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        if refused.kind != "field":
            raise
        meeting = seen(Meeting, meeting_id, actor())
        form = Form(GuestForm, request.form, refused.errors)
        return render_template("attendance/guest.html", meeting=meeting, form=form, back=back), 422
    flash("Tamu dicatat hadir.", "success")
    return redirect(back, 303)


@bp.get("/layar/<int:meeting_id>")
@login_required
def screen(meeting_id: int) -> ResponseReturnValue:
    """The live code, large, for the wall of the room."""
    meeting = seen(Meeting, meeting_id, actor())
    if not actor().has(SECRETARIAT) and CHAIR not in office(meeting, actor()):
        raise Refused("role", "Kode hadir ditampilkan oleh sekretariat atau pimpinan rapat.")
    token, expires = live_code.code_of(meeting, now())
    url = public_url(url_for(".check_in", token=token))
    picture = segno.make(url, error="m").svg_data_uri(scale=8, border=2)
    present = sum(row.state == "present" for row in meeting.attendance)
    return render_template(
        "attendance/screen.html", meeting=meeting, url=url, picture=picture, expires=expires, present=present
    )


# -- public ------------------------------------------------------------------------------------------


@bp.route("/<token>", methods=["GET", "POST"])
def check_in(token: str) -> ResponseReturnValue:
    """Public: the token names the meeting and the day; it shows posts and names nobody."""
    try:
        meeting = live_code.meeting_of(token, now())
    except Refused as refused:
        return unlinked(error_page(410, refused.detail))
    errors: Mapping[str, list[str]] = {}
    status = 200
    if request.method == "POST":
        try:
            row = door.check_in(meeting, request.form, now())
            label, at = row.label, row.checked_in_at
            db.session.commit()
            said = render_template("attendance/welcome.html", meeting=meeting, label=label, at=at)
            return unlinked((said, 200))
        except Refused as refused:
            db.session.rollback()
            if refused.kind == "role":
                raise
            errors = refused.errors or {"": [refused.detail]}
            status = 422 if refused.kind in ("field", "need") else 409
            meeting = live_code.meeting_of(token, now())
    page = render_template(
        "attendance/check_in.html",
        meeting=meeting,
        form=Form(door.DoorForm, request.form, errors),
        guest=Form(GuestForm, request.form, errors),
        who=request.form.get("who", "") or own_row_id(meeting),
        rows=door.expected(meeting),
        errors=errors,
        token=token,
    )
    return unlinked((page, status))


def own_row_id(meeting: Meeting) -> str:
    """Somebody signed in on this phone need not look for his own row."""
    if not current_user.is_authenticated:
        return ""
    return next((str(row.id) for row in door.expected(meeting) if row.is_for(actor())), "")


def unlinked(answer: Any) -> ResponseReturnValue:
    """The address is a key: it must not travel as a referrer, nor into a search engine."""
    body, status = answer
    return body, status, {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
