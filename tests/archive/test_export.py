"""A meeting as one zip: taken to another machine it proves itself with tools that everybody has."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from randal.audit import checkpoints
from randal.audit.reading import File
from randal.audit.verifying import verify
from randal.database.base import db
from randal.rooms.archive import contents, export
from tests.backup.conftest import Lived
from tests.world import World

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def taken(lived: Lived, world: World, drain: Callable[[], int], tmp_path: Path) -> Path:
    """The archive of the meeting, asked for by the API and unpacked elsewhere."""
    for person in (world.ppk("ID-BB"), world.secretariat):
        person.nip, person.phone = "196608011988031001", "081234567890"
    checkpoints.make(world.now)
    db.session.commit()
    api = world.api(world.secretariat)
    asked = api.post(f"/meetings/{lived.meeting.id}/archive")
    assert asked.status_code == 202, asked.json
    drain()
    told = api.get(f"/documents/{asked.json['id']}").json
    assert (told["state"], told["mime"]) == ("ready", "application/zip"), told
    data = api.get(f"/documents/{asked.json['id']}/file").data
    (tmp_path / "arsip.zip").write_bytes(data)
    folder = tmp_path / "arsip"
    with zipfile.ZipFile(tmp_path / "arsip.zip") as packed:
        packed.extractall(folder)
    return folder


def run(folder: Path, *words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, cwd=cwd or folder, capture_output=True, text=True)


def test_it_verifies_where_there_is_no_randal(taken: Path, app: Flask) -> None:
    sums = run(taken, "sha256sum", "-c", "--strict", "SHA256SUMS")
    assert sums.returncode == 0, sums.stdout + sums.stderr
    stamp = run(taken, "openssl", "ts", "-verify", "-token_in", "-in", "SHA256SUMS.tsr", "-data", "SHA256SUMS",
                "-CAfile", "otoritas/akar.pem")  # fmt: skip
    assert "Verification: OK" in stamp.stdout + stamp.stderr
    audit = run(taken, sys.executable, "-m", "randal.audit", str(taken / "riwayat/riwayat.jsonl"),
                "--root", str(taken / "otoritas/akar.pem"), cwd=ROOT)  # fmt: skip
    assert audit.returncode == 0 and "Riwayat utuh." in audit.stdout and "kutipan" in audit.stdout, (
        audit.stdout
    )
    minutes = next((taken / "dokumen").glob("*-notula-*[0-9a-z].pdf"))
    known = json.loads((taken / "MANIFEST.json").read_text())
    entry = next(one for one in known["documents"] if one["kind"] == "minutes")
    assert (taken / entry["file"]).exists() and len(entry["earlier_versions"]) == 2 and minutes.exists()
    judged = app.test_cli_runner().invoke(
        args=["randal", "verify", str(taken / entry["file"]), "--root", str(taken / "otoritas/akar.pem"),
              "--manifest", str(taken / entry["manifest"])])  # fmt: skip
    assert judged.exit_code == 0, judged.output


def test_what_is_changed_in_it_is_found(taken: Path) -> None:
    history = taken / "riwayat" / "riwayat.jsonl"
    lines = history.read_bytes().splitlines(keepends=True)
    place = next(n for n, line in enumerate(lines) if b'"kind":"event"' in line)
    history.write_bytes(b"".join(lines[:place] + lines[place + 1 :]))
    assert verify(File(history), roots=[(taken / "otoritas/akar.pem").read_bytes()]).count
    assert run(taken, "sha256sum", "-c", "SHA256SUMS").returncode != 0


def test_it_holds_the_whole_meeting_and_nobodys_number(taken: Path) -> None:
    data = {path.stem: json.loads(path.read_text()) for path in (taken / "data").glob("*.json")}
    assert {
        "meetings",
        "attendance",
        "objectives",
        "agenda_items",
        "minutes",
        "minutes_sections",
        "signatures",
    } <= set(data)
    everything = b"".join(
        path.read_bytes() for path in taken.rglob("*") if path.suffix in (".json", ".jsonl", ".txt")
    )
    for private in (b"196608011988031001", b"081234567890", b"contoh.example", b"password"):
        assert private not in everything
    people = {row["id"] for row in data["orang"]}
    assert {row["signer_id"] for row in data["signatures"]} <= people
    readme = (taken / "BACA-SAYA.txt").read_text()
    assert "sha256sum -c SHA256SUMS" in readme and "{" not in readme and "None" not in readme


def test_evidence_of_its_follow_ups_comes_along(
    lived: Lived, world: World, drain: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    from randal.models.follow_ups import Evidence

    meeting = db.session.query(Evidence).one().follow_up.meeting
    rows = contents.rows_of(meeting)
    assert len(rows["evidence"]) == 1 and len(contents.files_of(rows)) == 1
    assert export.uploads_of(rows)[1] == []
    monkeypatch.setattr(export, "MOST", 10)
    here, left = export.uploads_of(rows)
    assert not here and left[0]["sha256"]


def test_only_who_sees_all_asks_for_it_and_reads_it(
    lived: Lived, world: World, drain: Callable[[], int]
) -> None:
    path = f"/meetings/{lived.meeting.id}/archive"
    assert world.api(world.ppk("ID-BB")).post(path).status_code == 403
    asked = world.api(world.evaluator).post(path).json
    drain()
    ppk = world.api(world.ppk("ID-BB"))
    assert ppk.get(f"/documents/{asked['id']}").status_code == 404
    assert ppk.get(f"/documents/{asked['id']}/file").status_code == 404
    assert world.api(world.secretariat).get(f"/documents/{asked['id']}/file").status_code == 200
    running = world.meeting("in_session")
    assert world.api(world.secretariat).post(f"/meetings/{running.id}/archive").status_code == 409


def test_the_rooms_page_has_the_button(lived: Lived, world: World, client: Any) -> None:
    page = world.sign_in(world.secretariat).get(f"/rapat/{lived.meeting.id}?bagian=dokumen")
    assert "Buat arsip rapat" in page.text
    assert (
        "Buat arsip rapat"
        not in world.sign_in(world.ppk("ID-BB")).get(f"/rapat/{lived.meeting.id}?bagian=dokumen").text
    )
    sent = world.sign_in(world.secretariat).post(f"/rapat/{lived.meeting.id}/arsip")
    assert sent.status_code == 303 and "/dokumen/" in sent.location
