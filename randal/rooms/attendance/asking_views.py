"""What the secretariat does with invitations out: ask the silent, change a link; and the letter of who stands in."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from randal.database.base import db
from randal.models.attendance import Attendance
from randal.models.meetings import Meeting, office
from randal.rooms.attendance import asking
from randal.storage import files
from randal.web.attempt import seen
from randal.web.downloads import file_answer
from randal.web.pages import actor, now, safe_next
from workflows.lifecycle import CHAIR, SEES_ALL, Actor, Refused


def add_asking(bp: Blueprint) -> None:
    bp.add_url_rule("/ingatkan/<int:meeting_id>", view_func=login_required(remind), methods=["POST"])
    bp.add_url_rule("/<int:id>/tautan", view_func=login_required(change_link), methods=["POST"])
    bp.add_url_rule("/<int:id>/surat-tugas", view_func=login_required(mandate))


def remind(meeting_id: int) -> ResponseReturnValue:
    meeting = seen(Meeting, meeting_id, actor())
    back = url_for("meetings.show", id=meeting_id, bagian="kehadiran")
    try:
        rows, people = asking.remind(meeting, actor(), now())
        db.session.commit()
        flash(f"{rows} undangan diingatkan lewat {people} surel.", "success")
    except Refused as refused:
        db.session.rollback()
        if refused.kind == "role":
            raise
        flash(refused.detail, "warning")
    return redirect(safe_next(request.form.get("next"), back), 303)


def change_link(id: int) -> ResponseReturnValue:
    row = seen(Attendance, id, actor())
    people = asking.change_link(row, actor(), now())
    db.session.commit()
    flash(f"Tautan lama tidak berlaku lagi. Tautan baru dikirim kepada {people} orang.", "success")
    return redirect(url_for("attendance.show", id=id), 303)


def mandate(id: int) -> ResponseReturnValue:
    """The letter of assignment, to be saved: for its row, the chair, and those who see all."""
    row = seen(Attendance, id, actor())
    if row.mandate_file_id is None or not sees_mandate(row, actor()):
        abort(404)
    kept = db.session.get_one(files.StoredFile, row.mandate_file_id)
    return file_answer(kept)


def sees_mandate(row: Attendance, actor: Actor) -> bool:
    return row.is_for(actor) or actor.has(*SEES_ALL) or CHAIR in office(row.meeting, actor)
