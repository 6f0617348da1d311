"""The agenda's times hold for any durations, sessions and breaks; how late a meeting is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from randal.rooms.meetings import timetable

NINE = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return NINE + timedelta(minutes=minutes)


@dataclass(eq=False)
class Item:
    id: int
    duration: int | None = 30
    position: int = 0
    session_id: int | None = None
    outcome: str | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass
class Session:
    id: int
    starts_at: datetime
    ends_at: datetime
    kind: str = "session"


@dataclass
class Meeting:
    agenda_items: list[Item]
    sessions: list[Session] = field(default_factory=list)
    starts_at: datetime | None = NINE


def stretches(kind: str) -> Any:
    one = st.tuples(st.integers(0, 600), st.integers(1, 120))
    return st.lists(one, max_size=4).map(lambda many: [(kind, at(a), at(a + long)) for a, long in many])


@st.composite
def meetings(draw: Any) -> Meeting:
    rows = draw(stretches("session")) + draw(stretches("break"))
    sessions = [Session(number, starts, ends, kind) for number, (kind, starts, ends) in enumerate(rows, 1)]
    ids = [None, *(s.id for s in sessions), 999]
    items = [
        Item(number, duration, position, session_id)
        for number, (duration, position, session_id) in enumerate(
            draw(
                st.lists(
                    st.tuples(st.none() | st.integers(1, 200), st.integers(1, 9), st.sampled_from(ids)),
                    max_size=8,
                )
            ),
            1,
        )
    ]
    return Meeting(items, sessions)


def overlap(one: tuple[datetime, datetime], other: tuple[datetime, datetime]) -> bool:
    return max(one[0], other[0]) < min(one[1], other[1])


@given(meetings())
def test_every_item_has_its_whole_time_outside_the_breaks(meeting: Meeting) -> None:
    breaks = timetable.breaks_of(meeting)
    planned = timetable.plan(meeting)
    assert {p.item.id for p in planned} == {i.id for i in meeting.agenda_items} and len(planned) == len(
        meeting.agenda_items
    )
    for each in planned:
        assert timetable.worked(each.starts_at, each.ends_at, breaks) == timetable.length(each.item)
        assert not any(since <= each.starts_at < to for since, to in breaks), "nothing begins in a break"
        assert not any(since < each.ends_at < to for since, to in breaks), "nothing ends within one"
    whole = sum((timetable.worked(p.starts_at, p.ends_at, breaks) for p in planned), timedelta())
    assert whole == timedelta(minutes=sum(i.duration or 0 for i in meeting.agenda_items))


@given(meetings())
def test_one_after_another_and_none_before_its_session(meeting: Meeting) -> None:
    planned = timetable.plan(meeting)
    assert all(a.ends_at <= b.starts_at for a, b in pairwise(planned))
    assert all(p.starts_at >= NINE for p in planned)
    opening = {s.id: s.starts_at for s in meeting.sessions if s.kind == "session"}
    assert all(p.starts_at >= opening.get(p.item.session_id, NINE) for p in planned)
    for _, items in timetable.by_session(meeting.agenda_items, timetable.working(meeting.sessions)):
        assert [i.position for i in items] == sorted(i.position for i in items)


@given(meetings())
def test_the_page_shows_every_item_and_every_break_once(meeting: Meeting) -> None:
    shown = [row for _, rows in timetable.grouped(meeting) for row in rows]
    items = [row.item.id for row in shown if isinstance(row, timetable.Planned)]
    assert items == [p.item.id for p in timetable.plan(meeting)]
    breaks = [row.id for row in shown if not isinstance(row, timetable.Planned)]
    assert sorted(breaks) == [s.id for s in meeting.sessions if s.kind == "break"]


@given(meetings(), st.integers(-60, 900))
def test_before_anything_began_the_delay_is_how_late_it_is(meeting: Meeting, minute: int) -> None:
    now, course = at(minute), timetable.course(meeting, at(minute))
    assert course.running is None
    assert (course.next is None) == (not meeting.agenda_items)
    if course.next:
        assert course.delay >= timedelta(), "nobody can be early before the start"
        assert all(starts >= now for starts, _ in course.expected.values())
    expected = sorted(course.expected.values())
    assert all(not overlap(a, b) for a, b in pairwise(expected))


def three() -> Meeting:
    return Meeting([Item(1, 30, 1), Item(2, 30, 2), Item(3, 60, 3)])


def test_overrun_is_counted_while_it_runs_and_kept_when_it_ended() -> None:
    meeting = three()
    meeting.agenda_items[0].started_at = at(5)
    assert timetable.plan(meeting)[0].overrun == timedelta()
    assert timetable.plan(meeting, at(30))[0].overrun == timedelta()
    assert timetable.plan(meeting, at(45))[0].overrun == timedelta(minutes=10)
    meeting.agenda_items[0].ended_at = at(42)
    assert timetable.plan(meeting, at(99))[0].overrun == timedelta(minutes=7)


def test_what_runs_what_is_next_and_when_it_is_over() -> None:
    meeting = three()
    meeting.agenda_items[0].started_at = at(5)
    course = timetable.course(meeting, at(20))
    assert (course.running.id, course.next.id) == (1, 2)
    assert course.delay == timedelta(minutes=5) and course.ends_at == at(125)
    assert timetable.course(meeting, at(50)).delay == timedelta(minutes=20), (
        "it runs over: the next one waits"
    )
    meeting.agenda_items[0].ended_at = at(20)
    meeting.agenda_items[0].outcome = "discussed"
    course = timetable.course(meeting, at(20))
    assert course.running is None and course.delay == timedelta(minutes=-10)


def test_what_was_put_off_takes_no_time_any_more() -> None:
    meeting = three()
    meeting.agenda_items[0].started_at, meeting.agenda_items[0].outcome = at(0), "discussed"
    meeting.agenda_items[1].outcome = "deferred"
    course = timetable.course(meeting, at(10))
    assert course.next.id == 3 and course.delay == timedelta(minutes=-30) and course.ends_at == at(90)


def test_without_a_duration_the_end_is_not_known() -> None:
    meeting = three()
    meeting.agenda_items[2].duration = None
    assert timetable.course(meeting, at(0)).ends_at is None
    meeting.agenda_items[2].started_at = at(30)
    assert timetable.plan(meeting, at(300))[2].overrun == timedelta()


def test_a_pause_is_no_overrun_and_an_item_goes_on_after_it() -> None:
    meeting = three()
    meeting.sessions = [Session(1, at(20), at(35), "break")]
    first, second, _ = timetable.plan(meeting)
    assert (first.starts_at, first.ends_at) == (at(0), at(45)) and second.starts_at == at(45)
    meeting.agenda_items[0].started_at, meeting.agenda_items[0].ended_at = at(0), at(50)
    assert timetable.plan(meeting)[0].overrun == timedelta(minutes=5)


def test_a_later_session_is_waited_for() -> None:
    meeting = three()
    meeting.sessions = [Session(1, at(0), at(60)), Session(2, at(240), at(300))]
    meeting.agenda_items[2].session_id = 2
    assert [p.starts_at for p in timetable.plan(meeting)] == [at(0), at(30), at(240)]
    meeting.agenda_items[0].started_at = at(0)
    assert timetable.course(meeting, at(10)).expected[3] == (at(240), at(300))


@pytest.mark.parametrize("items", [[], [Item(1, None)]])
def test_no_start_no_times(items: list[Item]) -> None:
    assert timetable.plan(Meeting(items, starts_at=None)) == []
