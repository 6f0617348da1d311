"""Signs of life of every process on every machine, in the database: who is there, with which clock, with how much room.

A process writes its row every few seconds and takes it away when it ends; what is killed leaves a row that grows old. The
instant is the database's. Nobody waits for this: a database that is away or busy is told the next time.
"""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import Flask, current_app
from sqlalchemy import BigInteger, ColumnElement, Connection, Float, String, delete, insert, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from randal.database.base import Model, UTCDateTime, db
from randal.l10n import clock
from randal.settings import Settings
from randal.storage import blobs

EVERY = 10.0  # seconds between two signs of life
HEARD_WITHIN = timedelta(seconds=45)  # a worker may be busy with a slow job for 30
FORGOTTEN = timedelta(days=1)
LATELY, OFTEN = timedelta(minutes=15), 3  # so many deaths in so long are a process that cannot live


class Heartbeat(Model):
    """One process. `ahead`: seconds by which the clock of its machine is ahead of the database's; `free`: bytes left on
    the disk of its data directory; `trouble`: why it cannot write files ("" when it can, or does not try)."""

    __tablename__ = "heartbeats"
    node: Mapped[str] = mapped_column(String(80), primary_key=True)
    process: Mapped[str] = mapped_column(String(16), primary_key=True)
    pid: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    ahead: Mapped[float] = mapped_column(Float)
    free: Mapped[int] = mapped_column(BigInteger)
    trouble: Mapped[str] = mapped_column(String(200), default="")


class Pulse:
    """The sign of life of this process: `beat` as often as you like."""

    def __init__(self, app: Flask, process: str, *, files: bool = False):
        self._app, self._process, self._files = app, process, files
        self._last = float("-inf")
        atexit.register(self.end)

    def beat(self) -> None:
        if clock.monotonic() - self._last < EVERY:
            return
        self._last = clock.monotonic()
        with self._app.app_context(), suppress(SQLAlchemyError, OSError):
            said = self._facts()
            with db.engine.begin() as connection:
                _write(connection, self._key(), said)

    def end(self) -> None:
        """This process goes in good order: one that an error ends leaves its row, and is counted among the dead."""
        if getattr(sys, "last_type", None) not in (None, SystemExit, KeyboardInterrupt):
            return
        with suppress(Exception), self._app.app_context(), db.engine.begin() as connection:
            connection.execute(delete(Heartbeat).where(*_is(self._key())))

    def _key(self) -> tuple[str, str, int]:
        return node_name(self._app.config["RANDAL"]), self._process, os.getpid()

    def _facts(self) -> dict[str, object]:
        trouble = ""
        if self._files:
            try:
                blobs.works()
            except blobs.StorageDown as down:
                trouble = down.why[:200]
        at = clock.real()
        ahead = round((clock.machine() - at).total_seconds(), 1)
        free = shutil.disk_usage(current_app.config["RANDAL"].data_dir).free
        return {"at": at, "ahead": ahead, "free": free, "trouble": trouble}


def watch(app: Flask, process: str, stop: threading.Event | None = None) -> threading.Thread:
    """Signs of life from a thread of their own, for a process whose other threads belong to its visitors."""
    pulse, ended = Pulse(app, process, files=True), stop or threading.Event()

    def go_on() -> None:
        while not ended.is_set():
            pulse.beat()
            ended.wait(EVERY)

    thread = threading.Thread(target=go_on, name="presence", daemon=True)
    thread.start()
    return thread


def node_name(settings: Settings) -> str:
    return (settings.node or os.uname().nodename)[:80]


def _is(key: tuple[str, str, int]) -> tuple[ColumnElement[bool], ...]:
    return Heartbeat.node == key[0], Heartbeat.process == key[1], Heartbeat.pid == key[2]


def _write(connection: Connection, key: tuple[str, str, int], said: dict[str, object]) -> None:
    if connection.execute(update(Heartbeat).where(*_is(key)).values(**said)).rowcount:
        return
    old = Heartbeat.at < clock.real() - FORGOTTEN
    connection.execute(delete(Heartbeat).where(old))
    connection.execute(insert(Heartbeat).values(node=key[0], process=key[1], pid=key[2], **said))


# -- reading ----------------------------------------------------------------------------------------------------------


@dataclass
class Node:
    """One machine: how many of each process are heard, and what is wrong with it (sentences for the operator)."""

    name: str
    heard: dict[str, int] = field(default_factory=dict)
    ahead: float = 0.0
    free: int | None = None
    troubles: list[str] = field(default_factory=list)
    died: dict[str, int] = field(
        default_factory=dict
    )  # of each process, without a farewell, in the last minutes


def silences() -> dict[str, list[timedelta]]:
    """Per process: how long ago each that was heard of within a day gave a sign of life, the latest first."""
    present = clock.real()
    rows = select(Heartbeat.process, Heartbeat.at).where(Heartbeat.at > present - FORGOTTEN)
    found: dict[str, list[timedelta]] = {}
    for name, at in db.session.execute(rows.order_by(Heartbeat.at.desc())):
        found.setdefault(name, []).append(max(timedelta(), present - at))
    return found


def is_heard(silence: timedelta | None) -> bool:
    """Is a process silent for so long still there?"""
    return silence is not None and silence <= HEARD_WITHIN


def nodes() -> list[Node]:
    """Every machine heard of within a day, by name."""
    found: dict[str, Node] = {}
    silent: dict[tuple[str, str], timedelta] = {}
    present = clock.real()
    rows = select(Heartbeat).where(Heartbeat.at > present - FORGOTTEN).order_by(Heartbeat.node, Heartbeat.at)
    for row in db.session.scalars(rows):
        node = found.setdefault(row.node, Node(row.node))
        if present - row.at > HEARD_WITHIN:
            silent[row.node, row.process] = present - row.at
            if present - row.at < LATELY:
                node.died[row.process] = node.died.get(row.process, 0) + 1
            continue
        node.heard[row.process] = node.heard.get(row.process, 0) + 1
        node.ahead, node.free = row.ahead, row.free
        if row.trouble and row.trouble not in node.troubles:
            node.troubles.append(row.trouble)
    for (name, process), since in silent.items():
        if not found[name].heard.get(process):
            found[name].troubles.append(f"{process} tidak terdengar sejak {int(since.total_seconds())} detik")
    for node in found.values():
        node.troubles += [
            f"{process} mati {count} kali dalam {LATELY.total_seconds() // 60:.0f} menit; baca lognya"
            for process, count in node.died.items()
            if count >= OFTEN
        ]
    return list(found.values())
