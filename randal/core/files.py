"""Files by content: a blob is named by its SHA-256 and never overwritten; a `StoredFile` is one upload of it.

The storage is any fsspec URL (`file://`, `s3://`). What a file is, is read from its bytes, not its name.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import PurePosixPath

import fsspec
import puremagic
from flask import current_app
from PIL import Image
from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from randal.core.db import Row, UTCDateTime, db

MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 80_000_000
TYPES = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
SLIDES = {
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation"
}  # where asked for
INSIDE = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}
PROBE = b"randal"
ACCEPT = ",".join(f".{ending}" for ending in TYPES)


class StoredFile(Row):
    """One upload: its name as given (path parts removed), its type as found in the bytes."""

    __tablename__ = "files"
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int]
    mime: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    destroyed_at: Mapped[datetime | None] = mapped_column(
        UTCDateTime
    )  # the bytes are gone, by a berita acara

    def read(self) -> bytes:
        """The bytes; raises LostFile when the storage no longer has what was stored."""
        if self.destroyed_at:
            raise LostFile("Berkas ini sudah dimusnahkan menurut berita acara pemusnahan arsip.")
        return read_blob(self.sha256)


class BadFile(ValueError):
    """The upload is refused; the text tells the person what to do."""


class LostFile(RuntimeError):
    """The storage does not hold the bytes that the database names."""


@dataclass(frozen=True)
class Checked:
    """Bytes that passed `check`, with a safe name and the true type."""

    name: str
    mime: str
    data: bytes
    sha256: str


def check(name: str, data: bytes, allowed: tuple[str, ...] = tuple(TYPES)) -> Checked:
    """Judge an upload by size, ending and content; raises BadFile with a sentence."""
    clean = PurePosixPath(name.replace("\\", "/")).name.replace("\x00", "").strip()[:200] or "berkas"
    ending = clean.rsplit(".", 1)[-1].lower() if "." in clean else ""
    if not data:
        raise BadFile("Berkas kosong. Pilih berkas yang berisi.")
    if len(data) > MAX_BYTES:
        raise BadFile(f"Berkas terlalu besar (maks. {MAX_BYTES // 1024 // 1024} MB).")
    if ending not in allowed:
        raise BadFile(f"Jenis berkas tidak diterima. Gunakan {', '.join(e.upper() for e in allowed)}.")
    if not _is(data, ending):
        raise BadFile(f"Isi berkas bukan {ending.upper()} seperti namanya. Simpan ulang lalu unggah lagi.")
    return Checked(clean, (TYPES | SLIDES)[ending], data, hashlib.sha256(data).hexdigest())


def _is(data: bytes, ending: str) -> bool:
    if ending == "pdf":
        return data[:1024].lstrip().startswith(b"%PDF-")
    if ending in INSIDE:
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                return INSIDE[ending] in archive.namelist()
        except (zipfile.BadZipFile, OSError, ValueError):
            return False
    try:
        found = {match.mime_type for match in puremagic.magic_string(data[:4096])}
        with Image.open(io.BytesIO(data)) as image:
            if image.width * image.height > MAX_PIXELS:
                return False
            image.verify()
        return TYPES[ending] in found
    except Exception:  # whatever the decoders say, it is not the picture its name claims
        return False


@lru_cache
def _storage(url: str) -> tuple[fsspec.AbstractFileSystem, str]:
    filesystem, root = fsspec.url_to_fs(url)
    return filesystem, root.rstrip("/")


def _place(sha256: str) -> tuple[fsspec.AbstractFileSystem, str]:
    filesystem, root = _storage(current_app.config["RANDAL"].storage_url)
    return filesystem, f"{root}/{sha256[:2]}/{sha256}"


def keep_blob(data: bytes) -> str:
    """Store bytes under their SHA-256 (hex, returned); storing the same again changes nothing."""
    sha256 = hashlib.sha256(data).hexdigest()
    filesystem, path = _place(sha256)
    if not filesystem.exists(path):
        filesystem.makedirs(path.rsplit("/", 1)[0], exist_ok=True)
        part = f"{path}.{id(data):x}.part"
        try:
            with filesystem.open(part, "wb") as file:
                file.write(data)
            filesystem.mv(part, path)
        except BaseException:
            with suppress(Exception):  # the error itself is what matters
                filesystem.rm(part)
            raise
    return sha256


def blob_exists(sha256: str) -> bool:
    filesystem, path = _place(sha256)
    return bool(filesystem.exists(path))


def remove_blob(sha256: str) -> None:
    """Take back what a restore has stored; nothing else ever removes a blob."""
    filesystem, path = _place(sha256)
    filesystem.rm(path)


def storage_is_empty() -> bool:
    """Holds the storage no file but the one that `storage_works` leaves there?"""
    filesystem, root = _storage(current_app.config["RANDAL"].storage_url)
    filesystem.invalidate_cache()
    found = (name for _folder, _folders, names in filesystem.walk(root) for name in names)
    return all(name == hashlib.sha256(PROBE).hexdigest() for name in found)


def read_blob(sha256: str) -> bytes:
    filesystem, path = _place(sha256)
    try:
        with filesystem.open(path, "rb") as file:
            data = file.read()
    except FileNotFoundError:
        raise LostFile("Berkas ini tidak ditemukan di penyimpanan. Hubungi Admin Sistem.") from None
    if hashlib.sha256(data).hexdigest() != sha256:
        raise LostFile("Berkas ini rusak di penyimpanan. Hubungi Admin Sistem.")
    return data


def keep(checked: Checked, *, by: int | None, now: datetime) -> StoredFile:
    """Store checked bytes and add the row (flushed, so that it has its id)."""
    row = StoredFile(
        sha256=keep_blob(checked.data),
        size=len(checked.data),
        mime=checked.mime,
        name=checked.name,
        created_at=now,
        created_by_id=by,
    )
    db.session.add(row)
    db.session.flush()
    return row


def storage_works() -> bool:
    """Can a blob be written and read back? For `flask randal check`."""
    return read_blob(keep_blob(PROBE)) == PROBE
