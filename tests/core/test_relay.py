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
from sqlalchemy import delete, select, text, update

from randal.database.base import db, reading
from randal.documents.model import Document
from randal.history import events
from randal.history.events import Event
from randal.jobs import outbox, queues, relay, wakeup
from randal.jobs import worker as jobs
from randal.l10n import clock
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
    db.session.rollback()  # as the relay does: SQLite has one place to write
    attempts = [row.attempt for row in trial.deliveries()]
    db.session.commit()
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


def test_the_relay_wakes_at_a_commit(app: Flask, world: World) -> None:
    waker, stop, woken = wakeup.waker(), threading.Event(), threading.Event()
    waker.wait(stop)  # the first look only learns where we are
    while waker.wait(stop, 0.05):
        pass

    def wait() -> None:
        with app.app_context():
            if waker.wait(stop, 20):
                woken.set()

    thread = threading.Thread(target=wait)
    thread.start()
    assert not woken.wait(0.2), "nothing was written"
    moved(world)
    assert woken.wait(5), "it saw the commit, and did not sleep its twenty seconds"
    thread.join()
    waker.close()


@pytest.mark.database("postgresql")
def test_the_relay_listens_again_when_its_connection_was_lost(app: Flask, world: World) -> None:
    waker, stop = wakeup.Listener(), threading.Event()
    waker.wait(stop)
    end = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")
    assert db.session.execute(end).all() == [(True,)]
    db.session.commit()
    assert waker.wait(stop, 0.1) is False
    assert waker.wait(stop, 0.1) is True, "opened anew: what was written meanwhile is looked for"
    moved(world)
    assert waker.wait(stop, 5) is True
    waker.close()


def test_many_rows_go_together_and_what_failed_goes_alone(world: World, redis: Redis) -> None:
    rows = [(number, 1, "small") for number in range(1, 101)] + [(101, 2, "small")]
    sizes = [len(bundle) for bundle in queues.bundles("small", rows)]
    assert sizes == [20] * 5 + [1]
    assert [len(b) for b in queues.bundles("small", rows[:3])] == [1, 1, 1]
    assert {len(b) for b in queues.bundles("documents", rows)} == {1}
    queues.publish("small", rows, redis.client())
    assert queues.held("small", redis.client()) == {f"{number}-{attempt}" for number, attempt, _ in rows}


def test_one_of_many_in_a_job_fails_and_one_kills_its_worker(
    world: World, redis: Redis, processes: Processes
) -> None:
    client = redis.client()
    healthy = [moved(world) for _ in range(4)]
    poison = moved(world, "racun")
    more = [moved(world) for _ in range(4)]
    deadly = moved(world, "mati")
    last = [moved(world) for _ in range(4)]
    assert relay.publish_due(client) == 14
    assert max(len(queues.rows_of(job)) for job in queues.queue("small", client).get_job_ids()) == 3
    processes.start("worker", "small")
    wait_until(lambda: Path(world.app.config["RANDAL_DATA_DIR"], "died").exists(), 40, processes.said())
    wait_until(lambda: processes.running[0].poll() is not None, 20)
    processes.start("worker", "small")
    processes.start("relay")
    wait_until(lambda: not queues.queue("small", client).get_job_ids(), 20)
    client.delete(queues.queue("small", client).started_job_registry.key)  # its heartbeat is over
    lease_is_over()
    wait_until(lambda: done([*healthy, *more, *last, deadly]), 40, processes.said())
    assert [trial.effects(e) for e in (*healthy, *more, *last, deadly)] == [1] * 13
    with reading():
        (row,) = [row for row in trial.deliveries() if row.event_id == poison]
    assert (row.done_at, row.error) == (None, "ValueError: contoh kegagalan")


def test_what_kills_its_worker_eight_times_is_stuck_and_says_so(world: World, redis: Redis) -> None:
    client = redis.client()
    moved(world)
    (row,) = trial.deliveries()
    for attempt in range(1, outbox.MAX_ATTEMPTS + 1):
        assert relay.publish_due(client) == 1
        assert queues.held("small", client) == {f"{row.id}-{attempt}"}
        client.flushall()  # the worker took it with it
        lease_is_over()
    assert relay.publish_due(client) == 0
    (row,) = outbox.stuck()
    assert row.error == relay.DIED
    assert relay.publish_due(client) == 0
    outbox.retry([row.id], clock.now())
    db.session.commit()
    assert relay.publish_due(client) == 1


def test_a_paper_whose_worker_dies_is_failed_and_can_be_asked_again(world: World, redis: Redis) -> None:
    from randal.documents import model

    paper = model.request("invitation", "meeting", 1, title="Contoh", now=clock.now())
    paper.stage = model.RENDERING
    db.session.commit()
    (row,) = db.session.scalars(select(outbox.Delivery).where(outbox.Delivery.document_id == paper.id))
    row.attempt = outbox.MAX_ATTEMPTS
    row.next_at = clock.now()
    db.session.commit()
    relay.publish_due(redis.client())
    assert [stuck.id for stuck in outbox.stuck()] == [row.id]
    paper = db.session.get_one(Document, paper.id, populate_existing=True)
    assert (paper.stage, paper.error[:28]) == ("failed", "Proses yang membuat berkas i")
    outbox.retry([row.id], clock.now())
    db.session.commit()
    assert db.session.get_one(Document, paper.id, populate_existing=True).stage == "queued"
    assert outbox.stuck() == []


@pytest.mark.database("sqlite")
def test_a_killed_child_says_so_on_its_row_at_once(world: World, redis: Redis, processes: Processes) -> None:
    event_id = moved(world, "mati", "cancel")
    processes.start("worker", "documents")
    relay.publish_due(redis.client())

    def said() -> str:
        with reading():
            return next(row.error for row in trial.deliveries() if row.event_id == event_id)

    wait_until(said, 40, processes.said())
    assert said() == "Proses pembuat berkas mati (sinyal 9); mungkin memorinya tidak cukup."


@pytest.mark.database("sqlite")
def test_a_job_with_too_much_to_do_gives_the_rest_back(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "LONG", -1.0)
    monkeypatch.setattr(jobs, "_app", app)
    for _ in range(3):
        moved(world)
    ids = [row.id for row in trial.deliveries()]
    outbox.claim(clock.now(), only=ids)
    db.session.commit()
    assert jobs.deliver(*ids) == 1
    assert [row.attempt for row in trial.deliveries()] == [1, 0, 0]
