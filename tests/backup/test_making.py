"""What a backup is made of, who may read it, and what is said when it cannot be made."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from ops.processes import ROOT
from randal import create_app
from randal.database.base import db
from randal.storage.files import StoredFile
from tests.backup import facts
from tests.backup.conftest import Elsewhere, Run
from tests.world import World


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_it_is_closed_to_others_and_proves_itself(modest: Flask, run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "malam" / "cadangan"
    result = run(modest, "backup", folder)
    assert result.exit_code == 0, result.output
    assert {mode(p) for p in (folder, *folder.rglob("*")) if p.is_dir()} == {0o700}
    assert {mode(p) for p in folder.rglob("*") if p.is_file()} == {0o600}
    digest = hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()
    assert result.output.splitlines()[-1] == f"SHA-256 manifest.json: {digest}"
    checked = subprocess.run(["sha256sum", "-c", "manifest.json.sha256"], cwd=folder, capture_output=True)
    assert checked.returncode == 0
    postgres = modest.config["RANDAL"].database_url.startswith("postgresql")
    assert (folder / "randal.dump").exists() == postgres
    assert not list(folder.glob("*.partial")) and not (folder / "randal.db-wal").exists()
    # The secret key came from outside: it stays there.
    assert "simpan RANDAL_SECRET_KEY" in result.output and not (folder / "secret_key").exists()
    secret = modest.config["RANDAL"].secret_key.encode()
    assert not [p for p in folder.rglob("*") if p.is_file() and secret in p.read_bytes()]


@pytest.mark.database("sqlite")
def test_each_into_a_folder_of_its_own(saved: Path, modest: Flask, run: Run, tmp_path: Path) -> None:
    kept = {path: path.stat().st_mtime_ns for path in saved.rglob("*")}
    again = run(modest, "backup", saved)
    assert again.exit_code == 1 and "tidak kosong" in again.output
    assert {path: path.stat().st_mtime_ns for path in saved.rglob("*")} == kept
    (tmp_path / "lain").mkdir()
    assert run(modest, "backup", tmp_path / "lain").exit_code == 0
    assert mode(tmp_path / "lain") == 0o700

    (tmp_path / "sibuk" / "cadangan.partial").mkdir(parents=True)
    busy = run(modest, "backup", tmp_path / "sibuk")
    assert busy.exit_code == 1 and "pencadangan lain" in busy.output
    assert (tmp_path / "sibuk" / "cadangan.partial").exists()


@pytest.mark.database("sqlite")
def test_a_place_that_cannot_be_written(modest: Flask, run: Run, tmp_path: Path) -> None:
    (tmp_path / "berkas").write_text("bukan folder")
    result = run(modest, "backup", tmp_path / "berkas" / "cadangan")
    assert result.exit_code == 1 and len(result.output.splitlines()) == 1
    assert "Cadangan tidak dapat dibuat" in result.output and "berkas" in result.output


def test_a_full_disk_leaves_nothing_behind(
    modest: Flask, environment: dict[str, str], tmp_path: Path
) -> None:
    """Files of this process may not grow beyond 60 kB: to it, the disk is full."""
    db.session.remove()
    words = [sys.executable, "-m", "flask", "--app", "wsgi", "randal", "backup", str(tmp_path / "penuh")]
    limited = ["bash", "-c", 'trap "" XFSZ; ulimit -f 60; exec "$@"', "bash", *words]
    result = subprocess.run(limited, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert result.returncode == 1 and "Traceback" not in result.stderr, result.stderr
    assert "adangan" in result.stderr or "pg_dump gagal" in result.stderr or "disk" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1, result.stderr
    assert not (tmp_path / "penuh").exists()


@pytest.mark.database("sqlite")
def test_what_the_storage_has_lost_is_named_and_the_rest_is_kept(
    modest: Flask, run: Run, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    sha256 = db.session.query(StoredFile).one().sha256
    settings = modest.config["RANDAL"]
    blob = settings.data_dir / "files" / sha256[:2] / sha256
    blob.write_bytes(b"lain")
    folder = tmp_path / "cadangan"
    owner = World(modest).person("ppk", "ID-BB", email="pemilik@contoh.example")
    db.session.query(StoredFile).one().created_by_id = owner.id
    db.session.commit()
    result = run(modest, "backup", folder, "--keep-days", 1)
    assert result.exit_code == 1 and sha256 in result.output and "selebihnya tercadangkan" in result.output
    assert "«contoh.png»" in result.output and owner.name in result.output, "named with its owner"
    assert json.loads((folder / "manifest.json").read_text())["lost"] == [sha256]
    place = elsewhere.place("sqlite")
    restored = run(place, "restore", folder)
    assert restored.exit_code == 0 and sha256 in restored.output and owner.name in restored.output
    with place.app_context():
        assert facts.check_history()


@pytest.mark.database("sqlite")
def test_a_database_without_tables(elsewhere: Elsewhere, run: Run, tmp_path: Path) -> None:
    result = run(elsewhere.place("sqlite"), "backup", tmp_path / "cadangan")
    assert result.exit_code == 1 and "randal init" in result.output
    assert not (tmp_path / "cadangan").exists()


@pytest.mark.database("postgresql")
def test_pg_dump_is_there_and_not_older_than_the_server(
    modest: Flask, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = os.environ["PATH"]
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    missing = run(modest, "backup", tmp_path / "cadangan")
    assert missing.exit_code == 1 and "pg_dump tidak ditemukan; pasang" in missing.output
    old = tmp_path / "bin" / "pg_dump"
    old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.24'\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{path}")
    older = run(modest, "backup", tmp_path / "cadangan")
    assert older.exit_code == 1 and "pg_dump 9 lebih tua" in older.output
    assert not (tmp_path / "cadangan").exists()


@pytest.mark.database("postgresql")
def test_the_password_is_on_no_command_line(
    modest: Flask, run: Run, tmp_path: Path, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin").mkdir()
    for name in ("pg_dump", "pg_restore"):
        recorder = tmp_path / "bin" / name
        recorder.write_text(
            f'#!/bin/sh\necho "$@" >>{tmp_path}/words\necho "$PGPASSWORD" >>{tmp_path}/passwords\n'
            f'exec {shutil.which(name)} "$@"\n'
        )
        recorder.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    settings = modest.config["RANDAL"]
    url = settings.database_url.replace("postgres:@", "postgres:sandi-contoh@")
    assert "sandi-contoh" in url
    with_password = create_app(replace(settings, database_url=url))
    elsewhere.made.append(with_password)
    assert run(with_password, "backup", tmp_path / "cadangan").exit_code == 0
    place = elsewhere.place("postgresql")
    assert run(place, "restore", tmp_path / "cadangan").exit_code == 0
    words = (tmp_path / "words").read_text()
    assert "--snapshot=" in words and "--single-transaction" in words and "sandi-contoh" not in words
    assert "sandi-contoh" in (tmp_path / "passwords").read_text()
