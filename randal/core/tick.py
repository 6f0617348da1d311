"""What time alone brings about: rules declared in code, each occurrence run once, however many schedulers tick.

    @rule("follow_up.late", find=lately_late)
    def tell(subject_id, now): …

`find(now)` names the occurrences that are due (`Due`: a subject and what makes it one, e.g. its due date). The
occurrence is written with the effect in one transaction and is unique: a second ticker, or a tick after days of
outage, finds it done. A missed day is made up for, not skipped.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import NAMESPACE_URL, uuid5

from flask import Flask
from redis.exceptions import RedisError
from sqlalchemy import String, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapped, mapped_column

from randal.core import clock, mailing, queues
from randal.core.db import Model, UTCDateTime, db, is_sqlite, reading

log = logging.getLogger("randal.schedule")
NAMESPACE = uuid5(NAMESPACE_URL, "https://randal.invalid/occurrences")
KEPT = timedelta(days=400)  # longer than any rule looks back


class Due(NamedTuple):
    """One occurrence of a rule: whose (a row's id, 0 for the installation) and which (a date, as a rule)."""

    subject_id: int
    key: str


class Occurrence(Model):
    """A rule's occurrence that was run. The id is made from rule, subject and key."""

    __tablename__ = "occurrences"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    rule: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[int]
    key: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


@dataclass(frozen=True)
class Rule:
    name: str
    find: Callable[[datetime], Iterable[Due]]
    run: Callable[[int, datetime], None]


RULES: dict[str, Rule] = {}


def rule(
    name: str, *, find: Callable[[datetime], Iterable[Due]]
) -> Callable[[Callable[[int, datetime], None]], Callable[[int, datetime], None]]:
    """Declare a rule. `run(subject_id, now)` writes to the database only and does not commit; names never change."""

    def register(function: Callable[[int, datetime], None]) -> Callable[[int, datetime], None]:
        RULES[name] = Rule(name, find, function)
        return function

    return register


def daily(now: datetime) -> list[Due]:
    """Once a day, for the installation."""
    return [Due(0, clock.local_date(now, clock.DEFAULT_ZONE).isoformat())]


def occurrence_id(name: str, due: Due) -> str:
    return str(uuid5(NAMESPACE, f"{name}:{due.subject_id}:{due.key}"))


def run_due(now: datetime) -> int:
    """Run what is due and was not run; how many. Commits each by itself; one that fails does not stop the others."""
    made = 0
    for each in RULES.values():
        with reading():
            found = {occurrence_id(each.name, due): due for due in each.find(now)}
            ids = list(found)
            for start in range(0, len(ids), 500):
                part = ids[start : start + 500]
                for known in db.session.scalars(Occurrence.__table__.select().where(Occurrence.id.in_(part))):
                    del found[known]
        for key, due in found.items():
            made += _run(each, key, due, now)
    return made


def _run(each: Rule, key: str, due: Due, now: datetime) -> bool:
    insert = sqlite.insert if is_sqlite() else postgresql.insert
    row = {"id": key, "rule": each.name, "subject_id": due.subject_id, "key": due.key, "at": now}
    first = insert(Occurrence).values(row).on_conflict_do_nothing().returning(Occurrence.id)
    try:
        if db.session.scalar(first) is None:
            db.session.rollback()
            return False
        each.run(due.subject_id, now)
        db.session.commit()
        return True
    except Exception:
        db.session.rollback()
        log.exception("rule %s failed for %s", each.name, due)
        return False


@rule("core.forget_occurrences", find=daily)
def forget_occurrences(_subject: int, now: datetime) -> None:
    db.session.execute(delete(Occurrence).where(Occurrence.at < now - KEPT))


def run(app: Flask, stop: threading.Event, every: float = 1.0) -> None:
    """Tick until `stop`: mails each second, rules each quarter of a minute. A database that is away is waited for."""
    with app.app_context():
        client = queues.connect(app.config["RANDAL"])
        ruled, beaten, away = 0.0, 0.0, False
        while not stop.is_set():
            try:
                if time.monotonic() - beaten > queues.BEAT / 3:
                    beaten = time.monotonic()
                    queues.beat("schedule", client)
            except RedisError:
                pass  # time needs no Redis; the relay says that it is away
            try:
                if not ruled or time.monotonic() - ruled > 15 * every:
                    ruled = time.monotonic()
                    run_due(clock.now())
                mailing.send_due(app.config["RANDAL"], clock.now())
                away = False
            except DBAPIError as error:
                db.session.rollback()
                if not away:
                    log.warning(
                        "basis data tidak dapat dihubungi, dicoba terus: %s", str(error).splitlines()[0]
                    )
                away = True
            stop.wait(every)
        db.session.remove()
