"""Trackers of the month that is over: on its first working day, once, also after an outage, and not weeks later."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from randal.database.base import db
from randal.documents.model import Document
from randal.notifications.notices import Notice
from randal.schedule import scheduler
from tests.follow_ups.conftest import Story
from tests.world import World

RULE = "follow_up.monthly_trackers"


def made() -> list[Document]:
    query = select(Document).where(Document.subject_type == "month").order_by(Document.id)
    return list(db.session.scalars(query).unique())


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduler, "RULES", {RULE: scheduler.RULES[RULE]})


@pytest.mark.database("sqlite")
def test_on_the_first_working_day_once(world: World, drain: Callable[[], int], alone: None) -> None:
    story = Story(world)
    story.assigned()
    saturday, monday = datetime(2026, 8, 1, 3, tzinfo=UTC), datetime(2026, 8, 3, 0, tzinfo=UTC)
    scheduler.run_due(saturday)
    scheduler.run_due(datetime(2026, 8, 2, 22, 30, tzinfo=UTC))  # Monday 05.30 in Jakarta
    assert made() == []
    scheduler.run_due(monday)
    scheduler.run_due(monday)
    world.now = datetime(2026, 8, 4, 3, tzinfo=UTC)
    scheduler.run_due(world.now)
    titles = {d.title: d.params for d in made()}
    assert titles == {
        "Pelacak Tindak Lanjut nasional, Juli 2026": {"as_of": "2026-07-31"},
        f"Pelacak Tindak Lanjut {story.unit.short_name}, Juli 2026": {
            "as_of": "2026-07-31",
            "unit_id": story.unit.id,
        },
    }
    drain()
    assert [d.stage for d in made()] == ["ready", "ready"]
    told = {n.person_id for n in db.session.scalars(select(Notice).where(Notice.key.like("tracker.month:%")))}
    assert {world.ppk("ID-BB").id, world.secretariat.id} <= told
    mine = world.api(world.ppk("ID-BB")).get("/documents?subject_type=month").json["items"]
    assert [d["unit_id"] for d in mine] == [story.unit.id]


@pytest.mark.database("sqlite")
def test_an_outage_is_made_up_for_but_not_weeks_later(world: World, alone: None) -> None:
    Story(world).assigned()
    scheduler.run_due(datetime(2026, 9, 4, 3, tzinfo=UTC))
    assert len(made()) == 2
    scheduler.run_due(datetime(2026, 10, 20, 3, tzinfo=UTC))
    assert len(made()) == 2
