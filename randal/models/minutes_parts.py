"""What minutes are made of: sections, comments, agreements, and who is to sign."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from randal.database.base import Row, UTCDateTime
from randal.documents.snapshots import Facts
from randal.models.minutes_kinds import FACTS
from randal.org.people import Person
from randal.org.places import Unit

if TYPE_CHECKING:
    from randal.models.minutes import Minutes


class MinutesSection(Row):
    """The writer's words of one section; the facts beside them are read from the meeting."""

    __tablename__ = "minutes_sections"
    __table_args__ = (UniqueConstraint("minutes_id", "key"),)
    minutes_id: Mapped[int] = mapped_column(ForeignKey("minutes.id"))
    key: Mapped[str] = mapped_column(String(32))
    title: Mapped[str] = mapped_column(String(120))
    position: Mapped[int]
    html: Mapped[str] = mapped_column(Text, default="")  # sanitised when stored, and again when shown
    edited: Mapped[bool] = mapped_column(default=False)  # by a person: never overwritten again
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    version: Mapped[int] = mapped_column(default=1)
    minutes: Mapped[Minutes] = relationship(back_populates="sections")
    __mapper_args__ = {"version_id_col": version}

    @property
    def facts(self) -> tuple[Facts, ...]:
        """The tables of the meeting that stand under these words."""
        return FACTS.get(self.key, ())

    @property
    def is_empty(self) -> bool:
        from randal.documents.richtext import is_blank

        return is_blank(self.html)


class MinutesComment(Row):
    __tablename__ = "minutes_comments"
    minutes_id: Mapped[int] = mapped_column(ForeignKey("minutes.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column(default=1)
    minutes: Mapped[Minutes] = relationship(back_populates="comments")
    author: Mapped[Person] = relationship(foreign_keys=author_id)
    answered_by: Mapped[Person | None] = relationship(foreign_keys=answered_by_id)
    __mapper_args__ = {"version_id_col": version}


class MinutesAgreement(Row):
    """ "Menyetujui", by a unit, on one version: to the text with this hash (minutes_wordings.py; "": before texts were kept)."""

    __tablename__ = "minutes_agreements"
    __table_args__ = (UniqueConstraint("minutes_id", "version_no", "unit_id"),)
    minutes_id: Mapped[int] = mapped_column(ForeignKey("minutes.id"))
    version_no: Mapped[int]
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    sha256: Mapped[str] = mapped_column(String(64), default="", server_default="")
    unit: Mapped[Unit] = relationship(lazy="joined")
    person: Mapped[Person] = relationship()


class MinutesSigner(Row):
    """Who signs, in which order (equal position: any sequence)."""

    __tablename__ = "minutes_signers"
    __table_args__ = (UniqueConstraint("minutes_id", "person_id"),)
    minutes_id: Mapped[int] = mapped_column(ForeignKey("minutes.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    position: Mapped[int]
    minutes: Mapped[Minutes] = relationship(back_populates="signers")
    person: Mapped[Person] = relationship(lazy="joined")

    @property
    def signer_id(self) -> int:
        return self.person_id
