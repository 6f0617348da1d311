"""From the outbox to RQ: claim due rows under a lease, commit, then publish their ids.

Two rules keep it from collapsing under slow workers: publish only while Redis holds few jobs of the queue, and do
not publish again what RQ still holds, however long its lease is over. What was never published cannot be held: on
PostgreSQL such rows go at once (`Express`), and the careful look comes once a second.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import Any

import psycopg
from flask import Flask
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError

from randal.database.base import db, is_sqlite, reading
from randal.history.events import QUEUES
from randal.jobs import outbox, presence, queues, wakeup
from randal.jobs.fast_path import FirstClaims
from randal.l10n import clock

log = logging.getLogger("randal.relay")
BOUND = 500  # rows of one queue in Redis, at most
FULL = 0.2  # seconds that a queue rests whose bound is reached: workers that commit would wake the relay all the time
REST = 1.0  # seconds between tries while database or Redis are away
DIED = f"Worker mati sebelum selesai, dan tidak meninggalkan pesan, {outbox.MAX_ATTEMPTS} kali."


def publish_due(client: Redis, resting: dict[str, float] | None = None) -> int:
    """One round: how many rows were handed to workers. Raises RedisError, DBAPIError.

    `resting` keeps, from round to round, until when (monotonic) a queue with a full Redis is left alone.
    """
    resting = {} if resting is None else resting
    published = 0
    for name in QUEUES:
        if resting.get(name, 0) <= time.monotonic():
            resting.pop(name, None)
            handed, full = _publish_queue(name, client)
            published += handed
            if full:
                resting[name] = time.monotonic() + FULL
    return published


def _publish_queue(name: str, client: Redis) -> tuple[int, bool]:
    """How many rows of this queue were handed over, and whether more wait than Redis may hold."""
    now = clock.now()
    with reading():
        query = outbox.ripe(now, name).add_columns(outbox.Delivery.attempt).limit(BOUND)
        waiting = [(row.id, row.attempt) for row in db.session.execute(query)]
    if not waiting:
        return 0, False
    held = queues.held(name, client)
    busy = [row_id for row_id, attempt in waiting if f"{row_id}-{attempt}" in held]
    idle = [(row_id, attempt) for row_id, attempt in waiting if f"{row_id}-{attempt}" not in held]
    room = min(outbox.BATCH, max(0, BOUND - len(held)))
    if busy:
        outbox.extend(busy, now)
    if spent := [row_id for row_id, attempt in idle if attempt >= outbox.MAX_ATTEMPTS]:
        outbox.died(spent, DIED, now)
    fresh = [row_id for row_id, attempt in idle if attempt < outbox.MAX_ATTEMPTS]
    claimed = outbox.claim(now, only=fresh[:room]) if fresh and room else []
    db.session.commit()
    _hand_over({name: claimed}, client)
    return len(claimed), len(fresh) > room == 0


def _hand_over(claimed: dict[str, list[tuple[int, int, str]]], client: Redis) -> None:
    """To the workers of each queue; what does not reach Redis is given back. Raises RedisError."""
    left = {name: rows for name, rows in claimed.items() if rows}
    try:
        for name in list(left):
            queues.publish(name, left[name], client)
            del left[name]
    except RedisError:
        outbox.give_back([row for rows in left.values() for row in rows], clock.now())
        db.session.commit()
        raise


class Express:
    """What nobody was given yet, handed over without a look at what Redis holds: its room was counted a moment ago."""

    def __init__(self, client: Redis) -> None:
        self._client, self._claims = client, FirstClaims()
        self._room: dict[str, int] = {}
        self._counted = 0.0

    def due(self) -> bool:
        """Is it time for a careful look? Sooner when a queue is full: its workers may have made room."""
        return time.monotonic() - self._counted > self.patience

    @property
    def patience(self) -> float:
        return wakeup.IDLE if self._room and all(self._room.values()) else FULL

    def count(self) -> None:
        """Ask Redis how much more it may hold. Raises RedisError."""
        self._room = {name: max(0, BOUND - len(queues.held(name, self._client))) for name in QUEUES}
        self._counted = time.monotonic()

    def publish(self) -> int:
        """One round: how many rows were handed over. Raises RedisError, psycopg.Error."""
        asked = {name: min(room, outbox.BATCH) for name, room in self._room.items() if room}
        claimed = self._claims.claim(clock.now(), asked)
        found = {name: [row for row in claimed if row[2] == name] for name in asked}
        for name, rows in found.items():
            self._room[name] -= len(rows)
        _hand_over(found, self._client)
        return len(claimed)

    def close(self) -> None:
        """Forget connection and count: the next look is a careful one."""
        self._claims.close()
        self._counted = 0.0


def run(app: Flask, stop: threading.Event) -> None:
    """Relay until `stop`. Database and Redis may come and go; one line in the log says so, each time."""
    with app.app_context():
        client = queues.connect(app.config["RANDAL"])
        waker, away = wakeup.waker(), ""
        resting: dict[str, float] = {}
        express = None if is_sqlite() else Express(client)
        pulse = presence.Pulse(app, "relay")
        while not stop.is_set():
            pulse.beat()
            try:
                if express and not express.due():
                    published = express.publish()
                else:
                    published = publish_due(client, resting)
                    if express:
                        express.count()
                if not published:
                    client.ping()  # who has nothing to publish says all the same that Redis is away
            except (RedisError, DBAPIError, psycopg.Error) as error:
                db.session.rollback()
                if express:
                    express.close()
                away = _say_away(away, error)
                stop.wait(REST)
                continue
            if away:
                log.warning("kembali bekerja")
                away = ""
            if not published:
                waker.wait(stop, express.patience if express else FULL if resting else wakeup.IDLE)
        if express:
            express.close()
        waker.close()
        db.session.remove()


def _say_away(before: str, error: Any) -> str:
    what = "Redis" if isinstance(error, RedisError) else "basis data"
    if what != before:
        log.warning("%s tidak dapat dihubungi, dicoba terus: %s", what, str(error).splitlines()[0])
    return what
