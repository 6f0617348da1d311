"""Restoring a backup into an empty place: all of it, or nothing."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from randal.backup import manifest as about
from randal.backup import postgres_tools, snapshot, tables
from randal.backup.making import keeps_its_secret
from randal.backup.manifest import BackupError, Manifest
from randal.base import durable
from randal.org import bootstrap
from randal.settings import Settings
from randal.storage import blobs

TakeOver = Callable[[Engine, dict[str, bytes]], None]
Finish = Callable[[Engine], None]
BESIDE = ("-wal", "-shm", "-journal")  # what SQLite keeps beside a database


def restore(
    folder: Path,
    engine: Engine,
    settings: Settings,
    authority: Path,
    take_over: TakeOver,
    *,
    portable: bool = False,
    keep_files: bool = False,
) -> Manifest:
    """Restore the backup in `folder` into this database, storage and data directory, and migrate to the newest schema.

    `portable`: into PostgreSQL from `randal.db` although there is a `randal.dump`. `keep_files`: the storage may hold
    files already. `authority`: the folder in which earlier versions kept theirs; `take_over` puts such a folder's files,
    from an older backup, into a database. Raises BackupError, before anything was written or after it was taken back.
    """
    folder = folder.absolute()
    manifest = about.read(folder)
    _known_revision(manifest)
    _right_secret(manifest, settings)
    _empty_place(engine, authority, keep_files=keep_files)
    about.check(folder, manifest)
    try:
        with ExitStack() as undo:
            _files(folder, manifest, undo)
            older = {
                Path(entry.path).name: (folder / entry.path).read_bytes()
                for entry in manifest.within(about.AUTHORITY)
            }

            def finish(restored: Engine) -> None:
                if older:
                    take_over(restored, older)

            if engine.dialect.name == "sqlite":
                _into_sqlite(folder, manifest, engine, undo, finish)
            else:
                _into_postgresql(folder, manifest, engine, undo, finish, portable=portable)
            if manifest.has(about.SECRET):
                _own_secret(folder, settings)
            undo.pop_all()
    except OSError as error:
        raise BackupError(f"Cadangan tidak dapat dipulihkan: {about.unreadable(error)}.") from None
    except (SQLAlchemyError, CommandError, RuntimeError) as error:
        raise BackupError(f"Basis data tidak dapat dipulihkan: {str(error).splitlines()[0]}") from error
    return manifest


# -- before anything is written ---------------------------------------------------------------------------------------


def _known_revision(manifest: Manifest) -> None:
    try:
        ScriptDirectory(str(bootstrap.MIGRATIONS)).get_revision(manifest.revision)
    except CommandError:
        raise BackupError(
            f"Cadangan ini dari Randal yang lebih baru (skema {manifest.revision}); pasang versi itu dahulu."
        ) from None


def _right_secret(manifest: Manifest, settings: Settings) -> None:
    """The authority's keys open under the secret they were made with only. A place that has merely made its own at
    this start takes the one that comes along."""
    if about.same_secret(manifest, settings.secret_key):
        return
    if manifest.has(about.SECRET):
        if keeps_its_secret(settings):
            return
        raise BackupError(
            f"Kunci rahasia berbeda: isi RANDAL_SECRET_KEY dengan isi berkas {about.SECRET} di cadangan ini, "
            "atau kosongkan."
        )
    raise BackupError(
        "Kunci rahasia berbeda: isi RANDAL_SECRET_KEY dengan nilai yang dipakai saat cadangan ini dibuat."
    )


def _empty_place(engine: Engine, authority: Path, *, keep_files: bool) -> None:
    where = engine.url.database or ""
    if engine.dialect.name != "sqlite" or (Path(where).exists() and Path(where).stat().st_size):
        with engine.connect() as connection:
            found = inspect(connection).get_table_names()
        if found:
            raise BackupError(
                f"Basis data tujuan ({where}) sudah berisi {len(found)} tabel; "
                "pulihkan ke basis data yang baru dan kosong."
            )
    if authority.exists():
        raise BackupError(
            f"Otoritas sertifikat sudah ada di {authority}; pulihkan ke folder data yang kosong."
        )
    try:
        empty = blobs.is_empty()
    except Exception as error:  # whatever an object store's client says
        raise BackupError(f"Penyimpanan (RANDAL_STORAGE_URL) tidak dapat dibaca: {error}") from error
    if not empty and not keep_files:
        raise BackupError(
            "Penyimpanan tujuan (RANDAL_STORAGE_URL) sudah berisi berkas; kosongkan, atau tambahkan --keep-files "
            "bila itu penyimpanan milik pemasangan yang dicadangkan."
        )


# -- files, secret -----------------------------------------------------------------------------------------


def _files(folder: Path, manifest: Manifest, undo: ExitStack) -> None:
    for entry in manifest.within(about.FILES):
        there = blobs.exists(entry.sha256)
        blobs.keep((folder / entry.path).read_bytes())  # one that is damaged there is mended
        if not there:
            undo.callback(blobs.remove, entry.sha256)


def _own_secret(folder: Path, settings: Settings) -> None:
    if settings.secret_key == (folder / about.SECRET).read_text():
        return
    durable.make_folder(settings.data_dir)
    durable.write(settings.data_dir / "secret_key", (folder / about.SECRET).read_bytes())


# -- database ---------------------------------------------------------------------------------------------------------


def _into_sqlite(folder: Path, manifest: Manifest, engine: Engine, undo: ExitStack, finish: Finish) -> None:
    if not engine.url.database:
        raise BackupError("RANDAL_DATABASE_URL tidak menunjuk ke berkas.")
    path = Path(engine.url.database)
    beside = path.with_name(f".{path.name}.partial")
    path.parent.mkdir(parents=True, exist_ok=True)
    beside.unlink(missing_ok=True)
    undo.callback(beside.unlink, missing_ok=True)
    with about.create(beside) as target:
        snapshot.unpack(folder, target)
    with snapshot.sqlite_file(beside) as copy:
        if manifest.revision != bootstrap.newest_revision():
            snapshot.bring(copy, "head")
        finish(copy)
    os.sync()
    engine.dispose()
    # The log of a database that is gone must not be taken for this one's.
    for ending in BESIDE:
        path.with_name(path.name + ending).unlink(missing_ok=True)
    beside.replace(path)
    durable.sync(path.parent)
    undo.callback(path.unlink, missing_ok=True)


def _into_postgresql(
    folder: Path, manifest: Manifest, engine: Engine, undo: ExitStack, finish: Finish, *, portable: bool
) -> None:
    with engine.connect() as connection:
        server, before = postgres_tools.major(connection), _functions(connection)
    undo.callback(_wipe, engine, before)
    if manifest.has(about.DUMP) and not portable:
        postgres_tools.load(engine, server, folder / about.DUMP)
    else:
        snapshot.bring(engine, manifest.revision)
        with snapshot.unpacked(folder) as copy, copy.connect() as source:
            snapshot.fill(source, engine)
    with engine.connect() as connection:
        found = tables.counts(connection)
    if found != manifest.tables:
        differ = sorted(t for t in found.keys() | manifest.tables if found.get(t) != manifest.tables.get(t))
        raise BackupError(f"Jumlah baris tidak sama dengan cadangan: {', '.join(differ)}.")
    if manifest.revision != bootstrap.newest_revision():
        snapshot.bring(engine, "head")
    finish(engine)


def _functions(connection: Connection) -> set[str]:
    query = "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = current_schema()::regnamespace"
    return set(connection.scalars(text(query)))


def _wipe(engine: Engine, before: set[str]) -> None:
    """Away with what a failed restore has made in a database that had no tables."""
    engine.dispose()
    with engine.begin() as connection:
        for table in inspect(connection).get_table_names():
            quoted = connection.dialect.identifier_preparer.quote(table)
            connection.execute(text(f"DROP TABLE {quoted} CASCADE"))
        for function in _functions(connection) - before:
            connection.execute(text(f"DROP FUNCTION {function} CASCADE"))
