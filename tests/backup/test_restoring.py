"""Restoring: into an empty place, wholly or not at all, from an older revision, with the right secret key."""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import s3fs
from alembic.script import ScriptDirectory
from flask import Flask
from moto.server import ThreadedMotoServer
from sqlalchemy import text

from randal.backup import snapshot
from randal.database.base import db
from randal.org import bootstrap
from randal.signatures import installed
from randal.storage import blobs
from randal.storage.files import StoredFile
from tests.backup import facts
from tests.backup.conftest import Elsewhere, Run

BOTH = pytest.mark.parametrize("target", ["sqlite", "postgresql"])


def refused(run: Run, place: Flask, folder: Path, *said: str) -> None:
    result = run(place, "restore", folder)
    assert result.exit_code == 1 and len(result.output.strip().splitlines()) == 1, result.output
    for words in said:
        assert words in result.output, result.output


@BOTH
@pytest.mark.database("sqlite")
def test_a_place_with_tables_is_left_alone(saved: Path, run: Run, elsewhere: Elsewhere, target: str) -> None:
    place = elsewhere.place(target)
    with place.app_context():
        bootstrap.make_tables()
        bootstrap.load_provinces()
        db.session.commit()
    before = facts.rows(place)
    refused(run, place, saved, "sudah berisi", "tabel")
    assert facts.rows(place) == before


@pytest.mark.database("sqlite")
def test_an_authority_or_files_are_left_alone(saved: Path, run: Run, elsewhere: Elsewhere) -> None:
    place = elsewhere.place("sqlite")
    folder = installed.old_folder(place.config["RANDAL"])
    folder.mkdir(parents=True)
    refused(run, place, saved, "Otoritas sertifikat sudah ada")
    folder.rmdir()
    with place.app_context():
        blobs.works()
        foreign = blobs.keep(b"milik orang lain")
    refused(run, place, saved, "Penyimpanan", "--keep-files")
    with place.app_context():
        assert blobs.read(foreign)
        blobs.remove(foreign)
    assert run(place, "restore", saved).exit_code == 0, "what `randal check` leaves there is no file"


@pytest.mark.database("sqlite")
def test_onto_the_storage_that_outlived_its_database(
    saved: Path, modest: Flask, run: Run, elsewhere: Elsewhere
) -> None:
    """The same file is used, a damaged one is mended, a missing one added; and others stay."""
    place = elsewhere.place("sqlite")
    sha256 = db.session.query(StoredFile).one().sha256
    with place.app_context():
        foreign = blobs.keep(b"milik orang lain")
        blob = place.config["RANDAL"].data_dir / "files" / sha256[:2] / sha256
        blob.parent.mkdir()
        blob.write_bytes(b"rusak")
    assert run(place, "restore", "--keep-files", saved).exit_code == 0
    with place.app_context():
        assert blobs.read(foreign) and facts.check_files() == 1


@pytest.mark.database("sqlite")
def test_another_secret_key(saved: Path, run: Run, elsewhere: Elsewhere) -> None:
    place = elsewhere.place("sqlite", secret_key="rahasia lain")
    refused(run, place, saved, "Kunci rahasia berbeda", "RANDAL_SECRET_KEY")
    assert facts.is_empty(place)


@pytest.mark.database("sqlite")
def test_an_own_secret_key_comes_along(modest: Flask, run: Run, elsewhere: Elsewhere, tmp_path: Path) -> None:
    settings = modest.config["RANDAL"]
    (settings.data_dir / "secret_key").write_text(settings.secret_key)
    result = run(modest, "backup", tmp_path / "cadangan")
    assert result.exit_code == 0 and "tidak ikut" not in result.output
    assert (tmp_path / "cadangan" / "secret_key").stat().st_mode & 0o777 == 0o600

    given = elsewhere.place("sqlite", secret_key="dari lingkungan")
    refused(run, given, tmp_path / "cadangan", "Kunci rahasia berbeda")
    # A fresh place has made itself a key at its first start.
    fresh = elsewhere.place("sqlite", secret_key="dibuat saat mulai")
    kept = fresh.config["RANDAL"].data_dir / "secret_key"
    kept.write_text("dibuat saat mulai")
    assert run(fresh, "restore", tmp_path / "cadangan").exit_code == 0
    assert kept.read_text() == settings.secret_key and kept.stat().st_mode & 0o777 == 0o600
    installed.open_authority(replace(fresh.config["RANDAL"], secret_key=kept.read_text()))


@BOTH
def test_an_older_revision_is_brought_up(
    run: Run, elsewhere: Elsewhere, tmp_path: Path, target: str, database_url: str
) -> None:
    old = elsewhere.place(database_url.split(":")[0].split("+")[0], name="older")
    first = ScriptDirectory(str(bootstrap.MIGRATIONS)).get_base()
    with old.app_context():
        snapshot.bring(db.engine, str(first))
        with db.engine.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO events (item_type, item_id, seq, move, to_state, hat, at, data) VALUES "
                    "('finding', 7, 1, 'create', 'recorded', '', '2018-06-25 02:00:00.000000', '{\"a\": [1, null]}')"
                )
            )
    result = run(old, "backup", tmp_path / "cadangan")
    assert result.exit_code == 0 and f"skema {first}" in result.output, result.output
    place = elsewhere.place(target)
    result = run(place, "restore", tmp_path / "cadangan")
    assert result.exit_code == 0 and f"dinaikkan dari {first}" in result.output, result.output
    with place.app_context():
        assert bootstrap.present_revision() == bootstrap.newest_revision()
        facts.check_chains()


@pytest.mark.database("sqlite")
def test_a_newer_revision_is_refused(saved: Path, modest: Flask, run: Run, elsewhere: Elsewhere) -> None:
    shutil.rmtree(saved)
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert run(modest, "backup", saved).exit_code == 0
    refused(run, elsewhere.place("sqlite"), saved, "lebih baru", "9999")


@pytest.mark.database("postgresql")
def test_portable_without_pg_restore(
    saved: Path,
    modest: Flask,
    run: Run,
    elsewhere: Elsewhere,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place = elsewhere.place("postgresql")
    monkeypatch.setenv("PATH", str(tmp_path))
    refused(run, place, saved, "pg_restore tidak ditemukan")
    assert facts.is_empty(place)
    assert run(place, "restore", "--portable", saved).exit_code == 0
    there, here = facts.rows(place), facts.rows(modest)
    assert next(row for row in here.pop("settings") if row not in there["settings"])[0] == "last_backup"
    there.pop("settings")
    assert there == here


@pytest.mark.database("sqlite")
def test_what_fails_on_the_way_is_taken_back(
    modest: Flask, run: Run, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    """A row that refers to nothing: SQLite was made to keep it, PostgreSQL refuses it in the middle of the restore."""
    with db.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        connection.exec_driver_sql("UPDATE files SET created_by_id = 4711")
        connection.exec_driver_sql("PRAGMA foreign_keys = ON")
        connection.exec_driver_sql("BEGIN")
    assert run(modest, "backup", tmp_path / "cadangan").exit_code == 0
    place = elsewhere.place("postgresql")
    refused(run, place, tmp_path / "cadangan", "Tabel files tidak dapat disalin")
    assert facts.is_empty(place)


@BOTH
def test_a_backup_whose_database_lies_there_as_it_is(
    saved: Path, modest: Flask, run: Run, elsewhere: Elsewhere, target: str
) -> None:
    """As versions before packed nothing."""
    with gzip.open(saved / "randal.db.gz") as packed:
        data = packed.read()
    (saved / "randal.db.gz").unlink()
    (saved / "randal.db").write_bytes(data)
    manifest = json.loads((saved / "manifest.json").read_text())
    for entry in manifest["entries"]:
        if entry["path"] == "randal.db.gz":
            entry |= {"path": "randal.db", "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    whole = json.dumps(manifest).encode()
    (saved / "manifest.json").write_bytes(whole)
    (saved / "manifest.json.sha256").write_text(f"{hashlib.sha256(whole).hexdigest()}  manifest.json\n")
    place = elsewhere.place(target)
    assert run(place, "restore", "--portable", saved).exit_code == 0
    with place.app_context():
        assert facts.check_files() == 1 and facts.check_history()


@BOTH
def test_a_bent_history_arrives_as_bent(
    modest: Flask, run: Run, elsewhere: Elsewhere, tmp_path: Path, target: str
) -> None:
    """A backup is evidence too: what somebody did behind the application must be there for the audit to name."""
    _behind_the_guards("UPDATE events SET hash = prev WHERE seq = 1")
    _behind_the_guards("UPDATE events SET seq = seq + 5 WHERE seq > 1")
    bent = facts.rows(modest)["events"]
    assert run(modest, "backup", tmp_path / "cadangan").exit_code == 0
    place = elsewhere.place(target)
    result = run(place, "restore", tmp_path / "cadangan")
    assert result.exit_code == 0, result.output
    assert facts.rows(place)["events"] == bent
    audited = run(place, "audit", "verify")
    assert audited.exit_code == 1 and "finding 1, peristiwa 1" in audited.output, audited.output
    with (
        place.app_context(),
        pytest.raises(Exception, match="riwayat tidak dapat diubah"),
        db.engine.begin() as c,
    ):
        c.execute(text("UPDATE events SET hash = prev"))


def _behind_the_guards(statement: str) -> None:
    with db.engine.begin() as connection:
        if db.engine.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE events DISABLE TRIGGER USER"))
            connection.execute(text(statement))
            connection.execute(text("ALTER TABLE events ENABLE TRIGGER USER"))
            return
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'events'"
        guards = connection.execute(text(query)).all()
        for name, _ in guards:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.execute(text(statement))
        for _, made in guards:
            connection.exec_driver_sql(made)


@pytest.mark.database("sqlite")
def test_through_an_object_store(
    app: Flask, run: Run, elsewhere: Elsewhere, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        _, port = server.get_host_and_port()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "contoh")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "contoh")
        place = elsewhere.place("sqlite", storage_url="s3://contoh-dari/berkas")
        with place.app_context():
            bootstrap.make_tables()
            blobs._storage("s3://contoh-dari/berkas")[0].makedirs("contoh-dari")
            blobs._storage("s3://contoh-ke")[0].makedirs("contoh-ke")
            sha256 = blobs.keep(b"isi contoh")
            now = app.config["RANDAL"].now
            db.session.add(StoredFile(sha256=sha256, size=10, mime="x/y", name="contoh", created_at=now))
            db.session.commit()
            db.session.remove()
        assert run(place, "backup", tmp_path / "cadangan").exit_code == 0
        assert (tmp_path / "cadangan" / "files" / sha256[:2] / sha256).read_bytes() == b"isi contoh"
        there = elsewhere.place("sqlite", name="there", storage_url="s3://contoh-ke")
        with there.app_context():
            assert blobs.is_empty()
        result = run(there, "restore", tmp_path / "cadangan")
        assert result.exit_code == 0, result.output
        with there.app_context():
            assert facts.check_files() == 1 and not blobs.is_empty()
        again = elsewhere.place("sqlite", name="there", storage_url="s3://contoh-ke")
        refused(run, again, tmp_path / "cadangan", "Penyimpanan")
    finally:
        server.stop()
        blobs._storage.cache_clear()
        s3fs.S3FileSystem.clear_instance_cache()


def test_the_manifest_says_what_is_in_it(saved: Path, modest: Flask) -> None:
    manifest = json.loads((saved / "manifest.json").read_text())
    assert manifest["database"] == db.engine.dialect.name
    assert manifest["revision"] == bootstrap.newest_revision()
    here = {name: len(found) for name, found in facts.rows(modest).items()}
    assert manifest["tables"] == here | {"settings": here["settings"] - 1}, (
        "but for what was noted of the backup"
    )
