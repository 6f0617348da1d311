"""Everything that belongs to one meeting, found along the foreign keys: a table that comes later comes along."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Table, and_, or_, select

from randal.base.personal import PRIVATE, SECRETS, mask, redacted
from randal.database.base import Model, db
from randal.documents.model import READY, Document
from randal.history.chain import instant
from randal.history.events import CHAINED
from randal.models.meetings import Meeting
from randal.models.progress import ProgressReport
from randal.org.people import Person
from randal.org.places import Unit

Rows = dict[str, list[dict[str, Any]]]
# What hangs on a meeting and tells nothing about it: work in passing, or kept elsewhere in the file.
LEFT_OUT = {"imports", "meeting_writers", "outbox", "notices", "mails", "documents", "document_versions"}


def rows_of(meeting: Meeting) -> Rows:
    """The rows of the meeting by table, every column but the private ones, and nothing personal inside the others. Reports
    are those read at the meeting."""
    tables = Model.metadata.tables
    units = [row.unit_id for row in meeting.attendance if row.unit_id]
    read = and_(ProgressReport.period == meeting.report_period, ProgressReport.unit_id.in_(units))
    ids: dict[str, set[int]] = {"meetings": {meeting.id}}
    ids["progress_reports"] = set(db.session.scalars(select(ProgressReport.id).where(read)))
    found: Rows = {}
    for name in ("meetings", "progress_reports"):
        found[name] = _read(tables[name], tables[name].c.id.in_(ids[name]))
    for table in Model.metadata.sorted_tables:
        if table.name in found or table.name in LEFT_OUT:
            continue
        above = [(key.parent, ids[to]) for key in table.foreign_keys if (to := key.column.table.name) in ids]
        if above:
            found[table.name] = _read(table, _belongs(above))
            if "id" in table.c:
                ids[table.name] = {row["id"] for row in found[table.name]}
    return {name: rows for name, rows in found.items() if rows}


def _belongs(above: list[tuple[Any, set[int]]]) -> Any:
    """A row belongs when all that it must hang on belongs; one that need not hang on anything, when something does."""
    required = [column.in_(ids) for column, ids in above if not column.nullable]
    return and_(*required) if required else or_(*(column.in_(ids) for column, ids in above))


def _read(table: Table, condition: Any) -> list[dict[str, Any]]:
    columns = [column for column in table.c if column.name not in PRIVATE | SECRETS]
    order = [table.c.id] if "id" in table.c else list(table.primary_key)
    answer = db.session.execute(select(*columns).where(condition).order_by(*order))
    return [redacted(row._mapping) for row in answer]


def plain(value: Any) -> Any:
    """A value as JSON has it: instants in UTC, decimals as they are written."""
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return value


def items_of(rows: Rows) -> set[tuple[str, int]]:
    """Type and number of everything in these rows that has a history."""
    by_table = {kind.__tablename__: name for name, kind in CHAINED.items()}
    return {
        (by_table[name], row["id"]) for name, several in rows.items() if name in by_table for row in several
    }


def named(rows: Rows, model: type[Person] | type[Unit]) -> list[dict[str, Any]]:
    """Whom the rows name by number: people by name alone, units by name and code."""
    table = model.__tablename__
    ids: set[int] = set()
    for name, several in rows.items():
        keys = [
            fk.parent.name for fk in Model.metadata.tables[name].foreign_keys if fk.column.table.name == table
        ]
        ids |= {row[key] for row in several for key in keys if row.get(key) is not None}
    listed: Iterable[Any] = db.session.scalars(
        select(model).where(model.id.in_(ids)).order_by(model.id)
    ).unique()
    if model is Person:
        return [{"id": one.id, "name": mask(one.name)} for one in listed]
    return [{"id": one.id, "name": mask(one.name), "code": one.code} for one in listed]


def files_of(rows: Rows) -> list[int]:
    """The numbers of the uploads that the rows name: evidence, scans, letters, drawn signatures, paparan, photos."""
    found: set[int] = set()
    for name, several in rows.items():
        keys = [
            fk.parent.name
            for fk in Model.metadata.tables[name].foreign_keys
            if fk.column.table.name == "files"
        ]
        found |= {row[key] for row in several for key in keys if row.get(key) is not None}
    return sorted(found)


def documents_of(meeting: Meeting) -> list[Document]:
    """Its papers with a file, oldest first; an archive is not part of an archive."""
    query = select(Document).where(Document.meeting_id == meeting.id, Document.stage == READY)
    return list(db.session.scalars(query.where(Document.kind != "meeting_archive").order_by(Document.id)))
