"""Time alone: each occurrence once, whoever ticks; what was missed is made up for; one failure stops nobody."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from randal.database.base import db, is_sqlite
from randal.org import app_settings
from randal.schedule import scheduler, workdays
from randal.schedule.rules import EVERYWHERE
from randal.schedule.runs import KEPT, Occurrence, Tick
from randal.schedule.scheduler import Due, When
from tests.world import World

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def rules() -> Iterator[None]:
    """Only the rules that a test declares."""
    before = dict(scheduler.RULES)
    scheduler.RULES.clear()
    yield
    scheduler.RULES.clear()
    scheduler.RULES.update(before)


def ran(subject_id: int) -> int:
    found = db.session.get(app_settings.Counter, ("tick", subject_id), populate_existing=True)
    return found.last if found else 0


def declare(*due: Due) -> None:
    @scheduler.rule("trial", find=lambda when: due)
    def run(subject_id: int, now: datetime) -> None:
        app_settings.next_number("tick", subject_id)


def test_once_however_often_it_ticks(world: World) -> None:
    declare(Due(1, "2026-03-02"), Due(2, "2026-03-02"))
    assert scheduler.run_due(world.now) == 2
    assert scheduler.run_due(world.now) == 0
    assert (ran(1), ran(2)) == (1, 1)


def test_another_due_date_of_the_same_subject_is_another_occurrence(world: World) -> None:
    declare(Due(1, "2026-03-02"))
    scheduler.run_due(world.now)
    declare(Due(1, "2026-03-09"))
    assert scheduler.run_due(world.now) == 1
    assert ran(1) == 2


def test_several_tickers_at_once_run_each_once(app: Flask, world: World) -> None:
    """Four hundred occurrences of three missed days, four tickers."""
    declare(*(Due(n, f"2026-03-0{2 + n % 3}") for n in range(400)))
    now, start = world.now, threading.Barrier(4)
    made: list[int] = []

    def work() -> None:
        with app.app_context():
            start.wait(20)
            made.append(scheduler.run_due(now))
            db.session.remove()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert sum(made) == 400 and len(made) == 4
    assert {ran(n) for n in range(400)} == {1}


def test_a_failing_one_is_tried_again_and_stops_nobody(world: World) -> None:
    broken = [True]

    @scheduler.rule("trial", find=lambda when: [Due(1, "x"), Due(2, "x")], label="Contoh.")
    def run(subject_id: int, now: datetime) -> None:
        app_settings.next_number("tick", subject_id)
        if subject_id == 1 and broken:
            raise RuntimeError("contoh")

    @scheduler.rule("other", find=scheduler.daily)
    def count(subject_id: int, now: datetime) -> None:
        app_settings.next_number("tick", 3)

    assert scheduler.run_due(world.now) == 2
    assert (ran(1), ran(2), ran(3)) == (0, 1, 1)
    assert "RuntimeError: contoh" in {p.name: p.error for p in scheduler.plan(world.now)}["trial"]
    broken.clear()
    assert scheduler.run_due(world.now + timedelta(seconds=1)) == 0, "it backs off"
    assert {p.name: p.error for p in scheduler.plan(world.now)}["trial"], "it is still said"
    assert scheduler.run_due(world.now + MINUTE) == 1
    assert (ran(1), ran(2)) == (1, 1)
    assert {p.error for p in scheduler.plan(world.now)} == {""}


def test_a_busy_neighbour_is_no_failure_of_the_rule(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite has one place to write; who holds it too long makes the scheduler wait for its next look."""
    if not is_sqlite():
        return  # PostgreSQL locks rows, and two schedulers wait for each other's for as long as it takes
    declare(Due(1, "2026-03-02"), Due(2, "2026-03-02"))
    monkeypatch.setattr("randal.database.base.PATIENCE", 0.05)
    neighbour = sqlite3.connect(str(db.engine.url.database), isolation_level=None, timeout=0)
    neighbour.execute("BEGIN IMMEDIATE")
    with pytest.raises(DBAPIError):
        scheduler.run_due(world.now)
    neighbour.close()
    assert scheduler.run_due(world.now) == 2
    assert {planned.error for planned in scheduler.plan(world.now)} == {""}


def test_a_rule_that_cannot_look_stops_nobody(world: World) -> None:
    def find(when: When) -> list[Due]:
        raise LookupError("contoh")

    @scheduler.rule("trial", find=find, at="00:00")
    def run(subject_id: int, now: datetime) -> None: ...

    @scheduler.rule("zz", find=scheduler.daily)
    def count(subject_id: int, now: datetime) -> None:
        app_settings.next_number("tick", 1)

    assert scheduler.run_due(world.now) == 1
    assert "contoh" in {p.name: p.error for p in scheduler.plan(world.now)}["trial"]
    assert scheduler.turns_at(world.now + MINUTE)[1].rule.name == "trial", "its day is not done"


def test_daily_once_a_day_in_jakarta(world: World) -> None:
    seen = []

    @scheduler.rule("trial", find=scheduler.daily)
    def run(subject_id: int, now: datetime) -> None:
        seen.append(now)

    for hours in (0, 1, 14, 15, 16):  # 09.00 in Jakarta, and on; midnight lies between 14 and 15
        scheduler.run_due(world.now + timedelta(hours=hours, minutes=1))
    assert len(seen) == 2


def test_not_before_its_time_in_each_zone_and_not_on_a_day_off(world: World) -> None:
    seen: list[tuple[str, date]] = []

    def find(when: When) -> list[Due]:
        seen.append((when.zone, when.day))
        return []

    scheduler.rule("trial", find=find, at="07:30", zone=EVERYWHERE, working=True)(lambda _id, _now: None)
    monday = datetime(2026, 3, 2, tzinfo=UTC)
    jayapura = monday - timedelta(minutes=90)  # 07.30 there
    for now in (jayapura - MINUTE, jayapura, jayapura + MINUTE):
        scheduler.run_due(now)
    assert seen == [("Asia/Jayapura", date(2026, 3, 2))], "looked at once, and not before"
    scheduler.run_due(monday + MINUTE * 30)  # 07.30 in Jakarta
    assert [zone for zone, _ in seen] == ["Asia/Jayapura", "Asia/Jakarta", "Asia/Pontianak", "Asia/Makassar"]
    scheduler.run_due(datetime(2026, 3, 7, 5, tzinfo=UTC))  # a Saturday
    assert len(seen) == 4
    workdays.correct(date(2026, 3, 7), True, "Contoh masuk", "", world.actor(world.secretariat), world.now)
    db.session.commit()
    scheduler.run_due(datetime(2026, 3, 7, 5, tzinfo=UTC))
    assert len(seen) == 8


def test_after_days_of_silence_it_looks_once(world: World) -> None:
    seen = []
    scheduler.rule("trial", find=lambda when: seen.append(when.day) or [], at="07:30")(lambda _id, _now: None)
    scheduler.run_due(world.now)
    for _ in range(3):
        scheduler.run_due(world.now + timedelta(days=3))
    assert seen == [date(2026, 3, 2), date(2026, 3, 5)]


def test_the_plan_says_what_comes_next_and_what_is_behind(world: World) -> None:
    scheduler.rule("a", find=lambda w: [Due(1, "x")], at="07:30", working=True, label="Contoh.")(
        lambda i, n: None
    )
    scheduler.rule("b", find=lambda w: [], at="10:00", zone="Asia/Jayapura")(lambda i, n: None)
    scheduler.rule("c", find=lambda w: [])(lambda i, n: None)
    now = datetime(2026, 3, 6, 2, 0, tzinfo=UTC)  # a Friday, 09.00 in Jakarta, 11.00 in Jayapura
    plan = {p.name: p for p in scheduler.plan(now)}
    assert plan["a"].next_at == datetime(2026, 3, 6, 0, 30, tzinfo=UTC) and plan["a"].last_at is None, (
        "behind"
    )
    scheduler.run_due(now)
    plan = {p.name: p for p in scheduler.plan(now)}
    assert plan["a"].next_at == datetime(2026, 3, 9, 0, 30, tzinfo=UTC), "on Monday"
    assert plan["b"].next_at == datetime(2026, 3, 7, 1, 0, tzinfo=UTC), "also on Saturday"
    assert plan["c"].next_at is None
    assert (plan["a"].last_at, plan["b"].last_at, plan["a"].label) == (now, None, "Contoh.")
    assert scheduler.last_tick() == now
    scheduler.run_due(now + MINUTE)
    assert scheduler.last_tick() == now + MINUTE
    assert db.session.scalar(select(func.count()).select_from(Tick)) == 1


def test_old_occurrences_are_forgotten(world: World) -> None:
    declare(Due(1, "x"))
    scheduler.run_due(world.now)
    scheduler.forget_occurrences(0, world.now + KEPT + timedelta(days=1))
    db.session.commit()
    assert db.session.scalar(select(func.count()).select_from(Occurrence)) == 0
