"""The secretariat's table: who is expected and who is here, for several devices at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from randal.database.base import db
from randal.engine.transitions import lock
from randal.history.events import Event
from randal.l10n.formats import clock
from randal.meeting_facts import presence
from randal.meeting_facts.presence_words import missed, told
from randal.models.attendance import Attendance
from randal.models.meetings import Meeting
from randal.org.people import Person, people_with_role
from randal.rooms.attendance.door import said_by_phone
from randal.rooms.attendance.going import come_back, go
from randal.web.attempt import attempt, seen
from workflows.attendance import LIFECYCLE
from workflows.lifecycle import PPK, Actor, Refused

#: A change is written before it is seen by others: what was changed so long before is told again.
OVERLAP = timedelta(seconds=30)
UNDONE = "Salah catat di meja sekretariat."


@dataclass(frozen=True)
class Line:
    """One row as the table shows it. `known`: who holds the post, for the eyes of the secretariat alone."""

    row: Attendance
    known: str
    unit: str
    here: bool
    times: list[str]

    @property
    def search(self) -> str:
        row = self.row
        words = (row.label, self.known, self.unit, row.name_attending, row.post_attending, row.institution)
        return " ".join(dict.fromkeys(word for word in words if word)).casefold()


def mark_of(meeting: Meeting, now: datetime) -> str:
    """What changes with every change of the list, and when another session begins; one statement."""
    query = select(
        func.count(), func.coalesce(func.sum(Attendance.version), 0), func.max(Attendance.updated_at)
    ).where(Attendance.meeting_id == meeting.id)
    count, versions, last = db.session.execute(query).one()
    session_id = presence.session_id_at(meeting, now) or 0
    return f"{session_id}-{count}-{versions}-{int(last.timestamp()) if last else 0}"


def lines(meeting: Meeting, now: datetime, since: str = "") -> list[Line]:
    """The rows in the order of the list; with the mark of an earlier look only those changed since."""
    query = select(Attendance).where(Attendance.meeting_id == meeting.id)
    parts = since.split("-")
    at = int(parts[-1]) if re.fullmatch(r"[0-9]{1,11}", parts[-1]) else None  # seconds: longer than an id
    if len(parts) == 4 and at is not None and parts[0] == mark_of(meeting, now).split("-")[0]:
        last = datetime.fromtimestamp(at, now.tzinfo)
        query = query.where(Attendance.updated_at >= last - OVERLAP)
    query = query.options(selectinload(Attendance.person)).order_by(Attendance.position, Attendance.id)
    rows = list(db.session.scalars(query).unique())
    presence.load(rows)
    holders = {p.unit_id: p.name for p in people_with_role(PPK) if p.unit_id}
    return [line_of(row, holders, now) for row in rows]


def line_of(row: Attendance, holders: Mapping[int, str] | None, now: datetime) -> Line:
    if holders is None:
        ppk = people_with_role(PPK, unit_id=row.unit_id) if row.unit_id else []
        holders = {row.unit_id or 0: ppk[-1].name} if ppk else {}
    known = row.person.name if row.person else holders.get(row.unit_id or 0, "")
    unit = row.unit or (row.person.unit if row.person else None)
    times = [*told(row), *filter(None, [missed(row)])]
    return Line(row, known, row.institution or (unit.name if unit else ""), presence.is_here(row, now), times)


# -- what is done at the table -----------------------------------------------------------------------


def act(
    row_id: int, name: str, actor: Actor, raw: Mapping[str, Any], now: datetime
) -> tuple[Attendance, str]:
    """One of DEEDS on one row: the row and the sentence to say. Refused: role, then what stands against it."""
    LIFECYCLE.require_make(actor.roles)
    row: Attendance = seen(Attendance, row_id, actor)
    return DEEDS[name](row, actor, raw, now)


def mark(row: Attendance, actor: Actor, raw: Mapping[str, Any], now: datetime) -> tuple[Attendance, str]:
    """Somebody stands at the table. Two devices may mark the same row: the second hears who was faster."""
    lock(row)
    if presence.is_here(row, now):
        raise Refused("state", faster(row))
    phone_time = said_by_phone(raw, now)
    if row.state == "present":
        come_back(row, actor, now, phone_time=phone_time)
    else:
        row = attempt(Attendance, row.id, "check_in", raw, actor, now=now).item
        if phone_time and (here := presence.in_room(row, now)):
            here.phone_time = phone_time
    return row, f"{row.label}: hadir pukul {clock(now, row.meeting.timezone)}."


def faster(row: Attendance) -> str:
    query = select(Event).where(
        Event.item_type == "attendance",
        Event.item_id == row.id,
        Event.move.in_(("check_in", "create", "come_back", "edit")),
    )
    last = db.session.scalar(query.order_by(Event.seq.desc()).limit(1))
    who = db.session.get(Person, last.actor_id) if last and last.actor_id else None
    by = f"oleh {who.name}" if who else "lewat kode hadir"
    came = row.presences[-1].arrived_at if row.presences else row.checked_in_at
    when = f" pukul {clock(came, row.meeting.timezone)}" if came else ""
    return f"{row.label} sudah dicatat hadir{when} {by}."


def gone(row: Attendance, actor: Actor, raw: Mapping[str, Any], now: datetime) -> tuple[Attendance, str]:
    left = go(row, actor, raw, now).left_at
    return row, f"{row.label}: pulang pukul {clock(left, row.meeting.timezone)}."


def undo(row: Attendance, actor: Actor, raw: Mapping[str, Any], now: datetime) -> tuple[Attendance, str]:
    given = {"reason": str(raw.get("reason") or "") or UNDONE}
    row = attempt(Attendance, row.id, "correct_to_absent", given, actor, now=now).item
    return row, f"{row.label}: kehadiran dibatalkan."


DEEDS = {"hadir": mark, "pulang": gone, "batal": undo}
