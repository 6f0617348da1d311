"""Reminders: what each room would say to a person this morning, merged into one notice and one mail per working day.

    @reminder("follow_up.late", label="…")
    def late(when): yield Line(follow_up_id, "2026-03-10", ppk_id, LATE, "RTL-12-3 … terlambat", "/rtl/3")

A line is an occurrence of its own: it is said once to each person, also when the machine was away for days, and
only at the place's own morning. The rule `digest` says them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, select

from randal.database.base import db
from randal.l10n import clock
from randal.l10n.formats import day_date, long_date
from randal.notifications.notices import tell, write
from randal.org.app_settings import public_url
from randal.org.people import Person
from randal.org.places import Province, Unit
from randal.schedule import workdays
from randal.schedule.rules import EVERYWHERE, RULES, Due, Rule, When, rule
from randal.schedule.runs import not_run, occurrence_id, write_down
from randal.schedule.workdays import Calendar

MORNING = "07:30"  # before that, nobody is told anything
SHOWN = 40  # lines of one kind in a mail

RAISED, LATE, SOON, UNOPENED, WAITING = "raised", "late", "soon", "unopened", "waiting"
#: kind → (its heading in the mail, what is counted in the notice)
KINDS = {
    RAISED: ("Perlu perhatian Anda sebagai pimpinan", "perlu perhatian Anda"),
    LATE: ("Terlambat", "terlambat"),
    SOON: ("Segera", "segera"),
    UNOPENED: ("Belum dibuka", "belum dibuka"),
    WAITING: ("Menunggu Anda", "menunggu Anda"),
}


class Line(NamedTuple):
    """One thing to say to one person: about which row, and what makes it one besides (its date, how often told).
    `why`: which date, which grace, which policy, for who asks beforehand; `about`: the item, when the row is not it."""

    subject_id: int
    key: str
    person_id: int
    kind: str
    text: str
    url: str
    why: str = ""
    about: int = 0


Lines = Callable[[When], Iterable[Line]]


def reminder(name: str, *, label: str, item: str = "", says: str = "") -> Callable[[Lines], Lines]:
    """Declare a reminder; `find(when)` says all that is due by that day, and names people of any zone. What is about an
    item (the name of its lifecycle) is told in the item's history: "Sistem mengingatkan …: `says`"."""

    def register(find: Lines) -> Lines:
        RULES[name] = Rule(name, find, None, MORNING, EVERYWHERE, True, label, item, says)
        return find

    return register


# -- when a line is due -------------------------------------------------------------------------------


def step_before(days: Calendar, target: date, today: date, steps: Iterable[int]) -> int | None:
    """The last of these steps (working days before `target`) that has come; None: none yet. What falls on a day off
    is due on the working day before."""
    anchor = days.on_or_before(target)
    return next((n for n in sorted(steps) if days.add(anchor, -n) <= today), None)


def horizon(days: Calendar, today: date, steps: Iterable[int]) -> date:
    """The first date for which none of these steps has come."""
    return days.add(today, max(steps) + 1)


def step_after(waited: int, first: int, again: int) -> int | None:
    """How often to have said it after `waited` working days: 0 from `first` on, then one more each `again`."""
    return (waited - first) // again if waited >= first else None


class Waits:
    """What waits for somebody too long: more than `within` working days, and told again each `again`."""

    def __init__(self, when: When, within: int, again: int):
        self._days, self._when, self._within, self._again = workdays.calendar(), when, within, again

    @property
    def before(self) -> datetime:
        """What waits since before this instant waits too long."""
        day = self._days.add(self._when.day, -self._within)
        return clock.to_instant(datetime.combine(day, time.min), self._when.zone)

    def key(self, since: datetime) -> str:
        """What makes the line one: since when it waits, and how often that was said."""
        waited = self._days.between(clock.local_date(since, self._when.zone), self._when.day)
        return f"{since:%Y-%m-%d}+{step_after(waited, self._within + 1, self._again) or 0}"

    def why(self, since: datetime, what: str, by: str) -> str:
        """For who asks beforehand: since when it waits, and under which policy that is too long."""
        day = clock.local_date(since, self._when.zone)
        return (
            f"{what} {long_date(day)}, menunggu {self._days.between(day, self._when.day)} hari kerja "
            f"(lebih dari {self._within}, lalu tiap {self._again}); {by}"
        )


def at_home(zone: str) -> ColumnElement[bool]:
    """A condition on Unit: its days are counted in this zone."""
    there = Unit.province_id.in_(select(Province.id).where(Province.timezone == zone))
    return there | Unit.province_id.is_(None) if zone == clock.DEFAULT_ZONE else there


def people_of(role: str) -> dict[int, list[int]]:
    """Ids of the active people of this role, by their unit (0: none)."""
    found: dict[int, list[int]] = defaultdict(list)
    for person, unit in db.session.execute(
        select(Person.id, func.coalesce(Person.unit_id, 0)).where(Person.role == role, Person.active)
    ):
        found[unit].append(person)
    return found


def everyone(role: str) -> list[int]:
    return [person for people in people_of(role).values() for person in people]


# -- the digest ---------------------------------------------------------------------------------------


def news(when: When) -> list[Due]:
    """Who has something to hear that nobody told yet, among those whose morning it is."""
    failed: list[Due] = []
    lines = {}
    for name, each in RULES.items():
        if each.run is not None:
            continue
        try:
            for line in each.find(when):
                key = occurrence_id(name, line.subject_id, told(line))
                lines[key] = (name, line)
        except Exception as error:  # the others are said; this one is tried again
            db.session.rollback()
            failed.append(Due(0, name[:40], (when.day, error)))
    mine: dict[int, list[tuple[str, Line]]] = defaultdict(list)
    fresh = not_run(lines).values()
    here = living_in(when.zone, {line.person_id for _, line in fresh})
    for name, line in fresh:
        if line.person_id in here:
            mine[line.person_id].append((name, line))
    return failed + [
        Due(person, when.day.isoformat(), (when.day, several)) for person, several in mine.items()
    ]


def told(line: Line) -> str:
    """The key of a line's occurrence: it is told to each of several people."""
    return f"{line.key}@{line.person_id}"


def kept(name: str, line: Line) -> tuple[Any, ...]:
    """What is written down of a line that was said."""
    item = RULES[name].item or None
    return (
        name,
        line.subject_id,
        told(line),
        item,
        (line.about or line.subject_id) if item else None,
        line.person_id,
    )


def living_in(zone: str, people: set[int]) -> set[int]:
    """Those of these people who are active, and whose unit lies in the zone."""
    home = func.coalesce(Province.timezone, clock.DEFAULT_ZONE)
    query = select(Person.id).outerjoin(Unit, Unit.id == Person.unit_id).outerjoin(Province)
    return set(db.session.scalars(query.where(Person.active, home == zone))) & people


@rule(
    "digest",
    find=news,
    at=MORNING,
    zone=EVERYWHERE,
    working=True,
    label="Semua pengingat seseorang digabung menjadi satu pemberitahuan dan satu surel per hari kerja.",
)
def say(person_id: int, now: datetime, day: date, several: list[tuple[str, Line]] | Exception) -> None:
    if isinstance(
        several, Exception
    ):  # a reminder that found nothing because it fell: the operator sees it fail
        raise several
    new = write_down([kept(name, line) for name, line in several], now)
    lines = [x for name, x in several if occurrence_id(name, x.subject_id, told(x)) in new]
    person = db.session.get_one(Person, person_id)
    if not lines or not person.active:
        return
    sections = {kind: [x for x in lines if x.kind == kind] for kind in KINDS}
    counted = ", ".join(f"{len(found)} {KINDS[kind][1]}" for kind, found in sections.items() if found)
    alone = lines[0] if len(lines) == 1 else None
    sentence = (
        alone.text if alone else f"Pengingat {day_date(day)}: {counted}. Buka Beranda untuk melihatnya."
    )
    tell([person], f"digest:{day}", sentence, alone.url if alone else "/", now=now)
    if person.digest_mail:
        subject = f"Pengingat {long_date(day)}: {counted}"
        write(person, f"digest:{day}", subject, letter(sections), now=now, digest=True)


def letter(sections: dict[str, list[Line]]) -> str:
    parts: list[str] = []
    for kind, lines in sections.items():
        if lines:
            said = [f"- {line.text}\n  {public_url(line.url)}" for line in lines[:SHOWN]]
            more = [f"- dan {len(lines) - SHOWN} lainnya: {public_url('/')}"] if len(lines) > SHOWN else []
            parts.append("\n".join([f"{KINDS[kind][0]}:", *said, *more]))
    return "\n\n".join(parts) + "\n"
