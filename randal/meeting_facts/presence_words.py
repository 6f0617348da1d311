"""What is said about a row's times: late, gone early, away in between, and at which agenda items."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from randal.l10n.formats import clock, local
from randal.meeting_facts.presence import held, present_during
from randal.models.attendance import Attendance, Presence
from randal.models.meetings import AgendaItem, Meeting


def times_of(meeting: Meeting, session_id: int | None) -> tuple[datetime | None, datetime | None]:
    """When the session (None: the meeting) was to begin and end."""
    session = next((s for s in meeting.sessions if s.id == session_id), None)
    return (session.starts_at, session.ends_at) if session else (meeting.starts_at, meeting.ends_at)


def minutes_late(meeting: Meeting, first: Presence) -> int:
    """Whole minutes after the session's (or the meeting's) beginning; 0 when in time."""
    starts, _ends = times_of(meeting, first.session_id)
    return max(0, int((first.arrived_at - starts).total_seconds() // 60)) if starts else 0


def told(row: Attendance) -> list[str]:
    """Each session's sentences: "terlambat 12 menit", "keluar 10.05–10.30", "pulang lebih awal, 11.20 WIB"."""
    meeting, said = row.meeting, []
    if row.state != "present":
        return []
    sessions = held(meeting)
    for session_id in dict.fromkeys(p.session_id for p in row.presences):
        mine = [p for p in row.presences if p.session_id == session_id]
        title = next((s.title for s in sessions if s.id == session_id), "") if len(sessions) > 1 else ""
        said += [f"{title}: {one}" if title else one for one in _of_one(meeting, mine)]
    return said


def _of_one(meeting: Meeting, mine: list[Presence]) -> list[str]:
    zone, said = meeting.timezone, []
    if late := minutes_late(meeting, mine[0]):
        said.append(f"terlambat {late} menit")
    if mine[0].phone_time:
        said.append(f"jam telepon {clock(mine[0].phone_time, zone)}")
    for before, after in pairwise(mine):
        if before.left_at:
            said.append(f"keluar {local(before.left_at, zone):%H.%M}–{clock(after.arrived_at, zone)}")
    if left := mine[-1].left_at:
        _starts, ends = times_of(meeting, mine[-1].session_id)
        early = ends is not None and left < ends
        said.append(f"pulang lebih awal, {clock(left, zone)}" if early else f"pulang {clock(left, zone)}")
    return said


@dataclass(frozen=True)
class AtItem:
    """One agenda item that was taken up, and whether this row's person was there for it."""

    item: AgendaItem
    present: bool


def at_items(row: Attendance) -> list[AtItem]:
    """For every agenda item with a real beginning, in order; empty where nobody noted the times."""
    begun = [(item, item.started_at) for item in row.meeting.agenda_items if item.started_at]
    return [AtItem(item, present_during(row, start, item.ended_at)) for item, start in begun]


def missed(row: Attendance) -> str:
    """ "tidak di ruang pada acara 1, 3"; "" when the person was there for each item taken up so far."""
    if row.state != "present":
        return ""
    numbers = {item.id: n for n, item in enumerate(row.meeting.agenda_items, 1)}
    away = [str(numbers[one.item.id]) for one in at_items(row) if not one.present]
    return f"tidak di ruang pada acara {', '.join(away)}" if away else ""
