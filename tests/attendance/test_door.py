"""The public check-in: the live code, who one says to be, a drawn signature."""

from __future__ import annotations

import base64
import io
from datetime import timedelta

import pytest
from PIL import Image

from randal.database.base import db
from randal.models.attendance import Attendance
from randal.rooms.attendance.live_code import code_of
from randal.storage.files import StoredFile


def png():
    kept = io.BytesIO()
    Image.new("RGBA", (40, 20), (0, 0, 0, 90)).save(kept, "PNG")
    return "data:image/png;base64," + base64.b64encode(kept.getvalue()).decode()


@pytest.fixture
def meeting(world):
    return world.meeting("in_session", units=["ID-BB", "ID-AC"])


def door(meeting, world):
    return f"/hadir/{code_of(meeting, world.now)[0]}"


def test_an_invitee_comes_in(world, client, meeting):
    path = door(meeting, world)
    row = meeting.attendance[0]
    page = client.get(path)
    assert page.status_code == 200 and row.post_invited in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    for person in (world.ppk(), world.ppk("ID-AC"), world.chair):
        assert person.name not in page.text and person.email not in page.text
    given = {"who": row.id, "name": "Contoh Wakil", "post": "Contoh Jabatan", "signature": png()}
    answer = client.post(path, data=given)
    assert answer.status_code == 200 and "Kehadiran tercatat" in answer.text
    db.session.expire_all()
    row = db.session.get(Attendance, row.id)
    assert (row.state, row.name_attending, row.check_in_way) == ("present", "Contoh Wakil", "qr")
    assert db.session.get(StoredFile, row.signature_file_id).mime == "image/png"
    assert client.post(path, data=given).status_code == 422, "already in"
    assert world.sign_in(world.secretariat).get(f"/hadir/{row.id}/tanda-tangan").mimetype == "image/png"
    assert world.sign_in(world.ppk("ID-AC")).get(f"/hadir/{row.id}/tanda-tangan").status_code == 404
    assert client.get(f"/hadir/{row.id}").status_code in (302, 401)


def test_a_guest_comes_in(world, client, meeting):
    given = {
        "who": "tamu",
        "name": "Contoh Tamu",
        "post": "Contoh Jabatan",
        "institution": "Contoh Pemda",
        "no_drawing": "true",
    }
    assert client.post(door(meeting, world), data=given).status_code == 200
    row = db.session.scalars(db.select(Attendance).where(Attendance.is_guest)).one()
    assert (row.state, row.institution, row.signature_file_id) == ("present", "Contoh Pemda", None)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"who": ""}, "Wajib diisi."),
        ({"who": "99999"}, "Pilih dari daftar."),
        ({"name": ""}, "Wajib diisi."),
        ({"name": "x" * 121}, "Paling banyak 120"),
        ({"signature": ""}, "Gambar tanda tangan Anda"),
        ({"signature": "data:image/png;base64,AAAA"}, "tidak dapat dibaca"),
        ({"signature": "data:image/svg+xml,<svg/>"}, "tidak dapat dibaca"),
        ({"signature": "data:image/png;base64," + "A" * 600_000}, "tidak dapat dibaca"),
    ],
)
def test_bad_input_at_the_door(world, client, meeting, change, sentence):
    given = {
        "who": meeting.attendance[0].id,
        "name": "Contoh Wakil",
        "post": "Contoh Jabatan",
        "signature": png(),
    }
    answer = client.post(door(meeting, world), data=given | change)
    assert answer.status_code == 422 and sentence in answer.text
    assert "Contoh Jabatan" in answer.text, "what was typed is kept"
    assert db.session.get(Attendance, meeting.attendance[0].id).state == "invited"
    assert db.session.scalars(db.select(StoredFile)).all() == []


def test_the_code_ends(world, client, meeting):
    path = door(meeting, world)
    assert client.get("/hadir/bukan-kode").status_code == 410
    other = world.meeting("scheduled")
    theirs = door(other, world)
    world.fire(other, "cancel", world.secretariat, reason="contoh alasan batal")
    assert client.get(theirs).status_code == 410
    world.now += timedelta(days=1)
    answer = client.get(path)
    assert answer.status_code == 410 and "tidak berlaku" in answer.text
    assert client.post(path, data={"who": "tamu"}).status_code == 410


def test_the_code_of_tomorrow_waits_and_a_new_time_ends_it(world, client):
    tomorrow = world.now + timedelta(days=1)
    meeting = world.meeting("scheduled", starts_at=tomorrow, ends_at=tomorrow + timedelta(hours=2))
    path = door(meeting, world)
    assert "pada tanggal rapat" in client.get(path).text
    later = {
        "starts_at": tomorrow.replace(tzinfo=None, hour=13),
        "ends_at": tomorrow.replace(tzinfo=None, hour=15),
    }
    world.fire(meeting, "reschedule", world.secretariat, reason="contoh alasan pindah", **later)
    world.now = tomorrow
    assert client.get(path).status_code == 410
    assert client.get(door(meeting, world)).status_code == 200


def test_the_screen_is_for_those_who_run_the_meeting(world, meeting):
    page = world.sign_in(world.secretariat).get(f"/hadir/layar/{meeting.id}")
    assert page.status_code == 200 and "data:image/svg+xml" in page.text
    assert world.sign_in(world.ppk()).get(f"/hadir/layar/{meeting.id}").status_code == 403
    assert world.sign_in(world.ppk("ID-BA")).get(f"/hadir/layar/{meeting.id}").status_code == 404


def test_rows_on_the_page(world, meeting):
    desk, ppk = world.sign_in(world.secretariat), world.ppk()
    row = meeting.attendance[0]
    page = desk.get(f"/rapat/{meeting.id}?bagian=kehadiran").text
    assert "Undang lagi" in page and "Catat tamu" in page
    there = f"/rapat/{meeting.id}?bagian=kehadiran"
    done = desk.post(f"/hadir/{row.id}/langkah/check_in", data={"version": row.version, "next": there})
    assert done.status_code == 303 and done.location == there
    db.session.expire_all()
    assert db.session.get(Attendance, row.id).name_attending == ppk.name, "the PPK came himself"
    assert desk.get(f"/hadir/{row.id}").status_code == 200
    assert desk.post(f"/hadir/tamu/{meeting.id}", data={"name": ""}).status_code == 422
    guest = {"name": "Contoh Tamu", "post": "Contoh", "institution": "Contoh"}
    assert desk.post(f"/hadir/tamu/{meeting.id}", data=guest).status_code == 303
    assert world.sign_in(ppk).post(f"/hadir/tamu/{meeting.id}", data=guest).status_code == 403
