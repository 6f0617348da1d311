"""What the storage does with a blob that is not what its name says, and with a place that is not there or refuses."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import s3fs
from flask import Flask
from moto.server import ThreadedMotoServer

from randal.backup import stored_files
from randal.base import durable
from randal.database.base import db
from randal.l10n import clock
from randal.storage import blobs
from randal.storage.blobs import LostFile, StorageDown
from randal.storage.files import StoredFile
from tests.follow_ups.conftest import Story, png
from tests.world import World

pytestmark = pytest.mark.database("sqlite")
DATA = b"contoh isi yang benar"
NAME = hashlib.sha256(DATA).hexdigest()


@pytest.fixture(params=["disk", "object store"])
def place(request: pytest.FixtureRequest, app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The storage, on a disk and in a bucket: `place(data)` puts bytes under the name of DATA, None takes them away."""
    settings = app.config["RANDAL"]
    if request.param == "disk":
        blob = settings.data_dir / "files" / NAME[:2] / NAME

        def bend(data: bytes | None) -> None:
            blob.parent.mkdir(parents=True, exist_ok=True)
            blob.unlink(missing_ok=True) if data is None else blob.write_bytes(data)

        yield bend
        return
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.get_host_and_port()[1]}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "contoh")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "contoh")
    bucket = f"contoh-{secrets.token_hex(4)}"  # what one server was told, the next one of this process knows
    app.config["RANDAL"] = replace(settings, storage_url=f"s3://{bucket}/berkas")
    store = blobs._storage(f"s3://{bucket}/berkas")[0]
    store.makedirs(bucket)
    path = f"{bucket}/berkas/{NAME[:2]}/{NAME}"
    yield lambda data: store.rm(path) if data is None else store.pipe_file(path, data)
    server.stop()
    blobs._storage.cache_clear()
    s3fs.S3FileSystem.clear_instance_cache()


@pytest.mark.parametrize("bent", [b"", DATA[:-3], DATA[:-1] + b"R", DATA + b"x", None])
def test_the_next_upload_of_the_same_bytes_mends_it(place: Any, world: World, bent: bytes | None) -> None:
    owner = world.person("ppk", "ID-BB")
    assert blobs.keep(DATA) == NAME and blobs.read(NAME) == DATA
    row = StoredFile(sha256=NAME, size=len(DATA), mime="x/y", name="foto lapangan.jpg", created_at=world.now)
    row.created_by_id = owner.id
    db.session.add(row)
    db.session.commit()
    assert stored_files.faults() == ([], 0)
    place(bent)
    with pytest.raises(LostFile):
        blobs.read(NAME)
    (fault,), _unread = stored_files.faults()
    assert "foto lapangan.jpg" in str(fault) and owner.name in str(fault), "by name and owner"
    assert blobs.keep(DATA) == NAME and blobs.read(NAME) == DATA
    assert stored_files.faults() == ([], 0)


def test_check_names_a_lost_file_and_whose_it_is(app: Flask, world: World) -> None:
    story = Story(world)
    item = story.assigned()
    assert story.upload(item, "bukti serah terima.png", png()).status_code == 201
    row = db.session.query(StoredFile).filter_by(name="bukti serah terima.png").one()
    blob = app.config["RANDAL"].data_dir / "files" / row.sha256[:2] / row.sha256
    blob.write_bytes(blob.read_bytes()[:-1] + b"?")
    db.session.commit()
    said = app.test_cli_runner().invoke(args=["randal", "check"])
    line = next(line for line in said.output.splitlines() if "Berkas:" in line)
    assert said.exit_code == 1 and line.startswith("RUSAK"), said.output
    for words in ("bukti serah terima.png", world.ppk("ID-BB").name, "evidence", "isinya berubah"):
        assert words in line, line


def test_a_bucket_that_is_missing_is_an_error_and_is_not_made(place: Any, app: Flask, tmp_path: Path) -> None:
    """Likewise a folder that somebody named and nobody mounted."""
    s3 = app.config["RANDAL"].storage_url.startswith("s3")
    elsewhere = "s3://salah-ketik/berkas" if s3 else f"file://{tmp_path}/salah-ketik"
    app.config["RANDAL"] = replace(app.config["RANDAL"], storage_url=elsewhere)
    for use in (blobs.works, lambda: blobs.keep(DATA), lambda: blobs.read(NAME)):
        with pytest.raises(StorageDown, match="tempat penyimpanan tidak ada") as down:
            use()
        assert "RANDAL_STORAGE_URL" in down.value.why and "salah-ketik" not in str(down.value)
    store, root = blobs._storage(elsewhere)
    store.invalidate_cache()
    assert not store.exists(root.split("/", 1)[0] if s3 else root)
    said = app.test_cli_runner().invoke(args=["randal", "check"])
    line = next(line for line in said.output.splitlines() if "Penyimpanan" in line)
    assert said.exit_code == 1 and line.startswith("RUSAK") and "salah-ketik" in line


def test_the_own_folder_is_made_before_the_first_file_and_not_after(app: Flask, tmp_path: Path) -> None:
    folder = tmp_path / "data" / "files"
    app.config["RANDAL"] = replace(app.config["RANDAL"], data_dir=tmp_path, storage_url=f"file://{folder}")
    row = StoredFile(
        sha256=blobs.keep(DATA), size=len(DATA), mime="text/plain", name="contoh.txt", created_at=clock.now()
    )
    db.session.add(row)
    db.session.commit()
    folder.rename(away := folder.with_name("away"))
    for use in (blobs.works, lambda: blobs.keep(DATA + b"2"), lambda: blobs.read(NAME)):
        with pytest.raises(StorageDown, match="tempat penyimpanan tidak ada"):
            use()
    assert not folder.exists()
    away.rename(folder)
    assert blobs.read(NAME) == DATA


@pytest.mark.parametrize(
    ("code", "said"), [(errno.ENOSPC, "penuh"), (errno.EROFS, "hanya dapat dibaca"), (errno.EIO, "rusak")]
)
def test_a_full_or_read_only_disk(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch, code: int, said: str
) -> None:
    """What was full or read-only said "baik": the check writes something new each time. People get a sentence."""
    story = Story(world)
    item = story.assigned()
    blobs.works()
    real = os.open

    def refuse(path: Any, flags: int, *more: Any, **kw: Any) -> int:
        if flags & os.O_CREAT and "/files/" in str(path):
            raise OSError(code, os.strerror(code), str(path))
        return real(path, flags, *more, **kw)

    monkeypatch.setattr(os, "open", refuse)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    answer = story.upload(item, "bukti.png", png())
    assert answer.status_code == 503 and said in answer.json["detail"]
    checked = app.test_cli_runner().invoke(args=["randal", "check"])
    line = next(line for line in checked.output.splitlines() if "Penyimpanan" in line)
    assert checked.exit_code == 1 and line.startswith("RUSAK") and said in line
    monkeypatch.setattr(os, "open", real)
    assert story.upload(item, "bukti.png", png()).status_code == 201
    assert not list((app.config["RANDAL"].data_dir / "files").rglob("*.part"))


def test_of_two_that_write_once_one_is_kept(tmp_path: Path) -> None:
    durable.write_once(tmp_path / "secret_key", b"pertama")
    durable.write_once(tmp_path / "secret_key", b"kedua")
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("secret_key", b"pertama")]
