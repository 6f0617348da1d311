"""Bytes by content: a blob is named by its SHA-256 and holds these bytes or nothing. Any fsspec URL (`file://`, `s3://`).

What `keep` has answered survives a power cut: the blob is on the disk (or acknowledged by the object store) before the
transaction that names it commits. A blob that is there but not what its name says is replaced by the next `keep` of the
same bytes. The place itself, a bucket or a folder that the operator named, is never made here: one that is missing is not
mounted, or misspelt.
"""

from __future__ import annotations

import errno
import hashlib
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import fsspec
from flask import current_app
from fsspec.implementations.local import LocalFileSystem
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from randal.base import durable
from randal.database.base import db
from randal.settings import Settings

PROBE = ".randal-"  # begins the name of what `check` writes and takes away again
OLD_PROBE = hashlib.sha256(b"randal").hexdigest()  # what it left there in earlier versions
# An object store that does not answer must not hold a request for minutes, as its client does by itself.
PATIENCE = {"connect_timeout": 5, "read_timeout": 30, "retries": {"max_attempts": 2}}
WHY = {
    errno.ENOSPC: "penyimpanan penuh",
    errno.EDQUOT: "jatah penyimpanan habis",
    errno.EROFS: "penyimpanan hanya dapat dibaca",
    errno.EACCES: "penyimpanan tidak boleh ditulis oleh proses ini",
    errno.EPERM: "penyimpanan tidak boleh ditulis oleh proses ini",
    errno.EIO: "penyimpanan rusak (galat masukan/keluaran)",
}


class StorageError(RuntimeError):
    """A file cannot be had or kept; the text is a sentence for people."""


class LostFile(StorageError):
    """The storage does not hold the bytes that the database names."""


class StorageDown(StorageError):
    """The storage cannot be used now; a sentence for people. `why` is the clause for the operator, with `where`."""

    def __init__(self, why: str, doing: str = "disimpan", where: str = ""):
        super().__init__(f"Berkas tidak dapat {doing}: {why}. Coba lagi sebentar, atau hubungi Admin Sistem.")
        self.why = f"{why} ({where})" if where else why


def keep(data: bytes) -> str:
    """Store bytes under their SHA-256 (hex, returned). Raises StorageDown."""
    sha256 = hashlib.sha256(data).hexdigest()
    filesystem, path = _place(sha256)
    with _said("disimpan"):
        if isinstance(filesystem, LocalFileSystem):
            _keep_on_disk(Path(path), data)
        elif not _holds(filesystem, path, data):
            filesystem.pipe_file(path, data)  # one PUT: whole or not at all
    return sha256


def _keep_on_disk(path: Path, data: bytes) -> None:
    if path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data:
        # It may have been written a moment ago by somebody who has not yet come to this.
        for each in (path, path.parent, path.parent.parent):
            durable.sync(each)
        return
    if not path.parent.exists():  # one level: the storage itself is not ours to make
        path.parent.mkdir(exist_ok=True)
        durable.sync(path.parent.parent)
    durable.write(path, data, mode=0o644)


def _holds(filesystem: Any, path: str, data: bytes) -> bool:
    filesystem.invalidate_cache()
    try:
        return bool(filesystem.info(path)["size"] == len(data) and filesystem.cat_file(path) == data)
    except FileNotFoundError:
        return False


def read(sha256: str) -> bytes:
    """The bytes. Raises LostFile when they are gone or damaged, StorageDown when nobody can tell."""
    filesystem, path = _place(sha256)
    with _said("dibaca"):
        try:
            data: bytes = filesystem.cat_file(path)
        except FileNotFoundError:
            _ask_for_the_place()
            raise LostFile("Berkas ini tidak ditemukan di penyimpanan. Hubungi Admin Sistem.") from None
    if hashlib.sha256(data).hexdigest() != sha256:
        raise LostFile("Berkas ini rusak di penyimpanan. Hubungi Admin Sistem.")
    return data


def exists(sha256: str) -> bool:
    filesystem, path = _place(sha256)
    filesystem.invalidate_cache()
    return bool(filesystem.exists(path))


def remove(sha256: str) -> None:
    """Take away what was destroyed by a berita acara, or what a failed restore has stored; nothing else ever does."""
    filesystem, path = _place(sha256)
    filesystem.rm(path)


def sizes() -> Iterator[tuple[str, int]]:
    """Every blob that is there: its name and its length in bytes. Raises StorageDown."""
    filesystem, root = _storage(_settings().storage_url)
    filesystem.invalidate_cache()
    with _said("dibaca"):
        _ask_for_the_place()
        for path, about in filesystem.find(root, detail=True).items():
            name = path.rsplit("/", 1)[-1]
            if len(name) == 64:
                yield name, about["size"]


def is_empty() -> bool:
    """Holds the storage no file but what `works` may have left there? Raises whatever its client says."""
    filesystem, root = _storage(_settings().storage_url)
    filesystem.invalidate_cache()
    found = (path.rsplit("/", 1)[-1] for path in filesystem.find(root))
    return all(name == OLD_PROBE or name.startswith(PROBE) for name in found)


def works() -> None:
    """Write something that was not there before, read it back and take it away. Raises StorageDown."""
    filesystem, root = _storage(_settings().storage_url)
    path, data = f"{root}/{PROBE}{secrets.token_hex(8)}", secrets.token_bytes(4096)
    with _said("disimpan"):
        _ask_for_the_place()
        try:
            if isinstance(filesystem, LocalFileSystem):
                durable.write(Path(path), data)
            else:
                filesystem.pipe_file(path, data)
            if filesystem.cat_file(path) != data:
                raise StorageDown("yang ditulis tidak terbaca kembali")
        finally:
            with suppress(Exception):
                filesystem.rm(path)


def room() -> tuple[int, int] | None:
    """Free and all bytes of the disk that holds the files; None for an object store."""
    filesystem, root = _storage(_settings().storage_url)
    if not isinstance(filesystem, LocalFileSystem):
        return None
    usage = shutil.disk_usage(root)
    return usage.free, usage.total


# -- the place --------------------------------------------------------------------------------------------------------


def _settings() -> Settings:
    found: Settings = current_app.config["RANDAL"]
    return found


@lru_cache
def _storage(url: str) -> tuple[fsspec.AbstractFileSystem, str]:
    options = {"config_kwargs": PATIENCE} if url.startswith("s3://") else {}
    filesystem, root = fsspec.url_to_fs(url, **options)
    return filesystem, root.rstrip("/")


def _place(sha256: str) -> tuple[fsspec.AbstractFileSystem, str]:
    filesystem, root = _storage(_settings().storage_url)
    if isinstance(filesystem, LocalFileSystem):
        _own_folder(Path(root))
    return filesystem, f"{root}/{sha256[:2]}/{sha256}"


def _own_folder(root: Path) -> None:
    """The folder of the files below the data directory is ours to make (another one the operator has named), and only
    before the first file: later it is gone, and making it anew would hide that."""
    if not root.exists() and root.is_relative_to(_settings().data_dir) and not _holds_any():
        with _said("disimpan"):
            durable.make_folder(root)


def _holds_any() -> bool:
    """Does the database name a file? Asked beside the session: an empty database (restore) has no such table."""
    try:
        with db.engine.connect() as connection:
            return connection.scalar(text("SELECT 1 FROM files LIMIT 1")) is not None
    except SQLAlchemyError:
        return False


def _ask_for_the_place() -> None:
    """Raises StorageDown when the folder or the bucket itself is missing."""
    filesystem, root = _storage(_settings().storage_url)
    if isinstance(filesystem, LocalFileSystem):
        _own_folder(Path(root))
        there = Path(root).is_dir()
    else:
        there = filesystem.exists(root.split("/", 1)[0])
    if not there:
        raise StorageDown("tempat penyimpanan tidak ada", "dibaca", f"{root}; RANDAL_STORAGE_URL")


@contextmanager
def _said(doing: str) -> Iterator[None]:
    """What a disk or the client of an object store raises, in words."""
    try:
        yield
    except (LostFile, StorageDown):
        raise
    except FileNotFoundError as error:
        _ask_for_the_place()
        raise StorageDown("penyimpanan menolak", doing, str(error)) from error
    except OSError as error:
        known = WHY.get(error.errno or 0)
        raise StorageDown(known or "penyimpanan tidak menjawab", doing, str(error)) from error
    except Exception as error:  # whatever an object store's client says
        raise StorageDown("penyimpanan tidak menjawab", doing, f"{type(error).__name__}: {error}") from error
