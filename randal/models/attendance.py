"""Attendance (kehadiran): one row per invited post, and one per guest."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Select, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from randal.database.base import Row, UTCDateTime, db
from randal.engine.transitions import WorkflowItem
from randal.models.meetings import Meeting, office
from randal.org.people import Person
from randal.org.places import Unit
from workflows.lifecycle import INVITEE, PPK, UNIT_ROLES, Actor


class Attendance(WorkflowItem):
    __tablename__ = "attendance"
    __lifecycle__ = "attendance"
    __table_args__ = (
        CheckConstraint("is_guest OR unit_id IS NOT NULL OR person_id IS NOT NULL", name="someone"),
        Index("uq_attendance_meeting_unit", "meeting_id", "unit_id", unique=True),
        Index("uq_attendance_meeting_person", "meeting_id", "person_id", unique=True),
        # An invitee taken off a draft leaves a history: the next one must not get its number and go on with it.
        {"sqlite_autoincrement": True},
    )
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"))
    position: Mapped[int]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)  # the PPK of this unit
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    is_guest: Mapped[bool] = mapped_column(default=False)
    post_invited: Mapped[str] = mapped_column(String(200), default="")
    name_attending: Mapped[str] = mapped_column(String(120), default="")
    post_attending: Mapped[str] = mapped_column(String(200), default="")
    institution: Mapped[str] = mapped_column(String(200), default="")  # of a guest
    reason: Mapped[str] = mapped_column(Text, default="")
    checked_in_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    check_in_way: Mapped[str] = mapped_column(String(8), default="")  # account, qr, table
    signature_file_id: Mapped[int | None] = mapped_column(ForeignKey("files.id"))
    mandate_file_id: Mapped[int | None] = mapped_column(
        ForeignKey("files.id")
    )  # surat tugas of who stands in
    link_number: Mapped[int] = mapped_column(default=1)  # raised to make earlier links to answer useless

    meeting: Mapped[Meeting] = relationship(back_populates="attendance")
    unit: Mapped[Unit | None] = relationship(lazy="joined")
    person: Mapped[Person | None] = relationship(foreign_keys=person_id)
    presences: Mapped[list[Presence]] = relationship(
        order_by="Presence.arrived_at", back_populates="attendance", cascade="all, delete-orphan"
    )

    @property
    def label(self) -> str:
        """Who is meant: the invited post, or the guest's name."""
        if self.is_guest:
            return self.name_attending
        if self.unit:
            return self.post_invited or f"PPK {self.unit.short_name}"
        return self.post_invited or (self.person.name if self.person else "")

    def is_for(self, actor: Actor) -> bool:
        if actor.id is None or self.is_guest:
            return False
        own_unit = self.unit_id is not None and self.unit_id == actor.unit_id and actor.has(PPK)
        return own_unit or self.person_id == actor.id

    def relations(self, actor: Actor) -> set[str]:
        return office(self.meeting, actor) | ({INVITEE} if self.is_for(actor) else set())

    @property
    def event_unit_id(self) -> int | None:
        return None  # attendance is seen by everyone invited, not by the unit alone

    @classmethod
    def visible_to(cls, actor: Actor) -> Select[Any]:
        meetings = Meeting.visible_to(actor).with_only_columns(Meeting.id)
        return select(cls).where(cls.meeting_id.in_(meetings))


class Presence(Row):
    """From when to when this row's person was in the room, in one session (None: the meeting is its only session)."""

    __tablename__ = "presences"
    __table_args__ = (
        CheckConstraint("left_at IS NULL OR left_at >= arrived_at", name="times"),
        Index("ix_presences_attendance_session", "attendance_id", "session_id"),
        Index("uq_presences_key", "key", unique=True),
        Index("uq_presences_ticket", "ticket", unique=True),
    )
    attendance_id: Mapped[int] = mapped_column(ForeignKey("attendance.id"))
    session_id: Mapped[int | None] = mapped_column(ForeignKey("meeting_sessions.id"))
    arrived_at: Mapped[datetime] = mapped_column(UTCDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    phone_time: Mapped[datetime | None] = mapped_column(
        UTCDateTime
    )  # what a phone without network said it was
    key: Mapped[str | None] = mapped_column(String(40))  # made by the phone: a check-in sent twice is one
    ticket: Mapped[str | None] = mapped_column(
        String(16)
    )  # of the page it came from: a ticket adds one person
    attendance: Mapped[Attendance] = relationship(back_populates="presences")


def answer_for(rows: Iterable[Attendance]) -> list[Person]:
    """The active people who answer for these rows: the person, or the PPK and its staff."""
    rows = list(rows)
    units = [r.unit_id for r in rows if r.unit_id]
    persons = [r.person_id for r in rows if r.person_id]
    query = select(Person).where(
        Person.active,
        Person.id.in_(persons) | (Person.unit_id.in_(units) & Person.role.in_(UNIT_ROLES)),
    )
    return list(db.session.scalars(query.order_by(Person.id)))
