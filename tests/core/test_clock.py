"""What is due is due by the clock of the database: a machine whose own clock is wrong delays nothing and ends nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import rq.utils
from flask import Flask
from sqlalchemy import func, select, text

from randal.database.base import db, learn_the_time
from randal.jobs import outbox, queues
from randal.jobs.outbox import Delivery
from randal.jobs.relay import publish_due
from randal.l10n import clock
from randal.operations import monitor
from tests.machines import Redis
from tests.world import START, World

TEN_MINUTES = 600.0


@pytest.fixture
def wrong_by(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[float], None]]:
    """Let the clock of this machine be so many seconds ahead, as a process that begins there would find it."""
    real = time.time

    def ahead(seconds: float) -> None:
        db.session.remove()
        monkeypatch.setattr(time, "time", lambda: real() + seconds)
        monkeypatch.setattr(clock, "_told", None)
        monkeypatch.setattr(clock, "_asked", float("-inf"))
        clock.start_at(None)
        learn_the_time(app)

    yield ahead
    monkeypatch.undo()
    clock.start_at(START)


def of_database() -> datetime:
    found = db.session.scalar(select(func.clock_timestamp()))
    db.session.rollback()
    return found  # type: ignore[no-any-return]


@pytest.mark.database("postgresql")
@pytest.mark.parametrize("seconds", [TEN_MINUTES, -TEN_MINUTES])
def test_the_present_is_the_present_of_the_database(
    wrong_by: Callable[[float], None], seconds: float
) -> None:
    wrong_by(seconds)
    there = of_database()
    assert abs(clock.now() - there) < timedelta(seconds=2)
    assert abs(clock.machine() - there - timedelta(seconds=seconds)) < timedelta(seconds=2)
    assert abs(rq.utils.now() - there) < timedelta(seconds=2), "a job is held until then"


@pytest.mark.database("postgresql")
def test_work_of_a_machine_ahead_is_given_out_at_once(
    world: World, redis: Redis, wrong_by: Callable[[float], None]
) -> None:
    """Its papers waited ten minutes for the others' clocks, and `check` said that the oldest waits since 0 seconds."""
    wrong_by(TEN_MINUTES)
    world.fire(world.meeting("draft"), "schedule", world.secretariat)
    waiting = db.session.scalars(select(Delivery)).all()
    assert waiting and all(row.next_at <= of_database() for row in waiting)
    wrong_by(0)  # the relay runs elsewhere
    assert publish_due(redis.client()) >= len(waiting)
    then = clock.now() + timedelta(minutes=7)
    assert all(q.oldest and q.oldest > timedelta(minutes=6) for q in monitor.look(then).queues if q.waiting)


@pytest.mark.database("postgresql")
def test_a_relay_ahead_leaves_a_long_job_to_its_worker(
    redis: Redis, wrong_by: Callable[[float], None]
) -> None:
    """The worker says until when it holds the job; a relay ten minutes ahead must not read that as long ago."""
    from rq.registry import StartedJobRegistry

    wrong_by(0)
    client = redis.client()
    started = StartedJobRegistry(queue=queues.queue("documents", client))
    client.zadd(started.key, {"7-1:x": rq.utils.current_timestamp() + 15})
    wrong_by(TEN_MINUTES)
    assert queues.held("documents", client) == {"7-1"}


@pytest.mark.database("postgresql")
def test_a_session_of_a_machine_ahead_is_good_here(
    app: Flask, world: World, wrong_by: Callable[[float], None]
) -> None:
    person = world.person("secretariat")
    for there, here in ((30.0, 0.0), (0.0, 30.0), (0.0, -30.0)):
        wrong_by(there)
        client = world.sign_in(person)
        wrong_by(here)
        assert client.get("/rapat").status_code == 200


@pytest.mark.database("postgresql")
def test_a_clock_set_while_the_process_runs_changes_nothing(
    wrong_by: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong_by(0)
    before = of_database()
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() - 86400)
    assert abs(clock.now() - before) < timedelta(seconds=2)


@pytest.mark.database("postgresql")
def test_it_is_asked_now_and_then_and_not_each_time(app: Flask, wrong_by: Callable[[float], None]) -> None:
    wrong_by(0)
    asked = []
    db.session.execute(text("SELECT 1"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "told", lambda *said: asked.append(said))
        for _ in range(5):
            db.session.remove()
            db.session.execute(text("SELECT 1"))
        assert asked == []
        patch.setattr(clock, "_asked", clock._asked - clock.ASKED_WITHIN)
        db.session.remove()
        db.session.execute(text("SELECT 1"))
        assert len(asked) == 1


def test_a_clock_that_tests_start_runs_on_from_there(app: Flask) -> None:
    """RANDAL_NOW wins over what the database says."""
    then = datetime(2018, 6, 25, 2, tzinfo=UTC)
    clock.start_at(then)
    db.session.execute(text("SELECT 1"))
    clock.told(datetime.now(UTC) + timedelta(hours=3), 0.001)
    assert timedelta() <= clock.now() - then < timedelta(seconds=5)
    clock._told = None
    assert outbox.claim(clock.now()) == []
