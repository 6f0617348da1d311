"""How fast many papers of one kind leave, with one document worker and with two, on PostgreSQL.

As they are in use: outbox → relay → RQ → a forked child per paper. Each count of workers gets the same papers anew, in
turn, so that the machine's mood is shared; a few papers are drawn before the clock starts. Beside it stands what two
processes that only count got of the same machine in the same minutes: more than that nobody can have of it.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

from sqlalchemy import func, select

from bench.servers import running
from bench.stage import table
from randal.database.base import db, reading
from randal.documents.model import READY, Document

PATIENCE = 900.0
FLASK = ("flask", "--app", "wsgi", "randal")
AIM, WARM = 1.8, 6


def compare(what: str, count: int, ask: Callable[[int], list[int]], rounds: int) -> None:
    """`ask` queues so many papers, commits, and answers the ids of all that must be ready."""
    taken: dict[int, list[float]] = {1: [], 2: []}
    cpu: dict[int, list[float]] = {1: [], 2: []}
    counted: dict[int, list[float]] = {1: [], 2: []}
    for _round in range(rounds):
        for workers in taken:
            counted[workers].append(count_alone(workers))
            seconds, used = timed(ask, count, workers)
            taken[workers].append(seconds)
            cpu[workers].append(used)
            counted[workers].append(count_alone(workers))
    one, two = (statistics.median(each) for each in taken.values())
    given = 2 * sum(counted[1]) / sum(counted[2])
    table(
        [
            (f"{count} {what}", "seconds", "papers a second", "CPU seconds a paper", "times as fast"),
            *(
                (f"{workers} worker", f"{seconds:.1f}", f"{count / seconds:.2f}",
                 f"{statistics.median(cpu[workers]) / (count + WARM):.2f}",
                 f"{one / seconds:.2f}" + (f"  (aim ≥ {AIM})" if workers == 2 else ""))
                for workers, seconds in ((1, one), (2, two))
            ),
            ("two processes that only count", "", "", "", f"{given:.2f}"),
        ]
    )  # fmt: skip


def timed(ask: Callable[[int], list[int]], count: int, workers: int) -> tuple[float, float]:
    """Seconds, and CPU seconds of relay and workers from their start to their end."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    commands = ((*FLASK, "relay"), *[(*FLASK, "worker", "documents")] * workers)
    with running(*commands, environment={}):
        time.sleep(8)  # until all of them are there; a worker loads what it draws with before its first job
        wait_for(ask(WARM))
        began = time.perf_counter()
        wait_for(ask(count))
        seconds = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def count_alone(processes: int) -> float:
    """Seconds that so many processes need, each for the same loop."""
    loop = "n = 0\nfor i in range(20_000_000): n += i"
    began = time.perf_counter()
    for child in [subprocess.Popen([sys.executable, "-c", loop]) for _ in range(processes)]:
        child.wait()
    return time.perf_counter() - began


def wait_for(ids: list[int]) -> None:
    until, made = time.monotonic() + PATIENCE, -1
    while made < len(ids):
        assert time.monotonic() < until, f"{made} of {len(ids)} papers"
        time.sleep(0.2)
        with reading():
            query = select(func.count()).where(Document.id.in_(ids), Document.stage == READY)
            made = db.session.scalar(query) or 0
