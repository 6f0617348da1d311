"""A file that was answered as stored is there after a power cut: on a disk that keeps only what was synced."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from ops.processes import ROOT
from randal.base import durable
from randal.database.base import db
from randal.settings import read_settings
from randal.storage import blobs
from randal.storage.files import StoredFile
from tests.backup.conftest import Lived, programs_of_the_server  # noqa: F401
from tests.follow_ups.conftest import Story, png
from tests.nodes.conftest import Node
from tests.shim.forgetful import Notes, watch
from tests.world import World


@pytest.fixture
def disk(tmp_path: Path) -> Callable[[Path], Any]:
    """`with disk(folder) as left: …`, then `left()` is the folder as a power cut at this moment leaves it."""

    @contextmanager
    def watching(folder: Path) -> Iterator[Callable[[], Path]]:
        notes = Notes(folder, tmp_path / "notes")
        notes.settle()
        end = watch(notes)
        try:
            yield lambda: notes.left(tmp_path / "after")
        finally:
            end()

    return watching


def lost(files: Path) -> list[tuple[str, int]]:
    """The files that the database names and this storage does not hold as they were: name, bytes that are left."""
    found = []
    for row in db.session.scalars(select(StoredFile)):
        path = files / row.sha256[:2] / row.sha256
        data = path.read_bytes() if path.exists() else b""
        if hashlib.sha256(data).hexdigest() != row.sha256:
            found.append((row.name, len(data)))
    return found


def test_the_disk_of_these_tests_forgets(disk: Any, tmp_path: Path) -> None:
    """No test that cannot fail: what is not synced is not there afterwards."""
    root = tmp_path / "disk"
    root.mkdir()
    with disk(root) as left:
        (root / "written").write_bytes(b"contoh")
        with (root / "synced").open("wb") as file:
            file.write(b"contoh")
            file.flush()
            os.fsync(file.fileno())
            (root / "late").write_bytes(b"contoh")
            durable.sync(root)
        durable.make_folder(root / "a" / "b")
        durable.write(root / "a" / "b" / "whole", b"contoh")
        (root / "renamed.part").write_bytes(b"contoh")
        durable.sync(root / "renamed.part")
        (root / "renamed.part").rename(root / "renamed")
        after = left()
    there = {p.relative_to(after).as_posix(): p.stat().st_size for p in after.rglob("*") if p.is_file()}
    assert there == {"written": 0, "synced": 6, "late": 0, "a/b/whole": 6}


def test_every_file_that_the_database_names(
    world: World, app: Flask, drain: Callable[[], int], disk: Any
) -> None:
    """Evidence with its pictures, papers drawn by the worker, minutes signed twice: whatever a room stores."""
    settings = app.config["RANDAL"]
    settings.data_dir.mkdir(exist_ok=True)
    with disk(settings.data_dir) as left:
        Lived(world, drain)
        after = left()
    rows = list(db.session.scalars(select(StoredFile)))
    assert len(rows) >= 5 and {row.mime for row in rows} >= {"application/pdf", "image/png"}
    assert lost(after / "files") == []


@pytest.mark.database("sqlite")
def test_what_a_web_process_answered_with_201(world: World, app: Flask, tmp_path: Path) -> None:
    """The process is killed as soon as it has answered; nothing had the time to be written later."""
    story, token = Story(world), world.token(world.ppk("ID-BB"))
    item = story.assigned()
    settings = replace(app.config["RANDAL"], storage_url=f"file://{tmp_path / 'files'}", now=None)
    (tmp_path / "files").mkdir()
    notes = Notes(tmp_path / "files", tmp_path / "notes")
    notes.settle()
    shim = ROOT / "tests/shim"
    watched = {
        "RANDAL_TEST_DISK": str(notes.root),
        "RANDAL_TEST_NOTES": str(notes.notes),
        "PYTHONPATH": str(shim),
    }
    node = Node(settings, tmp_path / "web.log", **watched, RANDAL_NOW=world.now.isoformat())
    db.session.commit()
    try:
        node.serve()
        path = f"/follow-ups/{item['id']}/evidence"
        answer = node.api("POST", path, token, file=("contoh.png", png(64)))
        assert answer.status == 201, answer.text
    finally:
        node.stop()
    db.session.expire_all()
    assert db.session.scalars(select(StoredFile)).first() and lost(notes.left(tmp_path / "after")) == []


@pytest.mark.database("sqlite")
def test_the_same_bytes_while_the_first_upload_is_on_its_way(app: Flask, disk: Any) -> None:
    """A second upload finds the blob that the first has not yet synced: its answer holds as well."""
    folder = app.config["RANDAL"].data_dir / "files"
    blobs.keep(b"yang pertama")
    data = b"contoh bukti"
    sha256 = hashlib.sha256(data).hexdigest()
    with disk(folder) as left:
        place = folder / sha256[:2] / sha256
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(data)  # as an earlier version left it, or another process a moment ago
        assert blobs.keep(data) == sha256
        after = left()
    assert (after / sha256[:2] / sha256).read_bytes() == data


@pytest.mark.database("sqlite")
def test_the_secret_and_the_root_key_outside(
    app: Flask, disk: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without either of them nobody opens the authority again."""
    root = tmp_path / "disk"
    root.mkdir()
    monkeypatch.delenv("RANDAL_SECRET_KEY", raising=False)
    monkeypatch.setenv("RANDAL_DATA_DIR", str(root / "instance"))
    with disk(root) as left:
        secret = read_settings().secret_key
        words = ["randal", "ca", "root-out", str(root / "akar.key")]
        out = app.test_cli_runner().invoke(args=words, env={"RANDAL_ROOT_PASSPHRASE": "frasa lemari contoh"})
        assert out.exit_code == 0, out.output
        after = left()
    assert (after / "instance" / "secret_key").read_text() == secret and len(secret) > 40
    assert b"ENCRYPTED" in (after / "akar.key").read_bytes()


def test_a_backup_that_said_it_is_complete(
    app: Flask,
    world: World,
    disk: Any,
    tmp_path: Path,
    programs_of_the_server: None,  # noqa: F811
) -> None:
    root = tmp_path / "disk"
    root.mkdir()
    blobs.keep(b"contoh")
    with disk(root) as left:
        made = app.test_cli_runner().invoke(args=["randal", "backup", str(root / "malam")])
        assert made.exit_code == 0, made.output
        after = left()
    before = {p.relative_to(root): p.read_bytes() for p in root.rglob("*") if p.is_file()}
    assert {p.relative_to(after): p.read_bytes() for p in after.rglob("*") if p.is_file()} == before
