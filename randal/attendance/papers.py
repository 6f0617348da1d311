"""The attendance list (daftar hadir) from its rows."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import selectinload

from randal.attendance.models import Attendance
from randal.core.db import db
from randal.core.documents import Document
from randal.core.paper_parts import attendance_rows, heading, meeting_head
from randal.core.papers import AttendanceList
from randal.core.printing import pdf, renders
from randal.meetings.models import Meeting, meetings_in_office
from workflows.lifecycle import Actor


def readers(actor: Actor) -> ColumnElement[bool]:
    seen = Meeting.visible_to(actor).with_only_columns(Meeting.id)
    return or_(Document.meeting_id.in_(meetings_in_office(actor)), Document.meeting_id.in_(seen))


@renders("attendance_list", draw=pdf("attendance/attendance_list.pdf.html"), seen_by=readers)
def build(document: Document, now: datetime) -> AttendanceList:
    meeting = db.session.get_one(Meeting, document.subject_id)
    query = (
        select(Attendance).where(Attendance.meeting_id == meeting.id).options(selectinload(Attendance.person))
    )
    rows = list(db.session.scalars(query.order_by(Attendance.position, Attendance.id)).unique())
    head = heading(document.title, document.created_at, meeting.timezone, code=document.code)
    return cast(
        AttendanceList,
        head
        | {
            "meeting": meeting_head(meeting, real_times=True),
            "rows": attendance_rows((r for r in rows if not r.is_guest), pictures=True),
            "guests": attendance_rows((r for r in rows if r.is_guest), pictures=True),
        },
    )
