"""Public: /konfirmasi/<token>, where an invited post answers without signing in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login.utils import current_user

from randal.database.base import db
from randal.meeting_facts import rsvp_links
from randal.meeting_facts.calendar import file_of
from randal.models.attendance import Attendance
from randal.org.app_settings import public_url
from randal.rooms.attendance import answering
from randal.rooms.attendance.door import HOLDER
from randal.schemas.forms import Form
from randal.schemas.moves import ask_schema
from randal.web import pages, rate_limit
from randal.web.pages import SENTENCES, actor, error_page, now, sent
from workflows.lifecycle import PPK_STAFF, Actor, Refused

bp = Blueprint("replies", __name__, url_prefix="/konfirmasi")
pages.PUBLIC |= {"replies.answer", "replies.calendar"}
FORM = ask_schema(
    [ask for m in ("represent", "decline") for ask in Attendance.lifecycle().moves_named(m)[0].asks]
)
DONE = "Jawaban Anda tercatat. Terima kasih."
STANDS = "Jawaban ini sudah tercatat sebelumnya; tidak ada yang berubah."


@bp.after_request
def unlinked(answer: Response) -> Response:
    """The address is a key: it must not travel as a referrer, nor into a search engine."""
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


@bp.route("/<token>", methods=["GET", "POST"])
def answer(token: str) -> ResponseReturnValue:
    try:
        row = rsvp_links.row_of(token, now())
    except Refused as refused:
        return shut(refused)
    if request.method == "GET":
        return page(row, token, {}, 200)
    who = speaker(row)
    if who is None:
        return page(row, token, {}, 403)
    try:
        new = answering.answer(row, sent(), who, now())
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        if refused.kind == "role":
            raise
        errors = refused.errors or {"": [refused.detail]}
        row = rsvp_links.row_of(token, now())
        return page(row, token, errors, 422 if refused.kind in ("field", "need") else 409)
    flash(DONE if new else STANDS, "success" if new else "info")
    return redirect(url_for(".answer", token=token), 303)


@bp.get("/<token>/rapat.ics")
def calendar(token: str) -> ResponseReturnValue:
    """The meeting for one's own calendar; it names nobody."""
    try:
        row = rsvp_links.row_of(token, now())
    except Refused as refused:
        return shut(refused)
    return file_of(row.meeting, public_url(), now())


def speaker(row: Attendance) -> Actor | None:
    """Who answers: the one signed in when the row is his or his unit's (the staff answers by the link, not by right),
    whoever holds the link when nobody is. None: somebody else is signed in."""
    if not current_user.is_authenticated:
        return HOLDER
    if row.is_for(actor()):
        return actor()
    staff = actor().has(PPK_STAFF) and row.unit_id is not None and row.unit_id == actor().unit_id
    return Actor(actor().id, HOLDER.roles) if staff else None


def shut(refused: Refused) -> ResponseReturnValue:
    if refused.detail == rsvp_links.FORGED and rate_limit.too_many(request.remote_addr or "", now()):
        return error_page(429, SENTENCES[429])
    return error_page(404 if refused.detail == rsvp_links.FORGED else 410, refused.detail)


def page(row: Attendance, token: str, errors: Mapping[str, list[str]], status: int) -> ResponseReturnValue:
    posted = request.method == "POST"
    given: Mapping[str, Any] = request.form if posted else standing(row)
    return (
        render_template(
            "attendance/reply.html",
            row=row,
            meeting=row.meeting,
            token=token,
            form=Form(FORM, given, errors, required=("name", "post", "reason")),
            errors=errors,
            picked=given.get("answer", ""),
            may=answering.open_answers(row, now()),
            stranger=speaker(row) is None,
        ),
        status,
    )


def standing(row: Attendance) -> dict[str, str]:
    """What was answered, as the form's own values."""
    picked = next((m for m, state in answering.ANSWERS.items() if state == row.state), "")
    return {
        "answer": picked,
        "name": row.name_attending,
        "post": row.post_attending,
        "reason": row.reason,
    }
