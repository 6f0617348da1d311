"""An invitee taken off a draft's list: the row goes as it may, its history stays, is sealed and holds."""

from __future__ import annotations

from sqlalchemy import Connection, text

from randal.database.base import db
from randal.meeting_facts import invitees
from randal.models.attendance import Attendance
from tests.audit.story import History, named


def test_its_history_ends_and_holds(history: History) -> None:
    world = history.world
    meeting = world.meeting("draft")
    row = db.session.query(Attendance).filter_by(meeting_id=meeting.id).first()
    assert row
    number = row.id
    with history.bending() as bender:
        kept = bender.connection.execute(
            text("SELECT * FROM attendance WHERE id = :id"), {"id": number}
        ).mappings()
        columns = dict(kept.one())
    invitees.uninvite(row, world.actor(world.secretariat), world.now)
    db.session.commit()
    history.checkpoint()
    with history.bending() as bender:
        report = bender.judge()
        assert report.bends == [] and report.covered == report.events
        bender.run(
            "DELETE FROM events WHERE item_type = 'attendance' AND item_id = :id AND seq = 2", id=number
        )
        assert named(bender.judge()) == {
            ("item", "attendance", number, None), ("removed", "attendance", number, 2),
        }  # fmt: skip
        bender.run("DELETE FROM events WHERE item_type = 'attendance' AND item_id = :id", id=number)
        found = named(bender.judge())
        assert found == {("removed", "attendance", number, seq) for seq in (1, 2)}
    with history.bending() as bender:
        back = columns | {"seq": 2, "head": last_hash(bender.connection, number)}
        bender.run(
            f"INSERT INTO attendance ({', '.join(back)}) VALUES ({', '.join(f':{c}' for c in back)})", **back
        )
        assert named(bender.judge()) == {("item", "attendance", number, None)}


def last_hash(connection: Connection, number: int) -> str:
    found = connection.execute(
        text("SELECT hash FROM events WHERE item_type = 'attendance' AND item_id = :id AND seq = 2"),
        {"id": number},
    )
    return str(found.scalar_one())
