"""The database of one instant as files, while others write."""

from __future__ import annotations

import gzip
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from alembic import command
from alembic.runtime.migration import MigrationContext
from sqlalchemy import URL, Connection, Engine, create_engine, event, text

from randal.backup import postgres_tools, tables
from randal.backup.manifest import DATABASE, DUMP, PACKED, BackupError, create
from randal.org import bootstrap
from randal.storage.files import StoredFile


def take(engine: Engine, folder: Path) -> tuple[str, dict[str, int]]:
    """Write `randal.db` (and from PostgreSQL `randal.dump`) into the folder; revision, and rows per table."""
    path = folder / DATABASE
    path.touch(0o600, exist_ok=False)
    try:
        (_from_sqlite if engine.dialect.name == "sqlite" else _from_postgresql)(engine, folder)
    except sqlite3.Error as error:
        raise BackupError(f"Salinan basis data tidak dapat dibuat: {error}.") from None
    with sqlite_file(path) as copy, copy.connect() as connection:
        return _revision(connection), tables.counts(connection)


def pack(folder: Path) -> None:
    """`randal.db` becomes `randal.db.gz`."""
    path = folder / DATABASE
    with (
        path.open("rb") as plain,
        create(folder / PACKED) as file,
        gzip.GzipFile("", "wb", 6, file, 0) as packed,
    ):
        shutil.copyfileobj(plain, packed, 2**20)
    path.unlink()


def unpack(folder: Path, target: BinaryIO) -> None:
    """The database of a backup, packed or (in older ones) as it is, into an open file."""
    if (folder / PACKED).exists():
        with gzip.open(folder / PACKED, "rb") as packed:
            shutil.copyfileobj(packed, target, 2**20)
    else:
        with (folder / DATABASE).open("rb") as plain:
            shutil.copyfileobj(plain, target, 2**20)


@contextmanager
def unpacked(folder: Path) -> Iterator[Engine]:
    """The database of a backup, to be read."""
    with tempfile.TemporaryDirectory(prefix="randal-") as aside:
        with create(Path(aside) / DATABASE) as target:
            unpack(folder, target)
        with sqlite_file(Path(aside) / DATABASE) as copy:
            yield copy


def _from_sqlite(engine: Engine, folder: Path) -> None:
    with closing(engine.raw_connection()) as source, closing(sqlite3.connect(folder / DATABASE)) as target:
        raw: Any = source.driver_connection
        # In one step: it reads one instant of the log and holds up nobody; in several it starts anew at each write.
        raw.backup(target, pages=-1)
        target.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
        if (said := target.execute("PRAGMA integrity_check(1)").fetchone()[0]) != "ok":
            raise BackupError(f"Basis data rusak, cadangan tidak dibuat: {said}.")


def _from_postgresql(engine: Engine, folder: Path) -> None:
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as source, source.begin():
        server = postgres_tools.major(source)
        revision = _revision(source)
        exported = source.scalar(text("SELECT pg_export_snapshot()"))
        (folder / DUMP).touch(0o600, exist_ok=False)
        postgres_tools.dump(engine, server, str(exported), folder / DUMP)
        with sqlite_file(folder / DATABASE) as target:
            bring(target, revision)
            fill(source, target)


def fill(source: Connection, target: Engine) -> None:
    """Every row of the source into a database that has the same tables, empty."""
    with target.connect() as connection:
        if target.dialect.name == "sqlite":
            # A row may refer to a later one. No effect inside a transaction.
            connection.connection.execute("PRAGMA foreign_keys = OFF")  # type: ignore[attr-defined]
        with connection.begin():
            tables.copy(source, connection)


@contextmanager
def sqlite_file(path: Path) -> Iterator[Engine]:
    """A SQLite file that nobody else uses; whoever gives it its place waits for the disk first."""
    engine = create_engine(URL.create("sqlite", database=str(path)))
    event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous = OFF"))
    try:
        yield engine
    finally:
        engine.dispose()


def bring(engine: Engine, revision: str) -> None:
    """The tables of this revision ("head": the newest), from none or from an older one."""
    with bootstrap.alembic(engine) as config:
        command.upgrade(config, revision)


def _revision(connection: Connection) -> str:
    found = MigrationContext.configure(connection).get_current_revision()
    if found is None:
        raise BackupError("Basis data belum disiapkan; jalankan dahulu: flask --app wsgi randal init")
    return found


def named_files(folder: Path) -> list[str]:
    """SHA-256 (hex) of every file that the copied database names."""
    table = StoredFile.__tablename__
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        columns = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
        # The bytes of what was destroyed by a berita acara are gone; an older schema knows no such thing.
        there = " WHERE destroyed_at IS NULL" if "destroyed_at" in columns else ""
        query = f"SELECT DISTINCT sha256 FROM {table}{there} ORDER BY sha256"  # noqa: S608 - our own names
        return [sha256 for (sha256,) in connection.execute(query)]
