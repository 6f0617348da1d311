"""Time alone: each occurrence once, whoever ticks; what was missed is made up for; one failure stops nobody."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from randal.core import installation, tick
from randal.core.db import db
from randal.core.tick import Due, Occurrence
from tests.world import World


@pytest.fixture(autouse=True)
def rules() -> Iterator[None]:
    """Only the rules that a test declares."""
    before = dict(tick.RULES)
    tick.RULES.clear()
    yield
    tick.RULES.clear()
    tick.RULES.update(before)


def ran(subject_id: int) -> int:
    found = db.session.get(installation.Counter, ("tick", subject_id), populate_existing=True)
    return found.last if found else 0


def declare(*due: Due) -> None:
    @tick.rule("trial", find=lambda now: due)
    def run(subject_id: int, now: datetime) -> None:
        installation.next_number("tick", subject_id)


def test_once_however_often_it_ticks(world: World) -> None:
    declare(Due(1, "2026-03-02"), Due(2, "2026-03-02"))
    assert tick.run_due(world.now) == 2
    assert tick.run_due(world.now) == 0
    assert (ran(1), ran(2)) == (1, 1)


def test_another_due_date_of_the_same_subject_is_another_occurrence(world: World) -> None:
    declare(Due(1, "2026-03-02"))
    tick.run_due(world.now)
    declare(Due(1, "2026-03-09"))
    assert tick.run_due(world.now) == 1
    assert ran(1) == 2


def test_several_tickers_at_once_run_each_once(app: Flask, world: World) -> None:
    declare(*(Due(n, "x") for n in range(40)))
    now, start = world.now, threading.Barrier(4)
    made: list[int] = []

    def work() -> None:
        with app.app_context():
            start.wait(20)
            made.append(tick.run_due(now))
            db.session.remove()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sum(made) == 40
    assert {ran(n) for n in range(40)} == {1}


def test_a_failing_one_is_tried_again_and_stops_nobody(world: World) -> None:
    broken = [True]

    @tick.rule("trial", find=lambda now: [Due(1, "x"), Due(2, "x")])
    def run(subject_id: int, now: datetime) -> None:
        installation.next_number("tick", subject_id)
        if subject_id == 1 and broken[0]:
            raise RuntimeError("contoh")

    assert tick.run_due(world.now) == 1
    assert (ran(1), ran(2)) == (0, 1)
    broken.clear()
    broken.append(False)
    assert tick.run_due(world.now) == 1
    assert (ran(1), ran(2)) == (1, 1)


def test_daily_once_a_day_in_jakarta(world: World) -> None:
    (today,) = tick.daily(world.now)
    (tonight,) = tick.daily(world.now + timedelta(hours=14, minutes=59))
    (tomorrow,) = tick.daily(world.now + timedelta(hours=15, minutes=1))
    assert today == tonight != tomorrow


def test_old_occurrences_are_forgotten(world: World) -> None:
    declare(Due(1, "x"))
    tick.run_due(world.now)
    tick.forget_occurrences(0, world.now + tick.KEPT + timedelta(days=1))
    db.session.commit()
    assert db.session.scalar(select(func.count()).select_from(Occurrence)) == 0
