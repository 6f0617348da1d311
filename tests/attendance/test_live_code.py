"""The code on the screen changes; a phone that came in time has a ticket; what is forged, old or moved opens nothing."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from randal.database.base import db
from randal.models.attendance import Attendance, Presence
from randal.notifications.notices import Notice
from randal.rooms.attendance import door, live_code
from randal.web import rate_limit
from tests.attendance.test_door import png

GUEST = {
    "who": "tamu",
    "name": "Contoh Tamu",
    "post": "Contoh",
    "institution": "Contoh",
    "no_drawing": "on",
}


@pytest.fixture
def meeting(world):
    return world.meeting("in_session", units=["ID-BB", "ID-AC"])


def code(meeting, world):
    return f"/hadir/{live_code.code_of(meeting, world.now)[0]}"


def ticket_in(page):
    return re.search(r'action="(/hadir/[^"]+)"', page.text).group(1)


def given(meeting, **more):
    row = meeting.attendance[0]
    return {"who": row.id, "name": "Contoh Wakil", "post": "Contoh", "signature": png()} | more


def test_a_photographed_code_is_useless_after_a_minute(world, client, meeting):
    world.now = world.now.replace(second=0, microsecond=0)
    photographed = code(meeting, world)
    world.now += timedelta(seconds=45)
    assert code(meeting, world) != photographed
    assert client.get(photographed).status_code == 200, "the one before still opens"
    world.now += timedelta(seconds=15)
    late = client.get(photographed)
    assert late.status_code == 410 and "sudah berganti" in late.text
    assert client.post(photographed, data=given(meeting)).status_code == 410
    world.now += timedelta(days=1)
    assert "2 Maret 2026" in client.get(photographed).text, "a code of yesterday says so"
    assert db.session.scalars(db.select(Presence)).all() == []


def test_no_code_opens_before_its_time(world, client, meeting):
    ahead, _until = live_code.code_of(meeting, world.now, 2)
    assert client.get(f"/hadir/{ahead}").status_code == 410


def test_who_came_in_time_may_take_his(world, client, meeting):
    ticket = ticket_in(client.get(code(meeting, world)))
    world.now += timedelta(minutes=9)
    assert client.post(ticket, data=given(meeting)).status_code == 200
    world.now += timedelta(minutes=2)
    other = given(meeting, who=meeting.attendance[1].id)
    late = client.post(ticket, data=other, headers={"Accept": "application/json"})
    assert late.status_code == 410 and "terlalu lama" in late.json["detail"]


def test_what_waited_for_a_network_comes_in_later(world, client, meeting):
    ticket = ticket_in(client.get(code(meeting, world)))
    written = world.now + timedelta(minutes=5)
    world.now += timedelta(minutes=40)
    waited = given(meeting, key="a" * 32, phone_time=written.isoformat())
    answer = client.post(ticket, data=waited, headers={"Accept": "application/json"})
    assert answer.status_code == 200, answer.text
    presence = db.session.scalars(db.select(Presence)).one()
    assert presence.phone_time == written and presence.arrived_at - written > timedelta(minutes=34)
    events = world.api(world.secretariat).get(f"/attendance/{meeting.attendance[0].id}/events").json["items"]
    assert events[-1]["data"]["phone_time"] == written.isoformat()
    world.now += timedelta(hours=2)
    assert client.post(ticket, data=waited | {"who": "tamu"}).status_code == 410


def test_a_phone_that_does_not_know_the_day(world, client, meeting):
    ticket = ticket_in(client.get(code(meeting, world)))
    odd = given(meeting, phone_time="2019-01-01T00:00:00.000Z")
    answer = client.post(ticket, data=odd, headers={"Accept": "application/json"})
    assert answer.status_code == 200 and "Jam di telepon Anda tidak cocok" in answer.json["sentence"]
    assert db.session.scalars(db.select(Presence)).one().phone_time is None


@pytest.mark.parametrize("who", ["row", "tamu"])
def test_sent_twice_is_one(world, client, meeting, who):
    ticket = ticket_in(client.get(code(meeting, world)))
    sent = given(meeting, key="0123456789abcdef" * 2, institution="Contoh Pemda")
    sent |= {"who": "tamu"} if who == "tamu" else {}
    first, again = (client.post(ticket, data=sent, headers={"Accept": "application/json"}) for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200) and first.json == again.json
    assert len(db.session.scalars(db.select(Presence)).all()) == 1
    present = db.session.scalars(db.select(Attendance).where(Attendance.state == "present")).all()
    assert len(present) == 1


def test_two_phones_for_one_row(world, client, meeting):
    ticket = ticket_in(client.get(code(meeting, world)))
    assert client.post(ticket, data=given(meeting, key="a" * 32)).status_code == 200
    other = ticket_in(client.get(code(meeting, world)))
    second = client.post(other, data=given(meeting, key="b" * 32), headers={"Accept": "application/json"})
    assert (
        second.status_code == 422
        and "sudah tercatat hadir pukul 09.00 WIB" in second.json["errors"]["who"][0]
    )


def test_forged_keys_are_slowed_down_and_true_ones_never(world, client, meeting):
    for _ in range(rate_limit.FORGED.free):
        assert client.get("/hadir/bukan-kode").status_code == 410
    assert client.get("/hadir/bukan-kode").status_code == 429
    assert client.get(code(meeting, world)).status_code == 200
    world.now += timedelta(minutes=11)
    assert client.get("/hadir/bukan-kode").status_code == 410


def test_an_office_behind_one_address(world, client, meeting):
    """200 check-ins in a minute from one address are 200 people."""
    for number in range(200):
        ticket = ticket_in(client.get(code(meeting, world)))
        assert client.post(ticket, data=GUEST | {"key": f"{number:032x}"}).status_code == 200
    assert len(db.session.scalars(db.select(Presence)).all()) == 200


def test_a_ticket_adds_one_person(world, client, meeting):
    ticket = ticket_in(client.get(code(meeting, world)))
    json = {"Accept": "application/json"}
    assert client.post(ticket, data=GUEST | {"key": "a" * 32}).status_code == 200
    for other in (GUEST | {"key": "b" * 32}, given(meeting, key="c" * 32), GUEST):
        refused = client.post(ticket, data=other, headers=json)
        assert refused.status_code == 409 and "pindai lagi kode di layar" in refused.json["detail"]
    assert "sudah dipakai untuk Contoh Tamu" in client.post(ticket, data=GUEST).text, "on the page as well"
    assert len(db.session.scalars(db.select(Presence)).all()) == 1
    again = ticket_in(client.get(code(meeting, world)))
    assert again != ticket and client.post(again, data=GUEST | {"key": "b" * 32}).status_code == 200


@pytest.mark.parametrize(
    "told", [timedelta(minutes=-30), timedelta(minutes=11), timedelta(minutes=100), "kemarin", ""]
)
def test_a_phone_stretches_no_ticket(world, client, meeting, told):
    """Two hours are for what was written while the ticket was fresh."""
    ticket = ticket_in(client.get(code(meeting, world)))
    said = told if isinstance(told, str) else (world.now + told).isoformat()
    world.now += timedelta(minutes=40)
    late = client.post(ticket, data=given(meeting, phone_time=said), headers={"Accept": "application/json"})
    assert late.status_code == 410 and "terlalu lama" in late.json["detail"]
    assert db.session.scalars(db.select(Presence)).all() == []


def test_no_phone_comes_from_tomorrow(world, client, meeting):
    ticket = ticket_in(client.get(code(meeting, world)))
    ahead = (world.now + timedelta(hours=1)).isoformat()
    assert client.post(ticket, data=given(meeting, phone_time=ahead)).status_code == 200
    assert db.session.scalars(db.select(Presence)).one().phone_time is None
    desk = world.sign_in(world.secretariat)
    at_table = {"phone_time": ahead}
    assert (
        desk.post(f"/hadir/meja/{meeting.id}/{meeting.attendance[1].id}/hadir", data=at_table).status_code
        < 400
    )
    assert [p.phone_time for p in db.session.scalars(db.select(Presence))] == [None, None]


def test_a_meeting_has_a_limit_of_guests(world, client, meeting, monkeypatch):
    """The code lets in so many; who comes after them is looked at by a person, and the secretariat is told once."""
    monkeypatch.setattr(door, "GUESTS", 5)
    for number in range(5):
        path = ticket_in(client.get(code(meeting, world)))
        assert client.post(path, data=GUEST | {"key": f"{number:032x}"}).status_code == 200
    for _ in range(2):
        path = ticket_in(client.get(code(meeting, world)))
        refused = client.post(path, data=GUEST, headers={"Accept": "application/json"})
        assert refused.status_code == 409 and "meja sekretariat" in refused.json["detail"]
    assert client.post(path, data=given(meeting)).status_code == 200, "who is invited comes in"
    told = [
        n.text for n in db.session.scalars(db.select(Notice).where(Notice.person_id == world.secretariat.id))
    ]
    assert len([text for text in told if "5 tamu sudah mencatat diri lewat kode" in text]) == 1
    desk = world.sign_in(world.secretariat)
    assert "5 tamu sudah mencatat diri lewat kode" in desk.get(f"/hadir/meja/{meeting.id}").text
    at_table = {
        "name": "Contoh Tamu",
        "post": "Contoh",
        "institution": "Contoh",
    }
    desk.post(f"/hadir/meja/{meeting.id}/tamu", data=at_table)
    assert len(db.session.scalars(db.select(Presence)).all()) == 7


def test_closed_and_moved(world, client, meeting):
    ticket = ticket_in(client.get(code(meeting, world)))
    world.fire(meeting, "close", world.chair, confirm=True)
    answer = client.post(ticket, data=given(meeting))
    assert answer.status_code == 410 and "sudah ditutup" in answer.text
    moved = world.meeting("scheduled")
    path = code(moved, world)
    later = {"starts_at": "2026-03-02T15:00", "ends_at": "2026-03-02T17:00"}
    world.api(world.secretariat).move("meetings", moved.id, "reschedule", reason="contoh alasan", **later)
    assert "Jadwal rapat ini sudah berubah" in client.get(path).text


def test_the_screen_is_told_the_coming_codes_once(world, client, meeting):
    screen = world.sign_in(world.secretariat)
    assert f'data-code="{live_code.step_of(world.now)}"' in screen.get(f"/hadir/layar/{meeting.id}").text
    there = f"/hadir/layar/{meeting.id}/kini"
    told = screen.get(there).json
    assert [c["number"] - live_code.step_of(world.now) for c in told["codes"]] == [0, 1, 2, 3]
    again = screen.get(f"{there}?punya={told['codes'][-1]['number']}")
    assert again.json["codes"] == [] and len(again.data) < 200
    assert (told["present"], told["invited"], told["needed"], told["reached"]) == (0, 2, None, True)
    client.post(code(meeting, world), data=given(meeting))
    assert screen.get(there).json["present"] == 1
    assert world.sign_in(world.ppk()).get(there).status_code == 403
    world.fire(meeting, "close", world.chair, confirm=True)
    over = screen.get(there, headers={"Accept": "application/json"})
    assert over.status_code == 409 and "terjadwal atau berlangsung" in over.json["detail"]
