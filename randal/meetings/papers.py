"""The letter of invitation (surat undangan) from the meeting's rows."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from flask import current_app
from sqlalchemy import ColumnElement, and_, or_, select

from randal.core import files, installation, words
from randal.core.db import db
from randal.core.documents import Document
from randal.core.paper_parts import heading, meeting_head, signatory
from randal.core.papers import Invitation, Signatory
from randal.core.printing import pdf, renders
from randal.meetings.models import Meeting, meetings_in_office
from workflows.lifecycle import Actor

NOBODY: Signatory = {"field": "tte-1", "role": "", "post_lines": [], "name": "", "rank": "", "nip": ""}


def readers(actor: Actor) -> ColumnElement[bool]:
    """The invited read the letter that was issued; those in office its drafts too."""
    seen = Meeting.visible_to(actor).with_only_columns(Meeting.id)
    return or_(
        Document.meeting_id.in_(meetings_in_office(actor)),
        and_(~Document.restricted, Document.meeting_id.in_(seen)),
    )


@renders("invitation", draw=pdf("meetings/invitation.pdf.html"), seen_by=readers)
def build(document: Document, now: datetime) -> Invitation | files.StoredFile:
    """A letter signed elsewhere and uploaded is the document itself. A draft carries no number and no code."""
    meeting = db.session.get_one(Meeting, document.subject_id)
    if file_id := document.params.get("file_id"):
        return db.session.get_one(files.StoredFile, file_id)
    return letter(document, meeting)


def letter(document: Document, meeting: Meeting) -> Invitation:
    draft = document.restricted
    number, dated_on = document.params.get("number", ""), document.params.get("dated_on", "")
    day = words.as_date(dated_on) if dated_on else meeting.local_date(document.created_at)
    url = f"{current_app.config['RANDAL'].public_url}/rapat/{meeting.id}"
    head = heading(
        document.title,
        document.created_at,
        meeting.timezone,
        code="" if draft else document.code,
        draft=draft,
    )
    told = meeting_head(meeting)
    told["letter_number"] = number
    if meeting.chair and told["chair"]:
        told["chair"]["post"] = meeting.chair.post_title(day)
    body = {
        "number": number,
        "city": installation.setting("city"),
        "dated_on": dated_on,
        "nature": "Segera",
        "subject": f"Undangan {meeting.title}",
        "replaces": letter_before(document),
        "addressees": [row.label or (row.person.name if row.person else "") for row in meeting.invitees],
        "destination": "Tempat",
        "opening": opening(meeting),
        "meeting": told,
        "dress": "",
        "closing": closing(meeting),
        "signatory": signatory(meeting.chair, day, field="tte-1") if meeting.chair else NOBODY,
        "cc": [line.strip() for line in meeting.cc.splitlines() if line.strip()],
        "notes": [f"Konfirmasi kehadiran dan laporan disampaikan melalui aplikasi Randal: {url}"],
    }
    return cast(Invitation, head | body)


def opening(meeting: Meeting) -> str:
    invite = "Sehubungan dengan hal tersebut, dengan hormat kami mengundang Saudara untuk hadir pada:"
    if meeting.purpose.strip():
        return f"{meeting.purpose.strip()}\n\n{invite}"
    return (
        f"Dalam rangka pelaksanaan {meeting.title}, dengan hormat kami mengundang Saudara untuk hadir pada:"
    )


def closing(meeting: Meeting) -> str:
    period = f" periode {words.month(meeting.report_period)}" if meeting.report_period else ""
    return (
        f"Mengingat pentingnya acara tersebut, Saudara diharapkan hadir tepat waktu dan menyampaikan laporan progres{period} "
        "sebelum rapat dimulai.\n\nAtas perhatian dan kehadiran Saudara, kami ucapkan terima kasih."
    )


def letter_before(document: Document) -> str:
    """Number and date of the issued letter that this one changes, or ""."""
    earlier = (
        select(Document)
        .where(Document.kind == document.kind, Document.subject_type == document.subject_type)
        .where(Document.subject_id == document.subject_id, Document.revision < document.revision)
        .where(~Document.restricted)
        .order_by(Document.revision.desc())
    )
    for one in db.session.scalars(earlier):
        if one.params.get("number"):
            return f"{one.params['number']} tanggal {words.long_date(one.params.get('dated_on') or None)}"
    return ""
