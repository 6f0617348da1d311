"""What time alone brings about: rules declared in code, each occurrence run once, however many schedulers tick.

    @rule("kendala.escalate", at="07:30", zone=EVERYWHERE, working=True, find=unanswered, label="…")
    def go_up(subject_id, now): …

`find(when)` names the occurrences that are due (`Due`: a subject and what makes it one, e.g. its due date). The
occurrence is written with the effect in one transaction and is unique: a second ticker, or a tick after days of
outage, finds it done. A missed day is made up for, not skipped: `find` asks what is due by now, not what is due today.

A rule with a time of day looks once a day in each of its zones, not before that time, and on working days alone if it
says so. The day counts as done when everything found ran. Reminders, which are merged, are in `reminders.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from randal.l10n import clock

EVERYWHERE = tuple(clock.ZONES)


class Due(NamedTuple):
    """One occurrence of a rule: whose (a row's id, 0 for the installation), which (a date, as a rule), and what
    `run` is given besides."""

    subject_id: int
    key: str
    more: tuple[Any, ...] = ()


class When(NamedTuple):
    """The instant of a look, and the day it is in the zone it is taken for."""

    now: datetime
    day: date
    zone: str


@dataclass(frozen=True)
class Rule:
    """`run` is None for a reminder, which another rule sends (`reminders.py`). `item`: whose history tells of it (the name
    of a lifecycle, "": nobody's), `says` in which words."""

    name: str
    find: Callable[[When], Iterable[Any]]
    run: Callable[..., None] | None
    at: str | None  # HH:MM, or None: at every look
    zones: tuple[str, ...]
    working: bool
    label: str
    item: str = ""
    says: str = ""
    foresee: Callable[[When], Iterable[Any]] | None = (
        None  # what `run` will do, as lines for people (forecast.py)
    )


RULES: dict[str, Rule] = {}


def rule(
    name: str,
    *,
    find: Callable[[When], Iterable[Due]],
    at: str | None = None,
    zone: str | tuple[str, ...] = clock.DEFAULT_ZONE,
    working: bool = False,
    label: str = "",
    foresee: Callable[[When], Iterable[Any]] | None = None,
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Declare a rule. `run(subject_id, now)` writes to the database only and does not commit; names never change.
    `label` tells the operator, in one Indonesian sentence, what it does."""

    def register(function: Callable[..., None]) -> Callable[..., None]:
        zones = (zone,) if isinstance(zone, str) else zone
        RULES[name] = Rule(name, find, function, at, zones, working, label, foresee=foresee)
        return function

    return register


def daily(when: When) -> list[Due]:
    """Once a day, for the installation."""
    return [Due(0, when.day.isoformat())]
