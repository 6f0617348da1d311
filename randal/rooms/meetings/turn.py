"""A PPK's turn: its report, findings, kendala and what it owes, on one page, and the next PPK one press away."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required
from sqlalchemy import false, select
from sqlalchemy.orm import joinedload, selectinload

from randal.base.ids import bounded
from randal.database.base import db
from randal.meeting_facts import etag
from randal.models.attendance import Attendance
from randal.models.findings import Finding
from randal.models.follow_ups import FollowUp
from randal.models.kendala import Kendala
from randal.models.meetings import Meeting
from randal.models.progress import ProgressReport
from randal.rooms.meetings import room, timetable
from randal.web.pages import actor, now
from workflows.follow_up import NOT_OWED
from workflows.meeting_states import HELD


def add_turn(bp: Blueprint) -> None:
    bp.add_url_rule("/<int:id>/giliran", view_func=login_required(turn))


def turn(id: int) -> ResponseReturnValue:
    """`ppk`: the unit; without it the first one that is present. Who only attends finds his own unit alone."""
    mark = etag.mark_of(id, actor(), now())
    if etag.has(mark):
        return etag.same(mark)
    meeting = room.open_room(id, actor())
    rows = room.turns(meeting, actor())
    wanted = request.args.get("ppk", type=bounded)
    at = next((n for n, row in enumerate(rows) if row.unit_id == wanted), None)
    if at is None:
        if wanted is not None or not rows:
            abort(404)
        at = next((n for n, row in enumerate(rows) if row.state == "present"), 0)
    row = rows[at]
    on = meeting.state == "in_session"
    return render_template(
        "meetings/turn.html",
        meeting=meeting,
        mark=mark,
        row=row,
        number=at + 1,
        rows_count=len(rows),
        before=rows[at - 1] if at else None,
        after=rows[at + 1] if at + 1 < len(rows) else None,
        running=timetable.course(meeting, now()).running if on else None,
        **of_unit(meeting, row.unit_id),
    )


def of_unit(meeting: Meeting, unit_id: int | None) -> dict[str, Any]:
    """What this unit brings to the meeting: four lists, one statement each (and one for what hangs on them)."""

    def rows(model: type[Any], *where: Any, options: tuple[Any, ...] = ()) -> list[Any]:
        query = model.visible_to(actor()).where(model.unit_id == unit_id, *where).order_by(model.id)
        return list(db.session.scalars(query.options(*options)).unique())

    here = FollowUp.meeting_id == meeting.id
    owed = FollowUp.state.not_in(NOT_OWED)
    last = meeting_before(meeting, unit_id)
    told = joinedload(FollowUp.meeting)
    promised = (FollowUp.meeting_id == last.id) & (FollowUp.state != "draft") if last else false()
    promises = rows(FollowUp, promised, options=(told,)) if last else []
    return {
        "before_meeting": last,
        "promises": promises,
        "promises_kept": sum(row.state == "verified" for row in promises),
        "reports": rows(ProgressReport, ProgressReport.period == meeting.report_period,
                        options=(selectinload(ProgressReport.all_figures),)),
        "findings": rows(Finding, Finding.meeting_id == meeting.id, options=(selectinload(Finding.follow_ups),)),
        "kendala": rows(Kendala, Kendala.meeting_id == meeting.id, options=(selectinload(Kendala.follow_ups),)),
        "follow_ups": rows(FollowUp, here | owed, ~promised, options=(told,)),
    }  # fmt: skip


def meeting_before(meeting: Meeting, unit_id: int | None) -> Meeting | None:
    """The meeting before this one to which the unit was invited: its promises are asked about first."""
    if meeting.starts_at is None:
        return None
    invited = select(Attendance.meeting_id).where(Attendance.unit_id == unit_id)
    query = Meeting.visible_to(actor()).where(Meeting.starts_at < meeting.starts_at, Meeting.id.in_(invited))
    query = query.where(Meeting.state.in_(HELD))
    return db.session.scalars(query.order_by(Meeting.starts_at.desc()).limit(1)).first()
