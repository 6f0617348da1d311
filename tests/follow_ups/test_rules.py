"""A PPK is reminded in his own morning, on working days; late is told once and again; then leaders hear of it."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import event, func, insert, select

from randal.database.base import db
from randal.models.follow_ups import FollowUp
from randal.notifications.notices import Mail, Notice
from randal.org.people import Person
from randal.rooms.follow_ups import opening, rules
from randal.rooms.follow_ups.commands import make_follow_up
from randal.schedule import runs, scheduler, workdays
from randal.schedule.reminders import told as told_key
from randal.schedule.rules import When
from tests.follow_ups.conftest import Story
from tests.world import World

DUE = date(2026, 3, 10)  # a Tuesday


def told(person: Person) -> list[str]:
    query = select(Notice.text).where(Notice.person_id == person.id, Notice.key.startswith("digest:"))
    return list(db.session.scalars(query.order_by(Notice.id)))


def mails(person: Person) -> list[Mail]:
    query = select(Mail).where(Mail.person_id == person.id, Mail.key.startswith("digest:"))
    return list(db.session.scalars(query.order_by(Mail.id)))


def morning(day: date, zone_hours: int = 7) -> datetime:
    """08.00 on that day (WIB, unless another offset is given)."""
    return datetime(day.year, day.month, day.day, 8, tzinfo=UTC) - timedelta(hours=zone_hours)


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def assigned(world: World, iso: str, due_on: date, meeting: Any = None, seen: bool = True) -> FollowUp:
    """A follow-up of this province's unit, handed to its PPK, who has looked at it."""
    world.ppk(iso)
    meeting = meeting or world.meeting("in_session", units=[iso])
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
    if seen:
        opening.note(item, world.now)
        db.session.commit()
    return item


def test_late_is_told_in_the_morning_of_its_own_province(world: World) -> None:
    assigned(world, "ID-PA", DUE)  # Papua, WIT
    assigned(world, "ID-BB", DUE)  # Bangka Belitung, WIB
    scheduler.run_due(morning(DUE))  # reminded on the day
    papua, bangka = world.ppk("ID-PA"), world.ppk("ID-BB")
    assert (len(told(papua)), len(told(bangka))) == (1, 1)
    half_past_seven_in_jayapura = datetime(2026, 3, 10, 22, 30, tzinfo=UTC)
    scheduler.run_due(half_past_seven_in_jayapura - timedelta(minutes=1))
    assert (len(told(papua)), len(told(bangka))) == (1, 1), "silence at night"
    scheduler.run_due(half_past_seven_in_jayapura)
    assert (len(told(papua)), len(told(bangka))) == (2, 1)
    scheduler.run_due(morning(DUE + timedelta(days=1)))
    assert (len(told(papua)), len(told(bangka))) == (2, 2)
    assert "terlambat" in told(bangka)[1] and "10 Maret 2026" in told(bangka)[1]


def test_three_working_days_before_and_on_the_day(world: World) -> None:
    assigned(world, "ID-BB", DUE)
    heard = []
    for day in days(date(2026, 3, 3), DUE):
        before = len(told(world.ppk()))
        scheduler.run_due(morning(day))
        scheduler.run_due(morning(day) + timedelta(hours=3))
        if len(told(world.ppk())) > before:
            heard.append(day)
    assert heard == [date(2026, 3, 5), DUE], "Thursday: Friday, Monday and Tuesday are three"
    assert "5 hari lagi" in told(world.ppk())[0] and "hari ini" in told(world.ppk())[1]


def test_before_a_day_off_the_notice_comes_on_the_working_day_before(world: World) -> None:
    nyepi = date(2026, 3, 19)  # the 18th is cuti bersama
    actor = world.actor(world.secretariat)
    workdays.correct(date(2026, 3, 17), False, "Contoh libur daerah", "", actor, world.now)
    db.session.commit()
    assigned(world, "ID-BB", nyepi)
    heard = []
    for day in days(date(2026, 3, 9), date(2026, 3, 25)):
        before = len(told(world.ppk()))
        scheduler.run_due(morning(day))
        if len(told(world.ppk())) > before:
            heard.append(day)
    # the last working day before Nyepi is Monday 16; three before it is Wednesday 11; late when work begins again
    assert heard == [date(2026, 3, 11), date(2026, 3, 16), date(2026, 3, 25)]


def test_what_was_missed_is_said_once_and_together(world: World) -> None:
    """From Wednesday to Thursday week the machine is away: reminders, the day itself and lateness pass."""
    meeting = world.meeting("in_session", units=["ID-BB"])
    for due in (DUE, DUE + timedelta(days=1), date(2026, 3, 13), date(2026, 4, 13)):
        assigned(world, "ID-BB", due, meeting)
    scheduler.run_due(morning(date(2026, 3, 3)))
    assert told(world.ppk()) == []
    back = morning(date(2026, 3, 12))
    for minutes in (0, 1, 60):
        scheduler.run_due(back + timedelta(minutes=minutes))
    (sentence,) = told(world.ppk())
    assert sentence == "Pengingat Kamis, 12 Maret 2026: 2 terlambat, 1 segera. Buka Beranda untuk melihatnya."
    (mail,) = mails(world.ppk())
    assert mail.body.count("Contoh tindak lanjut") == 3 and mail.body.index("Terlambat:") < mail.body.index(
        "Segera:"
    )
    assert "RTL-1-3" in mail.body.split("Segera:")[1] and "RTL-1-4" not in mail.body
    assert world.app.config["RANDAL"].public_url in mail.body


def test_late_is_said_again_each_fifth_working_day(world: World) -> None:
    assigned(world, "ID-BB", DUE)
    heard = []
    for day in days(date(2026, 3, 11), date(2026, 4, 8)):
        before = len(told(world.ppk()))
        scheduler.run_due(morning(day))
        if len(told(world.ppk())) > before:
            heard.append(day)
    # 18, 20, 23 and 24 March are cuti bersama, 19 is Nyepi, 3 April is a holiday
    assert heard == [date(2026, 3, 11), date(2026, 3, 25), date(2026, 4, 1)]
    counted = [workdays.between(DUE, day) for day in heard]
    assert counted == [1, 6, 11]


def test_leaders_hear_of_it_one_level_after_the_other(world: World) -> None:
    head = world.person("leader", "ID-BB")
    assigned(world, "ID-BB", DUE)
    heard: dict[str, list[int]] = {"satker": [], "direktorat": []}
    for day in days(date(2026, 3, 11), date(2026, 4, 2)):
        scheduler.run_due(morning(day))
        for name, who in (("satker", head), ("direktorat", world.chair)):
            said = [m for m in mails(who) if m.key.startswith(f"digest:{day}") and "RTL-1" in m.body]
            heard[name] += [workdays.between(DUE, day) for _ in said]
    assert heard == {"satker": [6], "direktorat": [11]}
    assert "Perlu perhatian Anda sebagai pimpinan" in mails(head)[0].body


def test_a_unit_without_a_leader_is_the_directorates_business(world: World) -> None:
    assigned(world, "ID-BB", DUE)
    scheduler.run_due(morning(date(2026, 3, 26)))
    assert any("RTL-1" in mail.body for mail in mails(world.chair))


def test_what_ended_or_is_handed_in_is_not_late_any_more(story: Story, world: World) -> None:
    due = (story.today() + timedelta(days=4)).isoformat()
    cancelled = story.assigned(due_on=due)
    story.move(story.chair, cancelled, "cancel", reason="contoh alasan pembatalan")
    story.submitted(due_on=due)
    scheduler.run_due(morning(date(2026, 3, 12)))
    assert told(world.ppk()) == []
    # the one that waits is the evaluator's: more than two working days
    (mail,) = mails(world.evaluator)
    assert "menunggu verifikasi Anda" in mail.body and "RTL-1-2" in mail.body and "RTL-1-1" not in mail.body


def test_what_waits_for_the_evaluator_is_recalled(story: Story, world: World) -> None:
    item = story.assigned()
    story.submitted()
    given = {"new_due_on": (story.today() + timedelta(days=30)).isoformat(), "reason": "Contoh hujan terus"}
    asked = story.ppk.post(f"/follow-ups/{item['id']}/extensions", json=given)
    assert asked.status_code == 201, asked.json
    heard = {}
    for day in days(date(2026, 3, 3), date(2026, 3, 13)):
        before = len(told(world.evaluator))
        scheduler.run_due(morning(day))
        if len(told(world.evaluator)) > before:
            heard[day] = told(world.evaluator)[-1]
    assert list(heard) == [date(2026, 3, 5), date(2026, 3, 12)]
    assert "2 menunggu Anda" in heard[date(2026, 3, 5)]


def test_what_nobody_of_the_unit_opened_is_nudged_once(world: World) -> None:
    item = assigned(world, "ID-BB", date(2026, 4, 30), seen=False)
    opened = assigned(world, "ID-PA", date(2026, 4, 30), seen=False)
    world.sign_in(world.evaluator).get(f"/rtl/{item.id}")  # somebody else's eyes do not count
    papua = world.sign_in(world.ppk("ID-PA"))
    before = opened.version
    papua.get(f"/rtl/{opened.id}")
    db.session.refresh(opened)
    assert (opened.opened_at is not None, opened.version) == (True, before), (
        "who has a form open may still send it"
    )
    for day in days(date(2026, 3, 3), date(2026, 3, 17)):
        scheduler.run_due(morning(day))
    (sentence,) = told(world.ppk())
    assert "belum dibuka siapa pun" in sentence and told(world.ppk("ID-PA")) == []
    (mail,) = mails(world.ppk())
    assert mail.key.startswith("digest:2026-03-06"), "more than three working days after Monday"


def test_a_reminder_stands_in_the_history_and_outlives_the_forgetting(world: World) -> None:
    """An escalation's key never changes: forgotten after 400 days, it would be told again."""
    head = world.person("leader", "ID-BB")
    item = assigned(world, "ID-BB", DUE)
    scheduler.run_due(morning(date(2026, 3, 26)))
    later = morning(date(2027, 6, 1))
    runs.forget(later)
    db.session.commit()
    (escalated,) = rules.escalated(When(morning(date(2026, 3, 27)), date(2026, 3, 27), "Asia/Jakarta"))
    assert not runs.not_run({runs.occurrence_id("follow_up.escalate", item.id, told_key(escalated)): 1})
    page = world.sign_in(world.evaluator).get(f"/rtl/{item.id}").text
    assert f"{head.name} diingatkan: terlambat, perlu perhatian pimpinan." in page
    assert f"{world.ppk().name} diingatkan: tenggatnya lewat." in page
    said = world.api(world.evaluator).get(f"/follow-ups/{item.id}/reminders").json["items"]
    assert {(x["rule"], tuple(x["person_ids"])) for x in said} == {
        ("follow_up.late", (world.ppk().id,)), ("follow_up.escalate", (head.id,)),
    }  # fmt: skip


def test_without_any_leader_the_secretariat_hears_of_it(world: World) -> None:
    item = assigned(world, "ID-BB", DUE)
    item.meeting.organiser_id = None
    db.session.commit()
    world.known("secretariat")
    scheduler.run_due(morning(date(2026, 3, 26)))
    assert any("isi pejabatnya" in mail.body for mail in mails(world.secretariat))


def test_more_than_five_hundred_claims_are_all_recalled(world: World) -> None:
    meeting = world.meeting("closed", units=["ID-BB"])
    ppk, _ = world.ppk(), world.evaluator
    row = {
        "meeting_id": meeting.id, "unit_id": world.unit("ID-BB").id, "text": "Contoh", "created_at": world.now,
        "updated_at": world.now, "version": 1, "state": "submitted", "submitted_at": world.now,
        "submitted_by_id": ppk.id, "due_on": date(2026, 4, 30),
    }  # fmt: skip
    db.session.execute(insert(FollowUp), [row | {"number": n} for n in range(620)])
    db.session.commit()
    scheduler.run_due(morning(date(2026, 3, 10)))
    assert "580 lainnya" in mails(world.evaluator)[0].body


def test_ten_thousand_follow_ups_do_not_slow_the_tick(world: World) -> None:
    meeting = world.meeting("closed", units=["ID-BB"])
    world.ppk()
    row = {
        "meeting_id": meeting.id, "unit_id": world.unit("ID-BB").id, "text": "Contoh", "created_at": world.now,
        "updated_at": world.now, "version": 1, "state": "assigned",
    }  # fmt: skip
    rows = [
        row | {"number": n, "due_on": date(2026, 3, 2) + timedelta(days=n % 400 - 20)} for n in range(10_000)
    ]
    db.session.execute(insert(FollowUp), rows)
    db.session.commit()
    began = time.monotonic()
    scheduler.run_due(morning(date(2026, 3, 12)))
    first = time.monotonic() - began
    (mail,) = mails(world.ppk())
    assert "dan 710 lainnya" in mail.body and len(mail.body) < 20_000
    said: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda c, cur, sql, *rest: said.append(sql))
    began = time.monotonic()
    scheduler.run_due(morning(date(2026, 3, 12)) + timedelta(minutes=1))
    again = time.monotonic() - began
    assert len(said) < 25 and not any("follow_ups" in sql for sql in said), said
    assert first < 10 and again < 1, (first, again)
    assert (
        db.session.scalar(select(func.count()).select_from(Mail).where(Mail.key.startswith("digest:"))) == 2
    )
