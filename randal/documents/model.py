"""Documents: what was rendered for whom, in which versions, and how far the rendering is.

Making a document is always `request`: a row in stage `queued` in the transaction that wants it, with its outbox row;
then a worker draws it (`randal.documents.pipeline`). `stage` is how far the machine is, not a workflow state; the API shows
it as `state`.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    String,
    Text,
    UniqueConstraint,
    and_,
    false,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from randal.database.base import Row, UTCDateTime, db
from randal.engine.transitions import lock
from randal.jobs.outbox import Delivery
from randal.org.people import sight_of
from randal.storage.files import StoredFile
from workflows.lifecycle import AUDITOR, SEES_ALL, Actor, Refused

QUEUED, RENDERING, READY, FAILED = "queued", "rendering", "ready", "failed"
STAGES = {QUEUED: "Menunggu giliran", RENDERING: "Sedang dibuat", READY: "Siap", FAILED: "Gagal dibuat"}
KINDS = {
    "invitation": "Surat Undangan",
    "attendance_list": "Daftar Hadir",
    "attendance_register": "Register Kehadiran",
    "minutes": "Notula",
    "meeting_record": "Berita Acara Rapat",
    "meeting_report": "Laporan Rapat",
    "tracker": "Pelacak Tindak Lanjut",
    "insight": "Telaah Tindak Lanjut",
    "leader_sheet": "Lembar Pimpinan",
    "evaluation_report": "Laporan Evaluasi",
    "evaluation_sheet": "Laporan Evaluasi (XLSX)",
    "report_card": "Rapor PPK",
    "tracker_sheet": "Pelacak Tindak Lanjut (XLSX)",
    "tracker_bundle": "Pelacak Tindak Lanjut (ZIP)",
    "changes": "Perubahan sejak Rapat Lalu",
    "packet": "Paket Rapat",
    "meeting_archive": "Arsip Rapat (ZIP)",
    "party_request": "Surat Permintaan Dukungan Pemda",
    "party_agreement": "Berita Acara Kesepakatan",
    "destruction_record": "Berita Acara Pemusnahan Arsip",
}

READERS: dict[
    str, Callable[[Actor], ColumnElement[bool]]
] = {}  # who may read a kind, as a condition on Document


class Document(Row):
    """One paper. `subject_type`/`subject_id` name what it is about; `params` what the renderer needs (ids, codes)."""

    __tablename__ = "documents"
    __table_args__ = (
        CheckConstraint(f"stage IN {tuple(STAGES)}", name="stage"),
        UniqueConstraint("kind", "subject_type", "subject_id", "revision"),
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
    restricted: Mapped[bool] = mapped_column(default=False)  # a draft letter, or one person's own selection
    sight: Mapped[str] = mapped_column(
        String(24), default="", server_default=""
    )  # of who asked for it: `own`
    revision: Mapped[int] = mapped_column(default=1)  # of the minutes their version; else a count from 1
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    destroyed_at: Mapped[datetime | None] = mapped_column(
        UTCDateTime
    )  # by a berita acara; row and hashes stay
    superseded_by_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id"))
    bundle_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id"), index=True)  # see bundles.py
    system: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # versions of the rendering libraries
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    versions: Mapped[list[DocumentVersion]] = relationship(order_by="DocumentVersion.number", lazy="selectin")

    @property
    def newest(self) -> StoredFile | None:
        return self.versions[-1].file if self.versions else None

    @property
    def label(self) -> str:
        return KINDS[self.kind]

    @classmethod
    def of(cls, kind: str, subject_type: str, subject_id: int, *, lock: bool = False) -> Document | None:
        """The newest document of this kind about the subject that was not withdrawn."""
        query = select(cls).where(*_about(kind, subject_type, subject_id), cls.withdrawn_at.is_(None))
        query = query.order_by(cls.revision.desc()).limit(1)
        if lock:
            query = query.with_for_update(of=cls).execution_options(populate_existing=True)
        return db.session.scalar(query)

    @classmethod
    def visible_to(cls, actor: Actor) -> Select[Any]:
        """Each kind has its readers (`READERS`, filled by the rooms' papers); those who see all see every paper."""
        if actor.has(*SEES_ALL):
            return select(cls)
        rules = (and_(cls.kind == kind, rule(actor)) for kind, rule in READERS.items())
        return select(cls).where(or_(false(), *rules))


def own(actor: Actor) -> ColumnElement[bool]:
    """A condition on Document: this actor asked for it, and sees now as far as he saw then."""
    return and_(Document.created_by_id == actor.id, Document.sight == sight_of(actor))


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


def request(
    kind: str,
    subject_type: str,
    subject_id: int | None,
    *,
    title: str,
    now: datetime,
    revision: int | None = None,
    code: str | None = None,
    restricted: bool = False,
    waits: bool = False,
    **columns: Any,
) -> Document:
    """Ask for a paper: its row in stage `queued` and the outbox row that has it drawn, both flushed.

    One document per kind, subject and revision. Without a `revision` it is the next one; while the one before
    still waits its turn, that one is answered (it will be drawn from what is true then). A new document
    supersedes the one before of the same kind and subject. One that `waits` is no worker's task yet.
    """
    title = title[:250]
    earlier = Document.of(kind, subject_type, subject_id, lock=True) if subject_id is not None else None
    if earlier and (
        earlier.revision == revision
        or (revision is None and earlier.stage == QUEUED and earlier.restricted == restricted)
    ):
        if earlier.stage == QUEUED:
            earlier.title, earlier.params = title, columns.get("params", earlier.params)
            earlier.created_at = earlier.updated_at = now
        return earlier
    row = Document(kind=kind, subject_type=subject_type, subject_id=subject_id, title=title, **columns)
    row.code, row.restricted = code or new_code(), restricted
    row.revision = revision or (_last_revision(kind, subject_type, subject_id) + 1)
    row.stage, row.created_at, row.updated_at = QUEUED, now, now
    db.session.add(row)
    db.session.flush()
    if earlier:
        earlier.superseded_by_id = row.id
    if not waits:
        db.session.add(task(row, now))
        db.session.flush()
    return row


def task(document: Document, now: datetime) -> Delivery:
    """The outbox row that has it drawn."""
    return Delivery(document_id=document.id, consumer="documents.draw", queue="documents", next_at=now)


def _last_revision(kind: str, subject_type: str, subject_id: int | None) -> int:
    if subject_id is None:
        return 0
    query = select(func.max(Document.revision)).where(*_about(kind, subject_type, subject_id))
    return db.session.scalar(query) or 0


def _about(kind: str, subject_type: str, subject_id: int) -> tuple[Any, ...]:
    return Document.kind == kind, Document.subject_type == subject_type, Document.subject_id == subject_id


def retry(document: Document, actor: Actor, now: datetime) -> None:
    """Have a failed document drawn again. Refused: an auditor only reads; the document has not failed."""
    if actor.roles == {AUDITOR}:
        raise Refused("role", "Pemeriksa hanya membaca dokumen.")
    lock(document)
    if document.withdrawn_at:
        raise Refused("state", document.error or "Dokumen ini sudah ditarik.")
    if document.stage != FAILED:
        raise Refused("state", f"Dokumen ini tidak gagal dibuat: statusnya «{STAGES[document.stage]}».")
    document.stage, document.error, document.updated_at = QUEUED, "", now
    delivery = db.session.scalars(select(Delivery).where(Delivery.document_id == document.id)).one()
    delivery.attempt, delivery.next_at, delivery.stuck_at, delivery.error = 0, now, None, ""
    db.session.flush()


def withdraw(document: Document, why: str, *, now: datetime) -> None:
    """This paper counts no longer; one that still waits to be drawn is not drawn."""
    if document.withdrawn_at:
        return
    lock(document)
    document.withdrawn_at = document.updated_at = now
    if document.stage != READY:
        document.stage, document.error = FAILED, why
        delivery = db.session.scalars(select(Delivery).where(Delivery.document_id == document.id)).one()
        delivery.done_at = now
    db.session.flush()


def add_version(document: Document, file: StoredFile, *, now: datetime) -> DocumentVersion:
    version = DocumentVersion(number=len(document.versions) + 1, file_id=file.id, at=now, file=file)
    document.versions.append(version)
    document.updated_at = now
    db.session.flush()
    return version
