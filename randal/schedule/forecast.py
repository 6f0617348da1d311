"""What will be said on a day, to whom, about what, and why: asked of the very rules that will say it.

Nothing is decided here: each rule's `find` (or `foresee`, for what is done rather than said) is asked as the scheduler will
ask it that morning, and what was told before is left out. Days between now and then are asked first, so that what goes out
on Monday is not announced for Tuesday. It holds if nobody does anything meanwhile.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select

from randal.database.base import db
from randal.l10n import clock
from randal.l10n.formats import long_date
from randal.org.people import Person
from randal.schedule import workdays
from randal.schedule.reminders import MORNING, Line, living_in, told
from randal.schedule.rules import EVERYWHERE, RULES, When
from randal.schedule.runs import not_run, occurrence_id
from randal.schedule.scheduler import at_time

FURTHEST = 10  # working days ahead
NOT_YOURS = "Yang akan dikirim dilihat oleh Sekretariat atau Admin Sistem."


class Expected(NamedTuple):
    """One line. `person_id` 0: nobody is told in the digest, something is done (`whom` says what)."""

    rule: str
    person_id: int
    whom: str
    text: str
    url: str
    why: str
    at: datetime


class Coming(NamedTuple):
    """A day. `day_off` is why nothing is sent then ("": it is a working day); `refused`: why the day cannot be asked."""

    day: date
    day_off: str
    refused: str
    lines: list[Expected]

    @property
    def people(self) -> int:
        return len({line.person_id for line in self.lines if line.person_id})


def next_morning(now: datetime, days: workdays.Calendar) -> date:
    """The working day whose mornings are not all over."""
    day = clock.local_date(now, clock.DEFAULT_ZONE)
    if days.is_working(day) and now < at_time(day, MORNING, clock.DEFAULT_ZONE):
        return day
    return days.add(day, 1)


def coming(day: date | None, now: datetime) -> Coming:
    """What will be sent on that day; None: the next working day."""
    days = workdays.calendar()
    first = next_morning(now, days)
    day = day or first
    today, last = clock.local_date(now, clock.DEFAULT_ZONE), days.add(first, FURTHEST - 1)
    if not today <= day <= last:
        wanted = f"Pilih hari dari {long_date(today)} sampai {long_date(last)}."
        return Coming(day, "", f"{wanted} Lebih jauh dari itu terlalu banyak yang masih berubah.", [])
    looked = days.look(day)
    if not looked.working:
        return Coming(day, looked.reason, "", [])
    before: set[str] = set()
    found: dict[str, tuple[str, Line, datetime]] = {}
    at = first if day > first else day
    while at <= day:
        before |= set(found)
        found = {key: each for key, each in said_on(at).items() if key not in before}
        at = days.add(at, 1)
    left = not_run(found).values()
    people = {line.person_id for _, line, _ in left}
    known = select(Person.id, Person.name).where(Person.id.in_(people))
    names = {row.id: row.name for row in db.session.execute(known)} if people else {}
    lines = [
        Expected(
            name,
            line.person_id,
            names.get(line.person_id, "Sistem"),
            line.text,
            line.url,
            line.why or RULES[name].label,
            moment,
        )
        for name, line, moment in left
    ]
    return Coming(day, "", "", sorted(lines, key=lambda e: (e.at, e.whom, e.person_id, e.rule, e.url)))


def said_on(day: date) -> dict[str, tuple[str, Line, datetime]]:
    """What the rules find on that day's mornings, by the id of its occurrence."""
    found: dict[str, tuple[str, Line, datetime]] = {}
    for zone in EVERYWHERE:
        moment = at_time(day, MORNING, zone)
        when = When(moment, day, zone)
        lines = [
            (name, line)
            for name, each in RULES.items()
            for line in (each.find(when) if each.run is None else each.foresee(when) if each.foresee else ())
        ]
        here = living_in(zone, {line.person_id for _, line in lines})
        for name, line in lines:
            if line.person_id in here or not line.person_id:
                key = told(line) if line.person_id else line.key
                found[occurrence_id(name, line.subject_id, key)] = (name, line, moment)
    return found
