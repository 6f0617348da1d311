"""(h) One claim of the outbox, and one move, in a large table beside the same in a table of 10,000. Aim: at most 1.5 times.

    python -m bench claims [--large 1000000]

1,000,000 events with their outbox rows on PostgreSQL, 100,000 on SQLite: all were due, then done. Some thousands more are due.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Sequence

from flask import Flask, current_app
from sqlalchemy import text

from bench.items import follow_ups, move
from bench.servers import databases
from bench.stage import stage, table
from randal.database.base import db, is_sqlite
from randal.history import chain
from randal.jobs import outbox
from randal.jobs.fast_path import FirstClaims
from randal.l10n import clock
from workflows.lifecycle import Actor

SMALL, LARGE = 10_000, {"postgresql": 1_000_000, "sqlite": 100_000}
DUE, BATCH, CLAIMS, MOVES = 5_000, 100, 40, 300
APART = 10_000_000  # above it the items of the filling

EVENTS = """
INSERT INTO events (item_type, item_id, seq, move, to_state, hat, at, unit_id, meeting_id, data, seals, prev, hash)
SELECT 'follow_up', {first} + n, 1, 'create', 'draft', '', CURRENT_TIMESTAMP, n % 38, n % 500, '{{}}', '{{}}', '{nothing}', {hash}
FROM {series}
"""
WANTED = """
INSERT INTO outbox (event_id, consumer, queue, attempt, next_at, error)
SELECT id, 'bench', 'small', 0, CURRENT_TIMESTAMP, '' FROM events WHERE item_id > {first}
"""


def main(words: list[str] | None = None) -> None:
    asked = argparse.ArgumentParser(prog="python -m bench claims")
    asked.add_argument("--large", type=int, help="rows in the large table, on both databases")
    given = asked.parse_args(words or [])
    rows: list[tuple[str, ...]] = [
        ("database", "what", "ms, small", "ms, large", "ratio of medians", "rows, small and large")
    ]
    for kind, wanted in LARGE.items():
        large = given.large or wanted
        with (
            databases(kind, "small", "large") as (one, other),
            stage(demo=False, database_url=one) as few,
            stage(demo=False, database_url=other) as many,
        ):
            who = [(app, *filled(app, size)) for app, size in ((few, SMALL), (many, large))]
            acts = [(f"one claim of {BATCH}, committed", CLAIMS, claim), ("one move, committed", MOVES, once)]
            if kind == "postgresql":
                acts.insert(0, ("first claim of 10, committed", CLAIMS, first_claim))
            for what, times, act in acts:
                a, b = in_turn(act, who, times)
                rows.append(
                    (kind, what, f"{a:.2f}", f"{b:.2f}", f"{b / a:.2f}  (aim ≤ 1.50)", f"{SMALL} {large}")
                )
    table(rows)


def filled(app: Flask, size: int) -> tuple[int, Actor]:
    """So many events that are done, DUE that are not, and one follow-up to move: its id and who may."""
    with app.app_context():
        items, actor = follow_ups(app, 1)
        fill(APART, size)
        run("UPDATE outbox SET done_at = CURRENT_TIMESTAMP, attempt = 1")
        fill(2 * APART, DUE)
        db.session.remove()
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            if not is_sqlite():  # what its autovacuum would do in its own time
                connection.execute(text("VACUUM ANALYZE events, outbox"))
    return items[0], actor


def fill(first: int, size: int) -> None:
    if is_sqlite():
        series = f"(WITH RECURSIVE up(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM up WHERE n < {size}) SELECT n FROM up)"
        digest = "lower(hex(randomblob(32)))"
    else:
        series, digest = f"generate_series(1, {size}) AS n", "md5(n::text) || md5(random()::text)"
    run(EVENTS.format(first=first, nothing=chain.NOTHING, hash=digest, series=series))
    run(WANTED.format(first=first))


def run(statement: str) -> None:
    db.session.execute(text(statement))
    db.session.commit()


def in_turn(
    act: Callable[[int, Actor], None], who: Sequence[tuple[Flask, int, Actor]], times: int
) -> tuple[float, float]:
    """Median milliseconds of the act in the first and in the second application, in turn."""
    taken: tuple[list[float], list[float]] = ([], [])
    for number in range(times + 1):
        for (app, item_id, actor), kept in zip(who, taken, strict=True):
            with app.app_context():
                began = time.perf_counter()
                act(item_id, actor)
                if number:  # the first warms
                    kept.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken[0]), statistics.median(taken[1])


def claim(_item_id: int, _actor: Actor) -> None:
    assert len(outbox.claim(clock.now(), BATCH)) == BATCH
    db.session.commit()


def first_claim(_item_id: int, _actor: Actor) -> None:
    """What the relay does with new rows on PostgreSQL, on the connection that it keeps."""
    kept: FirstClaims = current_app.extensions.setdefault("bench.claims", FirstClaims())
    assert len(kept.claim(clock.now(), {"small": 10})) == 10


def once(item_id: int, actor: Actor) -> None:
    move(item_id, actor)
    db.session.commit()


if __name__ == "__main__":
    main()
