"""The silent are asked again before the meeting; after its day somebody hears that it stands open, once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select

from randal.database.base import db
from randal.meeting_facts.rsvp_links import reply_url
from randal.notifications.notices import Mail
from randal.org.people import Person
from randal.schedule import scheduler
from tests.world import World


def morning(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 1, tzinfo=UTC)  # 08.00 in Jakarta


def heard(world: World, people: list[Person], first: date, last: date, about: str) -> list[list[date]]:
    """On which of these days a mail with this word went to each of the people."""
    found: list[list[date]] = [[] for _ in people]
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        for minutes in (0, 90):
            scheduler.run_due(morning(day) + timedelta(minutes=minutes))
        for person, mine in zip(people, found, strict=True):
            new = select(Mail).where(Mail.person_id == person.id, Mail.key == f"digest:{day}:{person.id}")
            mine += [day for mail in db.session.scalars(new) if about in mail.body]
    return found


def test_the_silent_are_asked_three_and_one_working_days_before(world: World) -> None:
    silent, speaks = world.ppk("ID-BB"), world.ppk("ID-PA")
    starts = datetime(2026, 3, 10, 2, tzinfo=UTC)
    meeting = world.meeting(
        units=["ID-BB", "ID-PA"],
        starts_at=starts,
        ends_at=starts + timedelta(hours=3),
        timezone="Asia/Jakarta",
    )
    row = next(a for a in meeting.attendance if a.unit_id == speaks.unit_id)
    world.fire(row, "accept", speaks)
    first, second = heard(world, [silent, speaks], date(2026, 3, 3), date(2026, 3, 12), meeting.title)
    assert first == [date(2026, 3, 5), date(2026, 3, 9)]
    assert second == []
    mail = db.session.scalars(select(Mail).where(Mail.key == f"digest:2026-03-09:{silent.id}")).one()
    silent_row = next(a for a in meeting.attendance if a.unit_id == silent.unit_id)
    assert reply_url(silent_row) in mail.body and "Selasa, 10 Maret 2026" in mail.body


def test_nobody_is_asked_about_what_is_cancelled(world: World) -> None:
    world.ppk()
    starts = datetime(2026, 3, 10, 2, tzinfo=UTC)
    meeting = world.meeting(starts_at=starts, ends_at=starts + timedelta(hours=3))
    world.fire(meeting, "cancel", world.secretariat, reason="contoh alasan pembatalan")
    assert heard(world, [world.ppk()], date(2026, 3, 3), date(2026, 3, 12), "Rapat") == [[]]


def test_a_meeting_left_open_is_told_once(world: World) -> None:
    ppk = world.ppk()
    meeting = world.meeting("in_session")  # of Monday 2 March
    closed = world.meeting("closed")
    days = date(2026, 3, 2), date(2026, 3, 6)
    told = heard(world, [world.secretariat, world.chair, ppk], *days, "masih terbuka")
    assert told == [[date(2026, 3, 3)], [date(2026, 3, 3)], []]
    mail = db.session.scalars(select(Mail).where(Mail.key == f"digest:2026-03-03:{world.chair.id}")).one()
    assert meeting.title in mail.body and closed.title not in mail.body
