"""Reads of documents, for page and API alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Response
from sqlalchemy import or_

from randal.base import ids
from randal.database.base import db
from randal.documents.model import KINDS, STAGES, Document
from randal.documents.pipeline import PDF
from randal.l10n.formats import long_date, number
from randal.models.meetings import Meeting
from randal.storage.files import StoredFile
from randal.web.downloads import file_answer
from workflows.lifecycle import Actor, Refused

PAGE = 30


@dataclass
class Found:
    rows: list[Document]
    later: int | None  # the id before which the next page begins


def documents(actor: Actor, asked: Mapping[str, str]) -> Found:
    """The newest first: `jenis`, `status`, `rapat` (id), `q` in the title, `lama` (also what was replaced)."""
    query = Document.visible_to(actor).where(Document.bundle_id.is_(None))  # not the parts of a zip
    if asked.get("lama") not in ("1", "true"):
        query = query.where(Document.superseded_by_id.is_(None), Document.withdrawn_at.is_(None))
    if asked.get("jenis") in KINDS:
        query = query.where(Document.kind == asked["jenis"])
    if asked.get("status") in STAGES:
        query = query.where(Document.stage == asked["status"])
    if (meeting := ids.read(asked.get("rapat"))) is not None:
        query = query.where(Document.meeting_id == meeting)
    if q := asked.get("q", "").strip()[:100]:
        query = query.where(or_(Document.title.icontains(q, autoescape=True), Document.code == q.upper()))
    if (before := ids.read(asked.get("sebelum"))) is not None:
        query = query.where(Document.id < before)
    rows = list(db.session.scalars(query.order_by(Document.id.desc()).limit(PAGE + 1)).unique())
    return Found(rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None)


def meeting_of(document: Document, actor: Actor) -> Meeting | None:
    """The meeting it belongs to, when this actor may see that too."""
    if document.meeting_id is None:
        return None
    seen: Meeting | None = db.session.scalar(
        Meeting.visible_to(actor).where(Meeting.id == document.meeting_id)
    )
    return seen


def newer(document: Document, actor: Actor) -> Document | None:
    """What stands in its place, when this actor may see that."""
    if document.superseded_by_id is None:
        return None
    seen: Document | None = db.session.scalar(
        Document.visible_to(actor).where(Document.id == document.superseded_by_id)
    )
    return seen


def file_of(document: Document, version: int | None = None) -> StoredFile:
    """The newest file, or that of a version. Refused: there is none (yet)."""
    if document.destroyed_at:
        day = long_date(document.destroyed_at.date())
        raise Refused("state", f"Berkasnya sudah dimusnahkan pada {day} menurut berita acara.")
    found = next((v.file for v in document.versions if v.number == version), None)
    file = found if version is not None else document.newest
    if file is None:
        sentence = "Versi ini tidak ada." if document.versions else "Berkas dokumen ini belum siap."
        raise Refused("state", sentence)
    return file


def sent(file: StoredFile, *, inline: bool = False) -> Response:
    """The bytes: to be saved, or with `inline` shown by the browser's own reader (PDF alone). Raises LostFile."""
    return file_answer(file, inline=inline and file.mime == PDF)


def size_words(size: int) -> str:
    """84 kB, 1,2 MB"""
    if size < 1_000_000:
        return f"{number(max(size // 1000, 1))} kB"
    return f"{number(str(size / 1_000_000), 1)} MB"


def detail(document: Document) -> str:
    """What stands beside a document that is ready: "3 halaman, 84 kB, 2 tanda tangan"."""
    file = document.newest
    if file is None:
        return ""
    pages = document.system.get("pages")
    said = [f"{pages} halaman"] if pages else []
    said.append(size_words(file.size))
    if (signed := len(document.versions) - 1) and document.subject_type == "minutes":
        said.append(f"{signed} tanda tangan")
    return ", ".join(said)
