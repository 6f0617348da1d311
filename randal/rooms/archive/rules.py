"""What the clock does to the archive: files of papers that were destroyed by a berita acara leave the storage."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import exists, select

from randal.database.base import Model, db
from randal.documents.model import Document, DocumentVersion
from randal.schedule.rules import Due, When, rule
from randal.storage import blobs
from randal.storage.files import StoredFile


def condemned(when: When) -> Iterable[Due]:
    """Stored files of destroyed papers that are still there."""
    query = (
        select(StoredFile.id)
        .join(DocumentVersion, DocumentVersion.file_id == StoredFile.id)
        .join(Document, Document.id == DocumentVersion.document_id)
        .where(Document.destroyed_at.is_not(None), StoredFile.destroyed_at.is_(None))
    )
    return [Due(number, "gone") for number in db.session.scalars(query.order_by(StoredFile.id).limit(500))]


@rule(
    "archive.destroy",
    find=condemned,
    label="Berkas yang dimusnahkan menurut berita acara dihapus dari penyimpanan.",
)
def take_away(file_id: int, now: datetime) -> None:
    """The row and its SHA-256 stay as proof. The bytes go unless something else that lives has the very same."""
    file = db.session.get_one(StoredFile, file_id)
    file.destroyed_at = now
    db.session.flush()
    if not lives_elsewhere(file.sha256) and blobs.exists(file.sha256):
        blobs.remove(file.sha256)


def lives_elsewhere(sha256: str) -> bool:
    """Does a row that names a file of this content need it: a paper that was not destroyed, an upload, a scan?"""
    same = select(StoredFile.id).where(StoredFile.sha256 == sha256, StoredFile.destroyed_at.is_(None))
    ids = list(db.session.scalars(same))
    if not ids:
        return False
    for table in Model.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table.name == StoredFile.__tablename__:
                found = select(exists().where(key.parent.in_(ids)))
                if db.session.scalar(found):
                    return True
    return False
