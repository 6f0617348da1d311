"""From a draft to signed minutes by API alone, and what can go wrong on the way."""

from __future__ import annotations

import io
import logging
import shutil
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from randal.database.base import db
from randal.models.meetings import Meeting, Objective
from randal.models.minutes import Minutes, Signature
from randal.signatures import installed, stored
from randal.web.passwords import hasher
from tests import conforming
from tests.world import Api, World

SECRET = {"taker": "frasa notulis contoh", "chair": "frasa pimpinan contoh"}
Drain = Callable[[], int]


@pytest.fixture
def meeting(app: Flask, world: World) -> Meeting:
    meeting = world.meeting(
        "closed", units=("ID-BB", "ID-BA"), cc="Direktur Contoh <tembusan@contoh.example>"
    )
    for objective in db.session.query(Objective):
        objective.assessment = "met"
    db.session.commit()
    return meeting


@pytest.fixture
def people(world: World) -> dict[str, Api]:
    return {"taker": world.api(world.minute_taker), "chair": world.api(world.chair)}


def enrol(people: dict[str, Api]) -> None:
    for who, api in people.items():
        answer = api.post("/me/signing-key", json={"passphrase": SECRET[who]})
        assert answer.status_code == 201, answer.json
        assert "BEGIN CERTIFICATE" in answer.json["certificate_pem"]


def approved(people: dict[str, Api], meeting: Meeting) -> dict[str, Any]:
    mid = people["taker"].get(f"/meetings/{meeting.id}/minutes").json["id"]
    assert people["taker"].move("minutes", mid, "submit").status_code == 200
    answer = people["chair"].move("minutes", mid, "approve")
    assert answer.status_code == 200, answer.json
    return answer.json


def ready(api: Api) -> list[dict[str, Any]]:
    return api.get("/signatures?state=ready").json["items"]


def sign(people: dict[str, Api], who: str, **more: Any) -> Any:
    return people[who].move("signatures", ready(people[who])[0]["id"], "sign", passphrase=SECRET[who], **more)


def file_of(api: Api, document_id: int) -> bytes:
    answer = api.get(f"/documents/{document_id}/file")
    assert answer.status_code == 200
    return answer.data


def test_from_draft_to_signed_minutes(
    app: Flask,
    world: World,
    meeting: Meeting,
    people: dict[str, Api],
    drain: Drain,
    tmp_path: Path,
    caplog: Any,
) -> None:
    caplog.set_level(logging.DEBUG)
    enrol(people)
    minutes = approved(people, meeting)
    assert minutes["state"] == "approved" and minutes["number"] == "1/NOT/Randal/III/2026"
    assert len(minutes["snapshot_sha256"]) == 64
    assert [s["state"] for s in minutes["signatures"]] == ["waiting", "waiting"]
    assert ready(people["taker"]) == []
    drain()
    minutes = people["taker"].get(f"/minutes/{minutes['id']}").json
    assert minutes["state"] == "signing"
    document_id = minutes["documents"][0]["id"]
    before = file_of(people["taker"], document_id)
    mine = ready(people["taker"])
    assert [(s["minutes_id"], s["document_id"]) for s in mine] == [(minutes["id"], document_id)]
    assert ready(people["chair"]) == []
    assert (
        people["chair"].move("signatures", minutes["signatures"][1]["id"], "sign", passphrase="x").status_code
        == 409
    )
    assert sign(people, "taker").json["state"] == "signed"
    once = file_of(people["taker"], document_id)
    assert once.startswith(before) and len(once) > len(before)
    assert sign(people, "chair").status_code == 200
    minutes = people["taker"].get(f"/minutes/{minutes['id']}").json
    assert minutes["state"] == "signed" and minutes["signed_at"]
    assert db.session.get(Meeting, meeting.id).state == "concluded"
    signed = file_of(people["taker"], document_id)
    assert signed.startswith(once)
    check_with_pdfsig(app, signed, tmp_path)
    assert conforming.faults(signed, signed=True) == [], "PDF/A-3u and PDF/UA-1 after the last signature, too"
    check_public_page(world, signed, minutes["documents"][0]["code"])
    drain()
    told = [row.to for row in db.session.execute(text('SELECT "to" FROM mails')).all()]
    assert {"tembusan@contoh.example", world.minute_taker.email, world.chair.email} <= set(told)
    assert nothing_secret(caplog.text)


def check_with_pdfsig(app: Flask, signed: bytes, folder: Path) -> None:
    assert shutil.which("pdfsig"), "poppler-utils is part of the test machine"
    (folder / "notula.pdf").write_bytes(signed)
    said = subprocess.run(
        ["pdfsig", "-nocert", folder / "notula.pdf"], capture_output=True, text=True, check=True
    ).stdout
    assert said.count("Signature is Valid") >= 2 and "invalid" not in said.lower()


def check_public_page(world: World, signed: bytes, code: str) -> None:
    def ask(data: bytes) -> Any:
        sent = {"file": (io.BytesIO(data), "notula.pdf")}
        return world.client().post("/verifikasi", data=sent, headers={"Accept": "application/json"})

    good = ask(signed)
    assert good.status_code == 200 and good.json["verdict"] == "intact", good.json
    assert len(good.json["signatures"]) == 2 and all(s["valid"] for s in good.json["signatures"])
    assert good.json["superseded_by"] is None
    assert ask(signed[:-9000] + b"x" + signed[-8999:]).json["verdict"] == "mismatch"
    assert ask(signed + b"\n% tambahan").json["verdict"] == "mismatch"
    assert ask(b"bukan pdf").status_code == 422
    by_code = world.client().get(f"/verifikasi/{code}", headers={"Accept": "application/json"})
    told = by_code.json
    assert told["verdict"] == "listed" and told["number"] == "1/NOT/Randal/III/2026" and told["pages"], told
    assert [s["way"] for s in told["signers"]] == ["local"] * 2 and told["signatures"] == []
    page = world.client().get(f"/verifikasi/{code.lower()}").text
    assert "Tercatat" in page and "Berlaku" in page and "Utuh" not in page and "bandingkan" in page
    assert all(s["name"] in page for s in told["signers"]) and told["title"] in page
    dropped = world.dropped(code, accept="text/html").text
    assert "Utuh dan cocok" in dropped and "Berlaku" in dropped
    assert world.client().get("/verifikasi/RDL-2222-2222-2222").status_code == 404


def nothing_secret(log: str) -> bool:
    """No passphrase in any row of any table, nor in the log."""
    for secret in SECRET.values():
        assert secret not in log
        for table in db.metadata.sorted_tables:
            for row in db.session.execute(table.select()):
                assert secret not in repr(tuple(row)), table.name
    return True


def test_a_wrong_passphrase_changes_nothing(
    world: World,
    meeting: Meeting,
    people: dict[str, Api],
    drain: Drain,
) -> None:
    approved(people, meeting)
    drain()
    waiting = ready(people["taker"])[0]["id"]
    without = people["taker"].move("signatures", waiting, "sign", passphrase="apa saja")
    assert without.status_code == 422 and "Kunci tanda tangan" in without.json["detail"]
    assert people["taker"].post("/me/signing-key", json={"passphrase": "pendek"}).status_code == 422
    enrol(people)
    wrong = people["taker"].move("signatures", waiting, "sign", passphrase="bukan frasa saya")
    assert wrong.status_code == 422 and list(wrong.json["errors"]) == ["passphrase"]
    none = people["taker"].move("signatures", waiting, "sign")
    assert none.status_code == 422 and list(none.json["errors"]) == ["passphrase"]
    assert people["chair"].move("signatures", waiting, "sign", passphrase=SECRET["chair"]).status_code == 403
    signature = db.session.get(Signature, waiting)
    assert signature.state == "ready" and len(signature.document.versions) == 1
    page = world.sign_in(world.minute_taker)
    shown = page.get(f"/tanda-tangan/{waiting}").text
    assert "Tandatangani notula" in shown and "Progres per PPK" in shown
    refused = page.post(f"/tanda-tangan/{waiting}/langkah/sign", data={"passphrase": "salah lagi"})
    assert refused.status_code == 422 and "salah lagi" not in refused.text
    for _ in range(stored.PASSPHRASE.free - 2):
        people["taker"].move("signatures", waiting, "sign", passphrase="masih salah")
    braked = people["taker"].move("signatures", waiting, "sign", passphrase=SECRET["taker"])
    assert braked.status_code == 422 and "Tunggu 15 menit" in braked.json["detail"]
    world.now += timedelta(minutes=16)
    good = page.post(f"/tanda-tangan/{waiting}/langkah/sign", data={"passphrase": SECRET["taker"]})
    assert good.status_code == 303
    assert db.session.get(Signature, waiting).state == "signed"


def test_a_decline_leads_to_a_second_version(
    world: World, meeting: Meeting, people: dict[str, Api], drain: Drain
) -> None:
    enrol(people)
    first = approved(people, meeting)
    drain()
    assert sign(people, "taker").status_code == 200
    waiting = ready(people["chair"])[0]["id"]
    assert people["chair"].move("signatures", waiting, "decline", reason="pendek").status_code == 422
    assert (
        people["chair"].move("signatures", waiting, "decline", reason="Angka kehadiran keliru.").status_code
        == 200
    )
    minutes = people["taker"].get(f"/minutes/{first['id']}").json
    assert (minutes["state"], minutes["version_no"], minutes["signatures"]) == ("drafting", 2, [])
    assert minutes["documents"][0]["withdrawn_at"]
    states = [s.state for s in db.session.get(Minutes, first["id"]).all_signatures]
    assert sorted(states) == ["declined", "signed"]
    again = approved(people, meeting)
    assert again["number"] == first["number"] and again["snapshot_sha256"] != first["snapshot_sha256"]
    drain()
    assert sign(people, "taker").status_code == 200 and sign(people, "chair").status_code == 200
    final = people["taker"].get(f"/minutes/{first['id']}").json
    assert final["state"] == "signed"
    codes = {d["revision"]: d["code"] for d in final["documents"]}
    seen = world.api(world.ppk("ID-BB")).get(f"/minutes/{first['id']}").json["documents"]
    assert [d["revision"] for d in seen] == [2]  # a withdrawn paper is no business of the invited
    old = world.client().get(f"/verifikasi/{codes[1]}", headers={"Accept": "application/json"}).json
    assert old["verdict"] == "listed" and old["document"]["state"] == "withdrawn"
    assert world.dropped(codes[1]).json["verdict"] == "noted"


def test_an_addendum_supersedes_and_the_code_says_so(
    world: World, meeting: Meeting, people: dict[str, Api], drain: Drain
) -> None:
    enrol(people)
    first = approved(people, meeting)
    drain()
    sign(people, "taker"), sign(people, "chair")
    assert (
        people["taker"].move("minutes", first["id"], "amend", reason="Salah tulis nama kawasan.").status_code
        == 200
    )
    assert (
        people["chair"].move("minutes", first["id"], "amend", reason="Sekali lagi, ralat lain.").status_code
        == 422
    )
    items = people["taker"].get(f"/meetings/{meeting.id}/minutes").json["items"]
    addendum = next(m for m in items if m["replaces_id"] == first["id"])
    assert "Salah tulis nama kawasan." in addendum["sections"][0]["html"]
    assert [s["user_id"] for s in addendum["signers"]] == [s["user_id"] for s in first["signers"]]
    assert people["taker"].move("minutes", addendum["id"], "submit").status_code == 200
    assert people["chair"].move("minutes", addendum["id"], "approve").status_code == 200
    drain()
    sign(people, "taker"), sign(people, "chair")
    old = people["taker"].get(f"/minutes/{first['id']}").json
    assert old["state"] == "superseded"
    by_code = (
        world.client()
        .get(f"/verifikasi/{old['documents'][0]['code']}", headers={"Accept": "application/json"})
        .json
    )
    assert by_code["verdict"] == "listed" and "2/NOT/Randal/III/2026" in by_code["superseded_by"]
    assert people["taker"].get(f"/meetings/{meeting.id}/minutes").json["id"] == addendum["id"]


def test_paper_is_confirmed_by_another(
    world: World, meeting: Meeting, people: dict[str, Api], drain: Drain
) -> None:
    approved(people, meeting)
    drain()
    waiting = ready(people["taker"])[0]["id"]
    office, other = world.api(world.secretariat), world.api(world.person("secretariat"))
    pdf = file_of(people["taker"], db.session.get(Signature, waiting).document.id)
    sent = {"file": (io.BytesIO(pdf), "pindaian.pdf")}
    assert world.api(world.evaluator).post(f"/signatures/{waiting}/scan", data=dict(sent)).status_code == 403
    bad = office.post(f"/signatures/{waiting}/scan", data={"file": (io.BytesIO(b"MZ"), "pindaian.pdf")})
    assert bad.status_code == 422 and "file" in bad.json["errors"]
    assert (
        office.post(f"/signatures/{waiting}/scan", data={"file": (io.BytesIO(pdf), "p.pdf")}).status_code
        == 200
    )
    assert office.move("signatures", waiting, "sign_on_paper").status_code == 422
    # the signer is no exception: who hands it in does not confirm it
    assert (
        people["taker"]
        .post(f"/signatures/{waiting}/scan", data={"file": (io.BytesIO(pdf), "p.pdf")})
        .status_code
        == 200
    )
    assert "mengunggah" in people["taker"].move("signatures", waiting, "sign_on_paper").json["detail"]
    assert "menunggu konfirmasi" in world.sign_in(world.secretariat).get("/pemberitahuan").text
    done = other.move("signatures", waiting, "sign_on_paper")
    assert done.status_code == 200 and done.json["way"] == "paper"
    assert "tanda tangan basah" in world.sign_in(world.chair).get(f"/notula/{done.json['minutes_id']}").text
    enrol({"chair": people["chair"]})
    assert sign(people, "chair").status_code == 200
    code = db.session.get(Signature, waiting).document.code
    assert world.dropped(code).json["verdict"] == "intact"


def test_the_stand_in_signs_with_his_own_key(
    world: World, meeting: Meeting, people: dict[str, Api], drain: Drain
) -> None:
    stand_in = world.person("none", name="Contoh Pelaksana Harian")
    world.appoint(stand_in, world.centre, kind="plh", is_head=True)
    enrol(people)
    approved(people, meeting)
    drain()
    sign(people, "taker")
    acting = world.api(stand_in)
    acting.post("/me/signing-key", json={"passphrase": "frasa pengganti contoh"})
    mine = ready(acting)
    assert [s["signer_id"] for s in mine] == [world.chair.id]
    answer = acting.move("signatures", mine[0]["id"], "sign", passphrase="frasa pengganti contoh")
    assert answer.status_code == 200 and answer.json["signed_by_id"] == stand_in.id
    event = acting.get(f"/signatures/{mine[0]['id']}/events").json["items"][-1]
    assert event["acting_for"]["id"] == world.chair.id and "passphrase" not in event["data"]


def test_a_signature_is_handed_to_another_holder_of_the_post(
    world: World, meeting: Meeting, people: dict[str, Api], drain: Drain
) -> None:
    plh = world.person("none", name="Contoh Pelaksana Harian")
    world.appoint(plh, world.centre, kind="plh", is_head=True)
    enrol(people)
    approved(people, meeting)
    drain()
    sign(people, "taker")
    waiting = ready(people["chair"])[0]["id"]
    office = world.api(world.secretariat)
    for nobody in (world.evaluator.id, world.chair.id, 2**60):
        assert office.move("signatures", waiting, "hand_over", user_id=nobody).status_code == 422
    assert (
        world.api(world.evaluator).move("signatures", waiting, "hand_over", user_id=plh.id).status_code == 403
    )
    done = office.move("signatures", waiting, "hand_over", user_id=plh.id)
    assert done.status_code == 200 and done.json["signer"]["post"] == "Plh. Contoh Direktur"
    drain()
    assert "menunggu tanda tangan Anda" in world.sign_in(plh).get("/pemberitahuan").text


def test_the_chair_takes_approved_minutes_back(
    world: World, meeting: Meeting, people: dict[str, Api], drain: Drain
) -> None:
    first = approved(people, meeting)
    answer = people["chair"].move("minutes", first["id"], "revise", reason="Angka progres masih keliru.")
    assert answer.status_code == 200 and answer.json["state"] == "drafting"
    assert {s.state for s in db.session.get(Minutes, first["id"]).all_signatures} == {"void"}
    drain()  # the paper that was asked for is drawn no more, and nobody is called
    assert ready(people["taker"]) == []
    assert people["taker"].get(f"/minutes/{first['id']}").json["state"] == "drafting"


def test_a_new_key_revokes_the_old(world: World, meeting: Meeting, people: dict[str, Api]) -> None:
    first = people["taker"].post("/me/signing-key", json={"passphrase": "frasa yang pertama"}).json["serial"]
    second = people["taker"].post("/me/signing-key", json={"passphrase": "frasa yang kedua"}).json["serial"]
    authority = installed.open_authority(world.app.config["RANDAL"])
    assert authority.is_revoked(first, world.now) and not authority.is_revoked(second, world.now)
    assert people["taker"].get("/me/signing-key").json["serial"] == second
    world.minute_taker.password_hash = hasher.hash("kata sandi notulis contoh")
    db.session.commit()
    page = world.sign_in(world.minute_taker)
    unlike = page.post(
        "/profil/kunci-tanda-tangan", data={"passphrase": "frasa baru sekali", "again": "lain"}
    )
    assert unlike.status_code == 422 and "frasa baru sekali" not in unlike.text
    assert (
        page.post(
            "/profil/kunci-tanda-tangan",
            data={
                "passphrase": "frasa baru sekali",
                "again": "frasa baru sekali",
                "password": "kata sandi notulis contoh",
            },
        ).status_code
        == 303
    )
