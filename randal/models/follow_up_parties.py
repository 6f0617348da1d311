"""Papers for the Pemda that a follow-up waits for: a letter that asks, and the berita acara of what was agreed.

Each is written once and drawn by a worker; another is another row. They are signed in ink: the scan comes back as evidence.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from randal.database.base import Row, UTCDateTime, db
from randal.documents import model
from randal.documents.model import Document
from randal.documents.paper_parts import heading, iso, signatory
from randal.documents.pipeline import pdf, renders
from randal.documents.snapshots import Signatory
from randal.engine.deeds import doing
from randal.l10n.formats import long_date
from randal.models.follow_ups import FollowUp
from randal.org import app_settings
from randal.org.people import people_with_role
from randal.schemas.moves import ask_schema
from workflows.follow_up import LIFECYCLE
from workflows.lifecycle import PPK, Act, Actor

REQUEST, AGREEMENT = "party_request", "party_agreement"
DEEDS = {REQUEST: "write_request", AGREEMENT: "write_agreement"}
WORDS = ("number", "city", "place", "office", "post", "party_name", "subject", "points")
NAMES = {REQUEST: "Surat permintaan dukungan", AGREEMENT: "Berita acara kesepakatan"}
SUBJECT = "party_paper"
OURS: Signatory = {"field": "tte-1", "role": "", "post_lines": [], "name": "", "rank": "", "nip": ""}


class PartyPaper(Row):
    """What one such paper says."""

    __tablename__ = "party_papers"
    __table_args__ = (CheckConstraint(f"kind IN {(REQUEST, AGREEMENT)}", name="kind"),)
    follow_up_id: Mapped[int] = mapped_column(ForeignKey("follow_ups.id"), index=True)
    kind: Mapped[str] = mapped_column(String(24))
    number: Mapped[str] = mapped_column(String(80))
    dated_on: Mapped[date]
    city: Mapped[str] = mapped_column(String(60))
    place: Mapped[str] = mapped_column(String(200))
    office: Mapped[str] = mapped_column(String(250))
    post: Mapped[str] = mapped_column(String(150))
    party_name: Mapped[str] = mapped_column(String(120))
    subject: Mapped[str] = mapped_column(String(250))
    points: Mapped[str] = mapped_column(Text)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    follow_up: Mapped[FollowUp] = relationship()


FORMS = {kind: ask_schema(LIFECYCLE.moves_named(deed)[0].asks) for kind, deed in DEEDS.items()}


def proposed(item: FollowUp, kind: str, now: datetime) -> dict[str, Any]:
    """What the form starts with."""
    due = f" paling lambat {long_date(item.due_on)}" if item.due_on else ""
    points = [item.text.strip()] if kind == REQUEST else [f"{item.text.strip()}{due}.".replace("..", ".")]
    if kind == REQUEST and item.expected_output:
        points.append(f"Keluaran yang diharapkan: {item.expected_output.strip()}{due}.".replace("..", "."))
    province = item.unit.province
    return {
        "dated_on": item.local_today(now),
        "city": province.capital if province else app_settings.setting("city"),
        "office": item.waits_for,
        "post": item.waits_post,
        "subject": f"Permohonan dukungan tindak lanjut {item.meeting.title}"[:250]
        if kind == REQUEST
        else item.text[:250],
        "points": "\n".join(points),
    }


@doing("follow_up.write_request", "follow_up.write_agreement")
def make_paper(item: FollowUp, act: Act) -> Document:
    """Write it down and have it drawn."""
    given = {name: act.get(name) for name in (*WORDS, "dated_on")}
    kind = AGREEMENT if act.get("party_name") else REQUEST
    row = PartyPaper(follow_up_id=item.id, kind=kind, created_by_id=act.actor.id, created_at=act.now)
    for name, value in given.items():
        setattr(row, name, value or "")
    db.session.add(row)
    db.session.flush()
    document = model.request(
        kind,
        SUBJECT,
        row.id,
        title=f"{NAMES[kind]} {item.label}",
        now=act.now,
        unit_id=item.unit_id,
        meeting_id=item.meeting_id,
        created_by_id=act.actor.id,
    )
    act.tell(document_id=document.id)
    return document


def papers_of(item: FollowUp, actor: Actor) -> list[Document]:
    """Those of this follow-up, the newest first."""
    mine = select(PartyPaper.id).where(PartyPaper.follow_up_id == item.id)
    query = Document.visible_to(actor).where(Document.subject_type == SUBJECT, Document.subject_id.in_(mine))
    return list(db.session.scalars(query.order_by(Document.id.desc())).unique())


def readers(actor: Actor) -> ColumnElement[bool]:
    """Whoever sees the follow-up."""
    seen = FollowUp.visible_to(actor).with_only_columns(FollowUp.id)
    return Document.subject_id.in_(select(PartyPaper.id).where(PartyPaper.follow_up_id.in_(seen)))


@renders(REQUEST, draw=pdf("follow_ups/request.pdf.html"), seen_by=readers)
@renders(AGREEMENT, draw=pdf("follow_ups/agreement.pdf.html"), seen_by=readers)
def build(document: Document, now: datetime) -> Mapping[str, Any]:
    row = db.session.get_one(PartyPaper, document.subject_id)
    item, draft = row.follow_up, not row.number
    code = "" if draft else document.code
    head = heading(
        document.title, document.created_at, item.unit.timezone,
        code=code, draft=draft, unit_id=item.unit_id, day=row.dated_on,
    )  # fmt: skip
    ours = next((p for p in people_with_role(PPK, unit_id=item.unit_id)), None)
    first = (
        signatory(ours, row.dated_on, field="tte-1")
        if ours
        else {**OURS, "post_lines": [f"PPK {item.unit.short_name}"]}
    )
    second: Signatory = {
        **OURS,
        "field": "tte-2",
        "post_lines": [row.post, row.office],
        "name": row.party_name,
    }
    return head | {
        "number": row.number,
        "city": row.city,
        "dated_on": iso(row.dated_on),
        "place": row.place,
        "office": row.office,
        "post": row.post,
        "subject": row.subject,
        "points": [line.strip() for line in row.points.splitlines() if line.strip()],
        "meeting": item.meeting.title,
        "met_on": iso(item.meeting.local_start_date),
        "unit": item.unit.name,
        "code": item.code,
        "first": first,
        "second": second,
    }
