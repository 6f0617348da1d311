"""By when a report is due: rules as data, told before and after by the clock, and seen in the list of reports."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from randal.database.base import db
from randal.models.deadlines import Deadline, DeadlineMark, standing
from randal.models.progress import ProgressReport
from randal.notifications.notices import Mail
from randal.schedule import scheduler, workdays
from randal.schedule.workdays import Calendar
from tests.evaluation.stories import activity, report
from tests.world import World

GIVEN = {"name": "Contoh bulanan", "anchor": "month", "working_days": "5", "who": "ppk", "remind_before": "3",
         "since": "2026-01", "basis": "Contoh surat", "active": "true"}  # fmt: skip


def rule(world: World, **more: Any) -> Deadline:
    page = world.sign_in(world.secretariat)
    assert page.post("/tenggat/baru", data=GIVEN | more).status_code == 303
    return db.session.scalars(select(Deadline).order_by(Deadline.id.desc())).first()  # type: ignore[return-value]


def morning(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 1, tzinfo=UTC)


def told(person: Any) -> list[str]:
    db.session.expire_all()
    found = db.session.scalars(select(Mail.body).where(Mail.person_id == person.id).order_by(Mail.id))
    return [
        line for body in found for line in body.splitlines() if "Contoh bulanan" in line or "Contoh B" in line
    ]


@pytest.mark.parametrize(
    "anchor, period, days, due",
    [
        ("month", "2026-06", 5, date(2026, 7, 7)),
        ("quarter", "2026-06", 5, date(2026, 7, 7)),
        ("quarter", "2026-06", 10, date(2026, 7, 14)),
        ("quarter", "2026-06", 14, date(2026, 7, 20)),
        ("month", "2026-12", 1, date(2027, 1, 4)),
        ("month", "2026-06", 0, date(2026, 6, 30)),
    ],
)
def test_when_it_is_due(anchor: str, period: str, days: int, due: date) -> None:
    made = Deadline(name="x", anchor=anchor, working_days=days, since="2026-01")
    assert made.counts_for(period) and made.due_on(period, Calendar({})) == due
    assert not Deadline(anchor="quarter", since="2026-01").counts_for("2026-05")
    assert not Deadline(anchor="month", since="2026-07").counts_for("2026-06")


def test_the_first_that_is_due_counts() -> None:
    rules = [
        Deadline(name="a", anchor="quarter", working_days=10, since="2026-01"),
        Deadline(name="b", anchor="month", working_days=5, since="2026-01"),
    ]
    stands = standing("2026-06", date(2026, 7, 9), date(2026, 8, 1), rules, Calendar({}))
    assert stands and (stands.name, stands.days_late, stands.sentence) == ("b", 2, "terlambat 2 hari kerja")
    in_time = standing("2026-06", date(2026, 7, 7), date(2026, 8, 1), rules, Calendar({}))
    assert in_time and in_time.sentence == "tepat waktu"
    open_ = standing("2026-06", None, date(2026, 7, 7), rules, Calendar({}))
    assert open_ and open_.sentence == "tenggat 7 Juli 2026"
    assert standing("2025-06", None, date(2026, 7, 7), rules, Calendar({})) is None


def test_told_before_on_the_day_and_after(world: World) -> None:
    activity(world, "ID-BB")
    ppk, other = world.ppk("ID-BB"), world.ppk("ID-JT")  # Jawa Tengah has no kegiatan, so it owes nothing
    rule(world, since="2026-02")
    due = workdays.add(date(2026, 2, 28), 5)
    assert due == date(2026, 3, 6)
    scheduler.run_due(morning(date(2026, 3, 2)))
    assert told(ppk) == []
    for _ in range(2):
        scheduler.run_due(morning(date(2026, 3, 3)))
    assert len(told(ppk)) == 1 and "tenggatnya 3 hari lagi, 6 Maret 2026" in told(ppk)[0]
    scheduler.run_due(morning(date(2026, 3, 6)))
    assert "tenggatnya hari ini" in told(ppk)[1]
    scheduler.run_due(morning(date(2026, 3, 9)))
    assert "terlambat, tenggatnya 6 Maret 2026" in told(ppk)[2]
    scheduler.run_due(morning(date(2026, 3, 10)))
    assert len(told(ppk)) == 3 and told(other) == []
    world.now = morning(date(2026, 3, 11))
    made = report(world, "ID-BB", period="2026-02", state="submitted")
    scheduler.run_due(morning(date(2026, 3, 16)))
    assert len(told(ppk)) == 3, "it was handed in"
    assert [s.days_late for s in [standing_now(world, made)]] == [3]


def standing_now(world: World, made: ProgressReport) -> Any:
    from randal.models.deadlines import standing_of

    return standing_of(made, world.now)


def test_lateness_stands_in_the_list_and_stays_after_a_return(world: World) -> None:
    rule(world)
    world.now = morning(date(2026, 3, 11))
    made = report(world, "ID-BB", period="2026-02", state="submitted")
    report(world, "ID-JT", period="2026-02")
    page = world.sign_in(world.evaluator)
    shown = page.get("/laporan?periode=2026-02").text
    assert shown.count("terlambat 3 hari kerja") == 2
    world.now = morning(date(2026, 3, 12))
    world.fire(made, "return", world.evaluator, reason="Angka keuangan belum cocok")
    world.fire(made, "submit", world.ppk("ID-BB"))
    assert made.first_submitted_at != made.submitted_at and standing_now(world, made).days_late == 3
    answer = world.api(world.evaluator).get(f"/progress-reports/{made.id}").json
    assert (answer["due_on"], answer["days_late"]) == ("2026-03-06", 3)


def test_what_is_handed_in_outside_is_said_by_who_owes_it(world: World) -> None:
    made, _ = rule(world, name="Contoh B", anchor="quarter", who="evaluator"), world.evaluator
    world.now = morning(date(2026, 4, 9))
    scheduler.run_due(world.now)
    assert any("Contoh B, Triwulan I 2026: terlambat" in line for line in told(world.evaluator))
    ppk, evaluator = world.sign_in(world.ppk("ID-BB")), world.sign_in(world.evaluator)
    assert "Sudah disampaikan" not in ppk.get("/tenggat").text
    assert ppk.post(f"/tenggat/{made.id}/sudah", data={"period": "2026-03"}).status_code == 403
    assert "Terlambat 1 hari kerja" in evaluator.get("/tenggat").text
    assert evaluator.post(f"/tenggat/{made.id}/sudah", data={"period": "2026-04"}).status_code == 422
    for _ in range(2):
        assert evaluator.post(f"/tenggat/{made.id}/sudah", data={"period": "2026-03"}).status_code == 303
    assert len(db.session.scalars(select(DeadlineMark)).all()) == 1
    assert "Disampaikan, terlambat 1 hari kerja" in evaluator.get("/tenggat").text
    before = len(told(world.evaluator))
    scheduler.run_due(morning(date(2026, 4, 20)))
    assert len(told(world.evaluator)) == before


def test_what_was_handed_in_counts_by_its_own_day(world: World) -> None:
    made = rule(world, name="Contoh C", anchor="quarter", who="leader")
    world.now = morning(date(2026, 4, 20))
    leader, api = world.sign_in(world.chair), world.api(world.chair)
    at = f"/tenggat/{made.id}/sudah"
    assert "2026-03" in leader.get(f"{at}?period=2026-03").text
    for wrong in ({"dated_on": "2026-04-21"}, {"dated_on": "2026-03-30"}, {"period": "2026-06"}):
        assert leader.post(at, data={"period": "2026-03"} | wrong).status_code == 422
    said = {"period": "2026-03", "dated_on": "2026-04-07", "note": "Contoh surat nomor 7"}
    assert leader.post(at, data=said).status_code == 303
    page = leader.get("/tenggat").text
    assert "Disampaikan, tepat waktu" in page and "7 April 2026 · Contoh surat nomor 7" in page
    assert api.post(f"/deadlines/{made.id}/marks", json=said | {"note": "Contoh 8"}).status_code == 201
    assert [one["note"] for one in api.get(f"/deadlines/{made.id}/marks").json["items"]] == ["Contoh 8"]
    assert world.api(world.ppk("ID-BB")).post(f"/deadlines/{made.id}/marks", json=said).status_code == 403


def test_a_report_made_here_meets_its_deadline_by_itself(world: World, drain: Any) -> None:
    made = rule(world, name="Contoh B", anchor="quarter", who="evaluator", met_by="report", since="2026-01")
    world.now = morning(date(2026, 4, 9))
    activity(world, "ID-BB")
    report(world, "ID-BB", period="2026-03", state="submitted")
    api = world.api(world.evaluator)
    assert api.post("/evaluation-reports", json={"period": "2026-02"}).status_code == 422, "nothing of it"
    assert api.post("/evaluation-reports", json={"province": "ID-BB", "format": "xlsx"}).status_code == 202
    drain()
    assert api.get(f"/deadlines/{made.id}/marks").json["items"] == [], "one province is not the nation"
    assert api.post("/evaluation-reports", json={"period": "2026-03", "format": "xlsx"}).status_code == 202
    drain()
    assert api.get(f"/deadlines/{made.id}/marks").json["items"] == [
        {"period": "2026-03", "dated_on": "2026-04-09", "note": "laporan evaluasi dibuat"}
    ]
    assert "Disampaikan, terlambat 1 hari kerja" in world.sign_in(world.evaluator).get("/tenggat").text
    scheduler.run_due(morning(date(2026, 4, 16)))
    assert not told(world.evaluator)


def test_rules_are_kept_by_the_office(world: World) -> None:
    made = rule(world)
    office, ppk = world.sign_in(world.secretariat), world.sign_in(world.ppk("ID-BB"))
    at = f"/tenggat/{made.id}/ubah"
    assert ppk.get(at).status_code == 403 and ppk.post("/tenggat/baru", data=GIVEN).status_code == 403
    assert "Contoh bulanan" in ppk.get("/tenggat").text
    twice = office.post("/tenggat/baru", data=GIVEN)
    assert twice.status_code == 422 and "Sudah ada tenggat bernama ini." in twice.text
    wrong = office.post(at, data=GIVEN | {"working_days": "200", "since": "kapan", "version": 1})
    assert wrong.status_code == 422 and "0 sampai 90" in wrong.text and "kapan" in wrong.text
    assert office.post(at, data=GIVEN | {"working_days": "7", "version": 1}).status_code == 303
    assert made.working_days == 7
    stale = office.post(at, data=GIVEN | {"working_days": "8", "version": 1})
    assert stale.status_code == 409 and made.working_days == 7
    assert (
        office.post(at, data={k: v for k, v in GIVEN.items() if k != "active"} | {"version": 2}).status_code
        == 303
    )
    assert made.active is False and "Tidak berlaku" in ppk.get("/tenggat").text
    listed = world.api(world.ppk("ID-BB")).get("/deadlines").json["items"]
    assert [(one["name"], one["active"], one["working_days"]) for one in listed] == [
        ("Contoh bulanan", False, 5)
    ]


@pytest.mark.database("sqlite")
def test_seen_in_a_browser(world: World, sign_in_browser: Any, axe: Any) -> None:
    rule(world)
    rule(world, name="Contoh B", anchor="quarter", who="evaluator", since="2025-01")
    activity(world, "ID-BB")
    for width in (390, 1280):
        page = sign_in_browser(world.secretariat, width=width)
        page.goto("/tenggat")
        page.get_by_role("heading", name="Contoh bulanan").wait_for()
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.get_by_role("link", name="Ubah Contoh bulanan").click()
        axe(page)


def test_a_meeting_that_closes_before_the_deadline_says_of_nobody_that_he_did_not_report(
    world: World,
) -> None:
    """Closed on 2 March with the report of March due in April: it stays asked for; in a later meeting it is due."""
    rule(world)
    meeting = world.meeting("in_session", units=("ID-BB",))
    desk = world.sign_in(world.secretariat)
    page = desk.get(f"/rapat/{meeting.id}/tutup").text
    assert "tenggatnya belum lewat (1)" in page and "Akan dicatat «Tidak melapor»" not in page
    world.fire(meeting, "close", world.chair, confirm=True)
    found = db.session.scalars(select(ProgressReport)).one()
    assert found.state == "draft"
    minutes = desk.get(f"/notula/{meeting.minutes_id}").text
    assert "Belum melapor" in minutes and "Tidak melapor" not in minutes
    said = world.api(world.chair).get(f"/meetings/{meeting.id}/events").json["items"][-1]["said"]
    assert "tidak melapor" not in said
    world.now = datetime(2026, 4, 20, 2, tzinfo=UTC)
    late = world.meeting("in_session", units=("ID-BB",), report_period="2026-03")
    assert "Akan dicatat «Tidak melapor»" in desk.get(f"/rapat/{late.id}/tutup").text
    world.fire(late, "close", world.chair, confirm=True)
    assert db.session.scalars(select(ProgressReport)).one().state == "missing"
