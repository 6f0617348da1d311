"""The outbox without Redis: effect and mark are one, failures wait longer and longer, nothing is dropped."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from randal.database.base import db
from randal.history import events
from randal.history.events import Event
from randal.jobs import outbox
from tests.core import trial
from tests.world import World


@pytest.fixture(autouse=True)
def reactions() -> Iterator[None]:
    before = {k: [*v] for k, v in events.ON.items()}
    trial.declare()
    yield
    events.ON.clear()
    events.ON.update(before)


def scheduled(world: World, title: str = "Contoh Rapat") -> int:
    """A move that one trial reaction follows; the event's id."""
    meeting = world.meeting("draft", title=title)
    world.fire(meeting, "schedule", world.secretariat)
    query = select(Event.id).where(
        Event.item_id == meeting.id, Event.move == "schedule", Event.item_type == "meeting"
    )
    return db.session.scalars(query).one()


def row_of(event_id: int) -> outbox.Delivery:
    return next(row for row in trial.deliveries() if row.event_id == event_id)


def test_the_effect_and_its_mark_are_made_once(world: World) -> None:
    event_id = scheduled(world)
    row = row_of(event_id)
    assert outbox.deliver(row.id, world.now) is True
    assert outbox.deliver(row.id, world.now) is False
    assert trial.effects(event_id) == 1
    assert row_of(event_id).done_at is not None


def test_a_failure_undoes_the_effect_and_waits_longer_each_time(world: World) -> None:
    event_id = scheduled(world, "racun")
    row_id = row_of(event_id).id
    waits = []
    for attempt in range(1, outbox.MAX_ATTEMPTS + 1):
        db.session.commit()
        claimed = outbox.claim(row_of(event_id).next_at)
        db.session.commit()
        assert (row_id, attempt, "small") in claimed
        with pytest.raises(ValueError, match="contoh kegagalan"):
            outbox.deliver(row_id, world.now)
        row = row_of(event_id)
        waits.append(round((row.next_at - world.now).total_seconds()))
        assert row.error == "ValueError: contoh kegagalan"
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256]
    assert trial.effects(event_id) == 0


def test_after_eight_attempts_it_is_stuck_and_an_operator_starts_it_afresh(world: World) -> None:
    event_id = scheduled(world, "racun")
    row_id, later = row_of(event_id).id, world.now + timedelta(days=30)
    for _ in range(outbox.MAX_ATTEMPTS):
        assert outbox.stuck() == []
        later += timedelta(days=1)
        assert row_id in [claimed[0] for claimed in outbox.claim(later)]
        db.session.commit()
        with pytest.raises(ValueError, match="contoh"):
            outbox.deliver(row_id, later)
    assert row_id not in [claimed[0] for claimed in outbox.claim(later + timedelta(days=30))]
    db.session.commit()
    assert [(row.id, row.stuck_at, row.error) for row in outbox.stuck()] == [
        (row_id, later, "ValueError: contoh kegagalan")
    ]
    outbox.retry([row_id], world.now)
    db.session.commit()
    assert outbox.stuck() == []
    assert (row_id, 1, "small") in outbox.claim(world.now)
    db.session.commit()


def test_a_worker_that_dies_without_a_word_is_an_attempt_with_a_reason(world: World) -> None:
    row_id = row_of(scheduled(world)).id
    for attempt in range(1, outbox.MAX_ATTEMPTS + 1):
        row = db.session.get_one(outbox.Delivery, row_id)
        row.attempt = attempt
        outbox.died([row_id], "Proses mati (sinyal 9).", world.now)
    (row,) = outbox.stuck()
    assert (row.id, row.error) == (row_id, "Proses mati (sinyal 9).")
    assert outbox.deliver(row_id, world.now) is True, "it was not dead after all: done is done"
    assert outbox.stuck() == []


def test_what_a_worker_had_no_time_for_goes_back_uncounted(world: World) -> None:
    row_id = row_of(scheduled(world)).id
    outbox.claim(world.now)
    db.session.commit()
    outbox.put_back([row_id], world.now)
    assert (row_id, 1, "small") in outbox.claim(world.now)
    db.session.commit()


def test_done_rows_are_forgotten_after_ninety_days_and_nothing_else(world: World) -> None:
    old, young, waiting = (row_of(scheduled(world)).id for _ in range(3))
    outbox.deliver(old, world.now - timedelta(days=91))
    outbox.deliver(young, world.now - timedelta(days=89))
    outbox.forget(world.now)
    db.session.commit()
    assert [row.id for row in trial.deliveries()] == [young, waiting]
    assert outbox.deliver(old, world.now) is False, "a job that still names it finds nothing to do"
    assert trial.effects(trial.deliveries()[0].event_id or 0) == 1


def test_poison_does_not_stop_what_is_behind_it(world: World) -> None:
    poison, healthy = scheduled(world, "racun"), scheduled(world)
    for row in trial.deliveries():
        try:
            outbox.deliver(row.id, world.now)
        except ValueError:
            assert row.event_id == poison
    assert (trial.effects(poison), trial.effects(healthy)) == (0, 1)


def test_a_claimed_row_is_nobody_elses_until_its_lease_ends(world: World) -> None:
    row_id = row_of(scheduled(world)).id
    now = world.now
    assert row_id in [c[0] for c in outbox.claim(now)]
    db.session.commit()
    assert row_id not in [c[0] for c in outbox.claim(now + outbox.LEASE / 2)]
    outbox.extend([row_id], now + outbox.LEASE)
    db.session.commit()
    assert row_id not in [c[0] for c in outbox.claim(now + outbox.LEASE)]
    db.session.commit()
    assert (row_id, 2, "small") in outbox.claim(now + outbox.LEASE + outbox.RENEWAL)
    db.session.commit()


def test_what_reached_nobody_is_given_back_uncounted(world: World) -> None:
    row_id = row_of(scheduled(world)).id
    claimed = [c for c in outbox.claim(world.now) if c[0] == row_id]
    db.session.commit()
    outbox.give_back(claimed, world.now)
    db.session.commit()
    assert (row_id, 1, "small") in outbox.claim(world.now)
    db.session.commit()


def test_ten_workers_at_once_make_one_effect(app: Flask, world: World) -> None:
    event_id = scheduled(world)
    row_id, now = row_of(event_id).id, world.now
    db.session.commit()
    start = threading.Barrier(10)
    made: list[bool] = []

    def work() -> None:
        with app.app_context():
            start.wait(20)
            made.append(outbox.deliver(row_id, now))
            db.session.remove()

    threads = [threading.Thread(target=work) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(made) == [False] * 9 + [True]
    assert trial.effects(event_id) == 1


def test_a_slow_reaction_that_ends_the_transaction_still_counts_once(world: World) -> None:
    events.ON["meeting.schedule"].clear()
    event_id = 0

    @events.on("meeting.schedule")
    def slow(event: Event) -> None:
        number = event.id
        db.session.rollback()
        if not seen:  # meanwhile the lease ended, and another worker was quicker
            seen.append(number)
            outbox.deliver(row_id, world.now)
        trial.app_settings.next_number("trial", number)

    seen: list[int] = []
    event_id = scheduled(world)
    query = select(outbox.Delivery.id).where(outbox.Delivery.event_id == event_id)
    row_id = db.session.scalars(query).one()
    assert outbox.deliver(row_id, world.now) is False
    assert trial.effects(event_id) == 1


def test_a_consumer_that_is_no_more_is_kept_with_its_error(world: World) -> None:
    event_id = scheduled(world)
    row = row_of(event_id)
    events.ON["meeting.schedule"].clear()
    with pytest.raises(LookupError):
        outbox.deliver(row.id, world.now)
    assert "tests.core.trial.count" in row_of(event_id).error
