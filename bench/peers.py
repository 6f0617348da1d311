"""The peers' workers, each a process: `python -m bench.peers procrastinate URL`, `python -m bench.peers reading URL`.

Both are as lean as they can be: no SQLAlchemy, no Flask, nothing but the library and the database's own driver.
"""

from __future__ import annotations

import signal
import sqlite3
import sys
import threading
import time
from datetime import UTC, datetime
from typing import Any

import procrastinate
import psycopg
from sqlalchemy.engine import make_url

from randal.jobs.outbox import WAKE

EFFECT = "INSERT INTO bench_effects (event_id, at) VALUES (%s, %s)"
LOOK = 0.005  # seconds between two looks at SQLite's counter of commits, as the relay has it
stop = threading.Event()


def plain(url: str) -> str:
    """The URL as psycopg reads it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


# -- procrastinate: its own worker with its own settings (one job at a time, LISTEN/NOTIFY, jobs kept) ---------------


def jobs(url: str) -> tuple[procrastinate.App, Any]:
    """The application and its only task, `effect(event=id)`."""
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=plain(url)))
    kept: dict[str, psycopg.AsyncConnection[Any]] = {}

    @app.task(name="effect")
    async def effect(event: int) -> None:
        # A worker killed before its job is marked runs it again: the key alone makes the effect once.
        if "connection" not in kept:
            kept["connection"] = await psycopg.AsyncConnection.connect(plain(url))
        connection = kept["connection"]
        await connection.execute(f"{EFFECT} ON CONFLICT DO NOTHING", (event, time.time()))
        await connection.commit()

    return app, effect


def work(url: str) -> None:
    app, _effect = jobs(url)
    with app.open():
        app.run_worker()


# -- a consumer of the outbox: claim, effect and mark in one transaction, woken by the database ------------------------


def read_postgresql(url: str) -> None:
    listening = psycopg.connect(plain(url), autocommit=True)
    listening.execute(f"LISTEN {WAKE}")
    with psycopg.connect(plain(url)) as connection:
        while not stop.is_set():
            row = connection.execute(
                "SELECT id, event_id FROM outbox WHERE queue = 'small' AND next_at <= now() "
                "AND done_at IS NULL AND stuck_at IS NULL ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED"
            ).fetchone()
            if row:
                connection.execute(EFFECT, (row[1], time.time()))
                connection.execute("UPDATE outbox SET done_at = now() WHERE id = %s", (row[0],))
            connection.commit()
            if not row:
                for _ in listening.notifies(timeout=1, stop_after=1):
                    pass


def read_sqlite(url: str) -> None:
    file = make_url(url).database or ""
    connection = sqlite3.connect(file, isolation_level=None, timeout=15)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    due = (
        "SELECT id, event_id FROM outbox WHERE queue = 'small' AND next_at <= ? "
        "AND done_at IS NULL AND stuck_at IS NULL ORDER BY next_at LIMIT 1"
    )
    seen = -1
    while not stop.is_set():
        now = datetime.now(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
        if not connection.execute(due, (now,)).fetchone():
            while not stop.wait(LOOK):
                (version,) = connection.execute("PRAGMA data_version").fetchone()
                if version != seen:
                    seen = version
                    break
            continue
        connection.execute("BEGIN IMMEDIATE")
        if row := connection.execute(due, (now,)).fetchone():
            connection.execute(EFFECT.replace("%s", "?"), (row[1], time.time()))
            connection.execute("UPDATE outbox SET done_at = ? WHERE id = ?", (now, row[0]))
        connection.execute("COMMIT")


if __name__ == "__main__":
    way, url = sys.argv[1:]
    if way == "procrastinate":
        work(url)
    else:
        signal.signal(signal.SIGTERM, lambda *_: stop.set())
        (read_sqlite if url.startswith("sqlite") else read_postgresql)(url)
