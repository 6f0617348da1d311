"""The authority as people meet it: commands, the operator's page, the history of its keys, and checking without us."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from cryptography import x509
from flask import Flask
from sqlalchemy import select

from randal.database.base import db
from randal.history.events import Event
from randal.models.minutes import SigningKey
from randal.signatures import installed, upkeep
from randal.web.passwords import hasher
from tests.minutes import signed
from tests.world import World

PASSPHRASE = "frasa sandi contoh"


@pytest.fixture
def run(app: Flask, world: World) -> Callable[..., Result]:

    def run(*words: str, **env: str) -> Result:
        db.session.commit()
        result = app.test_cli_runner().invoke(args=["randal", *words], env=env)
        db.session.expire_all()
        return result

    return run


def uses() -> list[list[str]]:
    rows = db.session.scalars(select(Event).where(Event.item_type == "authority").order_by(Event.seq))
    return [sorted(row.data) for row in rows]


def test_every_use_of_its_keys_is_in_its_history(
    run: Callable[..., Result], app: Flask, world: World, tmp_path: Path
) -> None:
    taker, admin = world.minute_taker, world.person("admin")
    world.meeting("scheduled")  # which makes him one who signs
    assert world.api(taker).post("/me/signing-key", json={"passphrase": PASSPHRASE}).status_code == 201
    taker.password_hash = hasher.hash("kata sandi notulis contoh")
    db.session.commit()
    lost = {
        "passphrase": PASSPHRASE,
        "again": PASSPHRASE,
        "why": "lost",
        "password": "kata sandi notulis contoh",
    }
    page = world.sign_in(taker)
    assert "Frasa sandi terlupa" in page.get("/profil/kunci-tanda-tangan").text
    assert page.post("/profil/kunci-tanda-tangan", data=lost).status_code == 303
    old, new = db.session.scalars(select(SigningKey).order_by(SigningKey.id))
    assert (old.revoked_why, new.revoked_at) == ("lost", None)

    outside = {"RANDAL_ROOT_PASSPHRASE": "frasa lemari besi contoh"}
    out = run("ca", "root-out", str(tmp_path / "akar.key"), "--remove", **outside)
    assert out.exit_code == 0, out.output
    assert "di luar pemasangan ini" in run("ca", "status").output
    assert run("ca", "renew").exit_code == 1
    renewed = run("ca", "renew", "--root-key", str(tmp_path / "akar.key"), **outside)
    assert renewed.exit_code == 0, renewed.output
    assert not upkeep.has_root_key(installed.open_authority(app.config["RANDAL"]))
    assert run("ca", "crl", str(tmp_path / "daftar.crl")).exit_code == 0
    assert run("ca", "revoke", "tidak@ada.example", "--why", "lost", "--reason", "x").exit_code == 1
    revoked = run("ca", "revoke", taker.email, "--why", "left", "--reason", "Contoh: pindah tugas.")
    assert revoked.exit_code == 0, revoked.output
    assert uses() == [
        ["created"], ["issued_key_id"], ["revoked_key_id"], ["issued_key_id"], ["root_exported"],
        ["root_removed"], ["renewed"], ["crl_issued"], ["revoked_key_id"],
    ]  # fmt: skip

    desk = world.sign_in(admin)
    shown = desk.get("/operator/otoritas").text
    for words in (
        "Kunci akar disimpan di luar",
        "Frasa sandi terlupa",
        "Tidak lagi menjabat",
        "pindah tugas",
    ):
        assert words in shown
    crl = x509.load_der_x509_crl(world.client().get("/verifikasi/pencabutan.crl").data)
    assert {f"{one.serial_number:x}" for one in crl} == {old.serial, new.serial}
    assert b"BEGIN CERTIFICATE" in world.client().get("/verifikasi/akar.pem").data


def test_a_certificate_is_revoked_on_the_page_with_its_reason(
    run: Callable[..., Result], world: World
) -> None:
    assert run("ca", "status").exit_code == 0
    world.api(world.chair).post("/me/signing-key", json={"passphrase": PASSPHRASE})
    key = db.session.scalars(select(SigningKey)).one()
    at = f"/operator/otoritas/kunci/{key.id}"
    desk, auditor = world.sign_in(world.person("admin")), world.sign_in(world.person("auditor"))
    assert world.sign_in(world.chair).get("/operator/otoritas").status_code == 403
    assert auditor.get("/operator/otoritas").status_code == 200
    given = {"why": "compromised", "reason": "Contoh: catatan frasa ditemukan orang lain."}
    assert auditor.post(at, data=given).status_code == 403
    assert desk.post(at, data=given | {"why": "bosan"}).status_code == 422
    assert desk.post(at, data=given).status_code == 303
    db.session.refresh(key)
    assert key.revoked_at and key.revoked_why == "compromised"
    assert desk.get(at).status_code == 404
    assert desk.post("/operator/otoritas/hukum", data={"law": "Contoh kalimat hukum."}).status_code == 303
    from randal.org import app_settings

    assert app_settings.setting("law_of_signatures") == "Contoh kalimat hukum."


@pytest.mark.database("sqlite")
def test_a_file_is_checked_on_a_machine_without_our_database(
    run: Callable[..., Result], app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = signed.case(2)
    paths: dict[str, Any] = {"pdf": case.pdf, "bent": case.pdf + b"\n", "root": signed.authority().root_pem()}
    for name, data in paths.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "manifest").write_text(case.manifest.to_json())

    def nothing_here(*_: object, **__: object) -> None:
        raise AssertionError("the database was asked")

    monkeypatch.setattr(db.session, "execute", nothing_here)
    monkeypatch.setattr(db.session, "scalar", nothing_here)
    away = ["--root", str(tmp_path / "root"), "--manifest", str(tmp_path / "manifest")]
    runner = app.test_cli_runner()
    good = runner.invoke(args=["randal", "verify", str(tmp_path / "pdf"), *away])
    assert good.exit_code == 0 and "Utuh dan cocok" in good.output, good.output
    bent = runner.invoke(args=["randal", "verify", str(tmp_path / "bent"), *away])
    assert bent.exit_code == 1 and "Tidak cocok" in bent.output
