"""The berita acara pemusnahan arsip as a paper."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, false

from randal.database.base import db
from randal.documents.model import KINDS, Document
from randal.documents.paper_parts import heading, named
from randal.documents.pipeline import pdf, renders
from randal.l10n.clock import DEFAULT_ZONE
from randal.models.archive import Destruction
from randal.rooms.archive.retention import day_of, schedule
from workflows.lifecycle import Actor


def readers(actor: Actor) -> ColumnElement[bool]:
    """For those who keep the archive, who see all."""
    return false()


@renders("destruction_record", draw=pdf("archive/record.pdf.html"), seen_by=readers)
def build(document: Document, now: datetime) -> dict[str, Any]:
    row = db.session.get_one(Destruction, document.subject_id)
    classes = schedule()
    head = heading(document.title, document.created_at, DEFAULT_ZONE, code=document.code)
    papers = [
        {
            "title": one.title, "kind": KINDS[one.kind], "number": one.params.get("number") or one.code,
            "dated_on": day_of(one).isoformat(), "class": classes[one.kind].code if one.kind in classes else "",
            "sha256": one.newest.sha256 if one.newest else "",
        }
        for one in row.documents
    ]  # fmt: skip
    return head | {
        "number": row.number,
        "dated_on": row.dated_on.isoformat(),
        "reason": row.reason,
        "papers": papers,
        "proposed_by": named(row.proposed_by, row.dated_on) or {"name": "–", "post": ""},
        "approved_by": named(row.approved_by, row.dated_on) or {"name": "–", "post": ""},
        "approved_at": row.approved_at.isoformat() if row.approved_at else "",
    }
