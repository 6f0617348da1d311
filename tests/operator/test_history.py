"""The history's page: for administrators and auditors; examined on demand, taken away, said in plain words."""

from __future__ import annotations

import gzip
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, text

from randal.audit import checkpoints, examining
from randal.audit.reading import File
from randal.audit.verifying import verify
from randal.database.base import db
from randal.overviews.operator import history
from randal.signatures.keystores import Keystore
from tests.world import World

PAGE = "/operator/riwayat"


@pytest.fixture
def sealed(world: World) -> World:
    world.meeting("in_session")
    with ThreadPoolExecutor(1) as aside:  # while a browser is there, this thread cannot sign (see `chromium`)
        aside.submit(seal, world).result()
    return world


def seal(world: World) -> None:
    with world.app.app_context():
        checkpoints.make(world.now)
        db.session.commit()
        db.session.remove()


def test_who_may_enter(world: World) -> None:
    db.session.execute(delete(Keystore))  # as before `init`
    assert world.client().get(PAGE).status_code == 302
    for role in ("secretariat", "evaluator", "ppk"):
        assert world.sign_in(world.person(role)).get(PAGE).status_code == 403
    auditor = world.sign_in(world.person("auditor"))
    page = auditor.get(PAGE)
    assert page.status_code == 200 and "Belum ada cap" in page.text and "Belum ada otoritas" in page.text
    for other in ("/operator", "/operator/tanggapan", "/operator/hari-kerja"):
        assert auditor.get(other).status_code == 403
        assert f'href="{other}"' not in page.text
    assert f'href="{PAGE}"' in auditor.get("/").text
    assert world.sign_in(world.person("admin")).get(PAGE).status_code == 200


def test_examined_on_demand(sealed: World) -> None:
    client = sealed.sign_in(sealed.person("auditor"))
    assert "Belum pernah diperiksa" in client.get(PAGE).text
    assert client.post(f"{PAGE}/periksa").status_code == 303
    page = client.get(PAGE)
    assert "riwayat utuh" in page.text and "<b>Utuh</b>" in page.text
    last = examining.last()
    assert last and last.person_id and not last.bends and last.events > 0
    unguarded = "DROP TRIGGER events_no_update" + (
        " ON events" if db.engine.dialect.name == "postgresql" else ""
    )
    db.session.execute(text(unguarded))
    db.session.execute(text("UPDATE events SET hat = 'x' WHERE item_type = 'meeting' AND seq = 1"))
    db.session.commit()
    assert client.post(f"{PAGE}/periksa").status_code == 303
    page = client.get(PAGE)
    assert "Tidak utuh: 1 kejanggalan" in page.text and "peristiwa 1 (events.id" in page.text


@pytest.mark.database("sqlite")
def test_taken_away(sealed: World, tmp_path: Path) -> None:
    client = sealed.sign_in(sealed.person("auditor"))
    for name, address in (
        ("akar.pem", "akar.pem"),
        ("cap.json", "cap/1.json"),
        ("cap.tsr", "cap/1.tsr"),
        ("riwayat.jsonl.gz", "ekspor"),
        ("tanpa.jsonl.gz", "ekspor?teks=tanpa"),
    ):
        got = client.get(f"{PAGE}/{address}")
        assert got.status_code == 200 and got.headers["Cache-Control"] == "private, no-store"
        (tmp_path / name).write_bytes(got.data)
    root = (tmp_path / "akar.pem").read_bytes()
    for name in ("riwayat.jsonl.gz", "tanpa.jsonl.gz"):
        report = verify(File(tmp_path / name), roots=[root])
        assert (report.bends, report.notes, report.checkpoints) == ([], [], 1)
    assert b'"texts":{' not in gzip.decompress((tmp_path / "tanpa.jsonl.gz").read_bytes())
    when = str(int(sealed.now.timestamp()))
    words = ["-in", "cap.tsr", "-data", "cap.json", "-CAfile", "akar.pem", "-attime", when]
    run = subprocess.run(["openssl", "ts", "-verify", "-token_in", *words], cwd=tmp_path, capture_output=True)
    assert run.returncode == 0, run
    for address in ("cap/2.json", f"cap/{10**30}.tsr", "cap/1.exe"):
        assert client.get(f"{PAGE}/{address}").status_code == 404
    assert sealed.sign_in(sealed.secretariat).get(f"{PAGE}/ekspor").status_code == 403


@pytest.mark.database("sqlite")
def test_what_takes_too_long_for_a_page_is_for_the_shell(sealed: World, monkeypatch: Any) -> None:
    monkeypatch.setattr(history, "MOST", 1)
    client = sealed.sign_in(sealed.person("admin"))
    page = client.get(PAGE).text
    assert "randal audit verify" in page and "Periksa sekarang" not in page
    assert "randal audit verify" in client.post(f"{PAGE}/periksa").text
    assert examining.last() is None
    assert "randal audit export" in client.get(f"{PAGE}/ekspor").text


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("width", [390, 1280])
def test_seen_in_a_browser(sealed: World, sign_in_browser: Any, axe: Any, width: int) -> None:
    page = sign_in_browser(sealed.person("auditor"), width=width)
    page.goto(PAGE)
    page.click("button:has-text('Periksa sekarang')")
    page.wait_for_selector("text=riwayat utuh")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    axe(page)
