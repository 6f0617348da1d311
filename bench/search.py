"""(q) Finding in 100,000 texts beside finding in 10,000, on both databases: a rare word, a common one, two words.

    python -m bench search [--large 100000]

Decisions of one meeting, forty words each, of a vocabulary of 3,000. The rare word stands in 20 of them in either
database; the common one in every tenth, so that what is found grows with the texts. Rows are asked for in turns.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import product

from flask import Flask
from sqlalchemy import insert, text

from bench.servers import databases
from bench.stage import stage, table
from randal.database.base import db, is_sqlite
from randal.l10n import clock
from randal.models.meetings import Decision
from randal.models.search import SearchEntry
from randal.search.queries import search
from randal.search.stemming import stems
from tests.world import World
from workflows.lifecycle import Actor

SMALL, LARGE, ROUNDS, BATCH = 10_000, 100_000, 15, 2_000
RARE, COMMON, FOUND = "Pangkalpinang", "drainase", 20
ASKED = {"rare word": RARE, "common word": COMMON, "both": f"{COMMON} {RARE}", "begun word": RARE[:8]}
WORDS = ["".join(parts) for parts in product("bdkmprst", "aeiou", "bdkmprstl", "aeiou", ("n", "k"))][:3000]


def main(words: list[str] | None = None) -> None:
    asked = argparse.ArgumentParser(prog="python -m bench search")
    asked.add_argument("--large", type=int, default=LARGE)
    large = asked.parse_args(words or []).large
    head = ("database", "reader", "what", "ms, small", "ms, large", "ratio of medians", "found")
    rows: list[tuple[str, ...]] = [head]
    for kind in ("sqlite", "postgresql"):
        with (
            databases(kind, "small", "large") as (one, other),
            stage(demo=False, database_url=one) as few,
            stage(demo=False, database_url=other) as many,
        ):
            stages = [(app, filled(app, size)) for app, size in ((few, SMALL), (many, large))]
            for reader in ("secretariat", "ppk"):
                for what, query in ASKED.items():
                    a, b, found = in_turn(stages, reader, query)
                    rows.append((kind, reader, what, f"{a:.1f}", f"{b:.1f}", f"{b / a:.2f}", found))
    table(rows)


def filled(app: Flask, size: int) -> dict[str, Actor]:
    """So many decisions with their entries; who looks for them."""
    with app.app_context():
        world, now = World(app), clock.now()
        ppk = world.ppk("ID-BB")
        meeting = world.meeting("in_session", units=("ID-BB",))
        for first in range(1, size + 1, BATCH):
            numbers = range(first, min(first + BATCH, size + 1))
            told = list(texts(numbers, size))
            db.session.execute(
                insert(Decision),
                [
                    {"id": n, "meeting_id": meeting.id, "number": n, "text": said, "speaker": "", "version": 1,
                     "updated_at": now}
                    for n, said in zip(numbers, told, strict=True)
                ],
            )  # fmt: skip
            db.session.execute(
                insert(SearchEntry),
                [
                    {"kind": "decision", "item_id": n, "meeting_id": meeting.id, "at": now - timedelta(minutes=n),
                     "title": f"Keputusan {n}", "text": said, "stems": stems(f"Keputusan {n} {said}")}
                    for n, said in zip(numbers, told, strict=True)
                ],
            )  # fmt: skip
            db.session.commit()
        db.session.execute(text("ANALYZE"))
        db.session.commit()
        if not is_sqlite():
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("VACUUM ANALYZE search_entries"))
        return {"secretariat": world.actor(world.secretariat), "ppk": world.actor(ppk)}


def texts(numbers: Sequence[int], size: int) -> Iterator[str]:
    for number in numbers:
        dice = random.Random(number)
        said = dice.choices(WORDS, k=40)
        if number % 10 == 0:
            said[7] = COMMON
        if number % (size // FOUND) == 0:
            said[11] = RARE
        yield " ".join(said)


def in_turn(
    stages: Sequence[tuple[Flask, dict[str, Actor]]], reader: str, query: str
) -> tuple[float, float, str]:
    """Medians in milliseconds for the small and the large one, and how many were found in each."""
    spent: list[list[float]] = [[], []]
    found = ["", ""]
    for _ in range(ROUNDS):
        for place, (app, actors) in enumerate(stages):
            with app.app_context():
                started = time.perf_counter()
                total = search(actors[reader], query).total
                spent[place].append((time.perf_counter() - started) * 1000)
                found[place] = str(total)
                db.session.rollback()
    a, b = (statistics.median(times) for times in spent)
    return a, b, " ".join(found)


if __name__ == "__main__":
    main()
