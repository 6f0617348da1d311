"""(e) From the commit of a move to its effect: Randal's way beside procrastinate and beside a reader of the outbox.

    python -m bench effects [--events 2000] [--rounds 3] [--database postgresql|sqlite]

One small worker each, one effect (a row keyed by the event), one database. In turn, so that the machine's mood is
shared: 200 moves one at a time 20 to 50 ms apart; so many moves in one commit while the worker waits for them; so many
waiting when it starts. Aim: at least procrastinate's throughput, its p50 at most 1.5 times that of procrastinate.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import procrastinate
from sqlalchemy import text

from bench import reacting
from bench.items import follow_ups, move
from bench.peers import jobs, plain
from bench.servers import databases, redis, running
from bench.stage import stage, table
from randal.database.base import db, reading
from randal.history.events import ON, Event
from workflows.lifecycle import Actor

SINGLE, GAP = 200, (0.020, 0.050)
PATIENCE = 300.0  # seconds until a bench gives up
FLASK = ("flask", "--app", "bench.reacting", "randal")


class Way(NamedTuple):
    """One way from a move to its effect: the processes it needs, and what the move's transaction does for it."""

    name: str
    guarantee: str
    commands: tuple[tuple[str, ...], ...]
    declare: Callable[[], None]
    within: Callable[[Event], Any] = lambda event: None


class Figures(NamedTuple):
    p50: float  # ms, commit → effect, one at a time
    p95: float
    burst: float  # effects a second, from the commit of all
    waiting: float  # effects a second, from the first to the last


def main(words: list[str] | None = None) -> None:
    asked = argparse.ArgumentParser(prog="python -m bench effects")
    asked.add_argument("--events", type=int, default=2000)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--database", choices=("postgresql", "sqlite"), action="append")
    given = asked.parse_args(words or [])
    for kind in given.database or ("postgresql", "sqlite"):
        with (
            databases(kind, "bench") as (url,),
            redis() as server,
            stage(demo=False, database_url=url, redis_url=server.url) as app,
            app.app_context(),
        ):
            db.session.execute(text(reacting.TABLE))
            db.session.commit()
            items, actor = follow_ups(app, 1)
            ways = ways_on(kind, url)
            found: dict[str, list[Figures]] = {way.name: [] for way in ways}
            for _round in range(given.rounds):
                for way in ways:
                    found[way.name].append(measured(way, items[0], actor, given.events))
        show(kind, ways, found, given)


def ways_on(kind: str, url: str) -> list[Way]:
    ours = Way(
        "outbox → relay → RQ → worker (Randal)",
        "move and effect survive kill -9 of all, and Redis wiped; effect once: it commits with its mark",
        ((*FLASK, "relay"), (*FLASK, "worker", "small")),
        reacting.declare,
    )
    direct = Way(
        "reader of the outbox",
        "the same; no bound, no attempts counted, a poisoned row stops all",
        (("bench.peers", "reading", url),),
        reacting.declare,
    )
    if kind == "sqlite":
        return [ours, direct]
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=plain(url)))
    with app.open():
        app.schema_manager.apply_schema()
    _app, effect = jobs(url)

    def defer(event: Event) -> None:
        """In the move's own transaction, on its own connection."""
        raw = db.session.connection().connection.driver_connection
        effect.configure(connection=raw).defer(event=event.id)

    peer = Way(
        "procrastinate",
        "the job survives kill -9 of all; one begun by a killed worker waits for a periodic task of one's own; "
        "effect and mark in two commits: once only by its key",
        (("bench.peers", "procrastinate", url),),
        ON.clear,
        defer,
    )
    return [ours, peer, direct]


def measured(way: Way, item_id: int, actor: Actor, events: int) -> Figures:
    way.declare()
    with running(*way.commands, environment={"RANDAL_BENCH": "1"}):
        forget()
        make(way, item_id, actor, 5)
        wait_for(5)  # it is there, and warm
        forget()
        committed = {}
        for _ in range(SINGLE):
            time.sleep(random.uniform(*GAP))
            (event,) = make(way, item_id, actor, 1)
            committed[event] = time.time()
        wait_for(SINGLE)
        delays = sorted((at - committed[event]) * 1000 for event, at in effects())
        forget()
        make(way, item_id, actor, events)
        began = time.time()
        wait_for(events)
        burst = events / (max(at for _, at in effects()) - began)
    forget()
    make(way, item_id, actor, events)
    with running(*way.commands, environment={"RANDAL_BENCH": "1"}):
        wait_for(events)
    times = [at for _, at in effects()]
    waiting = (events - 1) / (max(times) - min(times))
    return Figures(statistics.median(delays), delays[int(len(delays) * 0.95)], burst, waiting)


def make(way: Way, item_id: int, actor: Actor, count: int) -> list[int]:
    """So many moves in one commit; the ids of their events."""
    made = []
    for _ in range(count):
        event = move(item_id, actor)
        way.within(event)
        made.append(event.id)
    db.session.commit()
    return made


def effects() -> list[tuple[int, float]]:
    with reading():
        return [(row.event_id, row.at) for row in db.session.execute(text("SELECT * FROM bench_effects"))]


def forget() -> None:
    db.session.execute(text("DELETE FROM bench_effects"))
    db.session.commit()


def wait_for(count: int) -> None:
    until, made = time.monotonic() + PATIENCE, -1
    while made < count:
        assert time.monotonic() < until, f"{made} of {count} effects"
        time.sleep(0.2)
        with reading():
            made = db.session.scalar(text("SELECT count(*) FROM bench_effects")) or 0


def show(kind: str, ways: list[Way], found: dict[str, list[Figures]], given: argparse.Namespace) -> None:
    middle = {
        name: Figures(*(statistics.median(column) for column in zip(*rounds, strict=True)))
        for name, rounds in found.items()
    }
    print(f"\n{kind}: median of {given.rounds} rounds in turn, one worker each\n")
    rows: list[tuple[str, ...]] = [
        ("way", "p50 ms", "p95 ms", f"{given.events} at once, /s", f"{given.events} waiting, /s")
    ]
    for name, each in middle.items():
        rows.append((name, f"{each.p50:.1f}", f"{each.p95:.1f}", f"{each.burst:.0f}", f"{each.waiting:.0f}"))
    ours, *others = middle.values()
    for name, other in zip(list(middle)[1:], others, strict=True):
        ratios = (f"{a / b:.2f}" for a, b in zip(ours, other, strict=True))
        rows.append((f"Randal's ratio to {name}", *ratios))
    if "procrastinate" in middle:
        rows.append(("aim, to procrastinate", "≤ 1.50", "", "≥ 1.00", "≥ 1.00"))
    table(rows)
    print()
    table([("way", "guarantee"), *((way.name, way.guarantee) for way in ways)])


if __name__ == "__main__":
    main()
