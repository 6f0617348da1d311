"""/rapat/<id>/tutup: what is missing, who will be noted as absent, once, and one button: nothing else blocks at 17.00."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from randal.database.base import db
from randal.models.meetings import Meeting
from randal.web.attempt import attempt, seen
from randal.web.pages import actor, now
from randal.web.timeline import sentence_of
from workflows.closing import missing_is_confirmed
from workflows.lifecycle import Act, Refused
from workflows.meeting import LIFECYCLE


def add_closing(bp: Blueprint) -> None:
    bp.add_url_rule("/<int:id>/tutup", "close", login_required(close), methods=["GET", "POST"])


def close(id: int) -> ResponseReturnValue:
    meeting = seen(Meeting, id, actor())
    LIFECYCLE.row_for(meeting, "close", actor())
    status = 200
    if request.method == "POST":
        try:
            done = attempt(Meeting, id, "close", request.form, actor(), now=now())
            db.session.commit()
            said = sentence_of(done.event) if done.event else ""
            flash(f"{said} Notula disiapkan dari catatan rapat.", "success")
            return redirect(url_for(".show", id=id), 303)
        except Refused as refused:
            db.session.rollback()
            if refused.kind != "field":
                raise
            meeting, status = seen(Meeting, id, actor()), 422
    due = meeting.unreported(now())
    page = render_template(
        "meetings/close.html",
        meeting=meeting,
        missing=missing_is_confirmed(meeting, Act(actor(), now())) or [],
        groups=[
            ("PPK yang belum melapor", "Tidak melapor", due),
            ("Acara tanpa hasil", "Ditunda", [a.title for a in meeting.agenda_items if not a.outcome]),
            (
                "Sasaran dan keluaran",
                "Belum dinilai",
                [o.text for o in meeting.objectives if not o.assessment],
            ),
        ],
        later=[name for name in meeting.units_without_report if name not in due],
        absent=meeting.unconfirmed,
        in_office=meeting.in_office,
    )
    return page, status
