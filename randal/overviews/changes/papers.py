"""What changed since the last meeting, on paper: asking for it, and what it says."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypedDict, cast

from sqlalchemy import ColumnElement, and_

from randal.database.base import db
from randal.documents import model
from randal.documents.model import Document
from randal.documents.paper_parts import heading, instant, iso
from randal.documents.pipeline import pdf, renders
from randal.documents.snapshots import Paper
from randal.models.meetings import Meeting
from randal.org.people import Person, actor_of, sight_of
from randal.overviews.changes.queries import GROUPS, Changes, Line, changes_of
from workflows.lifecycle import Actor


class PaperLine(TypedDict):
    name: str  # RTL-3, Temuan, Kendala
    text: str
    way: str  # Ditugaskan → Disampaikan
    steps: str
    due_on: str  # date, or ""
    days_late: int


class PaperGroup(TypedDict):
    name: str
    label: str
    rows: list[PaperLine]


class PaperUnit(TypedDict):
    unit: str
    physical: list[str]  # [then, now] cumulative percent, "" where not reported
    financial: list[str]
    groups: list[PaperGroup]  # those with rows


class ChangesPaper(Paper):
    meeting: str
    before: str  # title of the meeting before
    before_on: str  # its date
    since: str  # instant
    until: str
    totals: list[list[Any]]  # [[label, count], …]
    units: list[PaperUnit]  # those of which there is something to say
    quiet: list[str]  # the other units


def order(meeting: Meeting, actor: Actor, now: datetime) -> Document:
    """A queued PDF of what this actor may read of it now; it is his own."""
    return model.request(
        "changes",
        "changes",
        None,
        title=f"Perubahan sejak rapat lalu: {meeting.title}",
        now=now,
        restricted=True,
        params={"meeting_id": meeting.id},
        meeting_id=meeting.id,
        created_by_id=actor.id,
        sight=sight_of(actor),
    )


def readers(actor: Actor) -> ColumnElement[bool]:
    """Whoever asked for it, while he sees the meeting as he did."""
    seen = Meeting.visible_to(actor).with_only_columns(Meeting.id)
    return and_(model.own(actor), Document.meeting_id.in_(seen))


@renders("changes", draw=pdf("changes/changes.pdf.html"), seen_by=readers)
def build(document: Document, now: datetime) -> ChangesPaper:
    meeting = db.session.get_one(Meeting, document.params["meeting_id"])
    reader = actor_of(db.session.get_one(Person, document.created_by_id), now)
    head = heading(document.title, now, meeting.timezone, code=document.code, unit_id=meeting.organiser_id)
    return paper(changes_of(meeting, reader, now), head)


def paper(found: Changes, head: dict[str, Any]) -> ChangesPaper:
    before = found.before
    return cast(
        ChangesPaper,
        head
        | {
            "meeting": found.meeting.title,
            "before": before.title if before else "",
            "before_on": iso(before.local_start_date) if before else "",
            "since": instant(found.since),
            "until": instant(found.until),
            "totals": [[GROUPS[name], count] for name, count in found.totals.items()],
            "units": [
                {
                    "unit": one.unit.short_name,
                    "physical": ["" if v is None else str(v) for v in one.physical],
                    "financial": ["" if v is None else str(v) for v in one.financial],
                    "groups": [
                        {"name": name, "label": GROUPS[name], "rows": [line_on_paper(row) for row in rows]}
                        for name, rows in one.lines.items()
                        if rows
                    ],
                }
                for one in found.units
                if not one.empty
            ],
            "quiet": [one.unit.short_name for one in found.units if one.empty],
        },
    )


def line_on_paper(line: Line) -> PaperLine:
    return {
        "name": line.name,
        "text": line.item.text,
        "way": line.way,
        "steps": ", ".join(line.steps),
        "due_on": iso(line.after.due_on),
        "days_late": line.days_late,
    }
