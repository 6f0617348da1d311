"""Late is late by the calendar of the unit's own province, and is told once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select

from randal.core import tick
from randal.core.db import db
from randal.core.notices import Notice
from randal.core.people import Person
from randal.follow_ups.commands import make_follow_up
from randal.follow_ups.models import FollowUp
from tests.world import World


def told(person: Person) -> list[str]:
    query = select(Notice.text).where(Notice.person_id == person.id, Notice.key.startswith("follow_up.late:"))
    return list(db.session.scalars(query))


def assigned(world: World, iso: str, due_on: date) -> FollowUp:
    """A follow-up of this province's unit, handed to its PPK."""
    meeting = world.meeting("in_session", units=[iso])
    raw = {
        "meeting_id": meeting.id,
        "unit_id": world.unit(iso).id,
        "text": "Contoh tindak lanjut",
        "due_on": due_on.isoformat(),
        "expected_output": "Contoh keluaran",
        "priority": "medium",
    }
    item = make_follow_up(world.actor(world.secretariat), raw, world.now)
    item = item[0] if isinstance(item, list) else item
    db.session.commit()
    if item.state == "draft":
        world.fire(item, "assign", world.chair)
    return item


def test_the_day_after_in_its_own_province(world: World) -> None:
    due = date(2026, 3, 10)
    for iso in ("ID-PA", "ID-BB"):  # Papua, WIT; Bangka Belitung, WIB
        world.ppk(iso)
        assigned(world, iso, due)
    at_midnight_in_jayapura = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)
    tick.run_due(at_midnight_in_jayapura - timedelta(seconds=1))
    assert (told(world.ppk("ID-PA")), told(world.ppk("ID-BB"))) == ([], [])
    tick.run_due(at_midnight_in_jayapura)
    assert (len(told(world.ppk("ID-PA"))), told(world.ppk("ID-BB"))) == (1, [])
    tick.run_due(at_midnight_in_jayapura + timedelta(hours=2))
    tick.run_due(at_midnight_in_jayapura + timedelta(days=3))
    assert (len(told(world.ppk("ID-PA"))), len(told(world.ppk("ID-BB")))) == (1, 1)
    assert "10 Maret 2026" in told(world.ppk("ID-BB"))[0]


def test_what_is_handed_in_is_not_late_any_more(world: World) -> None:
    world.ppk()
    item = assigned(world, "ID-BB", date(2026, 3, 10))
    world.fire(item, "cancel", world.chair, reason="contoh alasan pembatalan")
    tick.run_due(datetime(2026, 4, 1, tzinfo=UTC))
    assert told(world.ppk()) == []
