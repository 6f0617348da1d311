"""What a meeting is made of: sessions, objectives, agenda, directives and decisions."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, ForeignKey, Select, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from randal.database.base import Model, Row, UTCDateTime
from workflows.agenda import ASSESSMENTS, OBJECTIVE_KINDS, OUTCOMES, SESSION_KINDS
from workflows.lifecycle import Actor

if TYPE_CHECKING:
    from randal.models.meetings import Meeting


class Part(Row):
    """A row of a meeting that two may edit at once: its version tells a stale save from a fresh one."""

    __abstract__ = True
    meeting_id: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)

    @declared_attr
    def updated_by_id(cls) -> Mapped[int | None]:
        return mapped_column(ForeignKey("people.id"))

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}

    @classmethod
    def visible_to(cls, actor: Actor) -> Select[Any]:
        from randal.models.meetings import Meeting

        return select(cls).where(cls.meeting_id.in_(Meeting.visible_to(actor).with_only_columns(Meeting.id)))


class Session(Part):
    """A stretch of time of the meeting: a day, a half of it, a plenary. A meeting without any is one session itself.

    Breaks are rows too (`kind` break): nobody attends them, and the calendar shows them as what they are.
    """

    __tablename__ = "meeting_sessions"
    __table_args__ = (
        CheckConstraint(f"kind IN {tuple(SESSION_KINDS)}", name="kind"),
        CheckConstraint("ends_at > starts_at", name="times"),
    )
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), index=True)
    kind: Mapped[str] = mapped_column(String(8), default="session")
    title: Mapped[str] = mapped_column(String(120))
    place: Mapped[str] = mapped_column(String(250), default="")  # empty: the meeting's
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
    meeting: Mapped[Meeting] = relationship(back_populates="sessions")


class Objective(Part):
    """A sasaran or an expected output (keluaran), assessed at the end."""

    __tablename__ = "objectives"
    __table_args__ = (
        CheckConstraint(f"kind IN {tuple(OBJECTIVE_KINDS)}", name="kind"),
        CheckConstraint(f"assessment IN {tuple(ASSESSMENTS)}", name="assessment"),
    )
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(Text)
    position: Mapped[int]
    assessment: Mapped[str | None] = mapped_column(String(8))
    note: Mapped[str] = mapped_column(Text, default="")
    meeting: Mapped[Meeting] = relationship(back_populates="objectives")


class AgendaItem(Part):
    __tablename__ = "agenda_items"
    __table_args__ = (
        CheckConstraint(f"outcome IN {tuple(OUTCOMES)}", name="outcome"),
        CheckConstraint("ended_at IS NULL OR ended_at >= started_at", name="real_times"),
    )
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), index=True)
    title: Mapped[str] = mapped_column(String(250))
    duration: Mapped[int | None]  # minutes
    position: Mapped[int]
    outcome: Mapped[str | None] = mapped_column(String(12))
    note: Mapped[str] = mapped_column(Text, default="")
    carries_over: Mapped[bool] = mapped_column(default=False)  # made by schedule from open follow-ups
    session_id: Mapped[int | None] = mapped_column(ForeignKey("meeting_sessions.id"))
    started_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # when it was really taken up
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    meeting: Mapped[Meeting] = relationship(back_populates="agenda_items")
    session: Mapped[Session | None] = relationship()


class Directive(Part):
    """Arahan: who said what, numbered."""

    __tablename__ = "directives"
    __table_args__ = (UniqueConstraint("meeting_id", "number"),)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), index=True)
    number: Mapped[int]
    speaker: Mapped[str] = mapped_column(String(120), default="")
    text: Mapped[str] = mapped_column(Text)
    meeting: Mapped[Meeting] = relationship(back_populates="directives")


class Decision(Part):
    """Keputusan, numbered."""

    __tablename__ = "decisions"
    __table_args__ = (UniqueConstraint("meeting_id", "number"),)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), index=True)
    number: Mapped[int]
    speaker: Mapped[str] = mapped_column(String(120), default="")
    text: Mapped[str] = mapped_column(Text)
    meeting: Mapped[Meeting] = relationship(back_populates="decisions")


class Writer(Model):
    """Who is at work in which section of the live minutes just now; forgotten a minute later (see writers.py)."""

    __tablename__ = "meeting_writers"
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    section: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
