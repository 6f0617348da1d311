"""One run of chaos: writers write, a killer kills, then everything comes to rest and is looked at."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from randal.database.base import db, reading
from randal.jobs.outbox import Delivery
from tests.chaos import counted, verdict
from tests.chaos.stage import VICTIMS, Stage
from tests.chaos.writer import Cast as Cast
from tests.chaos.writer import Progress, Writer
from tests.machines import Postgres
from tests.world import World


@dataclass
class Plan:
    moves: int
    kills: int
    wipes: int
    writers: int = 6
    units: int = 12
    seed: int = 1
    lease: float = 0.0  # seconds of the outbox' lease; 0: the application's own
    small_workers: int = 1
    last_wipe: bool = False  # one more wipe when all moves are made: what RQ held is forgotten with it
    moves_within: float = 3600.0
    rest_within: float = 400.0
    database_kills: int = 0


@dataclass
class Outcome:
    figures: verdict.Figures
    tally: Counter[str]
    stage: Stage
    seconds: float = 0.0
    rest: float = 0.0
    database_kills: int = 0
    errors: list[str] = field(default_factory=list)

    @property
    def faults(self) -> list[str]:
        found = [f"{name}: {n}" for name, n in verdict.faults(self.figures).items()] + self.errors
        if self.tally["5xx"] and not self.database_kills:
            found.append(f"answers of 500 and above: {self.tally['5xx']}")
        # A worker ends when Redis is away, the web when an orphan of the last one holds the port: both are started again.
        if died := {k: n for k, n in self.stage.own_deaths.items() if k in ("relay", "schedule", "redis")}:
            found.append(f"died by themselves: {died}")
        return found

    def rows(self) -> list[tuple[str, str]]:
        f, t, kills = self.figures, self.tally, self.stage.kills
        shown = lambda counts: ", ".join(f"{name} {n}" for name, n in sorted(counts.items())) or "-"  # noqa: E731
        return [
            ("what", "how many"),
            ("moves made", str(f["moves"])),
            ("requests that write", f"{t['asked']} (answered {t['answered']})"),
            ("connections that died", f"{t['died']} ({t['died, committed']} committed, {t['died, not committed']} not)"),
            ("answers of 500 and above", str(t["5xx"])),
            ("kill -9", f"{sum(kills.values())}: {shown(kills)}"),
            ("Redis wiped", f"{sum(self.stage.wipes.values())}: {shown(self.stage.wipes)}"),
            *([("database killed", str(self.database_kills))] if self.database_kills else []),
            ("ended by themselves and started again", shown(self.stage.own_deaths)),
            ("events", str(f["events"])),
            ("effects expected", f"{f['effects expected']} (most attempts of one: {f['most attempts of a row']})"),
            ("notices, mails, documents", f"{f['notices']}, {f['mails']}, {f['documents']}"),
            *((name, str(f[name])) for name in verdict.ZERO),
            ("histories verified", str(f["histories"])),
            ("seconds", f"{self.seconds:.0f} ({f['moves'] / self.seconds:.1f} moves/s), then {self.rest:.0f} until at rest"),
        ]  # fmt: skip


def perform(
    app: Flask, world: World, environment: dict[str, str], plan: Plan, postgres: Postgres | None = None
) -> Outcome:
    """Run the plan on this application's (fresh) database. The application's context is pushed."""
    stage = Stage(
        environment, Path(environment["RANDAL_DATA_DIR"]), lease=plan.lease, small_workers=plan.small_workers
    )
    cast = Cast(world, plan.units)
    counted.declare()
    try:
        stage.start().wait_until_served()
        return _perform(stage, cast, plan, postgres)
    finally:
        stage.stop()
        counted.forget()


def _perform(stage: Stage, cast: Cast, plan: Plan, postgres: Postgres | None) -> Outcome:
    began = time.monotonic()
    progress = Progress(plan.moves, began + plan.moves_within)
    units = list(cast.ppk)
    writers = [
        Writer(stage.url, progress, cast, units[n :: plan.writers], plan.seed + n)
        for n in range(plan.writers)
    ]
    outcome = Outcome({}, Counter(), stage)
    killer = Killer(stage, progress, plan, postgres, outcome)
    threads = [
        threading.Thread(target=_guarded, args=(w.work, outcome, progress), daemon=True) for w in writers
    ]
    threads.append(threading.Thread(target=_guarded, args=(killer.work, outcome, progress), daemon=True))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    outcome.seconds = time.monotonic() - began
    if plan.last_wipe:
        while not stage.wipe("flushall"):
            time.sleep(0.1)
    rested = time.monotonic()
    patience = 10.0 if outcome.errors else plan.rest_within
    while _backlog() and time.monotonic() < rested + patience:
        time.sleep(0.25)
    outcome.rest = time.monotonic() - rested
    stage.stop()
    ledger: verdict.Ledger = Counter()
    for writer in writers:
        outcome.tally.update(writer.tally)
        outcome.tally["hung up"] += writer.http.hung_up
        ledger.update(writer.ledger)
    outcome.figures = verdict.judged(verdict.look(ledger)) | {"moves": progress.made}
    return outcome


def _guarded(work: object, outcome: Outcome, progress: Progress) -> None:
    try:
        work()  # type: ignore[operator]
    except Exception as error:  # the run goes on to its end, and fails
        outcome.errors.append(f"{type(error).__name__}: {error}")
        progress.until = 0.0


def _backlog() -> int:
    with reading():
        open_rows = select(func.count()).select_from(Delivery).where(Delivery.done_at.is_(None))
        return db.session.scalar(open_rows) or 0


class Killer:
    """Kills in random order, as far as the writers have come: the nth of N kills after n/N of the moves."""

    def __init__(
        self, stage: Stage, progress: Progress, plan: Plan, postgres: Postgres | None, outcome: Outcome
    ) -> None:
        self.stage, self.progress, self.plan, self.postgres, self.outcome = (
            stage,
            progress,
            plan,
            postgres,
            outcome,
        )
        self.dice = random.Random(plan.seed)
        deeds = ["kill"] * plan.kills + ["flushall", "removed"] * ((plan.wipes + 1) // 2)
        deeds += ["database"] * plan.database_kills
        self.dice.shuffle(deeds)
        self.deeds = deeds

    def work(self) -> None:
        for number, deed in enumerate(self.deeds):
            due = self.plan.moves * (number + 1) / (len(self.deeds) + 1)
            while self.progress.made < due:
                if not self.progress.until:
                    return
                time.sleep(0.02)
            while not self._tried(deed):
                pass

    def _tried(self, deed: str) -> bool:
        """Wait a second for the victim (a document child is not always there); else another is chosen."""
        victim, until = self.dice.choice(VICTIMS), time.monotonic() + 1
        while time.monotonic() < until:
            if self._do(deed, victim):
                return True
            time.sleep(0.05)
        return False

    def _do(self, deed: str, victim: str) -> bool:
        if deed == "kill":
            return self.stage.kill(victim, self.dice)
        if deed == "database":
            return self._kill_database()
        return self.stage.wipe(deed)

    def _kill_database(self) -> bool:
        """kill -9 of a backend: PostgreSQL throws out everybody and recovers."""
        import os
        import signal

        import psycopg

        assert self.postgres
        try:
            with psycopg.connect(self.postgres.server.get_uri(), autocommit=True) as one:
                found = one.execute(
                    "SELECT pid FROM pg_stat_activity WHERE datname = 'randal_chaos' ORDER BY random() LIMIT 1"
                ).fetchone()
            if not found:
                return False
            os.kill(found[0], signal.SIGKILL)
        except (psycopg.OperationalError, ProcessLookupError):
            return False
        self.outcome.database_kills += 1
        return True
