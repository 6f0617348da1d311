"""The clock, and days in a place. Only entry points call `now()`; below them the instant is an argument."""

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

_offset = timedelta()


def start_at(instant: datetime | None) -> None:
    """Let the clock start at `instant` and run on from there (tests, RANDAL_NOW)."""
    global _offset
    _offset = instant - datetime.now(UTC) if instant else timedelta()


def now() -> datetime:
    """The present instant, aware, UTC, to the microsecond."""
    return datetime.now(UTC) + _offset


def monotonic() -> float:
    return time.monotonic()


def local_date(instant: datetime, zone: str) -> date:
    """The calendar day of `instant` in the IANA zone."""
    return instant.astimezone(ZoneInfo(zone)).date()


def to_instant(local: datetime, zone: str) -> datetime:
    """A naive local time of the zone as an aware UTC instant."""
    return local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def to_local(instant: datetime, zone: str) -> datetime:
    return instant.astimezone(ZoneInfo(zone))


def is_zone(name: str) -> bool:
    return name in available_timezones()
