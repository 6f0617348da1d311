"""Running walks: `walk(cast, …)` for the tests, and for `python -m tests.walks`."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.walks.cast import Cast
from tests.walks.model import ROWS
from tests.walks.walker import Walk

LENGTH = 90  # steps of one walk, after its beginning
TOGETHER = 10  # walks of one seed in a long run: the next goes for what those before never came to


def walk(
    cast: Cast,
    walks: int,
    *,
    number: int | None = None,
    length: int = LENGTH,
    shrink: bool = True,
    wanted: frozenset[tuple[str, int]] = frozenset(),
) -> Counter[Any]:
    """That many walks; `number` seeds them, else they are the same each time; they go for the rows `wanted` first. Raises
    what the shortest failing one raised."""
    tally: Counter[Any] = Counter()
    machine: Any = type("Walk", (Walk,), {"cast": cast, "tally": tally, "wanted": wanted})
    if number is not None:
        machine = seed(number)(machine)
    profile = settings(
        max_examples=walks,
        stateful_step_count=length,
        derandomize=number is None,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink) if shrink else (Phase.generate,),
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.normal,
        print_blob=False,
    )
    run_state_machine_as_test(machine, settings=profile)
    return tally


# Who may do what with accounts is walked by tests/security (test_pairs, test_takeover), who was there by test_closing.
APART, APART_MOVES = {"grant", "identity"}, {("attendance", "mark_present")}


def not_fired(tally: Counter[Any]) -> frozenset[tuple[str, int]]:
    """The rows of the tables that no walk came to: kind and number."""
    rows = (
        (kind, number)
        for kind in ROWS.keys() - APART
        for number, row in enumerate(ROWS[kind])
        if (kind, row.move) not in APART_MOVES
    )
    return frozenset(row for row in rows if not tally["row", *row])


def never_fired(tally: Counter[Any]) -> list[str]:
    """The same for people."""
    found = ((kind, ROWS[kind][number]) for kind, number in sorted(not_fired(tally)))
    return [f"{kind}.{row.move} ({', '.join(row.sources)})" for kind, row in found]


def walk_everywhere(cast: Cast, walks: int, seeds: range, *, length: int = LENGTH) -> Counter[Any]:
    """Seed after seed, each going for what those before never came to, until every row was fired or the seeds end. At
    least two."""
    whole: Counter[Any] = Counter()
    for number in seeds:
        whole += walk(cast, walks, number=number, length=length, wanted=not_fired(whole))
        if number > seeds[0] and not not_fired(whole):
            break
    return whole


def table(tally: Counter[Any], seconds: float) -> str:
    steps = tally["steps"]
    lines = [f"steps            {steps:>9,}", f"moves made       {tally['moves']:>9,}"]
    lines += [
        f"answered {said:<8}{tally['answer', said]:>9,}"
        for said in ("ok", "hidden", "role", "state", "need", "field")
    ]
    lines.append(f"seconds          {seconds:>9.0f}   ({steps / seconds:.0f} steps a second)")
    lines.append("")
    for kind, rows in ROWS.items():
        counts = [tally["row", kind, n] for n in range(len(rows))]
        least = min(range(len(rows)), key=counts.__getitem__)
        seldom = f"seldomest {rows[least].move} {counts[least]:,}"
        lines.append(
            f"{kind:<16} {sum(map(bool, counts)):>2} of {len(rows):>2} rows, {sum(counts):>8,} moves, {seldom}"
        )
    lines.append("never fired: " + (", ".join(never_fired(tally)) or "none"))
    return "\n".join(lines)


@contextmanager
def application(database: str) -> Iterator[Flask]:
    """A private application with an empty database, for runs by command."""
    from sqlalchemy import event

    from randal import create_app
    from randal.database.base import db
    from randal.l10n import clock
    from tests import machines
    from tests.conftest import furnish, settings_for
    from tests.world import START

    with TemporaryDirectory(prefix="rdl-walks-") as folder:
        server = machines.Postgres() if database == "postgresql" else None
        url = server.create("randal_walks") if server else f"sqlite:///{folder}/randal.db"
        try:
            given = settings_for(url, Path(folder), "")
            furnish(given)
            app = create_app(given)
            with app.app_context():
                if server is None:  # what a crash of this machine loses, a walk does not miss
                    event.listen(db.engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous = OFF"))
                clock.start_at(START)
                yield app
                db.session.remove()
                db.engine.dispose()
        finally:
            if server:
                server.stop()


def run(
    steps: int, number: int, database: str, shrink: bool = True
) -> tuple[Counter[Any], float, BaseException | None]:
    """Walk until there are that many steps. One story that fails ends it."""
    from tests.walks.cast import settle
    from tests.world import World

    whole: Counter[Any] = Counter()
    began = time.monotonic()
    with application(database) as app:
        cast = settle(World(app))
        while whole["steps"] < steps:
            tally: Counter[Any] = Counter()
            try:
                tally = walk(cast, TOGETHER, number=number, shrink=shrink, wanted=not_fired(whole))
            except Exception as error:
                return whole, time.monotonic() - began, error
            whole += tally
            number += 1
    return whole, time.monotonic() - began, None
