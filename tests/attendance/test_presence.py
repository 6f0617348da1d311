"""Coming, going and coming back are times; what is said and counted follows from them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from randal.database.base import db
from randal.meeting_facts import presence
from randal.meeting_facts.presence_words import at_items, told
from randal.models.attendance import Attendance
from randal.models.meetings import Session

HOUR = timedelta(hours=1)


@pytest.fixture
def meeting(world):
    """09.00–12.00, three invited, half of them needed."""
    return world.meeting("in_session", units=["ID-BB", "ID-AC", "ID-BA"], quorum=50,
                         starts_at=world.now, ends_at=world.now + 3 * HOUR)  # fmt: skip


def come(world, meeting, number=0):
    return world.fire(
        meeting.invitees[number], "check_in", world.secretariat, name="Contoh Hadir", post="PPK"
    )


def test_late_away_and_gone_early(world, meeting):
    start = meeting.starts_at
    world.now = start + timedelta(minutes=12)
    row = come(world, meeting)
    assert told(row) == ["terlambat 12 menit"]
    presence.leave(row, start + HOUR)
    assert not presence.is_here(row, start + HOUR)
    presence.arrive(row, start + HOUR * 1.5)
    assert presence.arrive(row, start + HOUR * 1.6) is row.presences[-1], "who is in stays in, once"
    presence.leave(row, start + HOUR * 2)
    assert told(row) == ["terlambat 12 menit", "keluar 10.00–10.30 WIB", "pulang lebih awal, 11.00 WIB"]
    item = meeting.agenda_items[0]
    for begins, ends, there in (
        (0, 0.1, False), (0, 0.5, True), (1, 1.5, False), (1.2, None, True), (2, 3, False),
    ):  # fmt: skip
        item.started_at = start + HOUR * begins
        item.ended_at = None if ends is None else start + HOUR * ends
        assert [one.present for one in at_items(row)] == [there], (begins, ends)


def test_in_time_says_nothing(world, meeting):
    row = come(world, meeting)
    assert told(row) == [] and presence.present_during(row, meeting.starts_at, None)


def test_quorum(world, meeting):
    q = presence.quorum(meeting, world.now)
    assert (q.present, q.needed, q.reached, q.invited) == (0, 2, False, 3)
    come(world, meeting, 0)
    world.api(world.secretariat).post(
        f"/meetings/{meeting.id}/attendance",
        json={"guest": {"name": "Contoh Tamu", "post": "Contoh", "institution": "Contoh"}},
    )
    q = presence.quorum(meeting, world.now)
    assert (q.present, q.reached, q.guests) == (1, False, 1), "guests do not count"
    row = come(world, meeting, 1)
    assert presence.quorum(meeting, world.now).reached
    presence.leave(row, world.now)
    assert not presence.quorum(meeting, world.now).reached


def test_the_quorum_is_a_field_of_the_meeting(world):
    desk = world.api(world.secretariat)
    meeting = world.meeting("draft")
    for wrong in (0, 101, "separuh"):
        answer = desk.patch(
            f"/meetings/{meeting.id}", json={"quorum": wrong}, headers={"If-Match": f'"{meeting.version}"'}
        )
        assert answer.status_code == 422 and set(answer.json["errors"]) == {"quorum"}
    answer = desk.patch(
        f"/meetings/{meeting.id}", json={"quorum": 67}, headers={"If-Match": f'"{meeting.version}"'}
    )
    assert answer.json["quorum"] == 67
    assert 'value="67"' in world.sign_in(world.secretariat).get(f"/rapat/{meeting.id}/ubah").text


def test_each_session_is_attended_by_itself(world, meeting):
    start = meeting.starts_at
    for kind, title, begins, ends in (
        ("session", "Pleno", 0, 1),
        ("break", "Ishoma", 1, 2),
        ("session", "Komisi", 2, 3),
    ):
        db.session.add(
            Session(meeting=meeting, kind=kind, title=title, updated_at=world.now,
                    starts_at=start + HOUR * begins, ends_at=start + HOUR * ends)
        )  # fmt: skip
    db.session.commit()
    db.session.expire_all()
    row = come(world, meeting)
    assert presence.session_at(meeting, start).title == "Pleno"
    world.now = start + HOUR * 2 + timedelta(minutes=5)
    assert presence.session_at(meeting, world.now).title == "Komisi"
    assert not presence.is_here(row, world.now) and presence.quorum(meeting, world.now).present == 0
    presence.arrive(row, world.now)
    assert presence.quorum(meeting, world.now).present == 1
    assert told(row) == ["Komisi: terlambat 5 menit"]
    assert presence.present_during(row, start, start + HOUR)
    assert presence.session_at(meeting, start + HOUR * 9).title == "Komisi", (
        "who comes after all belongs to the last"
    )


def test_not_there_after_all(world, meeting):
    row = come(world, meeting)
    world.fire(row, "correct_to_absent", world.secretariat, reason="salah catat di meja")
    assert row.presences == [] and not presence.present_during(row, meeting.starts_at, None)


def test_present_without_times_is_present_throughout(world, meeting):
    row = come(world, meeting)
    presence.forget(row)
    db.session.commit()
    assert presence.is_here(row, world.now) and presence.quorum(meeting, world.now).present == 1
    assert presence.present_during(row, meeting.starts_at, meeting.ends_at)
    gone = presence.leave(row, world.now + HOUR)
    assert gone.arrived_at == row.checked_in_at and not presence.is_here(row, world.now + HOUR)


def test_presences_are_read_in_one_statement(world, meeting):
    for number in range(3):
        come(world, meeting, number)
    db.session.expire_all()
    rows = db.session.scalars(db.select(Attendance)).unique().all()
    presence.load(rows)
    assert all("presences" not in db.inspect(row).unloaded and len(row.presences) == 1 for row in rows)


def test_a_meeting_of_two_days_is_checked_in_to_on_both(world):
    meeting = world.meeting("in_session", starts_at=world.now, ends_at=world.now + timedelta(days=1, hours=2))
    row = come(world, meeting)
    assert not meeting.is_check_in_day(world.now - timedelta(days=1))
    world.now += timedelta(days=1)
    assert meeting.is_check_in_day(world.now) and presence.is_here(row, world.now)
    assert not meeting.is_check_in_day(world.now + timedelta(days=1))
