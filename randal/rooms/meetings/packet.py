"""Paket rapat: one paper for the table, with all that is needed there, as things stand when it is drawn."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypedDict, cast

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from randal.database.base import db
from randal.documents import model
from randal.documents.model import Document
from randal.documents.paper_parts import heading, instant, iso, meeting_head
from randal.documents.pipeline import pdf, renders
from randal.documents.snapshots import MeetingHead, Paper, Photo
from randal.engine.deeds import doing
from randal.engine.transitions import run
from randal.models.follow_ups import FollowUp
from randal.models.meetings import Meeting, meetings_in_office
from randal.models.photos import for_paper
from randal.models.progress import ProgressReport
from randal.org.people import people_with_role
from randal.rooms.meetings import timetable
from randal.rooms.meetings.queries import OverviewRow, overview
from randal.rooms.meetings.series import carried_over
from workflows.agenda import OUTCOMES
from workflows.attendance import NOT_COMING
from workflows.follow_up import NOT_OWED
from workflows.lifecycle import PPK, SECRETARIAT, Act, Actor

EVERYTHING = Actor(None, frozenset({SECRETARIAT}))  # the packet is for who runs the table
GUEST_LINES = 8
MOST_COLUMNS = 6  # of sessions on the list to sign


class Place(TypedDict):
    """A line of the list to sign: who is expected, nothing of who came."""

    name: str  # of the PPK, or of who comes in his place; "" to be written by hand
    post: str
    institution: str
    note: str


class AgendaLine(TypedDict):
    session: str  # title, on its first line only
    starts_at: str  # instant as planned, or ""
    ends_at: str
    title: str
    outcome: str
    points: list[str]  # what came over from the meeting before


class OverviewLine(TypedDict):
    unit: str
    answer: str
    report: str
    physical: list[str]  # [plan, actual] percent, "" where unknown
    financial: list[str]
    findings: int
    kendala: int
    open: int
    late: int


class OwedLine(TypedDict):
    name: str
    text: str
    meeting_on: str  # date of the meeting that agreed it
    due_on: str
    label: str
    days_late: int


class Packet(Paper):
    meeting: MeetingHead
    sessions: list[str]  # titles: a column to sign for each, when there are several
    places: list[Place]
    guest_lines: int
    agenda: list[AgendaLine]
    objectives: list[list[str]]  # [[Sasaran, text], …]
    overview: list[OverviewLine]
    owed: list[list[Any]]  # [[unit, [OwedLine, …]], …]
    photos: list[Photo]


def order(meeting: Meeting, actor: Actor, now: datetime) -> Document:
    """A queued packet. Refused: role; state while there is no invitation yet."""
    made: Document = run(meeting, "order_packet", actor, {}, now=now).made
    return made


@doing("meeting.order_packet")
def ask_for_packet(meeting: Meeting, act: Act) -> Document:
    made = model.request(
        "packet",
        "meeting",
        meeting.id,
        title=f"Paket rapat {meeting.title}",
        now=act.now,
        restricted=True,
        meeting_id=meeting.id,
        created_by_id=act.actor.id,
    )
    act.tell(document_id=made.id)
    return made


def readers(actor: Actor) -> ColumnElement[bool]:
    """It tells of every unit: for those in office (and for who sees all)."""
    return Document.meeting_id.in_(meetings_in_office(actor))


@renders("packet", draw=pdf("meetings/packet.pdf.html"), seen_by=readers)
def build(document: Document, now: datetime) -> Packet:
    meeting = db.session.get_one(Meeting, document.subject_id)
    head = heading(document.title, now, meeting.timezone, code=document.code, unit_id=meeting.organiser_id)
    return packet_of(meeting, head, now)


def packet_of(meeting: Meeting, head: dict[str, Any], now: datetime) -> Packet:
    sessions = timetable.working(meeting.sessions)
    rows = overview(meeting, EVERYTHING, now)
    return cast(
        Packet,
        head
        | {
            "meeting": meeting_head(meeting),
            "sessions": [s.title for s in sessions][:MOST_COLUMNS] if len(sessions) > 1 else [],
            "places": places(meeting),
            "guest_lines": GUEST_LINES,
            "agenda": list(agenda_lines(meeting)),
            "objectives": [
                ["Keluaran" if o.kind == "keluaran" else "Sasaran", o.text] for o in meeting.objectives
            ],
            "overview": [overview_line(row) for row in rows],
            "owed": owed(meeting, now),
            "photos": for_paper(meeting),
        },
    )


def places(meeting: Meeting) -> list[Place]:
    names = {p.unit_id: p.name for p in people_with_role(PPK) if p.unit_id}
    found: list[Place] = []
    for row in meeting.invitees:
        known = row.person.name if row.person else names.get(row.unit_id or 0, "")
        stands_in = row.name_attending if row.name_attending and row.name_attending != known else ""
        unit = row.unit or (row.person.unit if row.person else None)
        note = f"mewakili {row.label or known}" if stands_in else ""
        if row.state in NOT_COMING:
            note = row.state_label
        found.append(
            {
                "name": stands_in or known,
                "post": (row.post_attending if stands_in else row.label) or row.post_invited or "",
                "institution": unit.name if unit else "",
                "note": note,
            }
        )
    return found


def agenda_lines(meeting: Meeting) -> Iterable[AgendaLine]:
    came_over = carried_over(meeting).points
    for session, lines in timetable.grouped(meeting, None):
        title = session.title if session else ""
        for line in lines:
            item = getattr(line, "item", None)
            yield {
                "session": title,
                "starts_at": instant(line.starts_at),
                "ends_at": instant(line.ends_at),
                "title": item.title if item else line.title,
                "outcome": OUTCOMES.get(item.outcome, "") if item else "jeda",
                "points": came_over if item and item.carries_over else [],
            }
            title = ""


def overview_line(row: OverviewRow) -> OverviewLine:
    states = ProgressReport.lifecycle().states

    def said(value: Any) -> str:
        return "" if value is None else str(value)

    return {
        "unit": row.unit.short_name,
        "answer": row.attendance.state_label,
        "report": states[row.report_state] if row.report_state else "Belum ada",
        "physical": [said(row.physical.plan), said(row.physical.actual)],
        "financial": [said(row.financial.plan), said(row.financial.actual)],
        "findings": row.findings,
        "kendala": row.kendala,
        "open": row.open,
        "late": row.late,
    }


def owed(meeting: Meeting, now: datetime) -> list[list[Any]]:
    """Open follow-ups of the invited units from this meeting and all before, in the order of the list."""
    units = {row.unit.id: row.unit for row in meeting.invitees if row.unit}
    query = (
        select(FollowUp)
        .where(FollowUp.unit_id.in_(list(units)), FollowUp.state.not_in(NOT_OWED))
        .options(joinedload(FollowUp.meeting))
        .order_by(FollowUp.due_on, FollowUp.id)
    )
    lines: dict[int, list[OwedLine]] = {}
    for row in db.session.scalars(query).unique():
        lines.setdefault(row.unit_id, []).append(
            {
                "name": row.code,
                "text": row.text,
                "meeting_on": iso(row.meeting.local_start_date),
                "due_on": iso(row.due_on),
                "label": row.state_label,
                "days_late": row.days_late(now),
            }
        )
    return [[unit.short_name, lines[unit_id]] for unit_id, unit in units.items() if unit_id in lines]
