"""The history: ids, codes and dates in the event, words beside it, secrets nowhere; numbered without gaps."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from randal.database.base import db
from randal.engine.transitions import edit, fire
from randal.history import events
from randal.history.events import Event
from tests.world import World
from workflows.lifecycle import Actor


def history(item_type: str, item_id: int) -> list[Event]:
    query = select(Event).where(Event.item_type == item_type, Event.item_id == item_id).order_by(Event.seq)
    return list(db.session.scalars(query))


def test_numbered_per_item_from_one_without_gaps(world: World) -> None:
    first, second = world.meeting("closed"), world.meeting("scheduled")
    assert [e.seq for e in history("meeting", first.id)] == [1, 2, 3, 4]
    assert [e.move for e in history("meeting", second.id)] == ["create", "schedule"]


def test_two_events_with_one_number_are_refused_by_the_database(world: World) -> None:
    meeting = world.meeting("draft")
    first = history("meeting", meeting.id)[0]
    double = Event(
        item_type="meeting", item_id=meeting.id, seq=first.seq, move="cancel", to_state="cancelled"
    )
    double.at = world.now
    db.session.add(double)
    with pytest.raises(IntegrityError):
        db.session.commit()
    db.session.rollback()


def test_words_stand_beside_facts_inside(world: World) -> None:
    meeting = world.meeting("scheduled")
    other = world.person("leader")
    reason = "Contoh alasan penggantian pimpinan"
    world.fire(meeting, "reassign", world.secretariat, chair_id=other.id, reason=reason)
    event = history("meeting", meeting.id)[-1]
    assert event.data == {"chair_id": other.id}
    assert {t.name: t.text for t in event.texts} == {"reason": reason}
    assert (event.meeting_id, event.actor_id, event.hat) == (meeting.id, world.secretariat.id, "secretariat")


def test_an_edit_names_the_fields_and_keeps_no_text(world: World) -> None:
    meeting = world.meeting("draft")
    edit(meeting, {"title": "Contoh judul baru"}, world.actor(world.secretariat), now=world.now, version=None)
    db.session.commit()
    event = history("meeting", meeting.id)[-1]
    assert event.move == "edit"
    assert "Contoh judul baru" not in str(event.data)
    assert event.data["fields"] == ["title"]


def test_who_acts_in_anothers_place_is_named_with_the_principal(world: World) -> None:
    meeting = world.meeting("scheduled")
    deputy = world.person("none")
    world.appoint(deputy, world.centre, kind="plh")
    meeting.chair_post_id = world.chair.appointments[0].post_id
    db.session.commit()
    fire(meeting, "open", world.actor(deputy), now=world.now)
    db.session.commit()
    event = history("meeting", meeting.id)[-1]
    assert (event.actor_id, event.hat, event.acting_for_id) == (deputy.id, "chair", world.chair.id)


@pytest.mark.parametrize("name", ["meeting.fly", "cake.bake", "meeting", ""])
def test_a_reaction_to_an_event_that_cannot_happen_stops_the_start(name: str) -> None:
    with pytest.raises(ValueError, match="no lifecycle knows"):
        events.on(name)(lambda event: None)
    with pytest.raises(ValueError, match="no lifecycle knows"):
        events.within(name)(lambda item, event: None)
    with pytest.raises(ValueError, match="no queue"):
        events.on("meeting.close", queue="quick")(lambda event: None)


def test_the_machine_has_no_person(world: World) -> None:
    meeting = world.meeting("draft")
    assert Actor(id=None).id is None
    assert history("meeting", meeting.id)[0].actor_id == world.secretariat.id
