"""Documents: what was rendered for whom, in which versions, and how far the rendering is.

Making a document is always: a row in stage `queued` in the transaction that wants it, then a worker.
`stage` is how far the machine is, not a workflow state; the API shows it as `state`.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from randal.core.db import Row, UTCDateTime, db
from randal.core.files import StoredFile

QUEUED, RENDERING, READY, FAILED = "queued", "rendering", "ready", "failed"
STAGES = {QUEUED: "Menunggu giliran", RENDERING: "Sedang dibuat", READY: "Siap", FAILED: "Gagal dibuat"}
KINDS = {
    "invitation": "Surat Undangan",
    "attendance_list": "Daftar Hadir",
    "minutes": "Notula",
    "tracker": "Pelacak Tindak Lanjut",
    "tracker_sheet": "Pelacak Tindak Lanjut (XLSX)",
}


class Document(Row):
    """One paper. `subject_type`/`subject_id` name what it is about; `params` what the renderer needs (ids, codes)."""

    __tablename__ = "documents"
    __table_args__ = (
        CheckConstraint(f"stage IN {tuple(STAGES)}", name="stage"),
        Index("ix_documents_subject", "subject_type", "subject_id"),
    )
    kind: Mapped[str] = mapped_column(String(24))
    subject_type: Mapped[str] = mapped_column(String(24))
    subject_id: Mapped[int | None]
    title: Mapped[str] = mapped_column(String(250))
    stage: Mapped[str] = mapped_column(String(12), default=QUEUED)
    error: Mapped[str] = mapped_column(Text, default="")
    code: Mapped[str] = mapped_column(String(24), unique=True)
    params: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    unit_id: Mapped[int | None] = mapped_column(index=True)
    meeting_id: Mapped[int | None] = mapped_column(index=True)
    restricted: Mapped[bool] = mapped_column(default=False)  # a draft: for those who see all
    revision: Mapped[int] = mapped_column(default=1)  # of the subject (minutes version, letter version)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    superseded_by_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id"))
    system: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # versions of the rendering libraries
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    versions: Mapped[list[DocumentVersion]] = relationship(order_by="DocumentVersion.number", lazy="selectin")

    @property
    def newest(self) -> StoredFile | None:
        return self.versions[-1].file if self.versions else None


class DocumentVersion(Row):
    """One stored file of a document; signing adds the next. Version 1 is what was rendered."""

    __tablename__ = "document_versions"
    __table_args__ = (UniqueConstraint("document_id", "number"),)
    document_id: Mapped[int] = mapped_column(ForeignKey("documents.id"))
    number: Mapped[int]
    file_id: Mapped[int] = mapped_column(ForeignKey("files.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    file: Mapped[StoredFile] = relationship(lazy="joined")


ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # nothing that is read wrongly from paper


def new_code() -> str:
    """A code to print and type: `RDL-XXXX-XXXX-XXXX` (60 bits)."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(12))
    return f"RDL-{letters[:4]}-{letters[4:8]}-{letters[8:]}"


def want(
    kind: str, subject_type: str, subject_id: int | None, *, title: str, now: datetime, **columns: Any
) -> Document:
    """Add a queued document row (flushed); the reaction of the same event, or `requests`, renders it."""
    row = Document(
        kind=kind, subject_type=subject_type, subject_id=subject_id, title=title, code=new_code(), **columns
    )
    row.created_at = row.updated_at = now
    db.session.add(row)
    db.session.flush()
    return row


def add_version(document: Document, file: StoredFile, *, now: datetime) -> DocumentVersion:
    version = DocumentVersion(number=len(document.versions) + 1, file_id=file.id, at=now, file=file)
    document.versions.append(version)
    document.updated_at = now
    db.session.flush()
    return version
