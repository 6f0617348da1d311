"""Kehadiran: one row with its moves, and guests. The screen is in screen.py, the public page in door_views.py."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from randal.database.base import db
from randal.meeting_facts import invitees, presence, presence_words, rsvp_links
from randal.meeting_facts.forms import GuestForm
from randal.models.attendance import Attendance
from randal.models.meetings import Meeting
from randal.rooms.attendance import (
    answer_views,
    asking_views,
    door,
    door_views,
    going,
    register_views,
    screen,
    table_views,
)
from randal.schemas.forms import Form
from randal.storage import files
from randal.web.attempt import attempt, seen
from randal.web.downloads import file_answer
from randal.web.pages import actor, add_moves, me, moves_of, now, safe_next
from randal.web.timeline import history_of
from workflows.attendance import minutes_not_approved
from workflows.lifecycle import SECRETARIAT, SEES_ALL, Act, Refused
from workflows.meeting_states import LIVE

bp = Blueprint("attendance", __name__, url_prefix="/hadir")
add_moves(bp, Attendance, "attendance.show")
screen.add_screen(bp)
table_views.add_table(bp)
asking_views.add_asking(bp)
register_views.add_register(bp)
door_views.add_door(bp)
bp.record_once(lambda state: state.app.register_blueprint(answer_views.bp))
bp.add_app_template_filter(presence_words.told, "told_times")
bp.add_app_template_test(presence.is_here, "in_room")


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
        history=history_of(row, me()),
        at_items=presence_words.at_items(row),
        may_correct=actor().has(SECRETARIAT) and minutes_not_approved(row, Act(actor(), now())) is None,
        may_come=may_come(row),
        mandate=row.mandate_file_id is not None and asking_views.sees_mandate(row, actor()),
        may_uninvite=not row.is_guest
        and row.state != "present"
        and len(row.meeting.invitees) > 1
        and row.meeting.lifecycle().may(row.meeting, "uninvite", actor()),
        link=rsvp_links.reply_url(row) if actor().has(SECRETARIAT) and asks(row) else "",
    )


def asks(row: Attendance) -> bool:
    """Is this an invitation that may be answered by its link?"""
    return not row.is_guest and row.meeting.state in LIVE


def may_come(row: Attendance) -> bool:
    """Is there a button «Catat kehadiran saya» for who looks?"""
    meeting = row.meeting
    today = meeting.state in LIVE and meeting.is_check_in_day(now())
    return today and row.is_for(actor()) and not presence.is_here(row, now())


@bp.post("/<int:id>/datang")
@login_required
def come(id: int) -> ResponseReturnValue:
    """A signed-in invitee writes himself down: at first, and again for the next session or after having gone."""
    row = seen(Attendance, id, actor())
    if row.state != "present":
        attempt(Attendance, id, "check_in", {}, actor(), now=now())
    elif not row.lifecycle().wears(row, "come_back", actor()):
        row.lifecycle().row_for(row, "come_back", actor())
    elif presence.is_here(row, now()):
        raise Refused("state", door.already(row))
    else:
        going.come_back(row, actor(), now())
    db.session.commit()
    flash("Kehadiran Anda tercatat." if row.is_for(actor()) else "Kehadiran tercatat.", "success")
    return redirect(safe_next(request.form.get("next"), url_for(".show", id=id)), 303)


@bp.post("/<int:id>/jam/<int:presence_id>")
@login_required
def correct_times(id: int, presence_id: int) -> ResponseReturnValue:
    row = seen(Attendance, id, actor())
    try:
        going.correct(row, presence_id, actor(), request.form, now())
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        if refused.kind != "field":
            raise
        for several in refused.errors.values():
            flash(" ".join(several), "danger")
        return redirect(url_for(".show", id=id), 303)
    flash("Jam hadir dibetulkan.", "success")
    return redirect(url_for(".show", id=id), 303)


@bp.get("/<int:id>/tanda-tangan")
@login_required
def signature(id: int) -> ResponseReturnValue:
    """The drawn signature, for its row and those who see all; never another's."""
    row = seen(Attendance, id, actor())
    if not (row.is_for(actor()) or actor().has(*SEES_ALL)) or row.signature_file_id is None:
        abort(404)
    kept = db.session.get(files.StoredFile, row.signature_file_id) or abort(404)
    return file_answer(kept, inline=True)


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
