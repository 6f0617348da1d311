"""fire, make and edit: one way to change a state, all or nothing, one winner."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from randal.database.base import db
from randal.engine.transitions import Changed, edit, fire, make
from randal.history import events
from randal.history.events import Event
from randal.jobs.outbox import Delivery
from randal.models.findings import Finding
from randal.models.meetings import Meeting
from tests.core import trial
from tests.world import World
from workflows.lifecycle import Refused


@pytest.fixture
def reactions() -> Iterator[None]:
    """Reactions declared in the test are gone after it."""
    within, on = {k: [*v] for k, v in events.WITHIN.items()}, {k: [*v] for k, v in events.ON.items()}
    yield
    for kept, before in ((events.WITHIN, within), (events.ON, on)):
        kept.clear()
        kept.update(before)


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_refused_in_the_order_role_state_need_field_and_nothing_written(world: World) -> None:
    meeting = world.meeting("draft")
    meeting.place = meeting.link = ""
    db.session.commit()
    before, version = count(Event), meeting.version
    attempts = [
        ("role", "schedule", world.evaluator, {}),
        ("state", "open", world.secretariat, {}),
        ("need", "schedule", world.secretariat, {}),
        ("field", "cancel", world.secretariat, {"reason": "pendek"}),
    ]
    for kind, move, who, given in attempts:
        with pytest.raises(Refused) as refused:
            fire(meeting, move, world.actor(who), now=world.now, **given)
        db.session.rollback()
        assert refused.value.kind == kind, move
        assert refused.value.detail
    assert (meeting.state, meeting.version, count(Event)) == ("draft", version, before)


def test_a_move_needs_the_version_it_was_shown(world: World) -> None:
    meeting = world.meeting("draft")
    actor = world.actor(world.secretariat)
    edit(meeting, {"title": "Contoh judul lain"}, actor, now=world.now, version=meeting.version)
    db.session.commit()
    with pytest.raises(Changed, match="Sudah diubah oleh Contoh Sekretariat"):
        fire(meeting, "schedule", actor, now=world.now, version=meeting.version - 1)
    db.session.rollback()
    fire(meeting, "schedule", actor, now=world.now, version=meeting.version)
    db.session.commit()
    assert meeting.state == "scheduled"


def test_state_event_outbox_and_within_are_one_transaction(world: World, reactions: None) -> None:
    meeting = world.meeting("draft")
    trial.declare()

    @events.within("meeting.schedule")
    def break_it(item: Meeting, event: Event) -> None:
        raise RuntimeError("contoh")

    before = count(Event), count(Delivery)
    with pytest.raises(RuntimeError):
        fire(meeting, "schedule", world.actor(world.secretariat), now=world.now)
    db.session.rollback()
    assert (meeting.state, count(Event), count(Delivery)) == ("draft", *before)


def test_one_outbox_row_per_consumer(world: World, reactions: None) -> None:
    meeting = world.meeting("draft")
    trial.declare()
    world.fire(meeting, "schedule", world.secretariat)
    event = db.session.scalars(
        select(Event).order_by(Event.id.desc()).where(Event.move == "schedule")
    ).first()
    rows = db.session.scalars(select(Delivery).where(Delivery.event_id == event.id)).all()
    assert [(row.consumer, row.queue, row.attempt) for row in rows] == [
        ("tests.core.trial.count", "small", 0)
    ]


def test_who_may_not_make_an_item_leaves_nothing(world: World) -> None:
    meeting = world.meeting("in_session")
    finding = Finding(meeting_id=meeting.id, unit_id=world.unit().id, text="Contoh", severity="low")
    with pytest.raises(Refused) as refused:
        make(finding, world.actor(world.ppk()), now=world.now)
    assert refused.value.kind == "role"
    db.session.commit()
    assert count(Finding) == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE meetings SET state = 'closed'",
        "UPDATE meetings SET ends_at = starts_at",
        "UPDATE objectives SET kind = 'mimpi'",
    ],
)
def test_the_database_refuses_nonsense_too(world: World, statement: str) -> None:
    world.meeting("scheduled")
    with pytest.raises(IntegrityError):
        db.session.execute(text(statement))
    db.session.rollback()


def test_twenty_at_once_one_wins(app: Flask, world: World) -> None:
    meeting_id = world.meeting("draft").id
    actor, now = world.actor(world.secretariat), world.now
    db.session.commit()
    start = threading.Barrier(20)
    outcomes: list[str] = []

    def attempt() -> None:
        with app.app_context():
            start.wait(20)
            try:
                meeting = db.session.get_one(Meeting, meeting_id)
                fire(meeting, "schedule", actor, now=now)
                db.session.commit()
                outcomes.append("won")
            except Refused as refused:
                outcomes.append(refused.kind)
            finally:
                db.session.rollback()
                db.session.remove()

    threads = [threading.Thread(target=attempt) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["state"] * 19 + ["won"]
    db.session.expire_all()
    mine = select(Event).where(Event.item_type == "meeting", Event.item_id == meeting_id)
    assert [e.move for e in db.session.scalars(mine.order_by(Event.seq))] == ["create", "schedule"]
    assert db.session.get_one(Meeting, meeting_id).version == 2
