"""Small pictures of stored files: a thumbnail for a list, a view to judge by. Made by a worker, once per content.

A photo is made small and upright; of a PDF it is the first page. Encoded anew, in a limited child, they hold nothing but
pixels: no position, no script. A file that no picture can be made of (an office document, a broken one) says so by its row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from randal.database.base import Row, UTCDateTime, db
from randal.storage import blobs
from randal.storage.files import StoredFile
from randal.storage.photos import KINDS
from randal.untrusted.limited import door
from randal.untrusted.limited.errors import Busy, Unreadable
from randal.untrusted.limited.limits import PICTURE, PREVIEW

PDF = "application/pdf"
SIZES = ((1400, 78), (240, 60))  # view and thumbnail: pixels of the longer side, quality
PATIENCE = 120.0  # seconds that a worker waits for its turn: people come first
OF_PHOTO = door.Task("randal.untrusted.readers.pictures:developed", PICTURE)
OF_PDF = door.Task("randal.untrusted.readers.pages:first", PREVIEW)


class Preview(Row):
    """By the SHA-256 of what it shows, so that the same file handed in twice is drawn once."""

    __tablename__ = "previews"
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    pages: Mapped[int | None]  # of a PDF
    width: Mapped[int] = mapped_column(default=0)  # of the view
    height: Mapped[int] = mapped_column(default=0)
    thumb_id: Mapped[int | None] = mapped_column(ForeignKey("files.id"))
    view_id: Mapped[int | None] = mapped_column(ForeignKey("files.id"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    thumb: Mapped[StoredFile | None] = relationship(foreign_keys=thumb_id, lazy="joined")
    view: Mapped[StoredFile | None] = relationship(foreign_keys=view_id, lazy="joined")

    @classmethod
    def of(cls, files: Iterable[StoredFile | None]) -> dict[str, Preview]:
        """Those that have been made, by SHA-256."""
        sums = {file.sha256 for file in files if file}
        if not sums:
            return {}
        return {row.sha256: row for row in db.session.scalars(select(cls).where(cls.sha256.in_(sums)))}


@dataclass(frozen=True)
class Pictures:
    thumb: bytes
    view: bytes
    size: tuple[int, int]
    pages: int | None = None


def make(file: StoredFile, now: datetime) -> None:
    """Make the preview of this file, unless there is one. The caller commits; the file is drawn outside its
    transaction, and a second worker that was quicker wins. Raises Busy."""
    mark, mime = file.sha256, file.mime
    if mime not in (*KINDS, PDF) or Preview.of([file]):
        return
    data = file.read()
    db.session.rollback()
    made = pictures(data, mime)
    if Preview.of([StoredFile(sha256=mark)]):
        return
    row = Preview(sha256=mark, made_at=now)
    if made:
        row.pages, (row.width, row.height) = made.pages, made.size
        row.thumb, row.view = (
            _stored(blob, name, now) for blob, name in ((made.thumb, "kecil"), (made.view, "pratinjau"))
        )
    db.session.add(row)
    db.session.flush()


def _stored(blob: bytes, name: str, now: datetime) -> StoredFile:
    return StoredFile(
        sha256=blobs.keep(blob), size=len(blob), mime=KINDS[0], name=f"{name}.jpg", created_at=now
    )


def pictures(data: bytes, mime: str) -> Pictures | None:
    """Thumbnail and view of these bytes; None when no picture comes of them: broken, locked by a password, too much for
    the child. Raises Busy."""
    try:
        made = door.ask(OF_PDF if mime == PDF else OF_PHOTO, data, sizes=SIZES, patience=PATIENCE)
    except Busy:
        raise
    except Unreadable:
        return None
    view, thumb = made["pictures"]
    return Pictures(thumb, view, (made["width"], made["height"]), made.get("pages"))
