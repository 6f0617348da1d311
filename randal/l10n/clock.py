"""The clock, and days in a place. Only entry points call `now()`; below them the instant is an argument.

Several machines have one database, and its clock is theirs: one whose own clock is ten minutes ahead would write its work
as due in ten minutes. Whenever a connection is taken, now and then, the database is asked (`db.prepare_engine`).
"""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

DEFAULT_ZONE = "Asia/Jakarta"
ZONES = {
    "Asia/Jakarta": "WIB",
    "Asia/Pontianak": "WIB",
    "Asia/Makassar": "WITA",
    "Asia/Jayapura": "WIT",
}

# Counts on while the machine sleeps, and does not jump when somebody sets its clock.
STEADY = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
ASKED_WITHIN = 15.0  # seconds that an answer of the database is trusted to have gone on rightly
NOISE = timedelta(milliseconds=50)  # the way to the database and back

_started: tuple[datetime, float] | None = None  # where tests let the clock start, and the steady clock then
_told: tuple[datetime, float] | None = None  # what the database said, and the steady clock then
_asked = float("-inf")


def start_at(instant: datetime | None) -> None:
    """Let the clock start at `instant` and run on from there (tests, RANDAL_NOW)."""
    global _started
    _started = (instant, _steady()) if instant else None


def now() -> datetime:
    """The present instant, aware, UTC, to the microsecond: of the database, so that all machines agree on what is due."""
    return _since(_started) if _started else real()


def real() -> datetime:
    """The same without a clock that tests have started: for signs of life and what ends by itself."""
    return _since(_told) if _told else machine()


def machine() -> datetime:
    """What the clock of this machine says, right or wrong."""
    return datetime.fromtimestamp(time.time(), UTC)


def wants_asking() -> bool:
    """Is it time to ask the database again? True once: whoever asks tells what it said."""
    global _asked
    if _steady() - _asked < ASKED_WITHIN:
        return False
    _asked = _steady()
    return True


def told(instant: datetime, took: float) -> None:
    """The database said `instant`, and took so many seconds to say it."""
    global _told
    found = instant.astimezone(UTC) + timedelta(seconds=took / 2)
    if _told is None or abs(found - _since(_told)) > NOISE + timedelta(seconds=took / 2):
        _told = found, _steady()


def _since(moment: tuple[datetime, float]) -> datetime:
    return moment[0] + timedelta(seconds=_steady() - moment[1])


def _steady() -> float:
    return time.clock_gettime(STEADY)


def monotonic() -> float:
    return time.monotonic()


def local_date(instant: datetime, zone: str) -> date:
    """The calendar day of `instant` in the IANA zone."""
    return instant.astimezone(ZoneInfo(zone)).date()


def to_instant(local: datetime, zone: str) -> datetime:
    """A naive local time of the zone as an aware UTC instant; one that brings its offset means itself."""
    return (local if local.tzinfo else local.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


def local_of(given: datetime, zone: str) -> datetime:
    """What was given with an offset, or without, as the clock on the wall of the zone shows it (naive)."""
    return given.astimezone(ZoneInfo(zone)).replace(tzinfo=None) if given.tzinfo else given


def to_local(instant: datetime, zone: str) -> datetime:
    return instant.astimezone(ZoneInfo(zone))


def is_zone(name: str) -> bool:
    return name in available_timezones()
