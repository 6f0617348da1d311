"""Files as the database knows them: a `StoredFile` is one upload of a blob (`storage`).

What a file is, is read from its bytes, not its name.
"""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from randal.base.cleaning import HalfLetter, clean
from randal.database.base import Row, UTCDateTime, db
from randal.storage import blobs
from randal.storage.blobs import LostFile
from randal.storage.photos import HEIC
from randal.untrusted.limited import door
from randal.untrusted.limited.errors import Unreadable
from randal.untrusted.limited.limits import KIND, PICTURE

MAX_BYTES = 20 * 1024 * 1024
TYPES = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "heic": HEIC,  # what phones send
    "heif": HEIC,
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
SLIDES = {
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation"
}  # where asked for
FAULT = door.Task("randal.untrusted.readers.kinds:fault", KIND)
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
        return blobs.read(self.sha256)


class BadFile(ValueError):
    """The upload is refused; the text tells the person what to do."""


@dataclass(frozen=True)
class Checked:
    """Bytes that passed `check`, with a safe name and the true type."""

    name: str
    mime: str
    data: bytes
    sha256: str


def clean_name(name: str) -> str:
    """The name of a file as it is kept and given out: without folders, in one line, at most 200 letters with its ending."""
    try:
        whole = clean(name, one_line=True)
    except HalfLetter:
        whole = clean(name.encode("utf-8", "replace").decode(), one_line=True)
    last = PurePosixPath(unicodedata.normalize("NFC", whole).replace("\\", "/")).name.rstrip(" .")
    stem, dot, ending = last.rpartition(".") if "." in last[-20:] else (last, "", "")
    stem = stem[:180].strip()
    return f"{stem if stem.strip('.') else 'berkas'}{dot}{ending.strip()}"


def check(name: str, data: bytes, allowed: tuple[str, ...] = tuple(TYPES)) -> Checked:
    """Judge an upload by size, ending and content; raises BadFile with a sentence."""
    named = clean_name(name)
    ending = named.rpartition(".")[2].lower()
    if not data:
        raise BadFile("Berkas kosong. Pilih berkas yang berisi.")
    if len(data) > MAX_BYTES:
        raise BadFile(f"Berkas terlalu besar (maks. {MAX_BYTES // 1024 // 1024} MB).")
    if ending not in allowed:
        raise BadFile(f"Jenis berkas tidak diterima. Gunakan {', '.join(e.upper() for e in allowed)}.")
    if said := _fault(data, ending):
        raise BadFile(said)
    return Checked(named, (TYPES | SLIDES)[ending], data, hashlib.sha256(data).hexdigest())


def _fault(data: bytes, ending: str) -> str:
    if ending == "pdf" and b"/Encrypt" not in data and data[:1024].lstrip().startswith(b"%PDF-"):
        return ""  # most of what is sent: nothing to ask
    try:
        return str(
            door.ask(FAULT, data, ending=ending, limits=PICTURE if TYPES.get(ending) == HEIC else None)
        )
    except Unreadable as unreadable:  # nobody can tell: it costs too much, or everybody asks at once
        return str(unreadable)


def keep(checked: Checked, *, by: int | None, now: datetime) -> StoredFile:
    """Store checked bytes and add the row (flushed, so that it has its id)."""
    row = StoredFile(
        sha256=blobs.keep(checked.data),
        size=len(checked.data),
        mime=checked.mime,
        name=checked.name,
        created_at=now,
        created_by_id=by,
    )
    db.session.add(row)
    db.session.flush()
    return row
