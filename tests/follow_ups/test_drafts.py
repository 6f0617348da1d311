"""A follow-up that somebody noted and only others can assign: they hear of it at once, and while it waits; nobody else does."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from randal.database.base import db
from randal.notifications.notices import Notice
from randal.schedule import scheduler
from tests.follow_ups.conftest import Story
from tests.follow_ups.test_rules import days, mails, morning
from tests.world import World

WAITS = "masih draf"


def heard(at_once: bool) -> dict[int, int]:
    """Person → how often the bell said so: at once, or of a morning."""
    found: dict[int, int] = {}
    for notice in db.session.scalars(select(Notice).where(Notice.text.contains(WAITS))):
        if notice.key.startswith("digest:") != at_once:
            found[notice.person_id] = found.get(notice.person_id, 0) + 1
    return found


def test_who_can_assign_it_is_told_and_reminded_until_it_is_done(
    story: Story, world: World, drain: Any
) -> None:
    world.person("auditor")
    taker, must = world.api(world.minute_taker), {world.chair.id, world.secretariat.id}
    items = []
    for text in ("Contoh satu", "Contoh dua"):
        made = taker.post("/follow-ups", json=story.given(text=text))  # on Monday 2 March
        assert (made.status_code, made.json["state"]) == (201, "draft"), made.json
        items.append(made.json)
    drain()
    assert heard(at_once=True) == dict.fromkeys(must, 1), "once for a meeting and a day; not to who noted it"

    told: dict[date, set[int]] = {}
    for day in days(date(2026, 3, 2), date(2026, 3, 6)):
        before = heard(at_once=False)
        for hours in (0, 3):
            scheduler.run_due(morning(day) + timedelta(hours=hours))
        if new := {person for person, n in heard(at_once=False).items() if n > before.get(person, 0)}:
            told[day] = new
    assert told == {date(2026, 3, 4): must, date(2026, 3, 6): must}
    assert sum("2 tindak lanjut rapat" in mail.body for mail in mails(world.chair)) == 2

    for item in items:
        story.move(story.chair, item, "assign")
    for day in days(date(2026, 3, 7), date(2026, 3, 31)):
        scheduler.run_due(morning(day))
    assert heard(at_once=False) == dict.fromkeys(must, 2), "they are assigned"


def test_who_can_assign_it_himself_disturbs_nobody(story: Story, world: World, drain: Any) -> None:
    story.draft()  # by the secretariat
    drain()
    assert heard(at_once=True) == {}
