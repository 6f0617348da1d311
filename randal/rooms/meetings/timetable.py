"""The agenda's times: as planned, as they really were, and what that means for the end. Nothing is read, nothing written.

The planned time of an item begins where the one before ends, and with the session it belongs to. Where a break begins,
an item pauses and goes on after it: no minute of work lies in a break. An item without a duration takes no time in the
plan. Instants are aware; lengths are `timedelta`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

NO_TIME = timedelta()
Break = tuple[datetime, datetime]


class Planned(NamedTuple):
    """One agenda item: its planned time, and by how much its real one was longer (so far, while it runs)."""

    item: Any
    starts_at: Any  # datetime
    ends_at: Any
    overrun: timedelta


@dataclass(frozen=True)
class Course:
    """How the meeting goes at one instant."""

    running: Any | None
    next: Any | None
    delay: timedelta  # by which the next item (or, after the last one, the end) is later than planned; negative: earlier
    ends_at: datetime | None  # when the last item will be over; None when one that is to come has no duration
    expected: dict[int, tuple[datetime, datetime]]  # id of an item that runs or is to come → from, to


def length(item: Any) -> timedelta:
    return timedelta(minutes=item.duration or 0)


# -- breaks ------------------------------------------------------------------------------------------


def merged(breaks: Iterable[Break]) -> list[Break]:
    """The same breaks in order, those that touch or overlap as one."""
    found: list[Break] = []
    for starts, ends in sorted(breaks):
        if found and starts <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], ends))
        else:
            found.append((starts, ends))
    return found


def worked(starts: datetime, ends: datetime, breaks: Sequence[Break]) -> timedelta:
    """The time from `starts` to `ends` without the (merged) breaks in it."""
    paused = (min(ends, to) - max(starts, since) for since, to in breaks)
    return ends - starts - sum((pause for pause in paused if pause > NO_TIME), NO_TIME)


def fit(at: datetime, long: timedelta, breaks: Sequence[Break]) -> Break:
    """From when to when work of this length lasts that may begin at `at`; `breaks` are merged."""
    left, begun = long, None
    for since, to in breaks:
        if to <= at:
            continue
        if at < since:
            begun = begun or at
            if at + left <= since:
                return begun, at + left
            left -= since - at
        at = to
    return begun or at, at + left


# -- order -------------------------------------------------------------------------------------------


def working(sessions: Iterable[Any]) -> list[Any]:
    """The sessions that are none of the breaks, in order of time."""
    return sorted((s for s in sessions if s.kind != "break"), key=lambda s: (s.starts_at, s.id))


def by_session(items: Iterable[Any], sessions: Sequence[Any]) -> list[tuple[Any, list[Any]]]:
    """The items of each (working) session in order; one that names none stays with the item before it.

    A meeting without sessions is one: (None, all items).
    """
    ordered = sorted(items, key=lambda i: (i.position, i.id or 0))
    if not sessions:
        return [(None, ordered)]
    groups: list[tuple[Any, list[Any]]] = [(session, []) for session in sessions]
    place = {session.id: number for number, session in enumerate(sessions)}
    here = 0
    for item in ordered:
        here = place.get(item.session_id, here)
        groups[here][1].append(item)
    return groups


# -- times -------------------------------------------------------------------------------------------


def plan(meeting: Any, now: datetime | None = None) -> list[Planned]:
    """Every agenda item in the order in which it is held. With `now` the overrun of the running one counts too.

    Empty for a meeting without a start.
    """
    if meeting.starts_at is None:
        return []
    breaks = breaks_of(meeting)
    found, at = [], meeting.starts_at
    for session, items in by_session(meeting.agenda_items, working(meeting.sessions)):
        at = max(at, session.starts_at) if session else at
        for item in items:
            starts, at = fit(at, length(item), breaks)
            found.append(Planned(item, starts, at, overrun(item, now, breaks)))
    return found


def grouped(meeting: Any, now: datetime | None = None) -> list[tuple[Any, list[Any]]]:
    """For the page: per session (None: there is but one) its `Planned` items, with the breaks where they fall."""
    planned = {p.item: p for p in plan(meeting, now)}
    breaks = sorted((s for s in meeting.sessions if s.kind == "break"), key=lambda s: s.starts_at)
    groups = by_session(meeting.agenda_items, working(meeting.sessions))
    found: list[tuple[Any, list[Any]]] = []
    for number, (session, items) in enumerate(groups):
        rows: list[Any] = []
        for item in items:
            each = planned.get(item) or Planned(item, None, None, NO_TIME)
            while breaks and each.starts_at and breaks[0].ends_at <= each.starts_at:
                rows.append(breaks.pop(0))
            rows.append(each)
        later = groups[number + 1][0].starts_at if number + 1 < len(groups) else None
        while breaks and (later is None or breaks[0].starts_at < later):
            rows.append(breaks.pop(0))
        found.append((session, rows))
    return found


def breaks_of(meeting: Any) -> list[Break]:
    return merged((s.starts_at, s.ends_at) for s in meeting.sessions if s.kind == "break")


def overrun(item: Any, now: datetime | None, breaks: Sequence[Break] = ()) -> timedelta:
    """By how much longer than its duration the item was (is) worked on; nothing without a duration."""
    ends = item.ended_at or now
    if not item.duration or item.started_at is None or ends is None:
        return NO_TIME
    return max(worked(item.started_at, ends, breaks) - length(item), NO_TIME)


def is_running(item: Any) -> bool:
    return item.started_at is not None and item.ended_at is None


def is_to_come(item: Any) -> bool:
    return item.started_at is None and item.outcome is None


def course(meeting: Any, now: datetime) -> Course:
    """What runs, what is next and when, and how late the meeting is: what was put off takes no time any more."""
    planned, breaks = plan(meeting, now), breaks_of(meeting)
    running = next((p for p in planned if is_running(p.item)), None)
    to_come = [p for p in planned if is_to_come(p.item)]
    begun = any(p.item.started_at for p in planned)
    expected: dict[int, Break] = {}
    at = now
    if running:
        _, due = fit(running.item.started_at, length(running.item), breaks)
        at = max(now, due)
        expected[running.item.id] = (running.item.started_at, at)
    elif to_come and not begun:
        at = max(now, to_come[0].starts_at)
    opening = {s.id: s.starts_at for s in working(meeting.sessions)}
    for each in to_come:
        at = max(at, opening.get(each.item.session_id, at))
        starts, at = fit(at, length(each.item), breaks)
        expected[each.item.id] = (starts, at)
    follows = to_come[0] if to_come else None
    late = NO_TIME
    if follows:
        late = expected[follows.item.id][0] - follows.starts_at
    elif running:
        late = at - running.ends_at
    known = all(p.item.duration for p in to_come) and (to_come or (running and running.item.duration))
    return Course(
        running.item if running else None,
        follows.item if follows else None,
        late,
        at if known else None,
        expected,
    )
