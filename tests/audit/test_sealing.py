"""Checkpoints: one a day whoever ticks, over one instant of a history that goes on meanwhile, checked by others' tools."""

from __future__ import annotations

import base64
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select

from randal.audit import checkpoints, examining, exporting
from randal.audit.checkpoints import Checkpoint
from randal.database.base import db
from randal.engine.transitions import lock, record
from randal.models.findings import Finding
from randal.schedule import scheduler
from randal.signatures.keystores import Keystore
from tests.audit.story import History


@pytest.fixture
def only_checkpoints() -> Iterator[None]:
    before = dict(scheduler.RULES)
    scheduler.RULES.clear()
    scheduler.RULES["core.checkpoint"] = before["core.checkpoint"]
    yield
    scheduler.RULES.clear()
    scheduler.RULES.update(before)


def made() -> int:
    found = db.session.scalar(select(func.count()).select_from(Checkpoint)) or 0
    db.session.commit()
    return found


def together(app: Flask, *works: Any) -> None:
    """Each in a thread and a context of its own; what one raised is raised here."""
    wrong: list[BaseException] = []

    def run(work: Any) -> None:
        with app.app_context():
            try:
                work()
            except BaseException as error:
                wrong.append(error)
            db.session.remove()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    if wrong:
        raise wrong[0]


def test_one_a_day_however_many_schedulers(app: Flask, history: History, only_checkpoints: None) -> None:
    now, start = history.world.now, threading.Barrier(3)

    def look() -> None:
        start.wait(20)
        scheduler.run_due(now)

    together(app, look, look, look)
    assert made() == 3  # two were there
    scheduler.run_due(now)
    assert made() == 3
    scheduler.run_due(now + timedelta(days=1))
    assert made() == 4
    report, _ = examining.examine(roots=history.roots)
    assert report.bends == [] and report.covered == report.events


def test_one_instant_of_a_history_that_goes_on(app: Flask, history: History) -> None:
    """Two writers and two that seal, at once: every checkpoint fits what was written before it, and after."""
    world, number = history.world, history.finding.id
    actor, now, start = world.actor(world.evaluator), world.now, threading.Barrier(4)
    other = db.session.scalars(select(Finding.id).where(Finding.id != number)).first()
    db.session.commit()

    def write(finding_id: int | None) -> None:
        start.wait(20)
        for n in range(25):
            item = db.session.get_one(Finding, finding_id)
            lock(item)
            record(item, "edit", actor, now=now, before=item.state, given={"n": n}, kinds={"n": "int"})
            db.session.commit()
            db.session.expunge_all()

    def seal() -> None:
        start.wait(20)
        for _ in range(4):
            checkpoints.make(now)
            db.session.commit()

    together(app, lambda: write(number), lambda: write(other), seal, seal)
    assert made() == 10
    report, _ = examining.examine(roots=history.roots)
    assert report.bends == [] and report.checkpoints == 10
    history.checkpoint()
    report, _ = examining.examine(roots=history.roots)
    assert report.bends == [] and report.covered == report.events


def test_nothing_is_sealed_without_an_authority(app: Flask, history: History, only_checkpoints: None) -> None:
    db.session.execute(delete(Keystore))
    db.session.commit()
    scheduler.run_due(history.world.now)
    assert made() == 2


@pytest.mark.database("sqlite")
def test_openssl_says_the_same(history: History, tmp_path: Path) -> None:
    made = db.session.get_one(Checkpoint, 2)
    for name, content in (
        ("akar.pem", history.roots[0]),
        ("cap.json", made.statement.encode()),
        ("cap.tsr", base64.b64decode(made.token)),
    ):
        (tmp_path / name).write_bytes(content)
    # openssl judges by its own clock, the story is of another day: at the moment of the stamp
    when = str(int(made.at.timestamp()))
    words = [
        "openssl",
        "ts",
        "-verify",
        "-token_in",
        "-in",
        "cap.tsr",
        "-data",
        "cap.json",
        "-CAfile",
        "akar.pem",
    ]
    run = subprocess.run([*words, "-attime", when], cwd=tmp_path, capture_output=True, text=True)
    assert run.returncode == 0 and "Verification: OK" in run.stdout, run
    (tmp_path / "cap.json").write_text(made.statement.replace("randal", "randa1"))
    assert subprocess.run([*words, "-attime", when], cwd=tmp_path, capture_output=True).returncode == 1


@pytest.mark.database("sqlite")
def test_who_reads_history_holds_no_writer_up(app: Flask, history: History) -> None:
    """The page examines within a POST, which on SQLite would take the only place to write."""
    file = app.config["RANDAL"].data_dir / "randal.db"
    with (
        app.test_request_context("/operator/riwayat/periksa", method="POST"),
        exporting.still() as connection,
    ):
        first = next(exporting.records(connection))
        with closing(sqlite3.connect(file, timeout=0.2)) as writer:
            writer.execute("BEGIN IMMEDIATE")
            writer.rollback()
    assert first["kind"] == "checkpoint"
