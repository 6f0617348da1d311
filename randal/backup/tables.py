"""Every row from one database into the other, SQLite and PostgreSQL in either direction.

Built on what the databases themselves say they hold, not on today's models: an older revision copies as well. Rows
stream: memory does not grow with them. The target's triggers rest meanwhile, and so do SQLite's foreign keys: what
somebody has bent in a history arrives as bent as it was, for the audit to name.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from psycopg import sql
from sqlalchemy import (
    JSON,
    Boolean,
    Connection,
    Date,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    Row,
    String,
    Table,
    Text,
    Time,
    cast,
    delete,
    event,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.exc import SAWarning
from sqlalchemy.types import UserDefinedType

from randal.backup import numbers
from randal.backup.manifest import BackupError
from randal.database.base import UTCDateTime

BATCH = 1000
VERSION = "alembic_version"  # the target was made by Alembic and has its own
SAME = (Integer, String, Boolean, Date, Time, Float, LargeBinary)  # both databases mean the same by these


class Written(UserDefinedType[str]):
    """JSON as it stands written: not parsed, so that nothing is spelled anew and null stays what it was."""

    cache_ok = True

    def get_col_spec(self, **_kw: Any) -> str:
        return "JSON"

    def column_expression(self, column: Any) -> Any:
        return cast(column, Text)


def copy(source: Connection, target: Connection) -> dict[str, int]:
    """Copy every table into the same one of a new target; rows per table there. Raises BackupError."""
    given, wanted = reflected(source), reflected(target)
    if given.tables.keys() != wanted.tables.keys():
        differ = sorted(given.tables.keys() ^ wanted.tables.keys())
        raise BackupError(f"Tabel kedua basis data berbeda: {', '.join(differ)}.")
    counts = {}
    with _triggers_at_rest(target, wanted):
        for table in reversed(wanted.sorted_tables):  # what a revision brings itself comes with the source
            target.execute(delete(table))
        for table in wanted.sorted_tables:
            _copy_table(source, given.tables[table.name], target, table)
            counts[table.name] = _count(target, table)
            if counts[table.name] != (sent := _count(source, given.tables[table.name])):
                raise BackupError(f"Tabel {table.name}: {counts[table.name]} dari {sent} baris tersalin.")
    numbers.carry(source, target, wanted)
    return counts


def _copy_table(source: Connection, given: Table, target: Connection, table: Table) -> None:
    columns = _columns(given, table)
    chosen = select(*columns).order_by(*given.primary_key.columns)
    put = _put_sqlite if target.dialect.name == "sqlite" else _put_postgresql
    try:
        rows = source.execution_options(yield_per=BATCH).execute(chosen)
        put(target, table, [column.name for column in columns], rows.partitions())
    except Exception as error:
        raise BackupError(f"Tabel {table.name} tidak dapat disalin: {_first_line(error)}") from error


@contextmanager
def _triggers_at_rest(target: Connection, tables: MetaData) -> Iterator[None]:
    """In the transaction of the copy: nobody else ever sees them resting."""
    quote = target.dialect.identifier_preparer.quote
    if target.dialect.name == "sqlite":
        found = target.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
        rest = [f"DROP TRIGGER {quote(name)}" for name, _ in found]
        wake = [made for _, made in found]
    else:
        # What is checked at the end of a transaction would be waiting when the triggers wake, which PostgreSQL refuses.
        rest = ["SET CONSTRAINTS ALL IMMEDIATE"]
        rest += [f"ALTER TABLE {quote(table)} DISABLE TRIGGER USER" for table in tables.tables]
        wake = [f"ALTER TABLE {quote(table)} ENABLE TRIGGER USER" for table in tables.tables]
    for statement in rest:
        target.exec_driver_sql(statement)
    yield
    for statement in wake:
        target.exec_driver_sql(statement)


def counts(connection: Connection) -> dict[str, int]:
    """Rows per table."""
    tables = reflected(connection).tables.values()
    return {table.name: _count(connection, table) for table in tables}


def _count(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0


def reflected(connection: Connection) -> MetaData:
    """The tables as this database has them, with types that read and write the same on both."""
    metadata = MetaData()
    event.listen(metadata, "column_reflect", _same_type)
    with warnings.catch_warnings():
        warnings.filterwarnings(
            "ignore", "Skipped unsupported reflection", SAWarning
        )  # of indexes: rows need none
        metadata.reflect(connection, only=lambda name, _: name != VERSION)
    return metadata


def _same_type(_inspector: Any, table: Table, column: Any) -> None:
    kind = column["type"]
    if isinstance(kind, JSON):
        column["type"] = Written()
    elif isinstance(kind, DateTime):
        column["type"] = UTCDateTime()
    elif not isinstance(kind, SAME):
        raise TypeError(
            f"{table.name}.{column['name']}: how does {kind!r} go from one database to the other?"
        )


def _columns(given: Table, wanted: Table) -> list[Any]:
    if differ := {column.name for column in given.columns} ^ {column.name for column in wanted.columns}:
        raise BackupError(f"Kolom tabel {wanted.name} berbeda: {', '.join(sorted(differ))}.")
    return [given.columns[column.name] for column in wanted.columns]


def _put_sqlite(
    target: Connection, table: Table, names: list[str], batches: Iterable[Iterable[Row[Any]]]
) -> None:
    for batch in batches:
        target.execute(insert(table), [dict(zip(names, row, strict=True)) for row in batch])


def _put_postgresql(
    target: Connection, table: Table, names: list[str], batches: Iterator[Iterable[Row[Any]]]
) -> None:
    # One statement per table: a row may refer to a later one of its own table.
    columns = sql.SQL(", ").join(map(sql.Identifier, names))
    into = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), columns)
    raw: Any = target.connection.driver_connection
    with raw.cursor() as cursor, cursor.copy(into) as sending:
        for batch in batches:
            for row in batch:
                sending.write_row(row)


def _first_line(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error).strip().splitlines()[0]
