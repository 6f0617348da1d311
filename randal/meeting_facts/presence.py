"""Who was in the room, from when to when: arriving, leaving, coming back, in the session that runs.

A row that is present and has no presence at all (told from before there were presences, or corrected afterwards
without a time) counts as present throughout.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm.attributes import set_committed_value

from randal.database.base import db
from randal.l10n.clock import local_date
from randal.models.attendance import Attendance, Presence
from randal.models.meetings import Meeting, Session


@dataclass(frozen=True)
class Quorum:
    """Invited posts in the room now, guests aside. `needed` is None where the meeting asks for no quorum."""

    present: int
    needed: int | None
    reached: bool
    invited: int = 0
    guests: int = 0


def held(meeting: Meeting) -> list[Session]:
    """The sessions people attend: without the breaks."""
    return [each for each in meeting.sessions if each.kind == "session"]


def session_at(meeting: Meeting, now: datetime) -> Session | None:
    """The session that one who comes in now attends: today's running one, else today's next, else today's last.
    None: the meeting has no sessions and is one itself."""
    sessions = held(meeting)
    day = meeting.local_date(now)
    today = [s for s in sessions if local_date(s.starts_at, meeting.timezone) == day] or sessions
    return next((s for s in today if s.ends_at > now), today[-1] if today else None)


def session_id_at(meeting: Meeting, now: datetime) -> int | None:
    session = session_at(meeting, now)
    return session.id if session else None


# -- coming and going --------------------------------------------------------------------------------


def in_room(row: Attendance, now: datetime) -> Presence | None:
    """The presence of this row that has no end yet, in the session of now."""
    session_id = session_id_at(row.meeting, now)
    mine = (p for p in row.presences if p.session_id == session_id and p.left_at is None)
    return next(mine, None)


def is_here(row: Attendance, now: datetime) -> bool:
    return row.state == "present" and (not row.presences or in_room(row, now) is not None)


def arrive(
    row: Attendance, at: datetime, *, phone_time: datetime | None = None, key: str | None = None
) -> Presence:
    """Note that this row's person came in at `at`; who is in already stays in, once. The caller holds the row's lock."""
    if found := in_room(row, at):
        return found
    made = Presence(session_id=session_id_at(row.meeting, at), arrived_at=at, phone_time=phone_time, key=key)
    row.presences.append(made)
    db.session.flush()
    return made


def leave(row: Attendance, at: datetime) -> Presence | None:
    """Note that this row's person went at `at`; None when he was not in. `at` is not before he came."""
    found = in_room(row, at)
    if found is None and row.state == "present" and not row.presences and row.checked_in_at:
        # Told before there were presences: he was in since he checked in.
        session_id = session_id_at(row.meeting, at)
        found = Presence(session_id=session_id, arrived_at=min(row.checked_in_at, at))
        row.presences.append(found)
    if found is not None:
        found.left_at = at
        db.session.flush()
    return found


def forget(row: Attendance) -> None:
    """He was not there after all: the history keeps what had been told."""
    row.presences.clear()
    db.session.flush()


# -- questions ---------------------------------------------------------------------------------------


def until(meeting: Meeting, one: Presence) -> datetime | None:
    """When this presence ended: with the person's leaving, at the latest when the next session began. None: it goes on."""
    if one.left_at:
        return one.left_at
    mine = next((s for s in meeting.sessions if s.id == one.session_id), None)
    if mine is None:
        return meeting.closed_at
    later = [s.starts_at for s in held(meeting) if s.starts_at >= mine.ends_at]
    return min(later, default=meeting.closed_at)


def present_during(row: Attendance, start: datetime, end: datetime | None) -> bool:
    """Was this row's person in the room for a part of [start, end)? `end` None: it still goes on."""
    if row.state != "present":
        return False
    for one in row.presences:
        ended = until(row.meeting, one)
        if (end is None or one.arrived_at < end) and (ended is None or ended > start):
            return True
    return not row.presences


def is_in_at(meeting: Meeting, now: datetime) -> ColumnElement[bool]:
    """`is_here` as a condition on Attendance."""
    open_now = exists().where(
        Presence.attendance_id == Attendance.id,
        Presence.left_at.is_(None),
        Presence.session_id.is_not_distinct_from(session_id_at(meeting, now)),
    )
    never_told = ~exists().where(Presence.attendance_id == Attendance.id)
    return and_(Attendance.state == "present", or_(open_now, never_told))


def quorum(meeting: Meeting, now: datetime) -> Quorum:
    """Who is in the room now against what the meeting asks for; one statement, however many are invited.
    After the meeting's day: of its last session."""
    is_in = is_in_at(meeting, now)
    query = select(
        func.count(case((~Attendance.is_guest, 1))),
        func.count(case((and_(is_in, ~Attendance.is_guest), 1))),
        func.count(case((and_(is_in, Attendance.is_guest), 1))),
    ).where(Attendance.meeting_id == meeting.id)
    invited, present, guests = db.session.execute(query).one()
    needed = None if meeting.quorum is None else -(-invited * meeting.quorum // 100)
    return Quorum(present, needed, needed is None or present >= needed, invited, guests)


def load(rows: Iterable[Attendance]) -> None:
    """Read the presences of all these rows in one statement."""
    rows = list(rows)
    found: dict[int, list[Presence]] = defaultdict(list)
    query = select(Presence).where(Presence.attendance_id.in_([row.id for row in rows]))
    for each in db.session.scalars(query.order_by(Presence.arrived_at, Presence.id)):
        found[each.attendance_id].append(each)
    for row in rows:
        set_committed_value(row, "presences", found[row.id])
