"""The attendance list (daftar hadir) from its rows: what `list_papers.AttendanceList` says, as PDF and as XLSX."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import selectinload

from randal.database.base import db
from randal.documents.model import Document
from randal.documents.paper_parts import attendance_rows, heading, instant, meeting_head
from randal.documents.pipeline import pdf, renders
from randal.meeting_facts import presence
from randal.meeting_facts.presence_words import minutes_late, told
from randal.models.attendance import Attendance
from randal.models.meetings import Meeting, Session, meetings_in_office
from randal.rooms.attendance import register_papers  # noqa: F401 - declares its own paper
from randal.rooms.attendance.list_papers import AttendanceList, Mark, Row, SessionHead, Totals, summary
from workflows.lifecycle import Actor


def readers(actor: Actor) -> ColumnElement[bool]:
    seen = Meeting.visible_to(actor).with_only_columns(Meeting.id)
    return or_(Document.meeting_id.in_(meetings_in_office(actor)), Document.meeting_id.in_(seen))


@renders("attendance_list", draw=pdf("attendance/attendance_list.pdf.html"), seen_by=readers)
def build(document: Document, now: datetime) -> AttendanceList:
    meeting = db.session.get_one(Meeting, document.subject_id)
    head = heading(
        document.title,
        document.created_at,
        meeting.timezone,
        code=document.code,
        unit_id=meeting.organiser_id,
    )
    return list_of(meeting, head, pictures=True)


def list_of(meeting: Meeting, head: dict[str, Any], *, pictures: bool) -> AttendanceList:
    """The list as it stands, in a number of statements that does not grow with the rows."""
    query = (
        select(Attendance).where(Attendance.meeting_id == meeting.id).options(selectinload(Attendance.person))
    )
    rows = list(db.session.scalars(query.order_by(Attendance.position, Attendance.id)).unique())
    presence.load(rows)
    sessions = presence.held(meeting)
    sessions = sessions if len(sessions) > 1 else []
    invited, guests = [r for r in rows if not r.is_guest], [r for r in rows if r.is_guest]
    made, guest_rows = lines(invited, sessions, pictures), lines(guests, sessions, pictures)
    counted = totals(meeting, invited, made, guest_rows, len(sessions))
    return cast(
        AttendanceList,
        head
        | {
            "meeting": meeting_head(meeting, real_times=True),
            "sessions": [session_head(s) for s in sessions],
            "rows": made,
            "guests": guest_rows,
            "totals": counted,
            "summary": summary(counted),
        },
    )


def session_head(session: Session) -> SessionHead:
    return {
        "title": session.title,
        "starts_at": instant(session.starts_at),
        "ends_at": instant(session.ends_at),
    }


def lines(rows: list[Attendance], sessions: list[Session], pictures: bool) -> list[Row]:
    return [
        line(row, base, sessions)
        for row, base in zip(rows, attendance_rows(rows, pictures=pictures), strict=True)
    ]


def line(row: Attendance, base: Any, sessions: list[Session]) -> Row:
    came = row.state == "present"
    first = row.presences[0].arrived_at if came and row.presences else None
    notes = [*told(row), base["note"], "surat tugas diterima" if row.mandate_file_id else ""]
    if not came and row.name_attending and not row.is_guest:
        notes.append(f"semula diwakilkan kepada {row.name_attending}")
    return base | {
        "arrived_at": instant(first) or base["arrived_at"],
        "late": came and bool(row.presences) and minutes_late(row.meeting, row.presences[0]) > 0,
        "note": "; ".join(n for n in notes if n),
        "marks": [mark(row, session) for session in sessions],
    }


def mark(row: Attendance, session: Session) -> Mark:
    """Was he there, and from when to when; who is present without any times was there throughout."""
    mine = [p for p in row.presences if p.session_id == session.id] if row.state == "present" else []
    there = bool(mine) or (row.state == "present" and not row.presences)
    return {
        "present": there,
        "from": instant(mine[0].arrived_at) if mine else "",
        "to": instant(mine[-1].left_at) if mine else "",
    }


def totals(
    meeting: Meeting, invited: list[Attendance], made: list[Row], guests: list[Row], sessions: int
) -> Totals:
    labels = list(dict.fromkeys(row["label"] for row in made))
    present = sum(row["state"] == "present" for row in made)
    needed = -(-len(invited) * meeting.quorum // 100) if meeting.quorum else 0
    return {
        "invited": len(made),
        "by_label": [[label, sum(r["label"] == label for r in made)] for label in labels],
        "represented": sum(r["state"] == "present" and bool(r["on_behalf_of"]) for r in made),
        "late": sum(r["late"] for r in made),
        "guests": len(guests),
        "quorum": meeting.quorum or 0,
        "needed": needed,
        "reached": bool(needed) and present >= needed,
        "sessions": [sum(r["marks"][n]["present"] for r in [*made, *guests]) for n in range(sessions)],
    }
