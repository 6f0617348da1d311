"""A kendala that nobody answered in time goes up by itself, level by level, once each; at the top people are told."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select

from randal.database.base import db
from randal.history.events import Event
from randal.models.kendala import Kendala
from randal.notifications.notices import Notice
from randal.schedule import scheduler, workdays
from tests.items import kendala
from tests.world import World


def morning(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 1, tzinfo=UTC)  # 08.00 in Jakarta


def ups(item: Kendala) -> list[Event]:
    query = select(Event).where(
        Event.item_type == "kendala", Event.item_id == item.id, Event.move == "escalate"
    )
    return list(db.session.scalars(query.order_by(Event.id)))


def waiting(world: World, answer_by: date) -> Kendala:
    item = kendala(world)
    item.answer_by = answer_by  # as it stands after an earlier escalation
    db.session.commit()
    return item


def test_level_by_level_and_then_people(world: World, drain) -> None:
    item = waiting(world, date(2026, 3, 5))
    scheduler.run_due(morning(date(2026, 3, 5)))
    assert ups(item) == [], "the day itself is not over"
    friday = date(2026, 3, 6)
    for minutes in (0, 30):
        scheduler.run_due(morning(friday) + timedelta(minutes=minutes))
    (first,) = ups(item)
    db.session.refresh(item)
    assert (item.level, item.answer_by) == ("direktorat", date(2026, 3, 13))
    assert item.addressee == "Pimpinan Contoh Direktorat"
    assert (first.actor_id, first.hat) == (None, "system")
    world.now = morning(friday)
    drain()
    up = select(Notice).where(Notice.key.startswith("kendala.escalate"), Notice.person_id == world.ppk().id)
    assert len(db.session.scalars(up).all()) == 1, "those of the unit are told of the move"

    scheduler.run_due(morning(date(2026, 3, 16)))
    db.session.refresh(item)
    assert (item.level, item.answer_by) == ("ditjen_pemda", date(2026, 3, 30))  # over Nyepi and Idul Fitri
    assert workdays.between(date(2026, 3, 16), item.answer_by) == 5
    for day in (date(2026, 3, 30), date(2026, 3, 31), date(2026, 4, 1), date(2026, 4, 2)):
        scheduler.run_due(morning(day))
    assert len(ups(item)) == 2, "there is no level above"
    mine = select(Notice.text).where(
        Notice.person_id == world.evaluator.id,
        Notice.key.startswith("digest:"),
        Notice.text.contains("belum dijawab"),
    )
    (said,) = db.session.scalars(mine)
    assert "30 Maret 2026" in said


def test_after_an_outage_one_level_only(world: World) -> None:
    """Whoever is asked next has his own days to answer: the silence of the machine is not held against him."""
    item = waiting(world, date(2026, 3, 5))
    for minutes in range(3):
        scheduler.run_due(morning(date(2026, 4, 15)) + timedelta(minutes=minutes))
    assert len(ups(item)) == 1
    db.session.refresh(item)
    assert (item.level, item.answer_by) == ("direktorat", date(2026, 4, 22))


def test_what_is_resolved_or_taken_back_stays(world: World) -> None:
    item = waiting(world, date(2026, 3, 5))
    world.fire(item, "withdraw", world.evaluator, reason="contoh alasan pencabutan")
    scheduler.run_due(morning(date(2026, 3, 9)))
    assert ups(item) == []
