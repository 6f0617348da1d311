"""The minutes (notula) as a snapshot of rows, and as the paper that is drawn from the snapshot alone."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy import ColumnElement, and_

from randal.core import papers, stationery
from randal.core.db import db
from randal.core.documents import Document, new_code, request
from randal.core.events import Event
from randal.core.paper_parts import heading, iso, meeting_head, signatory
from randal.core.printing import Paper, pdf, renders
from randal.minutes.drafting import standing
from randal.minutes.facts import facts
from randal.minutes.models import FACTS, Minutes
from randal.minutes.spreadsheet import follow_ups_workbook
from workflows.lifecycle import Actor, Refused

JSON_NAME, SHEET_NAME = "minutes.json", "tindak-lanjut.xlsx"


def minutes_paper(minutes: Minutes, now: datetime, draft: bool = False) -> papers.Minutes:
    """Everything the minutes say at this instant. Frozen at approval; a draft has no code and says DRAF."""
    meeting = minutes.meeting
    day = meeting.local_date(now)
    title = minutes.label
    code = "" if draft else new_code()
    head = heading(title, now, meeting.timezone, code=code, draft=draft, unit_id=meeting.organiser_id)
    dress = stationery.dress_of(meeting.organiser_id, day)
    body = {
        "number": minutes.number or "",
        "version": minutes.version_no,
        "amends": (minutes.replaces.number or "") if minutes.replaces else "",
        "city": dress.city,
        "dated_on": iso(day),
        "meeting": meeting_head(meeting, real_times=True),
        "sections": [
            {"key": s.key, "title": s.title, "html": s.html, "facts": list(FACTS.get(s.key, ()))}
            for s in minutes.sections
        ],
        **facts(meeting),
        "signers": [signer | {"order": dress.signature_order} for signer in signers(minutes, now)],
        "attachments": [
            f"{JSON_NAME} (isi notula ini)",
            f"{SHEET_NAME} (tabel rencana tindak lanjut)",
        ],
    }
    return cast(papers.Minutes, head | body)


def signers(minutes: Minutes, now: datetime) -> list[papers.Signatory]:
    """By the signatures that are called for; before approval by those who are named to sign."""
    meeting = minutes.meeting
    day = meeting.local_date(now)
    roles = {meeting.minute_taker_id: "Notulis", meeting.chair_id: "Pimpinan Rapat"}
    if minutes.signatures:
        return [
            signatory(s.signer, day, field=s.field, role=roles.get(s.signer_id, ""), post=s.signer_title)
            for s in sorted(minutes.signatures, key=lambda s: int(s.field.rpartition("-")[2]))
        ]
    return [
        signatory(
            s.person, day, field=f"tte-{count}", role=roles.get(s.person_id, ""), post=standing(s.person, day)
        )
        for count, s in enumerate(minutes.signers, 1)
    ]


def ask_for_paper(minutes: Minutes, event: Event) -> Document:
    """The document of this version, under the code that its snapshot names."""
    assert minutes.snapshot is not None  # noqa: S101 - frozen just before
    return request(
        "minutes",
        "minutes",
        minutes.id,
        title=minutes.label,
        now=event.at,
        revision=minutes.version_no,
        code=minutes.snapshot["verification"]["code"],
        meeting_id=minutes.meeting_id,
        created_by_id=event.actor_id,
        params={"number": minutes.number, "dated_on": minutes.snapshot["dated_on"]},
    )


def attached(paper: Paper) -> list[object]:
    """What travels inside the PDF: the snapshot byte for byte, and its follow-ups as a spreadsheet."""
    from randal.core.rendering import Attachment

    return [
        Attachment(JSON_NAME, papers.canonical(paper), "Isi notula dalam bentuk data"),
        Attachment(SHEET_NAME, follow_ups_workbook(paper), "Tabel rencana tindak lanjut"),
    ]


def readers(actor: Actor) -> ColumnElement[bool]:
    """Whoever sees the minutes sees their paper; one that was withdrawn only those who see all."""
    seen = Minutes.visible_to(actor).with_only_columns(Minutes.id)
    return and_(Document.subject_id.in_(seen), Document.withdrawn_at.is_(None))


@renders(
    "minutes",
    draw=pdf("minutes/minutes.pdf.html", signature_fields=True, attach=attached),
    seen_by=readers,
)
def build(document: Document, now: datetime) -> papers.Minutes:
    """The frozen snapshot of this version. Refused when the minutes were taken back meanwhile."""
    minutes = db.session.get_one(Minutes, document.subject_id)
    snapshot = minutes.snapshot
    if snapshot is None or snapshot["version"] != document.revision or document.withdrawn_at:
        raise Refused("state", "Notula sudah ditarik untuk diperbaiki: berkas versi ini tidak dibuat lagi.")
    return cast(papers.Minutes, snapshot)
