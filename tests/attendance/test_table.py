"""Meja sekretariat: marked, gone, back, undone; two devices; times written right; and who may do so."""

from __future__ import annotations

from datetime import timedelta

import pytest

from randal.database.base import db
from randal.models.attendance import Attendance, Presence

JSON = {"Accept": "application/json"}
REASON = "contoh alasan yang cukup"


@pytest.fixture
def meeting(world):
    nine = world.now.replace(second=0, microsecond=0)
    return world.meeting("in_session", units=["ID-BB", "ID-AC"], quorum=50, starts_at=nine,
                         ends_at=nine + timedelta(hours=3))  # fmt: skip


@pytest.fixture
def desk(world):
    return world.sign_in(world.secretariat)


def at(meeting, number=0):
    return f"/hadir/meja/{meeting.id}/{meeting.attendance[number].id}"


def row_of(meeting, number=0):
    return db.session.get(Attendance, meeting.attendance[number].id)


def test_marked_gone_and_back(world, meeting, desk):
    ppk = world.ppk()
    page = desk.get(f"/hadir/meja/{meeting.id}").text
    assert ppk.name in page and ppk.email not in page
    told = desk.post(f"{at(meeting)}/hadir", headers=JSON).json
    assert told["counts"] == {"present": 1, "invited": 2, "guests": 0, "needed": 1, "reached": True}
    assert "hadir pukul 09.00 WIB" in told["sentence"] and told["rows"][0]["id"] == row_of(meeting).id
    assert row_of(meeting).name_attending == world.ppk().name and row_of(meeting).check_in_way == "table"
    world.now += timedelta(minutes=50)
    assert (
        desk.post(f"{at(meeting)}/pulang", data={"at": "09.40"}, headers=JSON).json["counts"]["present"] == 0
    )
    world.now += timedelta(minutes=20)
    back = desk.post(f"{at(meeting)}/hadir", headers=JSON).json
    assert back["counts"]["present"] == 1 and "keluar 09.40–10.10 WIB" in back["rows"][0]["html"]
    assert [p.left_at is None for p in row_of(meeting).presences] == [False, True]
    history = desk.get(f"/hadir/{row_of(meeting).id}").text
    assert "Kepulangan dicatat." in history and "Kedatangan dicatat." in history


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("10.30", "Jam ini belum lewat."), ("08.00", "lebih awal daripada jam datang"), ("25.00", "Tulis jam yang benar"),
     ("sore", "Tulis jam yang benar"), ("12345678", "Paling banyak 5")],
)  # fmt: skip
def test_wrong_times(world, meeting, desk, typed, sentence):
    desk.post(f"{at(meeting)}/hadir", headers=JSON)
    world.now += timedelta(hours=1)
    answer = desk.post(f"{at(meeting)}/pulang", data={"at": typed}, headers=JSON)
    assert answer.status_code == 422 and sentence in answer.json["detail"], answer.text
    assert row_of(meeting).presences[0].left_at is None


def test_the_second_device_hears_who_was_faster(world, meeting, desk):
    other = world.sign_in(world.person("secretariat", name="Contoh Sekretariat Dua"))
    assert desk.post(f"{at(meeting)}/hadir", headers=JSON).status_code == 200
    late = other.post(f"{at(meeting)}/hadir", headers=JSON)
    assert late.status_code == 409 and late.json["rows"], "its row is brought up to date"
    assert f"sudah dicatat hadir pukul 09.00 WIB oleh {world.secretariat.name}" in late.json["detail"]
    plain = other.post(f"{at(meeting)}/hadir")
    assert "sudah dicatat hadir" in other.get(plain.location).text, "also without script"
    assert len(db.session.scalars(db.select(Presence)).all()) == 1


def test_the_list_follows_other_devices(world, meeting, desk):
    there = f"/hadir/meja/{meeting.id}/baris"
    world.now += timedelta(minutes=2)
    desk.post(f"{at(meeting, 1)}/hadir", headers=JSON)
    mark = desk.get(there).json["mark"]
    assert desk.get(f"{there}?sejak={mark}").status_code == 204
    world.now += timedelta(minutes=2)
    desk.post(f"{at(meeting, 1)}/pulang", headers=JSON)
    told = desk.get(f"{there}?sejak={mark}").json
    assert [r["id"] for r in told["rows"]] == [meeting.attendance[1].id], "what changed, and nothing else"
    assert told["mark"] != mark and desk.get(f"{there}?sejak={told['mark']}").status_code == 204
    assert len(desk.get(f"{there}?sejak=sampah").json["rows"]) == 2


def test_marked_by_mistake(world, meeting, desk):
    desk.post(f"{at(meeting)}/hadir", headers=JSON)
    short = desk.post(f"{at(meeting)}/batal", data={"reason": "salah"}, headers=JSON)
    assert short.status_code == 422 and "sedikitnya 10" in short.json["detail"]
    assert (
        desk.post(f"{at(meeting)}/batal", data={"reason": REASON}, headers=JSON).json["counts"]["present"]
        == 0
    )
    assert row_of(meeting).state == "absent" and row_of(meeting).presences == []
    again = desk.post(f"{at(meeting)}/hadir", data={"name": "Contoh Wakil", "post": "Contoh"}, headers=JSON)
    assert again.status_code == 200 and row_of(meeting).name_attending == "Contoh Wakil"


def test_a_guest_at_the_table(world, meeting, desk):
    there = f"/hadir/meja/{meeting.id}/tamu"
    wrong = desk.post(there, data={"name": "Contoh Tamu"}, headers=JSON)
    assert wrong.status_code == 422 and "Instansi: Wajib diisi." in wrong.json["detail"]
    guest = {"name": "Contoh Tamu", "post": "Contoh", "institution": "Contoh Pemda"}
    told = desk.post(there, data=guest, headers=JSON).json
    assert told["counts"]["guests"] == 1 and told["counts"]["present"] == 0
    assert desk.post(there, data=guest).status_code == 303, "without script"


def test_the_table_is_the_secretariats(world, meeting, desk):
    for person in (world.ppk(), world.chair):
        visitor = world.sign_in(person)
        assert visitor.get(f"/hadir/meja/{meeting.id}").status_code == 403
        assert visitor.get(f"/hadir/meja/{meeting.id}/baris").status_code == 403
        for deed in ("hadir", "pulang", "batal"):
            assert visitor.post(f"{at(meeting)}/{deed}").status_code == 403
    assert world.sign_in(world.ppk("ID-BA")).get(f"/hadir/meja/{meeting.id}").status_code == 404
    assert desk.post(f"{at(meeting)}/terbang").status_code == 404
    other = world.meeting("in_session")
    assert desk.post(f"/hadir/meja/{meeting.id}/{other.attendance[0].id}/hadir").status_code == 404


def test_after_the_close(world, meeting, desk):
    desk.post(f"{at(meeting)}/hadir", headers=JSON)
    world.fire(meeting, "close", world.chair, confirm=True)
    assert "sampai rapat ditutup" in desk.get(f"/hadir/meja/{meeting.id}").text
    assert desk.post(f"{at(meeting, 1)}/hadir", headers=JSON).status_code == 422
    assert desk.post(f"{at(meeting)}/pulang", headers=JSON).status_code == 409


def test_times_are_written_right_with_a_reason(world, meeting, desk):
    desk.post(f"{at(meeting)}/hadir", headers=JSON)
    world.now += timedelta(hours=2)
    row = row_of(meeting)
    there, given = (
        f"/hadir/{row.id}/jam/{row.presences[0].id}",
        {"arrived": "09.05", "left": "10.15", "reason": REASON},
    )
    for wrong in (
        {"arrived": ""},
        {"left": "09.01"},
        {"left": "23.00"},
        {"reason": "pendek"},
        {"arrived": "x"},
    ):
        desk.post(there, data=given | wrong)
        assert row_of(meeting).presences[0].left_at is None, wrong
        assert "tone-danger" in desk.get(f"/hadir/{row.id}").text, "a sentence says why"
    page = desk.get(desk.post(there, data=given).location).text
    assert "Jam hadir dibetulkan." in page and "terlambat 5 menit" in page
    one = row_of(meeting).presences[0]
    assert (one.left_at - one.arrived_at) == timedelta(minutes=70)
    last = world.api(world.secretariat).get(f"/attendance/{row.id}/events").json["items"][-1]
    assert last["data"]["presence_id"] == one.id and REASON in str(last)
    assert world.sign_in(world.ppk()).post(there, data=given).status_code == 403
    assert desk.post(f"/hadir/{row.id}/jam/99999", data=given).status_code == 409


def test_who_signed_in_writes_himself_down(world, meeting, desk):
    mine, row = world.sign_in(world.ppk()), meeting.attendance[0]
    assert "Catat kehadiran saya" in mine.get(f"/rapat/{meeting.id}").text
    assert mine.post(f"/hadir/{row.id}/datang").status_code == 303
    assert row_of(meeting).check_in_way == "account"
    assert "Catat kehadiran saya" not in mine.get(f"/rapat/{meeting.id}").text
    assert mine.post(f"/hadir/{row.id}/datang").status_code == 409, "once"
    desk.post(f"{at(meeting)}/pulang", headers=JSON)
    world.now += timedelta(minutes=5)
    assert "Catat kehadiran saya" in mine.get(f"/hadir/{row.id}").text
    assert mine.post(f"/hadir/{row.id}/datang").status_code == 303
    assert len(row_of(meeting).presences) == 2
    assert world.sign_in(world.ppk("ID-AC")).post(f"/hadir/{row.id}/datang").status_code == 403


def test_who_missed_an_item(world, meeting, desk):
    item = meeting.agenda_items[0]
    item.started_at, item.ended_at = world.now, world.now + timedelta(minutes=20)
    db.session.commit()
    world.now += timedelta(minutes=30)
    told = desk.post(f"{at(meeting)}/hadir", headers=JSON).json["rows"][0]["html"]
    assert "tidak di ruang pada acara 1" in told
    page = desk.get(f"/hadir/{row_of(meeting).id}").text
    assert "Per acara" in page and "tidak di ruang" in page


def test_a_script_posts_to_the_address_it_was_given(world, meeting, client):
    told = world.api(world.chair).get(f"/meetings/{meeting.id}/check-in").json
    path = told["url"].removeprefix(world.app.config["RANDAL"].public_url)
    world.app.config["WTF_CSRF_ENABLED"] = True
    world.now += timedelta(minutes=45)
    given = {"who": row_of(meeting).id, "name": "Contoh Wakil", "post": "Contoh", "no_drawing": "true"}
    assert client.post(path, data=given, headers=JSON).json["label"] == row_of(meeting).label
    world.now += timedelta(minutes=20)
    late = client.post(path, data=given, headers=JSON)
    assert late.status_code == 410 and "Mintalah yang baru" in late.json["detail"]
