"""The database: session, types, and how a transaction begins on SQLite and on PostgreSQL.

SQLite: WAL, `BEGIN IMMEDIATE` for whatever may write (a second writer waits instead of failing late),
plain `BEGIN` for GET and HEAD. PostgreSQL: row locks (`FOR UPDATE`), see `transitions.lock`.
"""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from flask import Flask, g, has_request_context, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, Connection, DateTime, Engine, Integer, MetaData, event
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from randal.database import timeouts
from randal.l10n import clock
from randal.settings import Settings

NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Model(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)


db = SQLAlchemy(model_class=Model, session_options={"expire_on_commit": False})

PATIENCE = 15.0  # seconds a writer waits for SQLite's only place to write
RESTED = 1.0  # seconds after which a connection of the pool may have died without our noticing

# SQLite numbers rows itself only for INTEGER; PostgreSQL wants the wide type.
Id = BigInteger().with_variant(Integer, "sqlite")


class UTCDateTime(TypeDecorator[datetime]):
    """An aware UTC instant; SQLite, which has no zones, keeps it naive."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Exact(TypeDecorator[Decimal]):
    """A Decimal with `scale` places, kept as a whole number so that both databases sum it exactly."""

    impl = BigInteger
    cache_ok = True

    def __init__(self, scale: int = 2):
        super().__init__()
        self.scale = scale

    def process_bind_param(self, value: Decimal | None, dialect: Any) -> int | None:
        return None if value is None else int(Decimal(value).scaleb(self.scale).to_integral_value())

    def process_result_value(self, value: int | None, dialect: Any) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-self.scale)


class Row(Model):
    """A table with a number of its own."""

    __abstract__ = True
    id: Mapped[int] = mapped_column(Id, primary_key=True)


_reading: ContextVar[bool] = ContextVar("reading", default=False)


def only_reading() -> bool:
    if (beside := _apart.get()) is not None:
        return not beside
    if _reading.get() or not has_request_context():
        return _reading.get()
    return request.method in ("GET", "HEAD", "OPTIONS") and not g.get("writes", False)


@contextmanager
def reading() -> Iterator[None]:
    """Look without taking SQLite's only place to write (relay and scheduler look many times a second)."""
    db.session.rollback()
    mark = _reading.set(True)
    try:
        yield
    finally:
        db.session.rollback()
        _reading.reset(mark)


def will_write() -> None:
    """A GET that does write (a document asked for by its address) says so: what it read before is read anew."""
    g.writes = True
    db.session.rollback()


_apart: ContextVar[bool | None] = ContextVar("apart", default=None)


@contextmanager
def apart(*, writes: bool = True) -> Iterator[Connection]:
    """A transaction beside the session's, kept whatever becomes of the request. With `writes`, the session must not hold
    SQLite's only place to write meanwhile."""
    mark = _apart.set(writes)
    try:
        with db.engine.begin() as connection:
            yield connection
    finally:
        _apart.reset(mark)


def prepare_engine(engine: Engine) -> None:
    """Teach an engine how its transactions begin. Call once per engine."""
    if engine.dialect.name != "sqlite":
        timeouts.prepare(engine)
        _ask_whether_it_lives(engine)
        _ask_what_time_it_is(engine)
        return

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy, not the driver, begins
        waits = f"busy_timeout={PATIENCE * 1000:.0f}"
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", waits, "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        if only_reading():
            connection.exec_driver_sql("BEGIN")
        else:
            _wait_for_the_place(connection)


def _wait_for_the_place(connection: Any) -> None:
    """BEGIN IMMEDIATE, looking often: SQLite's own waiting looks ten times a second, and beside writers that come
    right back it can starve for as long as it has patience."""
    raw, until = connection.connection.driver_connection, time.monotonic() + PATIENCE
    raw.execute("PRAGMA busy_timeout=0")
    try:
        while time.monotonic() < until:
            try:
                raw.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as error:
                if not says_busy(error):
                    break
            time.sleep(random.uniform(0.001, 0.005))  # noqa: S311, two that wait must not look in step
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # the last look, whose failure SQLAlchemy words
    finally:
        raw.execute(f"PRAGMA busy_timeout={PATIENCE * 1000:.0f}")


def says_busy(error: BaseException | None) -> bool:
    """SQLite's place to write was taken all the while: the neighbours are many, nothing is wrong with the work."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF == sqlite3.SQLITE_BUSY  # the low byte, without the shade of it


def _ask_whether_it_lives(engine: Engine) -> None:
    """A connection that rested is asked before it is used again, and replaced when the server went away meanwhile.

    SQLAlchemy's own ping asks each time: a round trip of every request, for a server that answered a moment ago.
    """
    dead: type[Exception] = engine.dialect.dbapi.Error  # type: ignore[union-attr]

    @event.listens_for(engine, "checkin")
    def _put_away(_connection: Any, record: Any) -> None:
        record.info["rested_since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _take_out(connection: Any, record: Any, _proxy: Any) -> None:
        if time.monotonic() - record.info.get("rested_since", time.monotonic()) > RESTED:
            try:
                with timeouts.of(timeouts.CONNECT):
                    engine.dialect.do_ping(connection)
            except dead:
                raise DisconnectionError from None  # the pool tries another, and opens a new one in the end


def _ask_what_time_it_is(engine: Engine) -> None:
    @event.listens_for(engine, "checkout")
    def _take_out(connection: Any, _record: Any, _proxy: Any) -> None:
        if clock.wants_asking():
            with timeouts.of(timeouts.CONNECT), suppress(engine.dialect.dbapi.Error):  # type: ignore[union-attr]  # what it is taken for will say so
                began = time.monotonic()
                instant = connection.execute("SELECT clock_timestamp()").fetchone()[0]
                clock.told(instant, time.monotonic() - began)
                connection.rollback()


def learn_the_time(app: Flask) -> None:
    """Ask what time it is before the first request and the first command do; a database that is away tells it later."""
    with app.app_context():
        if not is_sqlite():
            with suppress(DBAPIError), db.engine.connect():
                pass
            db.engine.dispose()  # whoever forks from here takes no connection along


def is_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"


def init_app(app: Flask, settings: Settings) -> None:
    """Bind the session to the database of these settings."""
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    if settings.database_url.startswith("sqlite"):
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        options: dict[str, Any] = {"connect_args": {"timeout": PATIENCE}}
    else:
        # A connection for each thread of the web and its signs of life; who waits longer for one hears so.
        options = {"pool_size": 5, "max_overflow": 15, "pool_timeout": 10}
    # What was written stands in no error and so in no log: names, numbers, words. A connection for each thread of the web.
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options | {"hide_parameters": True, "max_overflow": 15}
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
