"""What stands in a cell beside text and numbers, and how it travels from the child that reads a workbook."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

MOST_ROWS = 20_000  # that are read at once
FILL_IN = "Isian"  # the sheet that is read when there is one of this name
Box = tuple[int, int, int, int]  # first row, first column, last row, last column, from 1
Row = tuple[int, tuple[Any, ...]]


class UNCOMPUTED:
    """Itself the value of a formula that no program has computed yet: a class is still the same one after it was packed."""


class Share(float):
    """A number that its sheet shows as a percent: 0.5174 is seen as 51,74%."""


class Percent(float):
    """A number beside which its sheet writes the sign: 51.74 is seen as 51,74%."""


def packed(value: Any) -> Any:
    """As JSON has it."""
    if value is UNCOMPUTED:
        return {"uncomputed": True}
    if isinstance(value, Share):
        return {"share": float(value)}
    if isinstance(value, Percent):
        return {"percent": float(value)}
    if isinstance(value, timedelta):
        return {"seconds": value.total_seconds()}
    if isinstance(value, datetime | date | time):
        return {type(value).__name__: value.isoformat()}
    return value


def unpacked(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    ((kind, held),) = value.items()
    return _BACK[kind](held)


_BACK: dict[str, Any] = {
    "uncomputed": lambda _: UNCOMPUTED,
    "share": Share,
    "percent": Percent,
    "seconds": lambda seconds: timedelta(seconds=seconds),
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
}
