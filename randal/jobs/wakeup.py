"""How the relay learns at once that something was written: NOTIFY on PostgreSQL, `PRAGMA data_version` on SQLite.

Neither is relied on: what was missed is seen at the next look, within a second. `wait` answers whether it was woken.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from typing import Any

import psycopg

from randal.database import timeouts
from randal.database.base import db, is_sqlite
from randal.jobs.outbox import WAKE

IDLE = (
    1.0  # seconds until it looks again although nothing was written: back-offs and leases end by time alone
)
LOOK = 0.005  # seconds between two looks at SQLite's counter of commits


def connection_of_its_own() -> psycopg.Connection[Any]:
    """Outside the pool, each statement a transaction. Raises psycopg.Error."""
    url = db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    return timeouts.connect(url, autocommit=True)


def waker() -> Listener | Watcher:
    return Watcher() if is_sqlite() else Listener()


class Watcher:
    """SQLite counts the commits of other connections; asking costs a few microseconds and no lock."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect(db.engine.url.database or "", check_same_thread=False)
        self._seen = -1

    def wait(self, stop: threading.Event, seconds: float = IDLE) -> bool:
        until = time.monotonic() + seconds
        while True:
            (version,) = self._connection.execute("PRAGMA data_version").fetchone()
            if version != self._seen:
                self._seen = version
                return True
            if time.monotonic() > until or stop.wait(LOOK):
                return False

    def close(self) -> None:
        self._connection.close()


class Listener:
    """LISTEN on a connection of its own. One that was lost is opened anew; until then each second is a look."""

    def __init__(self) -> None:
        self._connection: psycopg.Connection[Any] | None = None

    def wait(self, stop: threading.Event, seconds: float = IDLE) -> bool:
        try:
            if self._connection is None:
                self._connection = connection_of_its_own()
                self._connection.execute(f"LISTEN {WAKE}")
                return True  # what was written before it listened is found by a look
            return bool(list(self._connection.notifies(timeout=seconds, stop_after=1)))
        except psycopg.Error:
            self.close()
            stop.wait(seconds)
            return False

    def close(self) -> None:
        if self._connection:
            with contextlib.suppress(psycopg.Error):
                self._connection.close()
        self._connection = None
