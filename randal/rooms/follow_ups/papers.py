"""The tracker as a paper: asking for one, and what it says (`randal.documents.snapshots.Tracker`) for whoever asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import selectinload

from randal.database.base import db
from randal.documents import model
from randal.documents.model import Document
from randal.documents.paper_parts import heading
from randal.documents.pipeline import XLSX, Drawn, pdf, renders
from randal.documents.snapshots import TrackerGroup, TrackerRow
from randal.l10n.clock import DEFAULT_ZONE, local_date
from randal.l10n.formats import long_date
from randal.models.follow_ups import PRIORITIES, FollowUp
from randal.models.meetings import Meeting, meetings_in_office
from randal.org.people import Person, actor_of, sight_of
from randal.org.places import Unit
from randal.rooms.follow_ups import tracking
from randal.rooms.follow_ups.spreadsheet import tracker_workbook
from randal.rooms.follow_ups.tracking import Filters, Line
from workflows.lifecycle import SECRETARIAT, SEES_ALL, Actor

SHEET_NAME = "pelacak-tindak-lanjut.xlsx"
EVERYTHING = Actor(
    None, frozenset({SECRETARIAT})
)  # reads for a unit's standing tracker, narrowed to the unit


def order_tracker(kind: str, filters: Filters, actor: Actor, *, now: datetime) -> Document:
    """A queued tracker (`tracker`: PDF, `tracker_sheet`: XLSX) of what this actor sees now under these filters."""
    unit_id = filters.unit_id if actor.has(*SEES_ALL) else actor.unit_id
    unit = db.session.get(Unit, unit_id) if unit_id else None
    title = "Pelacak Tindak Lanjut" + (f" {unit.short_name}" if unit else "")
    return model.request(
        kind,
        "tracker",
        None,
        title=title,
        now=now,
        restricted=not actor.has(*SEES_ALL),  # one person's own selection
        params=filters.given,
        unit_id=unit_id,
        created_by_id=actor.id,
        sight=sight_of(actor),
    )


def asked_by(actor: Actor) -> ColumnElement[bool]:
    """One's own selection, while one sees what one saw then. Who saw by an office alone must still hold one."""
    mine = model.own(actor)
    return mine if actor.roles else and_(mine, meetings_in_office(actor).exists())


def readers(actor: Actor) -> ColumnElement[bool]:
    """A unit's standing tracker is read by the unit; a selection by the one who asked, while he sees as far."""
    standing = ~Document.restricted, Document.unit_id == actor.unit_id, Document.unit_id.is_not(None)
    return or_(asked_by(actor), and_(*standing))


def draw_sheet(paper: Mapping[str, Any]) -> Drawn:
    return Drawn(tracker_workbook(paper, comes_back=True), XLSX)


def attached(paper: Mapping[str, Any]) -> list[object]:
    """What travels inside the PDF: the same lines as a spreadsheet, so that nobody types them again; without what is personal."""
    from randal.documents.rendering import Attachment

    return [Attachment(SHEET_NAME, tracker_workbook(paper), "Tabel pelacak tindak lanjut")]


@renders("tracker", draw=pdf("follow_ups/tracker.pdf.html", attach=attached), seen_by=readers)
@renders("tracker_sheet", draw=draw_sheet, seen_by=readers)
def tracker_paper(document: Document, now: datetime) -> Mapping[str, Any]:
    """A `papers.Tracker`: the lines as who asked may see them, as they stand when it is made (or stood on `as_of`).
    The standing tracker of a unit was asked for by a move, that of a month by the calendar: they say all there is."""
    if document.subject_type == "unit":
        reader, filters = EVERYTHING, Filters(unit_id=document.subject_id)
    elif document.subject_type == "month":
        reader, filters = EVERYTHING, tracking.read_filters(document.params, now)
    else:
        reader = actor_of(db.session.get_one(Person, document.created_by_id), now)
        filters = tracking.read_filters(document.params, now)
    lines = tracking.tracked(
        reader, filters, now, selectinload(FollowUp.findings), selectinload(FollowUp.kendala)
    )
    ids = [line.item.id for line in lines]
    notes = tracking.latest_notes(ids, tracking.end_of(filters.as_of) if filters.as_of else None)
    groups: dict[int, TrackerGroup] = {}
    for line in sorted(
        lines, key=lambda li: (li.item.unit.short_name, li.due_on or tracking.FAR, li.item.id)
    ):
        unit = line.item.unit
        province = unit.province.name if unit.province else ""
        group = groups.setdefault(unit.id, {"unit": unit.name, "province": province, "rows": []})
        group["rows"].append(paper_row(line, notes))
    meeting = db.session.get(Meeting, filters.meeting_id) if filters.meeting_id else None
    organiser_id = meeting.organiser_id if meeting else None
    base = heading(document.title, now, DEFAULT_ZONE, code=document.code, unit_id=organiser_id)
    return {
        **base,
        "as_of": (filters.as_of or local_date(now, DEFAULT_ZONE)).isoformat(),
        "filters": in_words(filters),
        "groups": list(groups.values()),
    }


def paper_row(line: Line, notes: Mapping[int, str]) -> TrackerRow:
    item = line.item
    origins = [f"Temuan: {f.text}" for f in item.findings] + [f"Kendala: {k.text}" for k in item.kendala]
    return {
        "number": item.code,
        "text": item.text,
        "meeting": named(item.meeting),
        "origin": "; ".join(o if len(o) <= 120 else o[:119] + "…" for o in origins),
        "expected_output": item.expected_output,
        "responsible": f"PPK {item.unit.short_name}",
        "waits_for": item.party,
        "waits_office": item.waits_for or "",
        "waits_post": item.waits_post or "",
        "due_on": line.due_on.isoformat() if line.due_on else "",
        "priority": PRIORITIES.get(item.priority or "", ""),
        "state": line.state,
        "label": line.state_label,
        "progress": notes.get(item.id, ""),
        "days_late": line.days,
    }


def named(meeting: Meeting) -> str:
    day: date | None = meeting.local_start_date
    return meeting.title + (f", {long_date(day)}" if day else "")


def in_words(filters: Filters) -> list[str]:
    """The filters as a reader says them."""
    said = []
    if filters.unit_id:
        unit = db.session.get(Unit, filters.unit_id)
        said.append(f"PPK: {unit.short_name if unit else 'tidak dikenal'}")
    if filters.meeting_id:
        title = db.session.scalar(select(Meeting.title).where(Meeting.id == filters.meeting_id))
        said.append(f"Rapat: {title or 'tidak dikenal'}")
    if filters.state:
        said.append(f"Status: {FollowUp.lifecycle().states[filters.state]}")
    if filters.overdue is not None:
        said.append("Tenggat: terlambat" if filters.overdue else "Tenggat: tidak terlambat")
    if filters.ended is not None:
        said.append("Sudah berakhir" if filters.ended else "Masih terbuka")
    if filters.waiting is not None:
        said.append("Menunggu Pemda" if filters.waiting else "Tidak menunggu Pemda")
    if filters.q:
        said.append(f"Kata: «{filters.q}»")
    return said
