"""Which stored files are lost or damaged, by name and owner: for `check`, and for what a backup could not take along."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from randal.database.base import Model, db
from randal.org.people import Person
from randal.storage import blobs
from randal.storage.files import StoredFile

READ_AT_ONCE = 500_000_000  # bytes that `check` reads by itself: a few seconds of a disk


@dataclass(frozen=True)
class Fault:
    """One file that is not what it was. `owner`: who uploaded it; `where`: the row it belongs to ("evidence 12")."""

    sha256: str
    name: str
    owner: str
    where: str
    why: str

    def __str__(self) -> str:
        of = "; ".join(part for part in (self.owner, self.where) if part)
        return f"«{self.name}»{f' ({of})' if of else ''}: {self.why}"


def faults(most: int | None = READ_AT_ONCE) -> tuple[list[Fault], int]:
    """Every file of the database whose bytes are gone, cut or changed, and how many were not read for their content:
    beyond `most` bytes (None: all are read) their length must do. Raises StorageDown."""
    there = dict(blobs.sizes())
    alive = select(StoredFile).where(StoredFile.destroyed_at.is_(None)).order_by(StoredFile.id.desc())
    wrong: dict[str, str] = {}
    seen: set[str] = set()
    left, unread = most, 0
    for file in db.session.scalars(alive.execution_options(yield_per=1000)):
        if file.sha256 in seen:
            continue
        seen.add(file.sha256)
        length = there.get(file.sha256)
        if length is None:
            wrong[file.sha256] = "tidak ada di penyimpanan"
        elif length != file.size:
            wrong[file.sha256] = f"{length} dari {file.size} byte"
        elif left is not None and file.size > left:
            unread += 1
        else:
            left = None if left is None else left - file.size
            try:
                blobs.read(file.sha256)
            except blobs.LostFile:
                wrong[file.sha256] = "isinya berubah"
    return named(wrong), unread


def named(wrong: dict[str, str]) -> list[Fault]:
    """The rows behind these contents (SHA-256 → what is wrong with it)."""
    found = []
    for sha256, why in wrong.items():
        query = select(StoredFile).where(StoredFile.sha256 == sha256, StoredFile.destroyed_at.is_(None))
        for file in db.session.scalars(query.order_by(StoredFile.id)):
            owner = db.session.get(Person, file.created_by_id) if file.created_by_id else None
            found.append(Fault(sha256, file.name, owner.name if owner else "", belongs_to(file.id), why))
    return found


def belongs_to(file_id: int) -> str:
    """The first row that names this file, by its table and number."""
    for table in Model.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table.name == StoredFile.__tablename__ and "id" in table.columns:
                row = db.session.scalar(select(table.c.id).where(key.parent == file_id).limit(1))
                if row is not None:
                    return f"{table.name} {row}"
    return ""


def lost(sha256s: Collection[str]) -> list[Fault]:
    """What a backup could not take along."""
    return named(dict.fromkeys(sha256s, "hilang atau rusak"))
