"""A meeting's berita acara and its laporan with nota dinas: written, decided, frozen, signed and verified as its notula is."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from randal.database.base import db
from randal.documents.model import Document
from randal.models.meetings import Decision, Meeting, Objective
from randal.notifications.notices import Mail
from randal.org.people import Person
from tests.world import Api, World

SECRET = "frasa contoh yang panjang"
Drain = Callable[[], int]


@pytest.fixture
def chair(world: World) -> Person:
    """Somebody else than the head of the organising unit (`world.chair`)."""
    return world.person("evaluator", name="Contoh Pimpinan Rapat")


@pytest.fixture
def meeting(app: Flask, world: World, chair: Person) -> Meeting:
    assert world.chair, "the centre has its head before anybody is asked to open a report for him"
    meeting = world.meeting("in_session", units=("ID-BB", "ID-BA"), chair_id=chair.id)
    db.session.add(Decision(meeting_id=meeting.id, number=1, text="Contoh keputusan", updated_at=world.now))
    for objective in db.session.query(Objective):
        objective.assessment = "met"
    world.fire(meeting, "close", chair, confirm=True)
    return meeting


def opened(api: Api, meeting: Meeting, kind: str) -> dict[str, Any]:
    answer = api.post(f"/meetings/{meeting.id}/minutes", json={"kind": kind})
    assert answer.status_code == 201, answer.json
    made: dict[str, Any] = answer.json
    return made


def signed(drain: Drain, paper: int, *signers: Api) -> dict[str, Any]:
    drain()
    for api in signers:
        api.post("/me/signing-key", json={"passphrase": SECRET})
        [mine] = api.get(f"/signatures?state=ready&minutes_id={paper}").json["items"]
        answer = api.move("signatures", mine["id"], "sign", passphrase=SECRET)
        assert answer.status_code == 200, answer.json
    made: dict[str, Any] = signers[-1].get(f"/minutes/{paper}").json
    assert made["state"] == "signed"
    return made


def said_in(data: bytes) -> str:
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=data, capture_output=True, check=True)
    return " ".join(done.stdout.decode().split())


def test_a_berita_acara_goes_the_way_of_the_minutes_and_leaves_them_alone(
    app: Flask, world: World, meeting: Meeting, chair: Person, drain: Drain
) -> None:
    desk, taker, leads = (world.api(p) for p in (world.secretariat, world.minute_taker, chair))
    ppk = world.api(world.ppk("ID-BB"))
    notula = taker.get(f"/meetings/{meeting.id}").json["minutes_id"]
    made = opened(desk, meeting, "record")
    words = {s["key"]: s["html"] for s in made["sections"]}
    assert "Senin, tanggal dua bulan Maret tahun dua ribu dua puluh enam (2 Maret 2026)" in words["pembukaan"]
    assert [s["user_id"] for s in made["signers"]] == [world.minute_taker.id, chair.id]
    # Refused in their order, and the notula is still the minutes.
    where = f"/meetings/{meeting.id}/minutes"
    assert ppk.post(where, json={"kind": "record"}).status_code == 403
    assert desk.post(where, json={"kind": "minutes"}).status_code == 422
    assert "berita acara" in desk.post(where, json={"kind": "record"}).json["detail"]
    assert taker.get(where).json["id"] == taker.get(f"/meetings/{meeting.id}").json["minutes_id"] == notula
    assert [m["id"] for m in desk.get("/minutes").json["items"]] == [notula]
    assert [m["id"] for m in desk.get("/minutes?kind=record").json["items"]] == [made["id"]]
    assert desk.get(f"{where}?kind=record").json["id"] == made["id"]
    # Its writer hands it in, the chair decides, both sign.
    assert ppk.get(f"/minutes/{made['id']}").status_code == 404
    assert desk.move("minutes", made["id"], "submit").status_code == 200
    assert ppk.get(f"/minutes/{made['id']}").json["kind"] == "record"
    reopened = leads.move("meetings", meeting.id, "reopen", reason="Contoh: ada yang tertinggal.")
    assert reopened.status_code == 422 and "berita acara" in reopened.json["detail"]
    frozen = leads.move("minutes", made["id"], "approve").json
    assert frozen["number"] == "1/BA/Randal/III/2026"
    done = signed(drain, made["id"], taker, leads)
    assert (
        leads.get(f"/meetings/{meeting.id}").json["state"] == "closed"
    )  # the notula concludes it, nothing else
    [paper] = done["documents"]
    assert (paper["kind"], paper["versions"]) == ("meeting_record", 3)
    text = said_in(ppk.get(f"/documents/{paper['id']}/file").data)
    for words_ in (
        "BERITA ACARA",
        "1/BA/Randal/III/2026",
        "tahun dua ribu dua puluh enam",
        "Contoh keputusan",
    ):
        assert words_ in text
    asked = world.dropped(paper["code"]).json
    assert asked["verdict"] == "intact", asked
    assert (asked["document"]["kind"], asked["document"]["complete"]) == ("meeting_record", True)
    # A ralat of it, by whoever wrote it.
    assert desk.move("minutes", made["id"], "amend", reason="Contoh: salah tulis nama.").status_code == 200
    addendum = desk.get(f"{where}?kind=record").json["items"][1]
    assert (addendum["kind"], addendum["replaces_id"]) == ("record", made["id"])
    assert "submit" in [m["name"] for m in addendum["moves"]]


def test_the_head_agrees_to_a_report_or_returns_it_with_the_reason(
    world: World, meeting: Meeting, chair: Person, drain: Drain
) -> None:
    desk, taker, leads, head = (
        world.api(p) for p in (world.secretariat, world.minute_taker, chair, world.chair)
    )
    ppk = world.api(world.ppk("ID-BB"))
    made = opened(desk, meeting, "report")
    here = f"/minutes/{made['id']}"
    assert made["addressee_id"] == world.chair.id
    assert [s["user_id"] for s in made["signers"]] == [world.minute_taker.id, world.chair.id]
    assert desk.move("minutes", made["id"], "submit").status_code == 200
    assert ppk.get(here).status_code == 404, "a report is for its head"
    assert leads.move("minutes", made["id"], "approve").status_code == 403, "nor does the chair decide it"
    browser = world.sign_in(world.chair)
    home = browser.get("/").text
    assert "1 naskah menunggu persetujuan Anda" in home and "Laporan:" in home
    reason = "Contoh: sebutkan juga tindak lanjut Bappeda."
    assert head.move("minutes", made["id"], "return").status_code == 422
    assert head.move("minutes", made["id"], "return", reason=reason).status_code == 200
    page = world.sign_in(world.secretariat).get(f"/notula/{made['id']}").text
    assert "Dikembalikan" in page and f"karena: {reason}" in page
    stored_ = desk.get(here)
    given = {"sections": {"nota_dinas": "<p>Bersama ini kami sampaikan laporan dengan catatan Bappeda.</p>"}}
    etag = {"If-Match": stored_.headers["ETag"]}
    assert desk.patch(here, json=given, headers=etag).status_code == 200
    assert taker.move("minutes", made["id"], "submit").status_code == 200
    assert "karena:" not in browser.get(f"/notula/{made['id']}").text
    frozen = head.move("minutes", made["id"], "approve").json
    assert frozen["number"] == "1/ND/Randal/2026"
    done = signed(drain, made["id"], taker, head)
    drain()
    [paper] = done["documents"]
    text = said_in(head.get(f"/documents/{paper['id']}/file").data)
    for words in (
        "NOTA DINAS",
        "Yth.",
        "1/ND/Randal/2026",
        "catatan Bappeda",
        "LAPORAN RAPAT",
        "Menyetujui",
        "Contoh keputusan",
    ):
        assert words in text, text
    assert ppk.get(f"/documents/{paper['id']}").status_code == 404
    told = db.session.query(Mail).filter(Mail.subject.like("Laporan:%")).all()
    assert {m.to for m in told} == {p.email for p in (world.chair, world.minute_taker, world.secretariat)}
    assert db.session.query(Document).filter_by(kind="minutes").count() == 0


def test_what_is_open_to_whom_in_the_room_of_the_meeting(
    world: World, meeting: Meeting, drain: Drain
) -> None:
    early = world.meeting("in_session")
    desk = world.sign_in(world.secretariat)
    assert "Buat berita acara" not in desk.get(f"/rapat/{early.id}?bagian=notula").text
    assert (
        world.api(world.secretariat)
        .post(f"/meetings/{early.id}/minutes", json={"kind": "report"})
        .status_code
        == 409
    )
    room = f"/rapat/{meeting.id}?bagian=notula"
    assert "Buat berita acara" in desk.get(room).text
    assert "Buat berita acara" not in world.sign_in(world.ppk("ID-BB")).get(room).text
    made = desk.post(f"/rapat/{meeting.id}/naskah", data={"kind": "report"})
    assert made.status_code == 303
    page = desk.get(made.headers["Location"]).text
    assert "Tulis laporan" in page and "Nota dinas" in page
    here = made.headers["Location"].replace("/tulis", "/pratinjau")
    assert "Pratinjau laporan" in desk.get(here).text
    drain()
    shown = said_in(desk.get(f"{here}.pdf").data)
    assert shown.index("NOTA DINAS") < shown.index("LAPORAN RAPAT")
    assert "Buat laporan" not in desk.get(room).text and "Buat berita acara" in desk.get(room).text
    listed = desk.get("/notula?jenis=report").text
    assert listed.count(meeting.title) == 1
