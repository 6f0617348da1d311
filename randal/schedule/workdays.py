"""Working days: Monday to Friday, without national holidays and cuti bersama, as the table of overrides corrects them.

What the package `holidays` knows is fixed by its release. Cuti bersama is decreed year by year, so secretariat and
administrator correct single days. A correction is never changed: it ends, and another begins, so the table is its
own history.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

import holidays
from babel.dates import format_date
from sqlalchemy import ForeignKey, Index, String, Text, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column, relationship

from randal.database.base import Row, UTCDateTime, db
from randal.engine.transitions import Changed
from randal.l10n.formats import LOCALE, day_date
from randal.org.people import Person
from workflows.lifecycle import KEEPERS, Actor, Refused

GUESSED = "(perkiraan)"  # how the package marks a date that depends on a sighting of the moon
MEANWHILE = "Hari ini baru saja diubah orang lain. Muat ulang untuk melihat yang terbaru."
IN_FORCE = text("ended_at IS NULL")


class DayOverride(Row):
    """One day that is a working day, or is none, whatever the package says; in force until it ends."""

    __tablename__ = "day_overrides"
    __table_args__ = (
        Index(
            "uq_day_overrides_in_force",
            "day",
            unique=True,
            sqlite_where=IN_FORCE,
            postgresql_where=IN_FORCE,
        ),
    )
    day: Mapped[date]
    working: Mapped[bool]
    name: Mapped[str] = mapped_column(String(120))
    note: Mapped[str] = mapped_column(Text, default="")
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_by: Mapped[Person | None] = relationship(foreign_keys=created_by_id)
    ended_by: Mapped[Person | None] = relationship(foreign_keys=ended_by_id)


class Day(NamedTuple):
    """Is it a working day, and why not (or why, when somebody said so): "" for an ordinary one."""

    working: bool
    reason: str


@lru_cache(maxsize=100)
def national(year: int) -> Mapping[date, str]:
    """Holidays and cuti bersama of the year by day, as the package knows them."""
    both = (holidays.PUBLIC, holidays.GOVERNMENT)
    return dict(holidays.country_holidays("ID", years=year, categories=both, language="id"))


@lru_cache(maxsize=100)
def joint_leave(year: int) -> frozenset[date]:
    """The days of cuti bersama that the package knows. None at all: not decreed when it was released."""
    return frozenset(
        holidays.country_holidays("ID", years=year, categories=(holidays.GOVERNMENT,), language="id")
    )


class Calendar:
    """Working days under the overrides given: day → (working, name)."""

    def __init__(self, overrides: Mapping[date, tuple[bool, str]]):
        self._overrides = overrides
        self._spans: dict[tuple[date, date], int] = {}

    def look(self, day: date) -> Day:
        if day in self._overrides:
            return Day(*self._overrides[day])
        if name := national(day.year).get(day):
            return Day(False, name)
        return Day(False, format_date(day, "EEEE", LOCALE)) if day.weekday() > 4 else Day(True, "")

    def is_working(self, day: date) -> bool:
        """As `look` says; asked of every day of a span, so without its words."""
        if day in self._overrides:
            return self._overrides[day][0]
        return day.weekday() < 5 and not national(day.year).get(day)

    def add(self, day: date, n: int) -> date:
        """The n-th working day after `day` (before it, when n is negative); the day itself for 0."""
        step = timedelta(days=1 if n > 0 else -1)
        for _ in range(abs(n)):
            day += step
            while not self.is_working(day):
                day += step
        return day

    def on_or_before(self, day: date) -> date:
        """The day, or the last working day before it."""
        return day if self.is_working(day) else self.add(day, -1)

    def between(self, a: date, b: date) -> int:
        """Working days after `a` up to and including `b`; negative when `b` is the earlier one."""
        if b < a:
            return -self.between(b, a)
        if (a, b) not in self._spans:
            days = (a + timedelta(days=n) for n in range(1, (b - a).days + 1))
            self._spans[a, b] = sum(self.is_working(day) for day in days)
        return self._spans[a, b]


def calendar() -> Calendar:
    """The calendar as it stands now: one small query. For many questions, keep it."""
    rows = db.session.execute(
        select(DayOverride.day, DayOverride.working, DayOverride.name).where(DayOverride.ended_at.is_(None))
    )
    return Calendar({day: (working, name) for day, working, name in rows})


def is_working(day: date) -> bool:
    return calendar().is_working(day)


def add(day: date, n: int) -> date:
    """See Calendar.add."""
    return calendar().add(day, n)


def between(a: date, b: date) -> int:
    """See Calendar.between."""
    return calendar().between(a, b)


def in_force(day: date) -> DayOverride | None:
    return db.session.scalar(
        select(DayOverride).where(DayOverride.day == day, DayOverride.ended_at.is_(None))
    )


def correct(day: date, working: bool, name: str, note: str, actor: Actor, now: datetime) -> DayOverride:
    """Say what this day is; what was said before ends. Refused: role; Changed: somebody said so meanwhile."""
    _require(actor)
    if old := in_force(day):
        _end(old, actor, now)
    made = DayOverride(day=day, working=working, name=name, note=note)
    made.created_by_id, made.created_at = actor.id, now
    try:
        db.session.add(made)
        db.session.flush()
    except IntegrityError:
        db.session.rollback()
        raise Changed(MEANWHILE) from None
    return made


def withdraw(override: DayOverride, actor: Actor, now: datetime) -> None:
    """The day is again what the package says. Refused: role; Changed: it ended already."""
    _require(actor)
    _end(override, actor, now)


def _require(actor: Actor) -> None:
    if not actor.has(*KEEPERS):
        raise Refused("role", "Hari kerja diubah oleh Sekretariat atau Admin Sistem.")


def _end(override: DayOverride, actor: Actor, now: datetime) -> None:
    ended = db.session.scalar(
        update(DayOverride)
        .where(DayOverride.id == override.id, DayOverride.ended_at.is_(None))
        .values(ended_at=now, ended_by_id=actor.id)
        .returning(DayOverride.id)
    )
    if ended is None:
        raise Changed(MEANWHILE)


def day_off(day: date | None) -> str:
    """Why this day is none to work on and which is the next, or ""."""
    if day is None:
        return ""
    days = calendar()
    look = days.look(day)
    if look.working:
        return ""
    return f"{look.reason}, bukan hari kerja. Hari kerja berikutnya {day_date(days.add(day, 1))}."
