"""A letter of invitation signed here: nothing goes out before, the signed file after; declined, revised, verified."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from randal.database.base import db
from randal.documents.model import Document
from randal.history.events import Event
from randal.l10n import clock
from randal.models.meetings import LetterSignature, Meeting
from randal.notifications.notices import Mail, Notice
from randal.org.people import Appointment, Post
from randal.verification.registry import manifest_of
from tests.minutes import fake_provider
from tests.world import Api, World

Drain = Callable[[], int]
SECRET = "frasa pimpinan contoh"


@pytest.fixture
def meeting(app: Flask, world: World) -> Meeting:
    return world.meeting(
        "scheduled", units=("ID-BB", "ID-BA"), cc="Direktur Contoh <tembusan@contoh.example>"
    )


@pytest.fixture
def chair(world: World) -> Api:
    api = world.api(world.chair)
    assert api.post("/me/signing-key", json={"passphrase": SECRET}).status_code == 201
    return api


def issue(world: World, meeting: Meeting, drain: Drain, number: str = "UM 7") -> Document:
    given = {"number": number, "dated_on": world.now.date().isoformat(), "way": "here"}
    answer = world.api(world.secretariat).move("meetings", meeting.id, "issue_letter", **given)
    assert answer.status_code == 200, answer.json
    drain()
    return letter(meeting)


def letter(meeting: Meeting) -> Document:
    db.session.expire_all()
    found = Document.of("invitation", "meeting", meeting.id)
    assert found is not None
    return found


def letters_mailed() -> list[Mail]:
    return [m for m in db.session.scalars(select(Mail)) if ":letter:" in m.key]


def test_signed_here_then_sent(
    app: Flask, world: World, meeting: Meeting, chair: Api, drain: Drain, tmp_path: Path
) -> None:
    document = issue(world, meeting, drain)
    before, page = document.newest.read(), world.sign_in(world.chair)
    ppk = world.api(world.ppk("ID-BB"))
    assert letters_mailed() == [] and ppk.get(f"/documents/{document.id}/file").status_code == 404
    told = [n.url for n in db.session.scalars(select(Notice).where(Notice.person_id == world.chair.id))]
    url = f"/rapat/{meeting.id}/surat/tanda-tangan"
    assert url in told
    assert url in page.get("/tanda-tangan").text and url in page.get("/").text
    assert page.get(url).status_code == 200
    assert page.get(f"{url}/halaman/1.png").data.startswith(b"\x89PNG")
    wrong = page.post(f"/rapat/{meeting.id}/langkah/sign_letter", data={"passphrase": "frasa yang salah"})
    assert wrong.status_code == 422 and "tidak cocok" in wrong.text and "frasa yang salah" not in wrong.text
    other = world.api(world.secretariat).move("meetings", meeting.id, "sign_letter", passphrase=SECRET)
    assert other.status_code == 403
    signed = chair.move("meetings", meeting.id, "sign_letter", passphrase=SECRET)
    assert signed.status_code == 200, signed.json
    assert signed.json["letter_signed_at"] and letters_mailed() == []
    drain()
    document = letter(meeting)
    row = db.session.scalars(select(LetterSignature)).one()
    assert (row.document_id, row.signed_by_id) == (document.id, world.chair.id) and row.certificate_serial
    assert [v.number for v in document.versions] == [1, 2]
    after = document.newest.read()
    assert after.startswith(before) and len(after) > len(before)
    mailed = letters_mailed()
    assert "tembusan@contoh.example" in {m.to for m in mailed}
    assert {a["file_id"] for m in mailed for a in m.attachments} == {document.newest.id}
    assert ppk.get(f"/documents/{document.id}/file").data == after
    assert "andatangan" in page.get(f"/rapat/{meeting.id}?bagian=riwayat").text
    (tmp_path / "surat.pdf").write_bytes(after)
    judged = app.test_cli_runner().invoke(args=["randal", "verify", str(tmp_path / "surat.pdf")])
    assert judged.exit_code == 0 and "Utuh" in judged.output, judged.output
    known = manifest_of(document)
    assert known and [s.name for s in known.signers] == [world.chair.name] and known.signers[0].fingerprint
    (tmp_path / "surat.pdf").write_bytes(after[:-40] + b" " + after[-39:])
    judged = app.test_cli_runner().invoke(args=["randal", "verify", str(tmp_path / "surat.pdf")])
    assert judged.exit_code != 0 and "Tidak cocok" in judged.output


def test_given_back_then_issued_again_and_anew_after_a_new_time(
    world: World, meeting: Meeting, chair: Api, drain: Drain
) -> None:
    first = issue(world, meeting, drain).id
    short = chair.move("meetings", meeting.id, "decline_letter", reason="x")
    assert short.status_code == 422
    back = chair.move("meetings", meeting.id, "decline_letter", reason="Acara nomor dua belum benar.")
    assert back.status_code == 200 and back.json["letter_number"] is None
    drain()
    db.session.expire_all()
    assert db.session.get(Document, first).withdrawn_at is not None and letters_mailed() == []
    desk = world.sign_in(world.secretariat).get(f"/rapat/{meeting.id}/surat").text
    assert "Acara nomor dua belum benar." in desk and "UM 7" in desk
    assert chair.move("meetings", meeting.id, "sign_letter", passphrase=SECRET).status_code in (403, 422)
    again = issue(world, meeting, drain)
    assert again.id != first
    assert chair.move("meetings", meeting.id, "sign_letter", passphrase=SECRET).status_code == 200
    drain()
    later = meeting.starts_at.date().replace(day=meeting.starts_at.day + 1)
    times: dict[str, Any] = {"starts_at": f"{later}T09:00", "ends_at": f"{later}T12:00"}
    moved = world.api(world.secretariat).move(
        "meetings", meeting.id, "reschedule", reason="Digeser satu hari.", **times
    )
    assert moved.status_code == 200, moved.json
    assert moved.json["letter_way"] == "" and moved.json["letter_signed_at"] is None
    revised = issue(world, meeting, drain, "UM 8")
    assert len(revised.versions) == 1 and revised.restricted
    assert len(list(db.session.scalars(select(LetterSignature)))) == 1


def test_who_stands_in_signs_with_his_own_key(
    world: World, meeting: Meeting, chair: Api, drain: Drain
) -> None:
    """The Plh. of the chair's post is called and may sign, in his own name; who took the chair over alone may then."""
    plh, post = world.person("none"), db.session.get_one(Post, meeting.chair_post_id)
    today = clock.local_date(world.now, meeting.timezone)
    db.session.add(Appointment(person_id=plh.id, post_id=post.id, kind="plh", from_date=today, to_date=today))
    db.session.commit()
    document, url = issue(world, meeting, drain), f"/rapat/{meeting.id}/surat/tanda-tangan"
    for person in (plh, world.chair):
        told = db.session.scalars(select(Notice.url).where(Notice.person_id == person.id))
        assert url in set(told), person.name
    his = world.api(plh)
    assert "bertindak untuk jabatan" in world.sign_in(plh).get(url).text
    assert his.move("meetings", meeting.id, "sign_letter", passphrase=SECRET).status_code == 422  # no key yet
    assert his.post("/me/signing-key", json={"passphrase": SECRET}).status_code == 201
    assert his.move("meetings", meeting.id, "sign_letter", passphrase=SECRET).status_code == 200
    row = db.session.scalars(select(LetterSignature)).one()
    assert (row.signed_by_id, row.document_id) == (plh.id, document.id) and "Plh" in row.signed_as
    event = db.session.scalars(select(Event).where(Event.move == "sign_letter")).one()
    assert (event.actor_id, event.acting_for_id) == (plh.id, world.chair.id)  # history names both
    assert chair.move("meetings", meeting.id, "sign_letter", passphrase=SECRET).status_code in (403, 422)
    # handed over: a letter that waits is drawn back, and the new chair alone may sign the next
    issue(world, meeting, drain, "UM 8")
    other = world.person("none")
    desk = world.api(world.secretariat)
    given = {"chair_id": other.id, "reason": "contoh alasan penggantian"}
    assert desk.move("meetings", meeting.id, "reassign", **given).json["letter_way"] == ""
    issue(world, meeting, drain, "UM 9")
    assert chair.move("meetings", meeting.id, "sign_letter", passphrase=SECRET).status_code in (403, 404)
    new = world.api(other)
    assert new.post("/me/signing-key", json={"passphrase": SECRET}).status_code == 201
    assert new.move("meetings", meeting.id, "sign_letter", passphrase=SECRET).status_code == 200


def test_signed_by_a_provider(
    app: Flask, world: World, meeting: Meeting, drain: Drain, tmp_path: Path
) -> None:
    with fake_provider.serving() as provider:
        provider.name, provider.at = world.chair.name, world.now
        path = fake_provider.settings_file(tmp_path, provider.port)
        app.config["RANDAL"] = replace(app.config["RANDAL"], provider_file=str(path))
        document, page = issue(world, meeting, drain), world.sign_in(world.chair)
        url = f"/rapat/{meeting.id}"
        assert "Contoh PSrE" in page.get(f"{url}/surat/tanda-tangan").text
        theirs = {"nik": fake_provider.NIK, "passphrase": fake_provider.PASSPHRASE}
        provider.mood = "error"
        failed = page.post(f"{url}/langkah/sign_letter", data=theirs)
        assert failed.status_code == 422 and "dipelihara" in failed.text
        assert letters_mailed() == [] and fake_provider.NIK not in failed.text
        provider.mood = "good"
        signed = page.post(f"{url}/langkah/sign_letter", data=theirs)
        assert signed.status_code == 303, signed.text
    drain()
    row = db.session.scalars(select(LetterSignature)).one()
    assert row.way == "remote" and row.signed_field.startswith("psre-") and row.certificate_serial == ""
    assert len(letter(meeting).versions) == 2 and letters_mailed()
    assert "Contoh Penyelenggara Sertifikasi" in world.dropped(document.code, accept="text/html").text
