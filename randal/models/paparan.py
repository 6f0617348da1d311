"""A paparan of a meeting, its versions, and who has read which of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Select, String, UniqueConstraint, exists, false, or_, select
from sqlalchemy.orm import Mapped, aliased, mapped_column, relationship, selectinload

from randal.database.base import Row, UTCDateTime, db
from randal.models.attendance import Attendance
from randal.models.meetings import AgendaItem, Meeting
from randal.org.people import Person
from randal.org.places import Unit
from randal.storage.files import StoredFile
from workflows.lifecycle import PPK, PPK_STAFF, Actor


class Paparan(Row):
    """Its newest version counts; older ones stay readable. Withdrawn by mistake-makers, never deleted."""

    __tablename__ = "paparan"
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), index=True)
    agenda_item_id: Mapped[int | None] = mapped_column(ForeignKey("agenda_items.id", ondelete="SET NULL"))
    unit_id: Mapped[int | None] = mapped_column(
        ForeignKey("units.id")
    )  # the PPK that presents; None: the organiser
    title: Mapped[str] = mapped_column(String(250))
    speaker: Mapped[str] = mapped_column(String(120), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    reminded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    meeting: Mapped[Meeting] = relationship()
    agenda_item: Mapped[AgendaItem | None] = relationship()
    unit: Mapped[Unit | None] = relationship()
    versions: Mapped[list[PaparanVersion]] = relationship(
        order_by="PaparanVersion.number", back_populates="paparan"
    )

    @property
    def newest(self) -> PaparanVersion:
        return self.versions[-1]

    @property
    def updated_at(self) -> datetime:
        return self.newest.added_at

    @classmethod
    def visible_to(cls, actor: Actor) -> Select[Any]:
        """Whoever may see the meeting may read what is presented there."""
        seen = Meeting.visible_to(actor).with_only_columns(Meeting.id)
        return select(cls).where(cls.meeting_id.in_(seen), cls.withdrawn_at.is_(None))

    @classmethod
    def unread(cls, actor: Actor) -> Select[Any]:
        """What this actor's unit has still to read, newest first; nothing for who speaks for no unit."""
        version, later = aliased(PaparanVersion), aliased(PaparanVersion)
        invited = exists().where(Attendance.meeting_id == cls.meeting_id, Attendance.unit_id == actor.unit_id)
        read = exists().where(Reading.version_id == version.id, Reading.unit_id == actor.unit_id)
        newer = exists().where(later.paparan_id == cls.id, later.number > version.number)
        query = (
            cls.visible_to(actor).join(version, version.paparan_id == cls.id).where(invited, ~read, ~newer)
        )
        mine = actor.has(PPK, PPK_STAFF) and actor.unit_id is not None
        not_own = or_(cls.unit_id.is_(None), cls.unit_id != actor.unit_id)
        return query.where(not_own if mine else false()).order_by(cls.id.desc())


class PaparanVersion(Row):
    __tablename__ = "paparan_versions"
    __table_args__ = (UniqueConstraint("paparan_id", "number"),)
    paparan_id: Mapped[int] = mapped_column(ForeignKey("paparan.id"))
    number: Mapped[int]
    file_id: Mapped[int] = mapped_column(ForeignKey("files.id"))
    added_at: Mapped[datetime] = mapped_column(UTCDateTime)
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    paparan: Mapped[Paparan] = relationship(back_populates="versions")
    file: Mapped[StoredFile] = relationship()
    added_by: Mapped[Person | None] = relationship()
    readings: Mapped[list[Reading]] = relationship(order_by="Reading.id", back_populates="of")

    @classmethod
    def visible_to(cls, actor: Actor) -> Select[Any]:
        seen = Paparan.visible_to(actor).with_only_columns(Paparan.id)
        return select(cls).where(cls.paparan_id.in_(seen))


class Reading(Row):
    """ "Sudah saya baca": one unit, one version, once; by whom and when. Written, never changed."""

    __tablename__ = "paparan_readings"
    __table_args__ = (UniqueConstraint("version_id", "unit_id"),)
    version_id: Mapped[int] = mapped_column(ForeignKey("paparan_versions.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)

    of: Mapped[PaparanVersion] = relationship(back_populates="readings")
    person: Mapped[Person | None] = relationship()


@dataclass(frozen=True)
class Reach:
    """Which invited units have read: of one paparan its newest version, or of a meeting all of them."""

    read: tuple[Unit, ...]
    missing: tuple[Unit, ...]

    @property
    def invited(self) -> int:
        return len(self.read) + len(self.missing)

    @property
    def percent(self) -> int:
        return round(100 * len(self.read) / self.invited) if self.invited else 0

    @property
    def sentence(self) -> str:
        """As it stands beside an objective."""
        told = f"{len(self.read)} dari {self.invited} PPK sudah membaca"
        if not self.missing:
            return told + "."
        return f"{told}; belum: {', '.join(unit.short_name for unit in self.missing)}."


def paparan_of(meeting: Meeting) -> list[Paparan]:
    """What is presented at this meeting, in the order of its agenda; a fixed number of statements."""
    query = select(Paparan).where(Paparan.meeting_id == meeting.id, Paparan.withdrawn_at.is_(None))
    versions = selectinload(Paparan.versions)
    options = versions.selectinload(PaparanVersion.readings), versions.joinedload(PaparanVersion.file)
    rows = db.session.scalars(query.options(*options).order_by(Paparan.id)).unique().all()
    place = {item.id: item.position for item in meeting.agenda_items}
    return sorted(rows, key=lambda row: (place.get(row.agenda_item_id or 0, 10**6), row.id))


def reach_of(meeting: Meeting, rows: list[Paparan]) -> Reach:
    """Units that have read the newest version of all these; nobody's own paparan waits for himself."""
    units = [row.unit for row in meeting.invitees if row.unit]

    def has_read(unit: Unit) -> bool:
        return all(
            row.unit_id == unit.id or any(reading.unit_id == unit.id for reading in row.newest.readings)
            for row in rows
        )

    read = [unit for unit in units if rows and has_read(unit)]
    return Reach(tuple(read), tuple(unit for unit in units if unit not in read))
