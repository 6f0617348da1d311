"""A meeting (rapat) with its objectives, agenda, directives and decisions."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Select,
    String,
    Text,
    exists,
    false,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from randal.database.base import UTCDateTime
from randal.engine.transitions import WorkflowItem
from randal.l10n import clock
from randal.models import meeting_mails, meeting_reach
from randal.models.letters import Copy, Letter, LetterSignature, copies_of
from randal.models.meeting_parts import AgendaItem, Decision, Directive, Objective, Session
from randal.org.people import Person, unit_relations
from randal.org.places import Unit
from workflows.letter import letter_waits
from workflows.lifecycle import CHAIR, FOR_THE_CHAIR, INVITEE, MINUTE_TAKER, SEES_ALL, SIGNER, Actor
from workflows.meeting_states import HELD
from workflows.minutes import MINUTES

if TYPE_CHECKING:
    from randal.models.attendance import Attendance
    from randal.models.minutes import Minutes


class Meeting(WorkflowItem):
    __tablename__ = "meetings"
    __lifecycle__ = "meeting"
    __table_args__ = (
        CheckConstraint("ends_at IS NULL OR starts_at IS NULL OR ends_at > starts_at", name="times"),
        CheckConstraint("quorum BETWEEN 1 AND 100", name="quorum"),
        CheckConstraint(f"(state IN {HELD}) = (closed_at IS NOT NULL)", name="closed"),
    )
    title: Mapped[str] = mapped_column(String(250))
    purpose: Mapped[str] = mapped_column(Text, default="")
    report_period: Mapped[str] = mapped_column(String(7), default="")  # 2018-06
    starts_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    ends_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    timezone: Mapped[str] = mapped_column(String(40), default=clock.DEFAULT_ZONE)
    place: Mapped[str] = mapped_column(String(250), default="")
    link: Mapped[str] = mapped_column(String(500), default="")
    organiser_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    chair_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    chair_post_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id"))  # held when the chair was named
    minute_taker_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    quorum: Mapped[int | None]  # percent of the invited posts that must be present; None: none is asked
    cc: Mapped[str] = mapped_column(Text, default="")  # tembusan, one per line
    letter_number: Mapped[str | None] = mapped_column(String(80))
    letter_dated_on: Mapped[date | None]
    letter_file_id: Mapped[int | None] = mapped_column(ForeignKey("files.id"))
    letter_version: Mapped[int] = mapped_column(default=0)
    letter_way: Mapped[str] = mapped_column(String(12), default="", server_default="")  # "", here, elsewhere
    letter_signed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    letter_declined_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    sequence: Mapped[int] = mapped_column(default=0)  # iCalendar SEQUENCE
    opened_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("meetings.id"))
    source_note: Mapped[str] = mapped_column(Text, default="")  # a quoted, sourced box on the meeting's page

    chair: Mapped[Person | None] = relationship(foreign_keys=chair_id)
    minute_taker: Mapped[Person | None] = relationship(foreign_keys=minute_taker_id)
    organiser: Mapped[Unit | None] = relationship(foreign_keys=organiser_id)
    sessions: Mapped[list[Session]] = relationship(
        order_by="(Session.starts_at, Session.id)", back_populates="meeting", cascade="all, delete-orphan"
    )
    objectives: Mapped[list[Objective]] = relationship(
        order_by="Objective.position", back_populates="meeting", cascade="all, delete-orphan"
    )
    agenda_items: Mapped[list[AgendaItem]] = relationship(
        order_by="AgendaItem.position", back_populates="meeting", cascade="all, delete-orphan"
    )
    directives: Mapped[list[Directive]] = relationship(order_by="Directive.number", back_populates="meeting")
    decisions: Mapped[list[Decision]] = relationship(order_by="Decision.number", back_populates="meeting")
    attendance: Mapped[list[Attendance]] = relationship(
        order_by="Attendance.position", back_populates="meeting"
    )
    letter: Mapped[Letter | None] = relationship()
    letter_signatures: Mapped[list[LetterSignature]] = relationship(
        order_by=LetterSignature.id, back_populates="meeting"
    )
    # its notula, berita acara and laporan, with every addendum
    all_minutes: Mapped[list[Minutes]] = relationship(order_by="Minutes.id", back_populates="meeting")

    # -- what the guards of workflows/meeting.py read ------------------------------------------------

    @property
    def invitees(self) -> list[Attendance]:
        return [row for row in self.attendance if not row.is_guest]

    @property
    def minutes(self) -> Minutes | None:
        """The newest minutes (notula): while an addendum is being written, that addendum."""
        return next((m for m in reversed(self.all_minutes) if m.kind == MINUTES), None)

    @property
    def minutes_id(self) -> int | None:
        """The minutes that count (`minutes_id` of the API): the published ones, else the only ones."""
        found = [m for m in self.all_minutes if m.kind == MINUTES]
        published = [m for m in found if m.state == "signed"]
        return (published or found)[-1].id if found else None

    @property
    def copies(self) -> list[Copy]:
        return copies_of(self.cc)

    @property
    def announced(self) -> dict[str, Any]:
        """Where to go and when, as a letter tells it; JSON, to be compared with what a later letter would tell."""
        timetable = [
            [s.starts_at.isoformat(), s.ends_at.isoformat(), s.title, s.place, s.kind] for s in self.sessions
        ]
        times = [at.isoformat() for at in (self.starts_at, self.ends_at) if at]
        sessions = timetable if len(timetable) > 1 else []
        return {"times": times, "place": self.place, "link": self.link, "sessions": sessions}

    def local_date(self, now: datetime) -> date:
        return clock.local_date(now, self.timezone)

    @property
    def local_start_date(self) -> date | None:
        return clock.local_date(self.starts_at, self.timezone) if self.starts_at else None

    def instant(self, local: datetime) -> datetime:
        return clock.to_instant(local, self.timezone)

    @property
    def units_without_report(self) -> list[str]:
        """Invited units whose report for the period is not handed in, by name."""
        from randal.models.meeting_reports import units_without_report

        return units_without_report(self)

    @property
    def local_end_date(self) -> date | None:
        return clock.local_date(self.ends_at, self.timezone) if self.ends_at else self.local_start_date

    def is_check_in_day(self, now: datetime) -> bool:
        """Any day of the meeting: one of two days is checked in to on both."""
        first, last = self.local_start_date, self.local_end_date
        return first is not None and first <= self.local_date(now) <= max(first, last or first)

    @property
    def event_meeting_id(self) -> int | None:
        return self.id

    # what its moves ask and tell of it (meeting_reach.py)
    in_office, unconfirmed = property(meeting_reach.in_office), property(meeting_reach.unconfirmed)
    gone = property(meeting_reach.gone)
    lost_mails = property(meeting_mails.lost_mails)
    unreported, letter_outdated = meeting_reach.unreported, property(meeting_reach.letter_outdated)
    hearers = property(meeting_reach.hearers)
    people_told, copies_told = property(meeting_reach.people_told), property(meeting_reach.copies_told)
    units_invited, answers_given = (
        property(meeting_reach.units_invited),
        property(meeting_reach.answers_given),
    )
    letter_to_sign, rows_absent = property(meeting_reach.letter_to_sign), property(meeting_reach.rows_absent)
    items_open = property(meeting_reach.items_open)

    # -- who is what ---------------------------------------------------------------------------------

    def relations(self, actor: Actor) -> set[str]:
        found = office(self, actor)
        if any(row.is_for(actor) for row in self.attendance):
            found.add(INVITEE)
        if actor.unit_id and any(row.unit_id == actor.unit_id for row in self.attendance):
            found |= unit_relations(actor, actor.unit_id)
        if letter_waits(self) and (actor.id == self.chair_id or self.chair_post_id in actor.posts):
            found.add(SIGNER)  # of its letter
        return found

    def principal(self, hat: str) -> int | None:
        return self.chair_id if hat in FOR_THE_CHAIR else None

    @classmethod
    def letters_waiting_for(cls, actor: Actor) -> Select[Any]:
        """Meetings whose letter this actor may sign, for himself or for the post; oldest first."""
        mine = or_(cls.chair_id == actor.id, cls.chair_post_id.in_(actor.posts))
        waits = cls.letter_way == "here", cls.letter_signed_at.is_(None), cls.letter_declined_at.is_(None)
        return select(cls).where(cls.state == "scheduled", mine, *waits).order_by(cls.updated_at, cls.id)

    @classmethod
    def visible_to(cls, actor: Actor) -> Select[Any]:
        if actor.has(*SEES_ALL):
            return select(cls)
        return select(cls).where(or_(held_office(actor), (cls.state != "draft") & invited(actor)))


def office(meeting: Meeting, actor: Actor) -> set[str]:
    """CHAIR and MINUTE_TAKER as this actor holds them. The chair's post on that day (Plt./Plh. too) and the
    head of the organising unit stand in for the chair."""
    if actor.id is None:
        return set()
    stands_in = meeting.chair_post_id in actor.posts or meeting.organiser_id in actor.heads
    leads, writes = stands_in or actor.id == meeting.chair_id, actor.id == meeting.minute_taker_id
    return {hat for hat, held in ((CHAIR, leads), (MINUTE_TAKER, writes)) if held}


def held_office(actor: Actor) -> Any:
    """The same, as a condition on Meeting."""
    if actor.id is None:  # "= NULL" would find the meetings that have nobody in office
        return false()
    return or_(
        Meeting.chair_id == actor.id,
        Meeting.minute_taker_id == actor.id,
        Meeting.chair_post_id.in_(actor.posts),
        Meeting.organiser_id.in_(actor.heads),
    )


def invited(actor: Actor) -> Any:
    """A condition on Meeting: the actor, or its unit, is on the list."""
    from randal.models.attendance import Attendance

    if actor.id is None:
        return false()
    mine = Attendance.person_id == actor.id
    if actor.unit_id is not None:
        mine = or_(mine, Attendance.unit_id == actor.unit_id)
    return exists().where(Attendance.meeting_id == Meeting.id, mine)


def meetings_in_office(actor: Actor) -> Select[Any]:
    """Ids of the meetings that the actor chairs or takes minutes of."""
    return select(Meeting.id).where(held_office(actor))
