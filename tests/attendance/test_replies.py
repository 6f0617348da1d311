"""The link of an invitation: who it is for, the three answers, and every way it may be wrong."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from icalendar import Calendar
from itsdangerous import URLSafeSerializer
from PIL import Image
from sqlalchemy import select

from randal.database.base import db
from randal.history.events import Event
from randal.jobs import outbox
from randal.meeting_facts.rsvp_links import reply_url
from randal.models.attendance import Attendance
from randal.notifications.notices import Mail
from randal.storage.files import StoredFile
from tests.world import World

REASON = "contoh alasan yang panjang"


def paper() -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (40, 20), "white").save(kept, "PNG")
    return kept.getvalue()


def link(row: Attendance) -> str:
    return urlsplit(reply_url(row)).path


def row_of(world: World, meeting: Any, iso: str = "ID-BB") -> Attendance:
    unit = world.unit(iso).id
    return next(a for a in meeting.attendance if a.unit_id == unit)


def again(row: Attendance) -> Attendance:
    db.session.expire_all()
    return db.session.get_one(Attendance, row.id)


@pytest.fixture
def row(world: World) -> Attendance:
    ppk = world.ppk()
    ppk.phone, ppk.nip = "081200000000", "198001012005011001"
    db.session.commit()
    meeting = world.meeting(
        units=["ID-BB", "ID-PA"],
        starts_at=world.now + timedelta(days=3),
        ends_at=world.now + timedelta(days=3, hours=3),
    )
    return row_of(world, meeting)


def test_the_page_says_for_whom_and_gives_nobody_away(world: World, client: Any, row: Attendance) -> None:
    page = client.get(link(row))
    assert page.status_code == 200 and row.label in page.text and row.meeting.title in page.text
    assert "Kamis, 5 Maret 2026" in page.text and "Contoh acara" in page.text and "jangan jawab" in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer" and "noindex" in page.headers["X-Robots-Tag"]
    ppk = world.ppk()
    for secret in (ppk.phone, ppk.nip, ppk.email, ppk.name, world.chair.email):
        assert secret not in page.text
    mine = Calendar.from_ical(client.get(f"{link(row)}/rapat.ics").data)
    assert [str(e["summary"]) for e in mine.walk("VEVENT")] == [row.meeting.title]
    assert "@contoh.example" not in mine.to_ical().decode()


def test_three_answers_and_back(world: World, client: Any, row: Attendance) -> None:
    at = link(row)
    assert client.post(at, data={"answer": "accept"}).status_code == 303
    assert again(row).state == "accepted"
    assert "akan hadir" in client.get(at).text
    who = {"answer": "represent", "name": "Contoh Wakil", "post": "Contoh Kepala Seksi"}
    sent = client.post(at, data=who | {"letter": (io.BytesIO(paper()), "surat tugas.png")})
    assert sent.status_code == 303
    now = again(row)
    assert (now.state, now.name_attending, now.post_attending) == (
        "represented",
        "Contoh Wakil",
        "Contoh Kepala Seksi",
    )
    assert now.label == f"PPK {world.unit().short_name}", "the invited post stays beside who comes"
    assert db.session.get_one(StoredFile, now.mandate_file_id).mime == "image/png"
    kept = now.mandate_file_id
    assert client.post(at, data=who | {"post": "Contoh Kepala Bagian"}).status_code == 303
    assert again(row).mandate_file_id == kept, "the letter was for the same person"
    assert client.post(at, data=who | {"name": "Contoh Wakil Lain"}).status_code == 303
    assert again(row).mandate_file_id is None, "and not for another"
    assert client.post(at, data={"answer": "decline", "reason": REASON}).status_code == 303
    now = again(row)
    assert (now.state, now.reason, now.name_attending) == ("declined", REASON, "")
    events = db.session.scalars(
        select(Event).where(Event.item_type == "attendance", Event.item_id == row.id, Event.move != "create")
    )
    assert all((e.actor_id, e.hat, e.data["link"]) == (None, "invitee", True) for e in events)
    told = world.sign_in(world.secretariat).get(f"/hadir/{row.id}").text
    assert "lewat tautan" in told and "Yang diundang" in told


def test_the_invited_person_signed_in_is_named(world: World, row: Attendance) -> None:
    assert world.sign_in(world.ppk()).post(link(row), data={"answer": "accept"}).status_code == 303
    last = db.session.scalars(
        select(Event)
        .where(Event.item_type == "attendance", Event.item_id == row.id)
        .order_by(Event.id.desc())
    ).first()
    assert last and (last.actor_id, last.move) == (world.ppk().id, "accept")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "Pilih salah satu jawaban."),
        ({"answer": "mark_absent"}, "Pilih salah satu jawaban."),
        ({"answer": "check_in"}, "Pilih salah satu jawaban."),
        ({"answer": "represent", "name": "Contoh Wakil"}, "Jabatan: Wajib diisi."),
        ({"answer": "represent", "name": "x" * 121, "post": "y"}, "Paling banyak 120"),
        ({"answer": "decline", "reason": "sakit"}, "10"),
        (
            {"answer": "represent", "name": "A", "post": "B", "letter": (io.BytesIO(b"MZ.."), "surat.exe")},
            "tidak diterima",
        ),
        (
            {"answer": "represent", "name": "A", "post": "B", "letter": (io.BytesIO(b"bukan"), "surat.pdf")},
            "bukan PDF",
        ),
    ],
)
def test_bad_answers_are_sentences_and_change_nothing(
    client: Any, row: Attendance, given: dict[str, Any], sentence: str
) -> None:
    sent = {k: (io.BytesIO(v[0].getvalue()), v[1]) if isinstance(v, tuple) else v for k, v in given.items()}
    answer = client.post(link(row), data=sent)
    assert answer.status_code == 422 and sentence in answer.text
    if "name" in given:
        assert given["name"] in answer.text, "what was typed stays"
    now = again(row)
    assert (now.state, now.version) == ("invited", row.version)
    assert db.session.scalar(select(db.func.count()).select_from(StoredFile)) == 0


def test_sent_twice_and_meanwhile(client: Any, row: Attendance) -> None:
    at, version = link(row), row.version
    first = {"answer": "represent", "name": "Contoh Wakil", "post": "Contoh Jabatan", "version": version}
    assert client.post(at, data=first).status_code == 303
    assert client.post(at, data=first).status_code == 303
    page = client.get(at).text
    assert "sudah tercatat sebelumnya" in page and "Jawaban Anda tercatat" in page
    assert again(row).version == version + 1
    late = client.post(at, data={"answer": "decline", "reason": REASON, "version": version})
    assert late.status_code == 409 and "sudah dijawab sementara halaman ini terbuka" in late.text
    assert "Contoh Wakil" in late.text and again(row).state == "represented"


def test_a_link_in_other_hands(world: World, row: Attendance) -> None:
    other = world.sign_in(world.ppk("ID-PA"))
    page = other.get(link(row))
    assert f"tautan ini untuk {row.label}" in page.text and 'name="answer"' not in page.text
    answer = other.post(link(row), data={"answer": "accept"})
    assert answer.status_code == 403 and again(row).state == "invited"


def test_forged_links(client: Any, row: Attendance) -> None:
    true = link(row)
    for bad in (
        true[:-1] + ("a" if true[-1] != "a" else "b"),
        "/konfirmasi/x",
        "/konfirmasi/W10.x",
        "/konfirmasi/" + "a" * 3000,
    ):
        for method in (client.get, client.post):
            answer = method(bad)
            assert answer.status_code == 404 and "Tautan ini tidak dikenal" in answer.text
    signer = URLSafeSerializer(client.application.config["SECRET_KEY"], salt="hadir")
    of_the_door = signer.dumps([row.id, row.meeting.sequence, 1])
    assert client.get(f"/konfirmasi/{of_the_door}").status_code == 404, "a key of another door"


def test_after_the_reschedule_the_new_link_goes_by_mail_alone(
    world: World, client: Any, row: Attendance
) -> None:
    old = link(row)
    starts = world.now + timedelta(days=5)
    world.fire(
        row.meeting,
        "reschedule",
        world.secretariat,
        starts_at=starts.replace(tzinfo=None),
        ends_at=(starts + timedelta(hours=2)).replace(tzinfo=None),
        reason=REASON,
    )
    answer = client.post(old, data={"answer": "accept"})
    assert answer.status_code == 410 and "sudah berubah" in answer.text and "/konfirmasi/" not in answer.text
    assert again(row).state == "invited"
    assert client.get(link(again(row))).status_code == 200


def test_cancelled_over_and_replaced(world: World, client: Any, row: Attendance) -> None:
    over = world.meeting("closed", units=["ID-BB"])
    answer = client.post(link(row_of(world, over)), data={"answer": "accept"})
    assert answer.status_code == 410 and "sudah selesai" in answer.text
    at = link(row)
    row.link_number += 1
    db.session.commit()
    assert "sudah diganti" in client.get(at).text and client.get(at).status_code == 410
    at, ends = link(row), row.meeting.ends_at
    world.now = ends
    assert "sudah selesai" in client.post(at, data={"answer": "accept"}).text
    world.now = ends - timedelta(days=1)
    world.fire(row.meeting, "cancel", world.secretariat, reason=REASON)
    answer = client.post(at, data={"answer": "accept"})
    assert answer.status_code == 410 and "dibatalkan" in answer.text
    assert again(row).state == "invited"


def test_each_mail_has_its_readers_own_link(world: World, row: Attendance) -> None:
    world.ppk("ID-PA")
    other = row_of(world, row.meeting, "ID-PA")
    staff = world.person("ppk_staff", "ID-BB")
    outbox.drain(world.now)
    mails = {m.person_id: m.body for m in db.session.scalars(select(Mail))}
    mine, theirs = reply_url(again(row)), reply_url(again(other))
    assert mine in mails[world.ppk().id] and theirs not in mails[world.ppk().id]
    assert mine in mails[staff.id], "the staff answers by the unit's link"
    assert theirs in mails[world.ppk("ID-PA").id] and mine not in mails[world.ppk("ID-PA").id]
    assert "/konfirmasi/" not in mails[world.chair.id]
