"""Beranda of a person: what the lifecycles expect of him (expected.py), what is no move, whom he waits for, what is late."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from flask import url_for
from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload

from randal.database.base import db
from randal.l10n.formats import day_date, lateness, long_date
from randal.meeting_facts.rsvp_links import reply_path
from randal.models.attendance import Attendance
from randal.models.follow_ups import FollowUp
from randal.models.meetings import Meeting
from randal.models.paparan import Paparan
from randal.overviews.home.expected import Group, groups_of
from randal.overviews.home.others import WaitedFor, waited_for
from randal.overviews.home.waiting import SHOWN, Waiting, second_person
from randal.rooms.follow_ups.tracking import BY_DUE, is_late
from workflows.lifecycle import PPK_STAFF, Actor
from workflows.meeting_states import UNTIL_CLOSED


@dataclass
class Home:
    """Beranda of one person."""

    groups: list[Group] = field(default_factory=list)  # moves that the lifecycles await of this person
    besides: list[Waiting] = field(default_factory=list)  # what is no move
    others: list[WaitedFor] = field(default_factory=list)
    late: list[Waiting] = field(default_factory=list)
    late_count: int = 0
    meetings: list[Meeting] = field(default_factory=list)

    @property
    def count(self) -> int:
        return sum(group.count for group in self.groups) + len(self.besides)

    @property
    def all_done(self) -> bool:
        """Nothing waits for this person, nothing is late, and nobody is waited for."""
        return not (self.count or self.late_count or self.others)


def home_of(actor: Actor, now: datetime) -> Home:
    """What waits for this actor, what is late, and the next meetings."""
    made = Home(meetings=next_meetings(actor, now))
    made.groups = groups_of(actor, now)
    made.besides = [*invitations(actor, now), *second_person(actor), *unread(actor)]
    made.others = waited_for(actor, now)
    late = FollowUp.visible_to(actor).where(is_late(now))
    counted = late.with_only_columns(func.count(FollowUp.id))
    made.late_count = db.session.scalar(counted) or 0
    first = late.order_by(BY_DUE, FollowUp.id).limit(SHOWN) if made.late_count else None
    made.late = [follow_up_line(f, now) for f in db.session.scalars(first)] if first is not None else []
    return made


def next_meetings(actor: Actor, now: datetime) -> list[Meeting]:
    running = Meeting.state == "in_session"
    query = (
        Meeting.visible_to(actor)
        .where(Meeting.state.in_(UNTIL_CLOSED))
        .order_by(running.desc(), Meeting.starts_at)
        .limit(3)
    )
    return list(db.session.scalars(query))


def follow_up_line(item: FollowUp, now: datetime) -> Waiting:
    days = item.days_late(now)
    when = lateness(days) if days else f"tenggat {long_date(item.due_on)}"
    sent_back = "dikembalikan, " if item.state == "returned" else ""
    return Waiting(
        "checklist",
        item.text,
        f"{item.unit.short_name} · {sent_back}{when}",
        url_for("follow_ups.show", id=item.id),
        days > 0,
    )


def invitations(actor: Actor, now: datetime) -> list[Waiting]:
    """Invitations of the unit that its staff can answer, by the unit's link: no move of its own."""
    if actor.unit_id is None or not actor.has(PPK_STAFF):
        return []
    query = (
        select(Attendance)
        .join(Meeting)
        .where(Attendance.unit_id == actor.unit_id, Attendance.state == "invited")
        .where(Meeting.state == "scheduled", Meeting.starts_at > now)
        .options(contains_eager(Attendance.meeting))
    )
    return [
        Waiting(
            "mail-question",
            f"Jawab undangan: {row.meeting.title}",
            f"{day_date(row.meeting.local_start_date)} · {row.label}",
            reply_path(row),
        )
        for row in db.session.scalars(query.order_by(Meeting.starts_at).limit(SHOWN)).unique()
    ]


def unread(actor: Actor) -> list[Waiting]:
    """Paparan handed in that the actor has not opened: reading is no move."""
    rows = db.session.scalars(Paparan.unread(actor).options(joinedload(Paparan.meeting)).limit(SHOWN))
    return [
        Waiting("book", f"Baca paparan: {row.title}", row.meeting.title, url_for("paparan.show", id=row.id))
        for row in rows
    ]
