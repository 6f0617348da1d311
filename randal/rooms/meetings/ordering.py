"""The order of the agenda. Whoever puts it in another order says which order he saw: two at once, and one is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from randal.rooms.meetings.timetable import by_session, working
from randal.schemas import forms

UP, DOWN = "naik", "turun"
NOT_HIS = "Sesi ini bukan sesi rapat ini."


def order_of(meeting: Any) -> str:
    """What a page shows of the order: the numbers of the items, as they are held."""
    return ",".join(str(item.id) for item in held(meeting))


def held(meeting: Any) -> list[Any]:
    groups = by_session(meeting.agenda_items, working(meeting.sessions))
    return [item for _, items in groups for item in items]


def place(row: Any, position: int | None = None, session_id: int | None = None) -> bool:
    """Put the item at this position (from 1; beyond the end is the end), into this session when one is named.

    Answers whether anything changed. Refused (field): a session of another meeting, or a break.
    """
    meeting = row.meeting
    groups = _fixed(meeting)
    if session_id is not None and session_id not in [s.id for s, _ in groups if s]:
        raise forms.wrong("session_id", NOT_HIS)
    before = [(item.id, item.position, item.session_id) for item in meeting.agenda_items]
    if session_id is not None:
        row.session_id = session_id
    rows = [item for _, items in groups for item in items if item is not row]
    if position is None:  # into another session: to its end
        position = 1 + sum(
            len(items) - (row in items) for _, items in groups[: _rank(groups, session_id) + 1]
        )
    rows.insert(max(position, 1) - 1, row)
    _number(meeting, rows)
    return before != [(item.id, item.position, item.session_id) for item in meeting.agenda_items]


def step(row: Any, way: str) -> bool:
    """One place up or down; from the edge of a session into the one beside it."""
    groups = _fixed(row.meeting)
    here = next(number for number, (_, items) in enumerate(groups) if row in items)
    items = groups[here][1]
    at = items.index(row)
    to, beyond = (at - 1, here - 1) if way == UP else (at + 1, here + 1)
    if 0 <= to < len(items):
        items[at], items[to] = items[to], items[at]
    elif 0 <= beyond < len(groups):
        items.remove(row)
        row.session_id = groups[beyond][0].id
        groups[beyond][1].insert(len(groups[beyond][1]) if way == UP else 0, row)
    else:
        return False
    _number(row.meeting, [item for _, several in groups for item in several])
    return True


def _fixed(meeting: Any) -> list[tuple[Any, list[Any]]]:
    """The groups; an item that only followed the one before it now names its session: it must not move along."""
    groups = by_session(meeting.agenda_items, working(meeting.sessions))
    for session, items in groups:
        for item in items:
            if session and item.session_id != session.id:
                item.session_id = session.id
    return groups


def _rank(groups: Sequence[tuple[Any, list[Any]]], session_id: int | None) -> int:
    return next((n for n, (s, _) in enumerate(groups) if s and s.id == session_id), len(groups) - 1)


def _number(meeting: Any, rows: Sequence[Any]) -> None:
    for number, item in enumerate(rows, 1):
        item.position = number
    for number, item in enumerate(held(meeting), 1):  # a place among those of another session is none
        if item.position != number:
            item.position = number
    meeting.agenda_items.sort(key=lambda item: item.position)
