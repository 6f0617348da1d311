"""Who owes a report hears of it before the deadline, on the day, and when it is over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import func, select

from randal.database.base import db
from randal.l10n.clock import DEFAULT_ZONE
from randal.l10n.formats import long_date
from randal.models.deadlines import Deadline, in_force, periods_back
from randal.models.progress import Activity, ProgressReport
from randal.org.places import Province, Unit
from randal.schedule import workdays
from randal.schedule.reminders import (
    LATE,
    SOON,
    Line,
    at_home,
    everyone,
    people_of,
    reminder,
    step_after,
    step_before,
)
from randal.schedule.rules import When
from randal.schedule.workdays import Calendar
from workflows.lifecycle import PPK

LATE_AGAIN = 5  # working days between two sentences that something is late
MONTHS = 5  # how far back anybody is still reminded


def dues(rule: Deadline, day: date, days: Calendar) -> Iterator[tuple[str, date]]:
    """The periods of this rule that are over, with their due dates."""
    for period in periods_back(day, MONTHS):
        if rule.counts_for(period):
            yield period, rule.due_on(period, days)


def owing(period: str, when: When) -> dict[int, tuple[str, int | None]]:
    """Units that have not handed in their report of the period: id → (name, id of the draft)."""
    name = func.coalesce(Province.name, Unit.name)
    handed_in = ProgressReport.first_submitted_at.is_not(None)
    mine = (ProgressReport.unit_id == Unit.id) & (ProgressReport.period == period)
    query = (
        select(Unit.id, name, ProgressReport.id)
        .outerjoin(Province, Province.id == Unit.province_id)
        .outerjoin(ProgressReport, mine)
        .where(Unit.id.in_(select(Activity.unit_id).where(Activity.active)), at_home(when.zone))
        .where(handed_in.is_not(True))
    )
    return {id: (called, report) for id, called, report in db.session.execute(query)}


def lines(when: When, rule: Deadline, period: str, key: str, kind: str, says: str) -> Iterator[Line]:
    """One line per person that owes it."""
    called = f"{rule.name}, {rule.name_of(period)}"
    if rule.who == PPK:
        ppk = people_of(PPK)
        for unit_id, (name, report) in owing(period, when).items():
            url = f"/laporan/{report}" if report else "/laporan"
            for person in ppk[unit_id]:
                yield Line(rule.id, f"{unit_id}:{key}", person, kind, f"{called}, PPK {name}: {says}", url)
    elif when.zone == DEFAULT_ZONE and period not in rule.handed_in():
        for person in everyone(rule.who):
            yield Line(rule.id, key, person, kind, f"{called}: {says}", "/tenggat")


@reminder("deadline.remind", label="Yang wajib melapor diingatkan sebelum tenggat laporan dan pada harinya.")
def due_soon(when: When) -> Iterator[Line]:
    days = workdays.calendar()
    for rule in in_force():
        for period, due in dues(rule, when.day, days):
            if due < when.day:
                continue
            step = step_before(days, due, when.day, (rule.remind_before, 0))
            if step is not None:
                left = (due - when.day).days
                time = f"{left} hari lagi, {long_date(due)}" if left else "hari ini"
                says = f"tenggatnya {time}. Isi dan sampaikan."
                yield from lines(when, rule, period, f"{period}:{step}", SOON, says)


@reminder(
    "deadline.late",
    label="Sehari setelah tenggat laporan lewat, lalu tiap 5 hari kerja, yang belum melapor diberi tahu.",
)
def late(when: When) -> Iterator[Line]:
    days = workdays.calendar()
    for rule in in_force():
        for period, due in dues(rule, when.day, days):
            if due >= when.day:
                continue
            waited = days.between(due, when.day)
            times = step_after(waited, 1, LATE_AGAIN) or 0
            says = f"terlambat, tenggatnya {long_date(due)}. Sampaikan segera."
            yield from lines(when, rule, period, f"{period}+{times}", LATE, says)
