"""Reads of the archive: the register by number and year, and what may be destroyed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, exists, or_, select

from randal.base import ids
from randal.database.base import db
from randal.documents.model import KINDS, READY, Document
from randal.l10n.clock import DEFAULT_ZONE
from randal.models.archive import ArchiveClass, Destruction, destruction_documents
from randal.rooms.archive.retention import Keeping, day_of, kept, schedule
from workflows.lifecycle import Actor

PAGE = 50
MOST = 500  # documents in one berita acara


@dataclass(frozen=True)
class Line:
    """One line of the register."""

    document: Document
    day: date
    number: str
    of_class: ArchiveClass | None
    keeping: Keeping | None


@dataclass(frozen=True)
class Register:
    lines: list[Line]
    later: int | None  # the id before which the next page begins


def register(actor: Actor, asked: Mapping[str, str], limit: int = PAGE) -> Register:
    """The newest first: `tahun`, `jenis`, `kelas` (code), `q` (number, code, title), `semua` (also without a number)."""
    classes = schedule()
    query = of_archive(actor)
    if asked.get("semua") not in ("1", "true"):
        query = query.where(NUMBER != "")
    if len(str(year := ids.read(asked.get("tahun")))) == 4 and year is not None:
        begins, ends = (
            datetime.combine(date(y, 1, 1), time(), ZoneInfo(DEFAULT_ZONE)) for y in (year, year + 1)
        )
        query = query.where(
            Document.created_at >= begins.astimezone(UTC), Document.created_at < ends.astimezone(UTC)
        )
    if asked.get("jenis") in KINDS:
        query = query.where(Document.kind == asked["jenis"])
    if code := asked.get("kelas", ""):
        query = query.where(Document.kind.in_([k for k, one in classes.items() if one.code == code]))
    if q := asked.get("q", "").strip()[:100]:
        said = (Document.title, NUMBER, Document.code)
        query = query.where(or_(*(column.icontains(q, autoescape=True) for column in said)))
    if (before := ids.read(asked.get("sebelum"))) is not None:
        query = query.where(Document.id < before)
    rows = list(db.session.scalars(query.order_by(Document.id.desc()).limit(limit + 1)).unique())
    lines = [line(row, classes) for row in rows[:limit]]
    return Register(lines, rows[limit - 1].id if len(rows) > limit else None)


NUMBER = Document.params["number"].as_string()


def of_archive(actor: Actor) -> Select[Any]:
    """Finished papers: no drafts, no one person's own selection; what was replaced or withdrawn stays in the register."""
    return Document.visible_to(actor).where(Document.stage == READY, ~Document.restricted)


def line(document: Document, classes: Mapping[str, ArchiveClass]) -> Line:
    number = document.params.get("number") or ""
    return Line(document, day_of(document), number, classes.get(document.kind), kept(document, classes))


def due(actor: Actor, today: date) -> list[Line]:
    """What may be proposed for destruction: kept long enough, of a class that ends so, and in no open proposal."""
    classes = schedule()
    doomed = {kind: one for kind, one in classes.items() if one.fate == "destroy"}
    open_ones = (
        select(destruction_documents.c.document_id).join(Destruction).where(Destruction.refused_at.is_(None))
    )
    query = of_archive(actor).where(Document.kind.in_(doomed), Document.destroyed_at.is_(None))
    query = query.where(~exists(open_ones.where(destruction_documents.c.document_id == Document.id)))
    # A paper is of no later year than the one it was made in.
    shortest = min((one.active_years + one.inactive_years for one in doomed.values()), default=0)
    query = query.where(Document.created_at < datetime(max(today.year - shortest, 1), 1, 2, tzinfo=UTC))
    found = (line(row, classes) for row in db.session.scalars(query.order_by(Document.id)).unique())
    return [one for one in found if one.keeping and one.keeping.stage(today) == "due"][:MOST]
