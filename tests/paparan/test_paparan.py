"""Paparan: who adds, which version counts, who has read it, and what the others are told."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest

from randal.database.base import db
from randal.models.meetings import AgendaItem, Meeting
from randal.models.paparan import Paparan, PaparanVersion, paparan_of, reach_of
from randal.notifications.notices import Notice
from tests.world import World

UNITS = ("ID-BB", "ID-AC", "ID-PA")


def pdf(words: str = "Contoh paparan") -> tuple[io.BytesIO, str]:
    return io.BytesIO(f"%PDF-1.4\n% {words}\n%%EOF\n".encode()), "paparan.pdf"


@pytest.fixture
def meeting(world: World) -> Meeting:
    return world.meeting("scheduled", units=UNITS)


def added(world: World, meeting: Meeting, by: Any = None, **given: Any) -> int:
    body = {"title": "Contoh kebijakan 2018", "speaker": "Contoh Kasubdit", "file": pdf()} | given
    answer = world.api(by or world.secretariat).post(f"/meetings/{meeting.id}/paparan", data=body)
    assert answer.status_code == 201, answer.text
    return int(answer.json["id"])


def read(world: World, number: int, iso: str) -> Any:
    return world.api(world.ppk(iso)).post(f"/paparan/{number}/acknowledgements", json={})


def reach(meeting: Meeting) -> Any:
    found = db.session.get_one(Meeting, meeting.id)
    return reach_of(found, paparan_of(found))


def test_each_ppk_reads_each_version_once(world: World, meeting: Meeting) -> None:
    number = added(world, meeting)
    assert read(world, number, "ID-BB").status_code == 201
    assert read(world, number, "ID-BB").status_code == 201  # twice is once
    version = db.session.query(PaparanVersion).filter_by(paparan_id=number).one()
    assert len(version.readings) == 1
    found = reach(meeting)
    assert (len(found.read), found.invited, found.percent) == (1, 3, 33)
    assert "1 dari 3 PPK sudah membaca; belum:" in found.sentence
    newer = world.api(world.secretariat).post(f"/paparan/{number}/versions", data={"file": pdf("baru")})
    assert newer.status_code == 201 and newer.json["number"] == 2
    assert reach(meeting).read == ()  # asked again
    old = world.api(world.ppk("ID-BB")).get(f"/paparan/{number}").json["versions"]
    assert [(v["number"], v["read_by"]) for v in old] == [(1, [world.unit("ID-BB").id]), (2, [])]


def test_who_may_add_and_read(world: World, meeting: Meeting) -> None:
    own = added(world, meeting, world.ppk("ID-AC"), title="Contoh paparan Aceh")
    row = db.session.get_one(Paparan, own)
    assert row.unit_id == world.unit("ID-AC").id
    assert "ID-AC" not in [u.code[-5:] for u in reach(meeting).missing]  # his own
    outsider = world.person("ppk", "ID-JB")
    assert world.api(outsider).get(f"/paparan/{own}").status_code == 404
    assert (
        world.api(outsider).post(f"/meetings/{meeting.id}/paparan", data={"file": pdf()}).status_code == 404
    )
    assert world.api(world.evaluator).post(f"/paparan/{own}/acknowledgements", json={}).status_code == 403
    other = world.api(world.ppk("ID-BB")).post(f"/paparan/{own}/versions", data={"file": pdf("lain")})
    assert other.status_code == 403


def test_wrong_files_are_told_at_their_field_and_nothing_is_lost(world: World, meeting: Meeting) -> None:
    client = world.sign_in(world.secretariat)
    at = f"/rapat/{meeting.id}/paparan"
    for file, sentence in (
        ((io.BytesIO(b"MZ..."), "paparan.exe"), "Jenis berkas tidak diterima"),
        ((io.BytesIO(b"bukan pdf"), "paparan.pdf"), "Isi berkas bukan PDF"),
        ((io.BytesIO(b""), "paparan.pdf"), "Berkas kosong"),
    ):
        answer = client.post(at, data={"title": "Judul yang panjang diketik", "file": file})
        assert answer.status_code == 422
        assert sentence in answer.text and "Judul yang panjang diketik" in answer.text
    none = client.post(at, data={"title": "", "speaker": "Contoh Pemapar"})
    assert none.status_code == 422 and "Wajib diisi" in none.text and "Contoh Pemapar" in none.text
    assert db.session.query(Paparan).count() == 0
    number = added(world, meeting)
    same = client.post(f"/paparan/{number}/versi", data={"file": pdf()})
    assert same.status_code == 422 and "sama persis dengan versi 1" in same.text


def test_reminding_tells_those_who_have_not_read(world: World, meeting: Meeting) -> None:
    people = {iso: world.ppk(iso) for iso in UNITS}
    number = added(world, meeting)
    read(world, number, "ID-BB")
    client = world.sign_in(world.secretariat)
    assert client.post(f"/paparan/{number}/ingatkan").status_code == 303
    told = {n.person_id for n in db.session.query(Notice).filter(Notice.key.like("paparan:%"))}
    assert told == {people["ID-AC"].id, people["ID-PA"].id}
    again = client.post(f"/paparan/{number}/ingatkan")
    assert again.status_code == 409 and "satu jam" in again.text
    world.now += timedelta(hours=2)
    assert client.post(f"/paparan/{number}/ingatkan").status_code == 303


def test_it_waits_at_home_until_read(world: World, meeting: Meeting) -> None:
    number = added(world, meeting)
    client = world.sign_in(world.ppk("ID-PA"))
    assert "Baca paparan: Contoh kebijakan 2018" in client.get("/").text
    page = client.get(f"/paparan/{number}")
    assert "Sudah saya baca" in page.text
    stale = client.post(f"/paparan/{number}/baca", data={"number": "7"})
    assert stale.status_code == 409 and "Buka dan baca versi itu" in stale.text
    client.post(f"/paparan/{number}/baca", data={"number": "1"})
    assert "Baca paparan" not in client.get("/").text
    file = client.get(f"/paparan/versi/{db.session.query(PaparanVersion).one().id}/berkas?tampil=1")
    assert file.headers["Content-Disposition"].startswith("inline") and file.data.startswith(b"%PDF")


def test_the_agenda_item_it_belongs_to_may_go(world: World) -> None:
    meeting = world.meeting("draft", units=UNITS)
    item = meeting.agenda_items[0].id
    number = added(world, meeting, agenda_item_id=item)
    other = world.meeting("draft", agenda="Acara lain")
    wrong = world.api(world.secretariat).post(
        f"/meetings/{meeting.id}/paparan",
        data={"title": "x", "file": pdf(), "agenda_item_id": other.agenda_items[0].id},
    )
    assert wrong.status_code == 422 and "agenda_item_id" in wrong.json["errors"]
    world.api(world.secretariat).post(f"/meetings/{meeting.id}/agenda", json={"title": "Contoh acara kedua"})
    db.session.delete(db.session.get_one(AgendaItem, item))
    db.session.commit()
    db.session.expire_all()
    assert db.session.get_one(Paparan, number).agenda_item_id is None


def test_what_is_withdrawn_is_gone_for_readers(world: World, meeting: Meeting) -> None:
    number = added(world, meeting)
    client = world.sign_in(world.secretariat)
    assert client.post(f"/paparan/{number}/tarik").status_code == 303
    assert client.get(f"/paparan/{number}").status_code == 404
    assert reach(meeting).read == ()
    assert "Paparan ditarik." in client.get(f"/rapat/{meeting.id}?bagian=riwayat").text
