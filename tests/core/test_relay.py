"""Relay and workers for real: a real Redis, processes of their own, and what happens when each of them is gone."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from redis.exceptions import RedisError
from rq.job import Job
from sqlalchemy import delete, select, update

from randal.core import events, outbox, queues, relay
from randal.core.db import db, reading
from randal.core.events import Event
from tests.core import trial
from tests.machines import Processes, Redis, wait_until
from tests.world import World


@pytest.fixture(autouse=True)
def reactions(processes: Processes) -> Iterator[None]:
    before = {k: [*v] for k, v in events.ON.items()}
    trial.declare()
    processes.app = "tests.core.trial"
    processes.environment["RANDAL_TRIAL"] = "1"
    yield
    events.ON.clear()
    events.ON.update(before)


@pytest.fixture(autouse=True)
def present(world: World) -> None:
    """Processes of their own have the real clock; here the world has it too."""
    world.now = datetime.now(UTC)


def moved(world: World, title: str = "Contoh Rapat", move: str = "schedule") -> int:
    """A move followed by a trial reaction (`cancel` in the queue documents); the event's id."""
    meeting = world.meeting("draft", title=title)
    given = {"reason": "contoh alasan pembatalan"} if move == "cancel" else {}
    world.fire(meeting, move, world.secretariat, **given)
    db.session.execute(delete(outbox.Delivery).where(outbox.Delivery.consumer.not_in(trial.KEYS)))
    db.session.commit()
    query = select(Event.id).where(
        Event.item_id == meeting.id, Event.move == move, Event.item_type == "meeting"
    )
    return db.session.scalars(query).one()


def done(event_ids: list[int]) -> bool:
    with reading():
        marks = {row.event_id: row.done_at for row in trial.deliveries()}
    return all(marks[event_id] for event_id in event_ids)


def lease_is_over() -> None:
    db.session.execute(
        update(outbox.Delivery).where(outbox.Delivery.done_at.is_(None)).values(next_at=relay.clock.now())
    )
    db.session.commit()


def test_moves_reach_both_queues_and_each_effect_is_made_once(
    world: World, redis: Redis, processes: Processes
) -> None:
    for words in (("relay",), ("worker", "small"), ("worker", "documents")):
        processes.start(*words)
    expected = [moved(world) for _ in range(12)] + [moved(world, move="cancel") for _ in range(3)]
    wait_until(lambda: done(expected), 60, processes.said())
    assert [trial.effects(event_id) for event_id in expected] == [1] * 15
    for child in processes.running:
        child.send_signal(signal.SIGTERM)
    assert [child.wait(20) for child in processes.running] == [0, 0, 0]
    assert "Traceback" not in processes.said()


@pytest.mark.database("sqlite")
def test_redis_lost_with_everything_in_it(world: World, redis: Redis, processes: Processes) -> None:
    client = redis.client()
    expected = [moved(world) for _ in range(5)]
    assert relay.publish_due(client) >= 5
    redis.kill()
    with pytest.raises(RedisError):
        lease_is_over()
        relay.publish_due(client)
    attempts = [row.attempt for row in trial.deliveries()]
    assert attempts == [1] * 5, "what reached nobody does not count"
    processes.start("relay")
    wait_until(lambda: "Redis tidak dapat dihubungi" in processes.said(), 30)
    redis.start()
    lease_is_over()
    processes.start("worker", "small")
    wait_until(lambda: done(expected), 60, processes.said())
    assert [trial.effects(event_id) for event_id in expected] == [1] * 5
    assert "Traceback" not in processes.said()


@pytest.mark.database("sqlite")
def test_a_child_killed_in_the_middle_takes_nothing_with_it(
    world: World, redis: Redis, processes: Processes
) -> None:
    event_id = moved(world, "mati", "cancel")
    processes.start("worker", "documents")
    relay.publish_due(redis.client())
    wait_until(lambda: (Path(world.app.config["RANDAL_DATA_DIR"], "died")).exists(), 40, processes.said())
    wait_until(lambda: not queues.held("documents", redis.client()), 20)
    lease_is_over()
    relay.publish_due(redis.client())
    wait_until(lambda: done([event_id]), 40, processes.said())
    assert trial.effects(event_id) == 1


def test_what_rq_still_holds_is_not_published_again(world: World, redis: Redis) -> None:
    client = redis.client()
    moved(world)
    (row,) = trial.deliveries()
    relay.publish_due(client)
    lease_is_over()
    assert relay.publish_due(client) == 0
    row = trial.deliveries()[0]
    assert row.attempt == 1
    assert row.next_at > world.now
    assert queues.queue("small", client).get_job_ids() == [f"{row.id}-1"]


def test_only_so_many_are_in_redis_at_once(
    world: World, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "BOUND", 3)
    for _ in range(5):
        moved(world)
    client = redis.client()
    relay.publish_due(client)
    relay.publish_due(client)
    assert queues.queue("small", client).count == 3
    assert sorted(row.attempt for row in trial.deliveries()) == [0, 0, 1, 1, 1]


@pytest.mark.database("sqlite")
def test_a_job_that_is_not_ours_is_not_run(app: Flask, redis: Redis, tmp_path: Path) -> None:
    client = redis.client()
    mark = tmp_path / "forged"
    forged = queues.queue("small", client).enqueue("os.mkdir", str(mark), job_id="forged")
    assert isinstance(forged, Job)
    queues.worker("small", client).work(burst=True, logging_level="CRITICAL")
    assert not mark.exists()


@pytest.mark.database("sqlite")
def test_the_relay_wakes_at_a_commit(app: Flask, world: World) -> None:
    waker, stop = relay.Waker(), threading.Event()
    waker.wait(stop)  # the first look only learns where we are
    woken = threading.Event()
    thread = threading.Thread(target=lambda: (waker.wait(stop), woken.set()))
    thread.start()
    moved(world)
    assert woken.wait(0.9), "it saw the commit, and did not sleep its second"
    thread.join()
    waker.close()
