"""At the close the list of who will be absent is read once, and put right; chair and note-taker were there."""

from __future__ import annotations

from typing import Any

import pytest

from randal.database.base import db
from randal.models.attendance import Attendance
from randal.models.meetings import Meeting
from tests.world import World


@pytest.fixture
def meeting(world: World) -> Meeting:
    """In session, nobody has checked in; chair and note-taker are on the list, and two PPK."""
    made = world.meeting("draft", units=("ID-BB", "ID-BA"))
    for person in (world.chair, world.minute_taker):
        row = {"user_id": person.id}
        assert (
            world.api(world.secretariat).post(f"/meetings/{made.id}/attendance", json=row).status_code == 201
        )
    for move in ("schedule", "open"):
        world.fire(db.session.get(Meeting, made.id), move, world.secretariat)
    return db.session.get(Meeting, made.id)


def states(meeting: Meeting) -> dict[str, str]:
    db.session.expire_all()
    rows = db.session.query(Attendance).filter_by(meeting_id=meeting.id)
    return {r.unit.short_name if r.unit else r.person.role: r.state for r in rows}


def row_of(meeting: Meeting, **of: Any) -> int:
    return int(db.session.query(Attendance).filter_by(meeting_id=meeting.id, **of).one().id)


def test_the_page_lists_who_will_be_absent_and_lets_it_be_put_right(world: World, meeting: Meeting) -> None:
    desk = world.sign_in(world.secretariat)
    page = desk.get(f"/rapat/{meeting.id}/tutup").text
    assert "Akan dicatat «Tidak hadir» (2)" in page and "Dihitung hadir: Pimpinan Rapat dan Notulis" in page
    bangka = row_of(meeting, unit_id=world.unit("ID-BB").id)
    sent = {"confirm": "true", "present": [str(bangka)]}
    assert desk.post(f"/rapat/{meeting.id}/tutup", data=sent).status_code == 303
    assert states(meeting) == {
        "Kepulauan Bangka Belitung": "present", "Bali": "absent", "leader": "present", "none": "present"
    }  # fmt: skip
    said = world.api(world.chair).get(f"/meetings/{meeting.id}/events").json["items"][-1]["said"]
    assert "1 undangan dicatat tidak hadir" in said


def test_of_the_officers_too_it_can_be_said_that_they_were_not_there(world: World, meeting: Meeting) -> None:
    taker = row_of(meeting, person_id=world.minute_taker.id)
    given = {"confirm": True, "absent": [taker]}
    assert world.api(world.chair).move("meetings", meeting.id, "close", **given).status_code == 200
    assert states(meeting)["none"] == "absent" and states(meeting)["leader"] == "present"


def test_who_declined_stays_excused_whatever_his_office(world: World, meeting: Meeting) -> None:
    row = db.session.get(Attendance, row_of(meeting, person_id=world.minute_taker.id))
    world.fire(row, "decline", world.secretariat, reason="contoh: dinas luar mendadak")
    world.fire(db.session.get(Meeting, meeting.id), "close", world.chair, confirm=True)
    assert states(meeting)["none"] == "excused"
