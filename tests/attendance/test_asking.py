"""Asking the silent: the button once an hour, one mail each, a link that is changed, and what waits on Beranda."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from randal.database.base import db
from randal.meeting_facts.rsvp_links import reply_path, reply_url
from randal.notifications.notices import Mail
from randal.schedule import scheduler
from tests.attendance.test_replies import again, link, paper, row_of
from tests.world import World

REASON = "contoh alasan yang panjang"


@pytest.fixture
def meeting(world: World) -> Any:
    for iso in ("ID-BB", "ID-PA", "ID-AC"):
        world.ppk(iso)
    starts = world.now + timedelta(days=3)
    return world.meeting(
        units=["ID-BB", "ID-PA", "ID-AC"], starts_at=starts, ends_at=starts + timedelta(hours=3)
    )


def asked(word: str = "belum dijawab. Mohon") -> dict[int | None, str]:
    return {m.person_id: m.body for m in db.session.scalars(select(Mail)) if word in m.body}


def test_the_button_asks_the_silent_once_an_hour(world: World, meeting: Any) -> None:
    world.fire(row_of(world, meeting, "ID-AC"), "accept", world.ppk("ID-AC"))
    desk = world.sign_in(world.secretariat)
    page = desk.get(f"/rapat/{meeting.id}?bagian=kehadiran").text
    assert "Ingatkan 2 yang belum menjawab" in page and "Belum menjawab 2" in page and "Akan hadir 1" in page
    at = f"/hadir/ingatkan/{meeting.id}"
    assert desk.post(at).status_code == 303
    assert "2 undangan diingatkan lewat 2 surel." in desk.get("/").text
    mails = asked()
    assert mails.keys() == {world.ppk("ID-BB").id, world.ppk("ID-PA").id}
    assert reply_url(row_of(world, meeting, "ID-PA")) in mails[world.ppk("ID-PA").id]
    desk.post(at)
    assert "Dapat dikirim lagi mulai pukul 10.00 WIB" in desk.get("/").text
    assert db.session.scalar(select(func.count()).select_from(Mail).where(Mail.key.startswith("ask:"))) == 2
    world.now += timedelta(minutes=61)
    desk.post(at)
    assert db.session.scalar(select(func.count()).select_from(Mail).where(Mail.key.startswith("ask:"))) == 4
    told = desk.get(f"/rapat/{meeting.id}?bagian=riwayat").text
    assert told.count("undangan yang belum dijawab diingatkan.") == 2
    assert world.sign_in(world.ppk()).post(at).status_code == 403
    assert world.client().post(at).status_code in (302, 401)


def test_nobody_left_to_ask(world: World, meeting: Any) -> None:
    desk = world.sign_in(world.secretariat)
    for iso in ("ID-BB", "ID-PA", "ID-AC"):
        world.fire(row_of(world, meeting, iso), "accept", world.ppk(iso))
    assert "Ingatkan" not in desk.get(f"/rapat/{meeting.id}?bagian=kehadiran").text
    desk.post(f"/hadir/ingatkan/{meeting.id}")
    assert "Semua undangan sudah dijawab" in desk.get("/").text and asked() == {}


def test_a_link_gone_astray_is_changed(world: World, meeting: Any, client: Any) -> None:
    row = row_of(world, meeting)
    old = link(row)
    assert world.sign_in(world.ppk()).post(f"/hadir/{row.id}/tautan").status_code == 403
    desk = world.sign_in(world.secretariat)
    assert reply_url(row) in desk.get(f"/hadir/{row.id}").text
    assert reply_url(row) not in world.sign_in(world.chair).get(f"/hadir/{row.id}").text
    assert desk.post(f"/hadir/{row.id}/tautan").status_code == 303
    assert client.post(old, data={"answer": "accept"}).status_code == 410
    assert client.get(link(again(row))).status_code == 200
    assert reply_url(again(row)) in asked()[world.ppk().id]
    assert (
        "Tautan konfirmasi diganti; tautan lama tidak berlaku lagi; yang baru dikirim kepada"
        in desk.get(f"/hadir/{row.id}").text
    )


def test_who_reads_the_letter_of_assignment(world: World, meeting: Any, client: Any) -> None:
    row = row_of(world, meeting)
    given = {"answer": "represent", "name": "Contoh Wakil", "post": "Contoh Jabatan"}
    client.post(link(row), data=given | {"letter": (io.BytesIO(paper()), "../surat tugas.png")})
    at = f"/hadir/{row.id}/surat-tugas"
    for person in (world.secretariat, world.chair, world.person("auditor"), world.ppk()):
        answer = world.sign_in(person).get(at)
        assert answer.status_code == 200 and answer.data == paper()
        assert (
            "surat" in answer.headers["Content-Disposition"]
            and ".." not in answer.headers["Content-Disposition"]
        )
    assert world.sign_in(world.ppk("ID-PA")).get(at).status_code == 404
    assert world.sign_in(world.ppk("ID-KT")).get(at).status_code == 404
    assert client.get(at).status_code in (302, 401)
    assert "Unduh surat tugas" not in world.sign_in(world.ppk("ID-PA")).get(f"/hadir/{row.id}").text


def test_what_waits_on_beranda(world: World, meeting: Any) -> None:
    row = row_of(world, meeting)
    sentence = f"Jawab undangan: {meeting.title}"
    staff = world.person("ppk_staff", "ID-BB")
    asked = "1 undangan belum Anda jawab"
    home = world.sign_in(world.ppk()).get("/").text
    assert asked in home and meeting.title in home
    assert (
        sentence in world.sign_in(staff).get("/").text
        and reply_path(row) in world.sign_in(staff).get("/").text
    )
    assert asked not in world.sign_in(world.ppk("ID-KT")).get("/").text
    assert world.sign_in(staff).post(link(row), data={"answer": "accept"}).status_code == 303
    assert asked not in world.sign_in(world.ppk()).get("/").text
    assert staff.name in world.sign_in(world.secretariat).get(f"/hadir/{row.id}").text


def test_the_clock_asks_with_the_readers_own_link(world: World) -> None:
    silent, staff = world.ppk(), world.person("ppk_staff", "ID-BB")
    starts = datetime(2026, 3, 13, 2, tzinfo=UTC)  # 9 working days ahead: all three days lie ahead
    meeting = world.meeting(starts_at=starts, ends_at=starts + timedelta(hours=3))
    heard: dict[int, list[int]] = {silent.id: [], staff.id: []}
    for day in range(2, 14):
        scheduler.run_due(datetime(2026, 3, day, 1, tzinfo=UTC))
        for person in heard:
            mail = db.session.scalar(select(Mail).where(Mail.key == f"digest:2026-03-{day:02}:{person}"))
            if mail and meeting.title in mail.body:
                assert reply_url(row_of(world, meeting)) in mail.body
                heard[person].append(day)
    assert heard == {silent.id: [4, 10, 12], staff.id: [12]}
