"""Two verify follow-ups of one unit at the same time: both moves stand, and the unit has its tracker once per wish."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import select

from randal.database.base import db
from randal.documents.model import Document
from randal.history.events import Event
from randal.rooms.documents import reactions
from tests.world import World


@pytest.mark.database("postgresql")
def test_two_wishes_for_one_unit_at_once(world: World, app: Any) -> None:
    meeting = world.meeting("scheduled")
    unit_id, event_id = world.unit("ID-BB").id, db.session.scalar(select(Event.id).limit(1))
    assert meeting and event_id
    db.session.commit()
    barrier, wrong = threading.Barrier(4), []

    def wish() -> None:
        with app.app_context():
            try:
                event = db.session.get_one(Event, event_id)
                unit = db.session.get_one(reactions.Unit, unit_id)
                barrier.wait(10)
                reactions.tracker(unit, event)
                db.session.commit()
            except Exception as error:
                wrong.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=wish) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert wrong == []
    waiting = list(db.session.scalars(select(Document).where(Document.kind == "tracker")))
    assert [d.revision for d in waiting] == [1], "while one waits its turn, a second wish is the same"
