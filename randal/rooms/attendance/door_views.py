"""The public check-in `/hadir/<key>`: it shows posts and names nobody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, json, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_login.utils import current_user
from sqlalchemy.exc import IntegrityError

from randal.database.base import db
from randal.l10n.formats import clock
from randal.meeting_facts.forms import GuestForm
from randal.models.attendance import Attendance
from randal.models.meetings import Meeting
from randal.rooms.attendance import door, live_code
from randal.rooms.attendance.drawing import drawn
from randal.schemas.forms import Form
from randal.storage import files
from randal.web import pages, rate_limit
from randal.web.pages import SENTENCES, actor, error_page, now, wants_json
from workflows.lifecycle import Refused


def add_door(bp: Blueprint) -> None:
    # The key in the address is the only right to write here; a page of another site does not have it.
    view = pages.csrf.exempt(check_in)
    bp.add_url_rule("/<token>", view_func=view, methods=["GET", "POST"])
    pages.PUBLIC.add("attendance.check_in")


def check_in(token: str) -> ResponseReturnValue:
    """Public: the key names the meeting and how long it opens."""
    try:
        key = live_code.read(token)
        if request.method == "POST":
            return unlinked(post(token, key))
        meeting = live_code.opens(key, now())
    except Refused as refused:
        return unlinked(shut(refused))
    # A phone that came in time gets a ticket of its own: typing and drawing take longer than a code lives.
    ticket = token if key.kind == live_code.PASS else live_code.ticket_of(meeting, now())
    return unlinked(page(meeting, ticket, {}, 200))


def post(token: str, key: live_code.Key) -> ResponseReturnValue:
    # The picture is read before the database is asked: SQLite has one writer, and decoding takes its time.
    picture = picture_of(request.form)
    meeting = live_code.opens(key, now(), door.said_by_phone(request.form, now()))
    try:
        row = written(meeting, key.ticket, picture)
    except Refused as refused:
        db.session.rollback()
        if refused.kind == "role":
            raise
        errors = refused.errors or {"": [refused.detail]}
        status = 422 if refused.kind in ("field", "need") else 409
        if wants_json():
            return error_page(status, refused.detail, errors)
        return page(live_code.opens(key, now()), token, errors, status)
    return welcome(row)


def written(meeting: Meeting, ticket: str, picture: files.Checked | None) -> Attendance:
    meeting_id = meeting.id
    try:
        row = door.check_in(meeting, request.form, now(), picture, ticket)
        db.session.commit()
        return row
    except (
        IntegrityError
    ):  # the same check-in, or the same ticket, came twice at once: the first has been written
        db.session.rollback()
        meeting = db.session.get_one(Meeting, meeting_id)
        if found := door.sent_before(meeting, str(request.form.get("key")), ticket):
            return found
        raise


def picture_of(form: Mapping[str, Any]) -> files.Checked | None:
    try:
        return drawn(str(form.get("signature") or ""))
    except Refused:
        return None  # said again by door.check_in, at its field


def welcome(row: Attendance) -> ResponseReturnValue:
    meeting, odd = row.meeting, door.odd_clock(request.form, now())
    at = row.presences[-1].arrived_at if row.presences else row.checked_in_at
    if wants_json():
        sentence = f"{row.label}, pukul {clock(at, meeting.timezone)}."
        return answer({"sentence": f"{sentence} {odd}".strip(), "label": row.label})
    return render_template("attendance/welcome.html", meeting=meeting, label=row.label, at=at, odd=odd), 200


def page(meeting: Meeting, ticket: str, errors: Mapping[str, list[str]], status: int) -> ResponseReturnValue:
    rows = door.expected(meeting, now())
    shown = render_template(
        "attendance/check_in.html",
        meeting=meeting,
        form=Form(door.DoorForm, request.form, errors),
        guest=Form(GuestForm, request.form, errors),
        who=request.form.get("who", "") or own_row_id(meeting),
        rows=rows,
        errors=errors,
        token=ticket,
    )
    return shown, status


def own_row_id(meeting: Meeting) -> str:
    """Somebody signed in on this phone need not look for his own row."""
    if not current_user.is_authenticated:
        return ""
    return next((str(row.id) for row in meeting.invitees if row.is_for(actor())), "")


def shut(refused: Refused) -> ResponseReturnValue:
    """The key opens nothing: why, and what to do."""
    if isinstance(refused, live_code.Forged) and rate_limit.too_many(request.remote_addr or "", now()):
        return error_page(429, SENTENCES[429])
    if wants_json():
        return error_page(410, refused.detail)
    db.session.rollback()
    return render_template("attendance/shut.html", sentence=refused.detail), 410


def answer(data: dict[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(data), status, content_type="application/json")


def unlinked(answer: ResponseReturnValue) -> Response:
    """The address is a key: it must not travel as a referrer, nor into a search engine."""
    made: Response = make_response(answer)
    made.headers["Referrer-Policy"] = "no-referrer"
    made.headers["X-Robots-Tag"] = "noindex"
    return made
