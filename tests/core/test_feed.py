"""The feed of events: whoever goes on from the last number it saw misses nothing, whatever commits when."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from randal.database.base import db
from randal.history.events import Event
from tests.world import World


@pytest.mark.database("postgresql")
def test_an_event_that_commits_late_is_not_passed_over(world: World) -> None:
    first, second = world.meeting("draft"), world.meeting("draft")
    reader = world.api(world.evaluator)
    last = reader.get("/events?limit=200").json["items"][-1]["id"]
    with db.engine.connect() as slow:
        number = slow.scalar(text("SELECT nextval(pg_get_serial_sequence('events', 'id'))"))
        world.fire(second, "cancel", world.secretariat, reason="Contoh: rapat digabung")
        assert reader.get(f"/events?after={last}").json["items"] == [], "the one before may still come"
        columns = [c.name for c in Event.__table__.columns if c.name not in ("id", "item_id")]
        names = ", ".join(columns)
        slow.execute(
            text(
                f"INSERT INTO events (id, item_id, {names}) SELECT {number}, 999, {names} FROM events WHERE seq = 1 LIMIT 1"
            )
        )
        slow.commit()
    seen = [each["id"] for each in reader.get(f"/events?after={last}").json["items"]]
    assert seen == [number, number + 1]
    assert first.state == "draft"


@pytest.mark.database("postgresql")
def test_a_number_given_back_holds_the_feed_for_minutes_only(world: World) -> None:
    meeting = world.meeting("draft")
    reader = world.api(world.evaluator)
    last = reader.get("/events?limit=200").json["items"][-1]["id"]
    with db.engine.connect() as failed:
        failed.execute(text("SELECT nextval(pg_get_serial_sequence('events', 'id'))"))
        failed.rollback()
    world.fire(meeting, "cancel", world.secretariat, reason="Contoh: rapat digabung")
    assert reader.get(f"/events?after={last}").json["items"] == []
    world.now += timedelta(minutes=3)
    assert [each["move"] for each in reader.get(f"/events?after={last}").json["items"]] == ["cancel"]
