"""How long papers are kept (classification and retention, as data), and the records by which some are destroyed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, ForeignKey, Select, String, Table, Text, select
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from randal.database.base import Model, Row, UTCDateTime
from randal.documents.model import Document
from randal.org.people import Person
from workflows.lifecycle import SEES_ALL, Actor

FATES = {"permanent": "Permanen", "destroy": "Musnah"}

destruction_documents = Table(
    "destruction_documents",
    Model.metadata,
    Column("destruction_id", ForeignKey("destructions.id"), primary_key=True),
    Column("document_id", ForeignKey("documents.id"), primary_key=True),
)


class ArchiveClass(Row):
    """What the retention schedule says of one kind of document: its class, and for how many whole years it is kept."""

    __tablename__ = "archive_classes"
    __table_args__ = (
        CheckConstraint(f"fate IN {tuple(FATES)}", name="fate"),
        CheckConstraint("active_years >= 0 AND inactive_years >= 0", name="years"),
    )
    kind: Mapped[str] = mapped_column(String(24), unique=True)
    code: Mapped[str] = mapped_column(String(30))
    active_years: Mapped[int]
    inactive_years: Mapped[int]
    fate: Mapped[str] = mapped_column(String(12))
    basis: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}

    @classmethod
    def visible_to(cls, actor: Actor) -> Select[Any]:
        """The schedule is no secret among those who keep the archive."""
        return select(cls) if actor.has(*SEES_ALL) else select(cls).where(cls.id.is_(None))


class Destruction(Row):
    """A berita acara pemusnahan: proposed, then approved or refused by a leader, then carried out. Dates say how far."""

    __tablename__ = "destructions"
    __table_args__ = (
        CheckConstraint("approved_by_id IS NULL OR approved_by_id <> proposed_by_id", name="four_eyes"),
        CheckConstraint("carried_out_at IS NULL OR approved_at IS NOT NULL", name="approved_first"),
        CheckConstraint("approved_at IS NULL OR refused_at IS NULL", name="one_answer"),
    )
    number: Mapped[str] = mapped_column(String(80), unique=True)
    dated_on: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    proposed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    approved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    refused_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    refused_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    refusal: Mapped[str] = mapped_column(Text, default="")
    carried_out_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    carried_out_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    version: Mapped[int] = mapped_column(default=1)
    documents: Mapped[list[Document]] = relationship(secondary=destruction_documents, order_by=Document.id)
    proposed_by: Mapped[Person | None] = relationship(foreign_keys=proposed_by_id)
    approved_by: Mapped[Person | None] = relationship(foreign_keys=approved_by_id)
    refused_by: Mapped[Person | None] = relationship(foreign_keys=refused_by_id)
    carried_out_by: Mapped[Person | None] = relationship(foreign_keys=carried_out_by_id)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}

    @property
    def standing(self) -> tuple[str, str]:
        """Where it stands in words, and the tone of its badge."""
        if self.carried_out_at:
            return "Dilaksanakan", "muted"
        if self.refused_at:
            return "Ditolak", "danger"
        return ("Disetujui", "success") if self.approved_at else ("Diusulkan", "warning")

    @classmethod
    def visible_to(cls, actor: Actor) -> Select[Any]:
        return select(cls) if actor.has(*SEES_ALL) else select(cls).where(cls.id.is_(None))
