"""Dokumen on pages and in the API: who sees which, the file with its headers, progress without reload, retry."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from randal.database.base import db
from randal.documents.model import FAILED, Document
from tests.world import World

Drain = Callable[[], int]


def letters(world: World, drain: Drain) -> tuple[Any, Document, Document]:
    """A meeting of ID-BB with its draft letter and the issued one."""
    meeting = world.meeting("scheduled")
    drain()
    draft = Document.of("invitation", "meeting", meeting.id)
    world.fire(meeting, "issue_letter", world.secretariat, number="UM 0201-Dc/7", dated_on=date(2018, 6, 18))
    drain()
    issued = Document.of("invitation", "meeting", meeting.id)
    assert draft and issued and draft.id != issued.id
    return meeting, draft, issued


def test_who_reads_letters(world: World, drain: Drain) -> None:
    _meeting, draft, issued = letters(world, drain)
    foreign, nobody = world.ppk("ID-KR"), world.person("none")
    readers = {
        world.secretariat: {draft.id, issued.id},
        world.person("auditor"): {draft.id, issued.id},
        world.minute_taker: {draft.id, issued.id},
        world.ppk("ID-BB"): {issued.id},
        foreign: set(),
        nobody: set(),
    }
    for person, wanted in readers.items():
        api, page = world.api(person), world.sign_in(person)
        assert {d["id"] for d in api.get("/documents").json["items"]} == wanted, person.name
        listed = page.get("/dokumen?lama=1").text
        for document in (draft, issued):
            status = 200 if document.id in wanted else 404
            there = f'href="/dokumen/{document.id}"' in listed
            assert there == (status == 200), person.name
            for url in (f"/documents/{document.id}", f"/documents/{document.id}/file"):
                assert api.get(url).status_code == status, (person.name, url)
            for url in ("", "/berkas", "/status", "/status?rinci=1", "/berkas?versi=1"):
                assert page.get(f"/dokumen/{document.id}{url}").status_code == status, (person.name, url)
            if status == 404:
                assert api.post(f"/documents/{document.id}/retry").status_code == 404
                assert page.post(f"/dokumen/{document.id}/ulangi").status_code == 404


def test_the_file_and_its_headers(world: World, drain: Drain) -> None:
    _meeting, _draft, issued = letters(world, drain)
    page, api = world.sign_in(world.ppk("ID-BB")), world.api(world.ppk("ID-BB"))
    told = api.get(f"/documents/{issued.id}").json
    saved = page.get(f"/dokumen/{issued.id}/berkas")
    assert hashlib.sha256(saved.data).hexdigest() == told["sha256"] == issued.newest.sha256
    assert api.get(f"/documents/{issued.id}/file").data == saved.data
    assert saved.headers["Content-Type"] == "application/pdf"
    assert saved.headers["Content-Disposition"].startswith('attachment; filename="undangan-contoh-rapat')
    assert "sandbox" in saved.headers["Content-Security-Policy"]
    shown = page.get(f"/dokumen/{issued.id}/berkas?lihat=1")
    assert shown.headers["Content-Disposition"].startswith("inline")
    for answer in (saved, shown):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in answer.headers["Cache-Control"]
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert page.get(f"/dokumen/{issued.id}/berkas?versi=9").status_code == 409
    assert told["subject"] == {"type": "meeting", "id": issued.subject_id}
    assert (told["state"], told["kind"], told["code"]) == ("ready", "invitation", issued.code)
    assert told["versions"] == 1 and told["mime"] == "application/pdf"


def test_filters_of_the_api(world: World, drain: Drain) -> None:
    meeting, draft, issued = letters(world, drain)
    other = world.meeting("scheduled", units=("ID-KR",))
    api = world.api(world.secretariat)

    def found(query: str) -> set[int]:
        return {d["id"] for d in api.get(f"/documents?{query}").json["items"]}

    waiting = Document.of("invitation", "meeting", other.id)
    assert waiting is not None
    assert found(f"subject_type=meeting&subject_id={meeting.id}") == {draft.id, issued.id}
    assert found("state=queued") == {waiting.id} and found("kind=minutes") == set()
    assert found(f"code={issued.code}") == {issued.id}
    assert api.get("/documents?subject_id=x").status_code == 400
    assert api.get(f"/documents/{waiting.id}/file").status_code == 409
    assert api.get(f"/documents/{waiting.id}").json["sha256"] is None


def test_progress_is_told_without_reload(world: World, drain: Drain) -> None:
    meeting = world.meeting("scheduled")
    document = Document.of("invitation", "meeting", meeting.id)
    assert document is not None
    page = world.sign_in(world.secretariat)
    waiting = page.get(f"/dokumen/{document.id}").text
    assert "Menunggu giliran" in waiting and f'hx-get="/dokumen/{document.id}/status?rinci=1"' in waiting
    assert "SHA-256" not in waiting
    drain()
    piece = page.get(f"/dokumen/{document.id}/status?rinci=1", headers={"HX-Request": "true"}).text
    assert "hx-get" not in piece and "halaman" in piece and 'hx-swap-oob="true"' in piece
    assert document.newest and document.newest.sha256 in piece and "<html" not in piece
    alone = page.get(f"/dokumen/{document.id}/status").text
    assert "hx-swap-oob" not in alone


def test_coba_lagi(world: World, drain: Drain) -> None:
    meeting = world.meeting("scheduled")
    document = Document.of("invitation", "meeting", meeting.id)
    assert document is not None
    document.stage, document.error = FAILED, "Contoh sebab."
    db.session.commit()
    page = world.sign_in(world.secretariat)
    shown = page.get(f"/dokumen/{document.id}").text
    assert "Contoh sebab." in shown and "Coba lagi" in shown
    auditor = world.person("auditor")
    assert world.api(auditor).post(f"/documents/{document.id}/retry").status_code == 403
    assert page.post(f"/dokumen/{document.id}/ulangi").status_code == 303
    assert page.post(f"/dokumen/{document.id}/ulangi").status_code == 409
    drain()
    assert db.session.get(Document, document.id).stage == "ready"


@pytest.mark.parametrize("query", ["jenis=x&status=y", "rapat=99999999999999999999", "sebelum=abc", "q=%25_"])
def test_a_nonsense_filter_finds_nothing_or_all(world: World, query: str) -> None:
    world.meeting("scheduled")
    assert world.sign_in(world.secretariat).get(f"/dokumen?{query}").status_code == 200
