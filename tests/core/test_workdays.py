"""Working days: the national calendar of both kinds, corrected by hand, and who corrected it."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from randal.database.base import db
from randal.engine.transitions import Changed
from randal.schedule import workdays
from randal.schedule.workdays import Calendar, DayOverride
from tests.world import World
from workflows.lifecycle import Refused

NOTHING = Calendar({})
DAYS = st.dates(date(2017, 1, 1), date(2027, 12, 31))


@pytest.mark.parametrize(
    ("day", "working", "reason"),
    [
        (date(2018, 6, 25), True, ""),  # the meeting of the story
        (date(2018, 6, 8), True, ""),
        (date(2018, 6, 9), False, "Sabtu"),
        (date(2018, 6, 12), False, "Cuti Bersama Hari Raya Idul Fitri"),  # category GOVERNMENT
        (date(2018, 6, 15), False, "Hari Raya Idul Fitri"),  # category PUBLIC
        (date(2018, 6, 27), False, "Hari Pemilihan Kepala Daerah"),
    ],
)
def test_the_national_calendar(day: date, working: bool, reason: str) -> None:
    assert NOTHING.look(day) == (working, reason)


def test_counting_over_idul_fitri() -> None:
    friday, thursday = date(2018, 6, 8), date(2018, 6, 21)
    assert NOTHING.add(friday, 1) == thursday
    assert NOTHING.add(thursday, -1) == friday
    assert NOTHING.between(friday, thursday) == 1
    assert NOTHING.between(thursday, friday) == -1
    assert NOTHING.on_or_before(date(2018, 6, 17)) == friday
    assert NOTHING.add(date(2018, 6, 17), 0) == date(2018, 6, 17)


@given(day=DAYS, n=st.integers(-40, 40), off=st.sets(DAYS, max_size=30))
@settings(max_examples=150, deadline=None)
def test_adding_and_counting_agree(day: date, n: int, off: set[date]) -> None:
    days = Calendar(dict.fromkeys(off, (False, "Contoh libur")))
    there = days.add(day, n)
    if n:
        assert days.is_working(there)
    if n >= 0:
        assert days.between(day, there) == n
    else:  # the day itself is not counted on the way back, the one reached is
        assert days.between(there - timedelta(days=1), day - timedelta(days=1)) == -n


def test_a_correction_ends_and_another_begins(world: World) -> None:
    monday, saturday = date(2026, 3, 9), date(2026, 3, 14)
    admin, secretariat = world.actor(world.person("admin")), world.actor(world.secretariat)
    assert (workdays.is_working(monday), workdays.is_working(saturday)) == (True, False)
    workdays.correct(monday, False, "Contoh cuti bersama", "SKB contoh", secretariat, world.now)
    workdays.correct(saturday, True, "Contoh hari kerja pengganti", "", admin, world.now)
    db.session.commit()
    days = workdays.calendar()
    assert days.look(monday) == (False, "Contoh cuti bersama")
    assert days.look(saturday) == (True, "Contoh hari kerja pengganti")
    assert workdays.add(date(2026, 3, 6), 1) == date(2026, 3, 10)
    assert workdays.between(date(2026, 3, 13), date(2026, 3, 16)) == 2

    workdays.correct(monday, True, "Contoh tidak jadi libur", "", admin, world.now)
    workdays.withdraw(workdays.in_force(saturday), admin, world.now)
    db.session.commit()
    assert (workdays.is_working(monday), workdays.is_working(saturday)) == (True, False)
    kept = db.session.scalars(select(DayOverride).order_by(DayOverride.id)).all()
    assert [(row.day, row.created_by_id, row.ended_by_id) for row in kept] == [
        (monday, secretariat.id, admin.id),
        (saturday, admin.id, admin.id),
        (monday, admin.id, None),
    ]


def test_only_secretariat_and_admin(world: World) -> None:
    for role in ("ppk", "evaluator", "leader", "auditor", "none"):
        person = world.person(role, "ID-BB" if role == "ppk" else None)
        with pytest.raises(Refused) as refused:
            workdays.correct(date(2026, 3, 9), False, "Contoh", "", world.actor(person), world.now)
        assert refused.value.kind == "role"


def test_two_at_once_leave_one_in_force(app: Flask, world: World) -> None:
    actor, now, start = world.actor(world.secretariat), world.now, threading.Barrier(4)
    outcome: list[str] = []

    def work(n: int) -> None:
        with app.app_context():
            start.wait(20)
            try:
                workdays.correct(date(2026, 3, 9), False, f"Contoh {n}", "", actor, now)
                db.session.commit()
                outcome.append("done")
            except Changed:
                db.session.rollback()
                outcome.append("changed")
            finally:
                db.session.remove()

    db.session.commit()
    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(outcome) == 4 and "done" in outcome
    rows = select(func.count()).select_from(DayOverride)
    assert db.session.scalar(rows.where(DayOverride.ended_at.is_(None))) == 1
    assert db.session.scalar(rows) == outcome.count("done")
