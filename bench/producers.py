"""(f) Moves a second, in process: with the rows of the outbox and without, with PostgreSQL's NOTIFY and without. No aim.

One writer, and eight at once, each a process with a follow-up of its own; a listener takes every NOTIFY, as the relay does.
"""

from __future__ import annotations

import multiprocessing
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from flask import Flask
from sqlalchemy import text

from bench import reacting
from bench.items import follow_ups, move
from bench.peers import plain
from bench.servers import databases
from bench.stage import stage, table
from randal.database.base import db
from randal.history.events import ON
from randal.jobs.outbox import WAKE
from workflows.lifecycle import Actor

ROUNDS, SECONDS, WRITERS = 5, 1.5, (1, 8)
FORK = multiprocessing.get_context("fork")


def main() -> None:
    rows: list[tuple[str, ...]] = [
        ("database", "writers", "what", "moves/s (median)", "ratio to no outbox (min median max)")
    ]
    for kind in ("postgresql", "sqlite"):
        with (
            databases(kind, "bench") as (url,),
            stage(demo=False, database_url=url) as app,
            app.app_context(),
            listening(url),
        ):
            items, actor = follow_ups(app, max(WRITERS))
            ways = WAYS[kind]
            for writers in WRITERS:
                found: dict[str, list[float]] = {name: [] for name in ways}
                for _round in range(ROUNDS):  # in turn, so that the machine's mood is shared
                    for name, arrange in ways.items():
                        arrange()
                        found[name].append(rate(app, items[:writers], actor))
                for name, rates in found.items():
                    ratios = sorted(a / b for a, b in zip(rates, found["no outbox"], strict=True))
                    ratio = f"{ratios[0]:.2f} {statistics.median(ratios):.2f} {ratios[-1]:.2f}"
                    rows.append((kind, str(writers), name, f"{statistics.median(rates):.0f}", ratio))
    table(rows)


def with_notify() -> None:
    reacting.declare()
    _run("ALTER TABLE outbox ENABLE TRIGGER outbox_wake")


def without_notify() -> None:
    reacting.declare()
    _run("ALTER TABLE outbox DISABLE TRIGGER outbox_wake")


WAYS: dict[str, dict[str, Callable[[], None]]] = {
    "postgresql": {
        "no outbox": ON.clear,
        "outbox, no NOTIFY": without_notify,
        "outbox and NOTIFY": with_notify,
    },
    "sqlite": {"no outbox": ON.clear, "outbox": reacting.declare},
}


def _run(statement: str) -> None:
    db.session.execute(text(statement))
    db.session.commit()


def rate(app: Flask, items: list[int], actor: Actor) -> float:
    """Moves a second of as many writers as items, over SECONDS."""
    _run("DELETE FROM outbox")
    db.session.remove()
    db.engine.dispose()  # a child must not share this connection
    ready, counts = FORK.Barrier(len(items)), FORK.Array("i", len(items))
    writers = [
        FORK.Process(target=write, args=(app, n, items[n], actor, ready, counts)) for n in range(len(items))
    ]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    assert not any(each.exitcode for each in writers), "a writer failed"
    return sum(counts[:]) / SECONDS


def write(app: Flask, number: int, item_id: int, actor: Actor, ready: Any, counts: Any) -> None:
    with app.app_context():
        move(item_id, actor)
        db.session.commit()
        ready.wait()
        until = time.perf_counter() + SECONDS
        while time.perf_counter() < until:
            move(item_id, actor)
            db.session.commit()
            counts[number] += 1


@contextmanager
def listening(url: str) -> Iterator[None]:
    """Somebody listens, as the relay does: PostgreSQL wakes it at every commit."""
    if url.startswith("sqlite"):
        yield
        return
    listener = FORK.Process(target=listen, args=(url,), daemon=True)
    listener.start()
    try:
        yield
    finally:
        listener.terminate()
        listener.join()


def listen(url: str) -> None:
    with psycopg.connect(plain(url), autocommit=True) as connection:
        connection.execute(f"LISTEN {WAKE}")
        for _ in connection.notifies():
            pass


if __name__ == "__main__":
    main()
