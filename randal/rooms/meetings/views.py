"""Rapat: the list, making and editing one, its room with its parts, closing it. The live minutes are in live.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from randal.base.ids import bounded
from randal.database.base import db
from randal.engine.transitions import Changed
from randal.meeting_facts import etag
from randal.meeting_facts.calendar import file_of, session_lines
from randal.meeting_facts.invitees import invite
from randal.models.meetings import Meeting
from randal.org.app_settings import public_url
from randal.rooms.meetings import (
    agenda_pages,
    choices,
    clashes,
    closing,
    commands,
    feed,
    letter_signing_pages,
    letters,
    live,
    messages,
    packet_views,
    projector,
    room,
    series,
    series_views,
    turn,
)
from randal.rooms.meetings.forms import MeetingForm, NewMeetingForm
from randal.rooms.meetings.queries import invited_counts, listed
from randal.schemas.forms import Form
from randal.web.attempt import seen
from randal.web.pages import MOVE_CHOICES, actor, add_moves, me, moves_of, now
from workflows.lifecycle import Act, Refused
from workflows.meeting import LIFECYCLE
from workflows.meeting_states import LIVE, UNTIL_SIGNED

bp = Blueprint("meetings", __name__, url_prefix="/rapat")
add_moves(bp, Meeting, "meetings.show")
live.add_live(bp)
agenda_pages.add_agenda(bp)
closing.add_closing(bp)
projector.add_projector(bp)
turn.add_turn(bp)
series_views.add_series(bp)
packet_views.add_packet(bp)
letters.add_letter(bp)
feed.add_feed(bp)
bp.app_template_global("session_lines")(session_lines)
MOVE_CHOICES["meeting"] = choices.of_moves
PAGE = 20


# -- the list ----------------------------------------------------------------------------------------


@bp.get("")
@login_required
def index() -> ResponseReturnValue:
    before = request.args.get("sebelum", type=bounded) or None
    past = listed(actor(), now(), "past", PAGE + 1, before)
    later = past[PAGE - 1].id if len(past) > PAGE else None
    sections = [("past", "Sudah lewat", past[:PAGE])]
    if not before:
        coming = [
            ("running", "Berlangsung dan menunggu notula", listed(actor(), now(), "running", 100)),
            ("next", "Akan datang", listed(actor(), now(), "next", 100)),
        ]
        sections = coming + sections
    counts = invited_counts([m for _, _, rows in sections for m in rows])
    return render_template(
        "meetings/index.html",
        sections=sections,
        counts=counts,
        may_make=LIFECYCLE.may_make(actor().roles),
        earlier=url_for(".index") if before else None,
        later=url_for(".index", sebelum=later) if later else None,
    )


# -- making and editing ------------------------------------------------------------------------------


@bp.get("/baru")
@login_required
def new() -> ResponseReturnValue:
    return blank_form({"timezone": "Asia/Jakarta"}, {}, 200)


@bp.post("")
@login_required
def create() -> ResponseReturnValue:
    try:
        meeting = commands.make_meeting(actor(), request.form, now())
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        if refused.kind != "field":
            raise
        return blank_form(request.form, refused.errors, 422)
    flash("Draf rapat disimpan. Periksa, lalu jadwalkan.", "success")
    return redirect(url_for(".show", id=meeting.id), 303)


def blank_form(given: Mapping[str, Any], errors: Mapping[str, list[str]], status: int) -> ResponseReturnValue:
    LIFECYCLE.require_make(actor().roles)
    form = Form(NewMeetingForm, given, errors, choices=choices.of_form())
    return render_template("meetings/form.html", form=form, meeting=None, status=status), status


@bp.route("/<int:id>/ubah", methods=["GET", "POST"])
@login_required
def change(id: int) -> ResponseReturnValue:
    meeting = seen(Meeting, id, actor())
    LIFECYCLE.require_edit(meeting, actor())
    errors: Mapping[str, list[str]] = {}
    status, given = 200, as_typed(meeting)
    if request.method == "POST":
        try:
            commands.edit_meeting(
                meeting, actor(), request.form, now(), version=request.form.get("version", type=bounded)
            )
            db.session.commit()
            flash("Perubahan disimpan.", "success")
            return redirect(url_for(".show", id=id), 303)
        except Refused as refused:
            db.session.rollback()
            stale = isinstance(refused, Changed)
            if not stale and refused.kind != "field":
                raise
            meeting, given = seen(Meeting, id, actor()), request.form
            errors, status = ({"": [str(refused)]}, 409) if stale else (refused.errors, 422)
    form = Form(MeetingForm, given, errors, choices=choices.of_form())
    return render_template("meetings/form.html", form=form, meeting=meeting, status=status), status


def as_typed(meeting: Meeting) -> dict[str, Any]:
    kept = {name: getattr(meeting, name) for name in MeetingForm().fields if hasattr(meeting, name)}
    times = {name: commands.local(meeting, name) for name in ("starts_at", "ends_at")}
    return kept | times | {"unit_ids": [a.unit_id for a in meeting.invitees if a.unit_id]}


# -- the room ----------------------------------------------------------------------------------------


@bp.get("/<int:id>")
@login_required
def show(id: int) -> ResponseReturnValue:
    part = request.args.get("bagian", "ringkasan")
    if part not in room.PARTS:
        part = "ringkasan"
    mark = etag.mark_of(id, actor(), now())
    if etag.has(mark):
        return etag.same(mark)
    meeting = room.open_room(id, actor())
    given = room.GIVEN[part](meeting, actor(), now(), request.args)
    mine = given.get("mine")
    apart = {"close", *letter_signing_pages.MOVES}  # on pages of their own
    opened = moves_of(meeting)
    return render_template(
        f"meetings/part_{part.replace('-', '_')}.html",
        meeting=meeting,
        part=part,
        parts=room.PARTS,
        mark=mark if meeting.state in UNTIL_SIGNED and part not in room.STILL else None,
        opened=[o for o in opened if o.move.name not in apart],
        signs_letter=any(o.move.name == "sign_letter" for o in opened),
        answers=moves_of(mine) if mine else [],
        may_close=opened.offers("close"),
        may_edit=LIFECYCLE.may_edit(meeting, actor()),
        may_write=opened.can("note_outcome"),
        may_project=meeting.state in LIVE and LIFECYCLE.has(meeting, "projector", Act(actor(), now())),
        may_plan=opened.offers("add_agenda_item"),
        clashes=clashes.told_to(actor(), meeting),
        **series.offered(meeting, Act(actor(), now())),
        **given,
    )


@bp.get("/<int:id>/undangan.ics")
@login_required
def calendar(id: int) -> ResponseReturnValue:
    meeting = seen(Meeting, id, actor())
    mine = me() if any(row.is_for(actor()) for row in meeting.attendance) else None
    return file_of(meeting, public_url(), now(), mine)


@bp.post("/<int:id>/undang")
@login_required
def add_invitee(id: int) -> ResponseReturnValue:
    meeting = seen(Meeting, id, actor())
    kind, _, number = request.form.get("siapa", "").partition("-")
    raw = {{"ppk": "unit_id", "orang": "user_id"}.get(kind, "unit_id"): number}
    try:
        invite(meeting, actor(), raw, now())
        db.session.commit()
        flash("Undangan ditambahkan.", "success")
    except Refused as refused:
        db.session.rollback()
        if refused.kind != "field":
            raise
        flash(" ".join(s for several in refused.errors.values() for s in several), "danger")
    return redirect(url_for(".show", id=id, bagian="kehadiran"), 303)


@bp.app_template_global()
def invitation_text(meeting: Meeting) -> str:
    return messages.invitation(meeting, public_url(url_for("meetings.show", id=meeting.id)))


@bp.app_template_global()
def missing_reports_text(meeting: Meeting, units: list[str]) -> str:
    return messages.missing_reports(meeting, units, public_url(url_for("evaluation.index")))
