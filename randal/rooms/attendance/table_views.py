"""Meja sekretariat `/hadir/meja/<meeting>`: the page, what changed since, and what is done there. Also without script."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, flash, json, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from randal.database.base import db
from randal.meeting_facts import invitees, presence
from randal.models.attendance import Attendance
from randal.models.meetings import Meeting
from randal.rooms.attendance import door, table
from randal.web.attempt import seen
from randal.web.pages import STATUS, actor, now, wants_json
from workflows.attendance import LIFECYCLE
from workflows.lifecycle import Refused
from workflows.meeting_states import LIVE

LABELS = {
    "name": "Nama lengkap",
    "post": "Jabatan",
    "institution": "Instansi",
    "reason": "Alasan",
    "at": "Pulang pukul",
}


def add_table(bp: Blueprint) -> None:
    at = "/meja/<int:meeting_id>"
    bp.add_url_rule(at, "table", login_required(page))
    bp.add_url_rule(f"{at}/baris", "table_changes", login_required(changes))
    bp.add_url_rule(f"{at}/tamu", "table_guest", login_required(guest), methods=["POST"])
    bp.add_url_rule(f"{at}/<int:row_id>/<deed>", "table_deed", login_required(deed), methods=["POST"])


def at_table(meeting_id: int) -> Meeting:
    meeting: Meeting = seen(Meeting, meeting_id, actor())
    LIFECYCLE.require_make(actor().roles)  # who may write on the list
    return meeting


def page(meeting_id: int) -> ResponseReturnValue:
    meeting = at_table(meeting_id)
    return render_template(
        "attendance/table.html",
        meeting=meeting,
        mark=table.mark_of(meeting, now()),
        lines=table.lines(meeting, now()),
        session=presence.session_at(meeting, now()),
        full=full(meeting),
        quorum=presence.quorum(meeting, now()),
        open_now=meeting.state in LIVE and meeting.is_check_in_day(now()),
    )


def full(meeting: Meeting) -> str:
    came, most = door.guests_at_door(meeting)
    return door.said_full(most) if came >= most else ""


def changes(meeting_id: int) -> ResponseReturnValue:
    """Nothing (204) while the list is as the page has it; else the rows that changed since its mark."""
    meeting = at_table(meeting_id)
    since, mark = request.args.get("sejak", ""), table.mark_of(meeting, now())
    if since == mark:
        return Response(status=204)
    return answer(meeting, table.lines(meeting, now(), since), mark=mark)


def deed(meeting_id: int, row_id: int, deed: str) -> ResponseReturnValue:
    meeting = at_table(meeting_id)
    if deed not in table.DEEDS or seen(Attendance, row_id, actor()).meeting_id != meeting.id:
        abort(404)
    return done(meeting_id, lambda: table.act(row_id, deed, actor(), request.form, now()), row_id)


def guest(meeting_id: int) -> ResponseReturnValue:
    meeting = at_table(meeting_id)

    def write() -> tuple[Attendance, str]:
        row = invitees.add_guest(meeting, actor(), request.form, now())
        return row, f"{row.label}: tamu dicatat hadir."

    return done(meeting_id, write, None)


def done(meeting_id: int, write: Any, row_id: int | None) -> ResponseReturnValue:
    """Do it and answer with the row as it stands now, also when somebody else was faster."""
    try:
        row, sentence = write()
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        meeting = at_table(meeting_id)
        sentence = said(refused)
        if not wants_json():
            flash(sentence, "danger")
            return redirect(url_for("attendance.table", meeting_id=meeting_id), 303)
        rows = [table.line_of(seen(Attendance, row_id, actor()), None, now())] if row_id else []
        return answer(meeting, rows, STATUS[refused.kind], detail=sentence, errors=refused.errors)
    if not wants_json():
        flash(sentence, "success")
        return redirect(url_for("attendance.table", meeting_id=meeting_id), 303)
    return answer(row.meeting, [table.line_of(row, None, now())], sentence=sentence)


def said(refused: Refused) -> str:
    fields = [
        f"{LABELS[name]}: {' '.join(several)}" for name, several in refused.errors.items() if name in LABELS
    ]
    return " ".join(fields) or refused.detail


def answer(meeting: Meeting, rows: list[table.Line], status: int = 200, **more: Any) -> Response:
    q = presence.quorum(meeting, now())
    open_now = meeting.state in LIVE and meeting.is_check_in_day(now())
    drawn = [
        {"id": each.row.id, "html": render_template("attendance/table_row.html", line=each, meeting=meeting, open_now=open_now)}
        for each in rows
    ]  # fmt: skip
    counts = {
        "present": q.present,
        "invited": q.invited,
        "guests": q.guests,
        "needed": q.needed,
        "reached": q.reached,
    }
    body = {"rows": drawn, "counts": counts} | more
    return Response(json.dumps(body), status, content_type="application/json")
