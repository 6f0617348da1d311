"""The register of a year as page, XLSX and PDF; and the attendance list of one meeting as XLSX."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from randal.base.ids import bounded
from randal.database.base import db
from randal.documents.paper_parts import heading
from randal.documents.pipeline import file_name
from randal.l10n.clock import DEFAULT_ZONE
from randal.models.meetings import Meeting
from randal.rooms.attendance import papers, register_papers
from randal.rooms.attendance.list_papers import list_workbook
from randal.rooms.attendance.register import KINDS, register_of
from randal.web.attempt import seen
from randal.web.downloads import XLSX, given
from randal.web.pages import actor, now
from workflows.lifecycle import SEES_ALL


def add_register(bp: Blueprint) -> None:
    bp.add_url_rule("/register", view_func=login_required(register))
    bp.add_url_rule("/register.xlsx", view_func=login_required(register_sheet))
    bp.add_url_rule("/register/cetak", view_func=login_required(register_print), methods=["POST"])
    bp.add_url_rule("/daftar/<int:meeting_id>.xlsx", view_func=login_required(list_sheet))


def register() -> ResponseReturnValue:
    found = register_of(actor(), request.args.get("tahun", type=bounded), now())
    return render_template(
        "attendance/register.html", found=found, kinds=KINDS, sees_all=actor().has(*SEES_ALL)
    )


def register_sheet() -> ResponseReturnValue:
    found = register_of(actor(), request.args.get("tahun", type=bounded), now())
    made = register_papers.paper(found, heading(f"Register Kehadiran {found.year}", now(), DEFAULT_ZONE))
    return given(register_papers.register_workbook(made), XLSX, f"register-kehadiran-{found.year}.xlsx")


def register_print() -> ResponseReturnValue:
    found = register_of(actor(), request.form.get("tahun", type=bounded), now())
    document = register_papers.order(actor(), found.year, now())
    db.session.commit()
    return redirect(url_for("documents.show", id=document.id), 303)


def list_sheet(meeting_id: int) -> ResponseReturnValue:
    """As it stands now, for everyone who sees the meeting: names, posts and times, no contact data."""
    meeting = seen(Meeting, meeting_id, actor())
    title = f"Daftar hadir {meeting.title}"
    made = papers.list_of(
        meeting, heading(title, now(), meeting.timezone, unit_id=meeting.organiser_id), pictures=False
    )
    return given(list_workbook(made), XLSX, f"{file_name(title)}.xlsx")
