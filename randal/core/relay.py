"""From the outbox to RQ: claim due rows under a lease, commit, then publish their ids.

Two rules keep it from collapsing under slow workers: publish only while Redis holds few jobs of the queue, and do
not publish again what RQ still holds, however long its lease is over.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from typing import Any

from flask import Flask
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError

from randal.core import clock, outbox, queues
from randal.core.db import db, is_sqlite, reading
from randal.core.events import QUEUES

log = logging.getLogger("randal.relay")
BOUND = 500  # jobs of one queue in Redis, at most
IDLE = (
    1.0  # seconds until it looks again although nothing was written: back-offs and leases end by time alone
)
REST = 1.0  # seconds between tries while database or Redis are away


def publish_due(client: Redis) -> int:
    """One round: how many rows were handed to workers. Raises RedisError, DBAPIError."""
    return sum(_publish_queue(name, client) for name in QUEUES)


def _publish_queue(name: str, client: Redis) -> int:
    now = clock.now()
    with reading():
        query = outbox.due(now, name).add_columns(outbox.Delivery.attempt).limit(BOUND)
        waiting = [(row.id, row.attempt) for row in db.session.execute(query)]
    if not waiting:
        return 0
    held = queues.held(name, client)
    busy = [row_id for row_id, attempt in waiting if f"{row_id}-{attempt}" in held]
    room = max(0, BOUND - len(held))
    if busy:
        outbox.extend(busy, now)
    claimed = outbox.claim(now, min(room, outbox.BATCH), name, leave=busy) if room else []
    db.session.commit()
    if claimed:
        try:
            queues.publish(name, claimed, client)
        except RedisError:
            outbox.give_back(claimed, clock.now())
            db.session.commit()
            raise
    return len(claimed)


class Waker:
    """Waits until something may be due: a commit on SQLite (seen within 20 ms), else a look every 100 ms."""

    def __init__(self) -> None:
        self._sqlite: sqlite3.Connection | None = None
        self._version = -1
        if is_sqlite():
            self._sqlite = sqlite3.connect(db.engine.url.database or "", check_same_thread=False)

    def wait(self, stop: threading.Event) -> None:
        if self._sqlite is None:
            stop.wait(0.1)
            return
        until = time.monotonic() + IDLE
        while time.monotonic() < until and not stop.wait(0.02):
            (version,) = self._sqlite.execute("PRAGMA data_version").fetchone()
            if version != self._version:
                self._version = version
                return

    def close(self) -> None:
        if self._sqlite:
            self._sqlite.close()


def run(app: Flask, stop: threading.Event) -> None:
    """Relay until `stop`. Database and Redis may come and go; one line in the log says so, each time."""
    with app.app_context():
        client = queues.connect(app.config["RANDAL"])
        waker, away, beaten = Waker(), "", 0.0
        while not stop.is_set():
            try:
                if time.monotonic() - beaten > queues.BEAT / 3:
                    queues.beat("relay", client)
                    beaten = time.monotonic()
                published = publish_due(client)
            except (RedisError, DBAPIError) as error:
                db.session.rollback()
                away = _say_away(away, error)
                stop.wait(REST)
                continue
            if away:
                log.warning("kembali bekerja")
                away = ""
            if not published:
                waker.wait(stop)
        waker.close()
        db.session.remove()


def _say_away(before: str, error: Any) -> str:
    what = "Redis" if isinstance(error, RedisError) else "basis data"
    if what != before:
        log.warning("%s tidak dapat dihubungi, dicoba terus: %s", what, str(error).splitlines()[0])
    return what
