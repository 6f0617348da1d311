"""Reminders follow a policy of rows; what will be sent is asked of the same rules, and is what is sent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import DBAPIError

from randal.database.base import db
from randal.models.follow_ups import FollowUp
from randal.schedule import forecast, policies, scheduler
from randal.schedule.policies import BEGINNING, Policies, Policy
from randal.schedule.runs import Occurrence
from randal.schedule.workdays import Calendar
from tests.follow_ups.test_lists import statements
from tests.follow_ups.test_rules import DUE, assigned, days, mails, morning
from tests.world import World

DAYS = Calendar({})


def policy(id: int, since: date, **numbers: int) -> Policy:
    return Policy(id=id, valid_from=since, **BEGINNING | numbers)


def given(since: str, **numbers: Any) -> dict[str, Any]:
    return {**BEGINNING, "valid_from": since, "note": "Contoh surat edaran", **numbers}


def test_each_day_has_its_policy_and_the_last_word_of_a_day_counts() -> None:
    rows = [policy(2, DUE, before=5), policy(1, DUE, before=7), policy(3, date(2026, 4, 1), before=1)]
    found = Policies(rows)
    assert [found.on(d).id for d in (date(2026, 3, 9), DUE, date(2026, 4, 1))] == [None, 2, 3]


def test_another_policy_says_nothing_a_second_time() -> None:
    """Three days before is told on Thursday the 5th; from Friday on five days would be the number."""
    found = Policies([policy(1, date(2026, 3, 6), before=5)])
    steps = [found.step_before(DAYS, DUE, day) for day in days(date(2026, 3, 3), DUE)]
    assert [step and step[0] for step in steps] == [None, None, 3, 3, 3, 3, 3, 0]


def test_late_is_counted_on_when_the_policy_changes() -> None:
    """Told on the 1st and 6th working day; then every second one: no number twice, no gap."""
    found = Policies([policy(1, date(2026, 4, 14), late_again=2)])
    due = date(2026, 4, 6)  # a Monday; the 14th is the sixth working day after it
    times = [
        found.times_late(DAYS, due, day)
        for day in days(date(2026, 4, 7), date(2026, 4, 17))
        if day.weekday() < 5
    ]
    assert times == [1, 1, 1, 1, 1, 1, 2, 2, 3]


def test_page_and_api_begin_a_policy_and_nobody_changes_one(world: World) -> None:
    page = world.sign_in(world.secretariat)
    said = page.post("/operator/kebijakan-pengingat", data=given("2026-03-01", direktorat_after=4))
    assert said.status_code == 422 and "Contoh surat edaran" in said.text and "Pilih hari ini" in said.text
    said = page.post("/operator/kebijakan-pengingat", data=given("2026-03-02", direktorat_after=4))
    assert said.status_code == 422 and "sesudah satker" in said.text
    assert page.post("/operator/kebijakan-pengingat", data=given("2026-03-02", before=7)).status_code == 303
    api = world.api(world.secretariat)
    assert api.post("/reminder-policies", json=given("2026-05-01")).status_code == 201
    assert world.api(world.ppk()).post("/reminder-policies", json=given("2026-05-01")).status_code == 403
    listed = world.api(world.ppk()).get("/reminder-policies").json["items"]
    assert [(x["valid_from"], x["before"]) for x in listed] == [("2026-03-02", 7), ("2026-05-01", 3)]
    assert "1 Mei 2026" in page.get("/operator/kebijakan-pengingat").text
    db.session.scalars(select(Policy)).first().before = 1
    with pytest.raises(DBAPIError):
        db.session.flush()
    db.session.rollback()


def test_the_policy_moves_the_escalation(world: World) -> None:
    head = world.person("leader", "ID-BB")
    policies.begin(world.actor(world.secretariat), given("2026-03-02", satker_after=1), world.now)
    assigned(world, "ID-BB", DUE)
    scheduler.run_due(morning(date(2026, 3, 11)))
    assert mails(head) == []
    scheduler.run_due(morning(date(2026, 3, 12)))
    assert len(mails(head)) == 1


def told() -> Iterator[tuple[str, int]]:
    for row in db.session.scalars(select(Occurrence).where(Occurrence.person_id.is_not(None))):
        yield row.rule, row.person_id or 0


def test_what_is_foreseen_is_what_is_sent(world: World) -> None:
    world.person("leader", "ID-BB")
    assigned(world, "ID-BB", DUE)
    assigned(world, "ID-PA", date(2026, 3, 17), seen=False)
    scheduler.run_due(morning(date(2026, 3, 10)))
    for day in (date(2026, 3, 11), date(2026, 3, 12), date(2026, 3, 25)):
        foreseen = forecast.coming(day, morning(date(2026, 3, 10)))
        assert foreseen.day == day and not foreseen.refused
        before = sorted(told())
        scheduler.run_due(morning(day))
        sent = sorted(told())
        for each in before:
            sent.remove(each)
        assert sorted((line.rule, line.person_id) for line in foreseen.lines) == sent, day
    off = forecast.coming(date(2026, 3, 14), morning(date(2026, 3, 10)))
    assert off.day_off == "Sabtu" and off.lines == []
    assert "Pilih hari" in forecast.coming(date(2026, 12, 1), morning(date(2026, 3, 10))).refused


def test_the_dry_run_asks_no_more_for_more_items(world: World) -> None:
    item = assigned(world, "ID-BB", date(2026, 3, 6))
    page = world.sign_in(world.secretariat)
    few = statements(page, "/operator/akan-dikirim")
    column = {c.name: getattr(item, c.name) for c in FollowUp.__table__.c if c.name not in ("id", "number")}
    more = [column | {"number": number, "seq": 0, "head": ""} for number in range(2, 700)]
    db.session.execute(insert(FollowUp), more)
    db.session.commit()
    assert statements(page, "/operator/akan-dikirim") == few
    assert "Ditampilkan 200 dari" in page.get("/operator/akan-dikirim").text


def test_the_dry_run_says_why(world: World) -> None:
    assigned(world, "ID-BB", date(2026, 3, 6))
    page = world.sign_in(world.secretariat).get("/operator/akan-dikirim").text
    assert "3 hari kerja sebelum tenggat 6 Maret 2026; kebijakan bawaan" in page
    items = world.api(world.secretariat).get("/reminders/coming").json["items"]
    assert [x["person_id"] for x in items if x["rule"] == "follow_up.remind"] == [world.ppk().id]
    assert world.api(world.ppk()).get("/reminders/coming").status_code == 403
    answer = world.app.test_cli_runner().invoke(args=["randal", "coming", "--day", "2026-03-03"])
    assert "follow_up.remind\t" in answer.output and "pengingat untuk" in answer.output
