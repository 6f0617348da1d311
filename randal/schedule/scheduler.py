"""Looking at the clock: every rule whose time has come is run once, however many schedulers tick (see rules.py).

An occurrence is written with its effect in one transaction and is unique: a second ticker, or a tick after days of
outage, finds it done. A rule with a time of day looks once a day in each of its zones; the day counts as done when
everything found ran, and until then what failed is tried again, later and later.
"""

from __future__ import annotations

import logging
import random
import threading
from datetime import date, datetime, time, timedelta
from time import monotonic
from typing import NamedTuple

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from randal.database.base import db, reading, says_busy
from randal.jobs import presence
from randal.l10n import clock
from randal.schedule import workdays
from randal.schedule.rules import EVERYWHERE, RULES, Due, Rule, When, daily, rule
from randal.schedule.runs import TICK, Occurrence, Tick, forget, not_run, note, occurrence_id, write_down

__all__ = [
    "EVERYWHERE",
    "RULES",
    "Due",
    "Occurrence",
    "When",
    "daily",
    "last_tick",
    "plan",
    "rule",
    "run",
    "run_due",
]

log = logging.getLogger("randal.schedule")
EVERY = 15.0  # seconds between two looks
PATIENCE = timedelta(hours=1)  # the longest wait before what failed is tried again


class Turn(NamedTuple):
    """One rule on one day in one zone; `sweep` is the occurrence that says that the day is done."""

    rule: Rule
    when: When
    sweep: tuple[int, str] | None


def run_due(now: datetime) -> int:
    """Run what is due and was not run; how many. Commits each by itself; one that fails does not stop the others."""
    made, failed = 0, {}
    with reading():
        turns = turns_at(now)
    for turn in turns:
        ran, error = _take(turn)
        made += ran
        if error:
            failed[turn.rule.name] = error
    note(now, {turn.rule.name for turn in turns}, failed)
    db.session.commit()
    return made


def turns_at(now: datetime) -> list[Turn]:
    """The rules whose time has come and whose day is not done."""
    days, waiting, always = workdays.calendar(), {}, []
    for each in RULES.values():
        if each.run is None:
            continue
        for zone in each.zones:
            local = clock.to_local(now, zone)
            when = When(now, local.date(), zone)
            if each.at is None:
                always.append(Turn(each, when, None))
            elif f"{local:%H:%M}" >= each.at and not (each.working and not days.is_working(when.day)):
                sweep = (0, f"{when.day} {zone}"[:40])
                waiting[occurrence_id(done(each), *sweep)] = Turn(each, when, sweep)
    return [*always, *not_run(waiting).values()]


def done(each: Rule) -> str:
    """The name under which the days of this rule are ticked off."""
    return f"{each.name}/day"


_again: dict[str, tuple[int, datetime, str]] = {}  # what failed here: attempts, not before, why


def _take(turn: Turn) -> tuple[int, str]:
    """Run all that the rule finds; how many ran, and the last failure. Several tickers share the work: each goes
    through it in an order of its own."""
    each, now = turn.rule, turn.when.now
    try:
        with reading():
            named = ((occurrence_id(each.name, due.subject_id, due.key), due) for due in each.find(turn.when))
            left = list(not_run(dict(named)).items())
    except Exception as problem:
        return 0, _failed(f"{each.name}/find", problem, now)
    made, error = 0, ""
    random.shuffle(left)
    for key, due in left:
        if key in _again and _again[key][1] > now:
            error = _again[key][2]
            continue
        try:
            made += _run(each, due, now)
            _again.pop(key, None)
        except Exception as problem:
            error = _failed(key, problem, now, f"{each.name} {due.subject_id} {due.key}: ")
    if turn.sweep and not error:
        write_down([(done(each), *turn.sweep)], now)
        db.session.commit()
    return made, error


def _run(each: Rule, due: Due, now: datetime) -> bool:
    db.session.expire_all()  # what the one before has read may have changed since
    if not write_down([(each.name, due.subject_id, due.key)], now):
        db.session.rollback()
        return False
    if each.run:
        each.run(due.subject_id, now, *due.more)
    db.session.commit()
    return True


def _failed(key: str, error: Exception, now: datetime, what: str = "") -> str:
    """Keep what went wrong and try again later and later. A database that is gone, or too busy to take one more
    writer, is no rule's failure: raised, and the next look finds the same work."""
    db.session.rollback()
    if isinstance(error, DBAPIError) and (error.connection_invalidated or says_busy(error.orig)):
        raise error
    attempt = _again.get(key, (0,))[0] + 1
    said = f"{what}{type(error).__name__}: {error}"[:2000]
    _again[key] = (attempt, now + min(timedelta(seconds=EVERY * 2**attempt), PATIENCE), said)
    log.error("rule failed: %s", what or key, exc_info=error)
    return said


class Planned(NamedTuple):
    """A rule as the operator sees it. `at` "07:30" or None (at every look); `next_at` is past when the tick is
    behind; `last_at`: when it last did something; `error`: what failed at its last turn."""

    name: str
    label: str
    at: str | None
    zones: tuple[str, ...]
    working: bool
    next_at: datetime | None
    last_at: datetime | None
    error: str


def plan(now: datetime) -> list[Planned]:
    """What will fire next and when it last did, the soonest first."""
    errors = {row.rule: row.error for row in db.session.scalars(select(Tick))}
    days, behind = workdays.calendar(), {turn.rule.name: turn.when for turn in turns_at(now) if turn.sweep}
    found = []
    for each in RULES.values():
        coming = [next_turn(each, zone, now, days) for zone in each.zones if each.at]
        late = behind.get(each.name)
        if late and each.at:
            coming.append(at_time(late.day, each.at, late.zone))
        last = db.session.scalar(select(func.max(Occurrence.at)).where(Occurrence.rule == each.name))
        facts = each.name, each.label, each.at, each.zones, each.working
        found.append(Planned(*facts, min(coming, default=None), last, errors.get(each.name, "")))
    return sorted(found, key=lambda p: (p.next_at or now, p.name))


def last_tick() -> datetime | None:
    """When a scheduler last looked at the clock; None: never."""
    return db.session.scalar(select(Tick.at).where(Tick.rule == TICK))


def at_time(day: date, at: str, zone: str) -> datetime:
    return clock.to_instant(datetime.combine(day, time.fromisoformat(at)), zone)


def next_turn(each: Rule, zone: str, now: datetime, days: workdays.Calendar) -> datetime:
    day = clock.local_date(now, zone)
    while at_time(day, each.at or "00:00", zone) <= now or (each.working and not days.is_working(day)):
        day += timedelta(days=1)
    return at_time(day, each.at or "00:00", zone)


@rule(
    "core.forget_occurrences",
    find=daily,
    label="Catatan jadwal di atas 400 hari dihapus, kecuali pengingat.",
)
def forget_occurrences(_subject: int, now: datetime) -> None:
    forget(now)


def run(app: Flask, stop: threading.Event, every: float = 1.0) -> None:
    """Tick until `stop`: rules each quarter of a minute. A database that is away is waited for."""
    with app.app_context():
        ruled, away = 0.0, False
        pulse = presence.Pulse(app, "schedule")
        while not stop.is_set():
            pulse.beat()
            try:
                if not ruled or monotonic() - ruled > EVERY * every:
                    ruled = monotonic()
                    run_due(clock.now())
                away = False
            except DBAPIError as error:
                db.session.rollback()
                if not away:
                    log.warning(
                        "basis data tidak dapat dihubungi atau sibuk, dicoba terus: %s",
                        str(error).splitlines()[0],
                    )
                away = True
            stop.wait(every)
        db.session.remove()
