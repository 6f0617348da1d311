"""The publishable account of a meeting."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Select, String, Text, select
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from randal.database.base import Row, UTCDateTime
from randal.models.meetings import Meeting
from workflows.lifecycle import Actor


class Summary(Row):
    """One per meeting. Public from `published_at` until `withdrawn_at`; published again, the latter is empty again."""

    __tablename__ = "summaries"
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), unique=True)
    slug: Mapped[str] = mapped_column(String(120), unique=True)
    title: Mapped[str] = mapped_column(String(250))
    text: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    meeting: Mapped[Meeting] = relationship()

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}

    @property
    def public(self) -> bool:
        return self.published_at is not None and self.withdrawn_at is None

    @property
    def paragraphs(self) -> list[str]:
        return [each.strip() for each in self.text.split("\n\n") if each.strip()]

    @classmethod
    def visible_to(cls, actor: Actor) -> Select[Any]:
        """Inside the house: with its meeting."""
        return select(cls).where(cls.meeting_id.in_(Meeting.visible_to(actor).with_only_columns(Meeting.id)))
