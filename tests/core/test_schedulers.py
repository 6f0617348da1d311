"""Three real schedulers wake up at once after days of outage, one is killed: what was missed happens, each once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import func, insert, select

from randal.database.base import db, reading
from randal.history.events import Event
from randal.models.follow_ups import FollowUp
from randal.models.kendala import Kendala
from randal.notifications.notices import Mail, Notice
from randal.schedule import scheduler
from randal.schedule.runs import Occurrence
from tests.machines import Processes, wait_until
from tests.world import World

UNITS = ("ID-BB", "ID-PA", "ID-JT", "ID-ST", "ID-KB")  # all zones
BACK = datetime(2026, 3, 12, 2, 0, tzinfo=UTC)  # a Thursday, 09.00 in Jakarta; silent since Monday
FOLLOW_UPS, KENDALA = 3000, 80


def escalations() -> int:
    with reading():  # who waits must not take the place to write from those waited for
        query = select(func.count()).select_from(Event).where(Event.move == "escalate")
        return db.session.scalar(query) or 0


def through() -> bool:
    """Both rules in all four zones, and one scheduler has looked at every rule."""
    with reading():
        days = Occurrence.rule.in_(("digest/day", "kendala.escalate/day"))
        done = db.session.scalar(select(func.count()).select_from(Occurrence).where(days))
        return done == 8 and scheduler.last_tick() is not None


def test_each_once(world: World, processes: Processes) -> None:
    meeting = world.meeting("closed", units=UNITS)
    ppk = [world.ppk(iso) for iso in UNITS]
    row = {
        "meeting_id": meeting.id, "text": "Contoh", "created_at": world.now, "updated_at": world.now, "version": 1,
    }  # fmt: skip
    late = [
        row | {
            "unit_id": ppk[n % 5].unit_id, "number": n, "state": "assigned",
            "due_on": date(2026, 3, 9) + timedelta(days=n % 3),
        }
        for n in range(FOLLOW_UPS)
    ]  # fmt: skip
    stuck = [
        row
        | {"unit_id": ppk[n % 5].unit_id, "state": "raised", "answer_by": date(2026, 3, 9) + timedelta(n % 3)}
        for n in range(KENDALA)
    ]
    db.session.execute(insert(FollowUp), late)
    db.session.execute(insert(Kendala), stuck)
    db.session.commit()

    processes.environment["RANDAL_NOW"] = BACK.isoformat()
    first, *_others = [processes.start("schedule") for _ in range(3)]
    wait_until(lambda: escalations() > 20, 60, "the schedulers begin")
    first.kill()
    wait_until(through, 120, "the day is through in all four zones")
    processes.stop()

    assert escalations() == KENDALA
    each = select(func.count()).where(Event.move == "escalate").group_by(Event.item_id)
    assert set(db.session.scalars(each)) == {1}
    assert set(db.session.scalars(select(Kendala.level))) == {"direktorat"}

    said = select(func.count()).select_from(Occurrence).where(Occurrence.rule == "follow_up.late")
    assert db.session.scalar(said) == FOLLOW_UPS
    for person in ppk:
        (notice,) = db.session.scalars(
            select(Notice).where(Notice.person_id == person.id, Notice.key.startswith("digest:"))
        )
        assert f"{FOLLOW_UPS // 5} terlambat" in notice.text
        (mail,) = db.session.scalars(
            select(Mail).where(Mail.person_id == person.id, Mail.key.startswith("digest:"))
        )
        assert mail.subject.startswith("Pengingat 12 Maret 2026")
    assert scheduler.run_due(BACK + timedelta(minutes=5)) == 0
    assert {planned.error for planned in scheduler.plan(BACK)} == {""}
