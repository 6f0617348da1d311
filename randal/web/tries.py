"""Tries that are counted, by all processes and machines together: what is guessed is slowed down, and nobody is shut out.

    PASSPHRASE = Limit("passphrase", free=10, first=minutes(1), most=minutes(15))
    if wait := tries.take(PASSPHRASE, person.id, now): …     # one more try, or how long until the next is taken
    tries.forgive(PASSPHRASE, person.id)                     # it was right

A try is counted before it is judged, in a transaction of its own: a hundred at once are a hundred, and what the request
becomes changes nothing. So it must not be asked while the session holds SQLite's only place to write. Kept are a hash
and a number; housekeeping forgets both.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Index, Select, String, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from randal.database.base import Model, UTCDateTime, apart


class Try(Model):
    """How often something was tried since it was last right, or last rested; and when last."""

    __tablename__ = "tries"
    __table_args__ = (Index("ix_tries_last", "last"),)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    tried: Mapped[int]
    last: Mapped[datetime] = mapped_column(UTCDateTime)


@dataclass(frozen=True)
class Limit:
    """`free` tries, then one after `first`, the next after twice that …, at most after `most`. Who rests for `rest` begins
    anew."""

    name: str
    free: int
    first: timedelta
    most: timedelta
    rest: timedelta = timedelta(hours=1)

    def wait(self, number: int) -> timedelta:
        """How long after this try the next is taken."""
        over = number - self.free
        return timedelta() if over < 0 else min(self.first * 2 ** min(over, 20), self.most)

    def key(self, value: Any) -> str:
        return hashlib.sha256(f"{self.name}:{value}".encode()).hexdigest()


def _rested(limit: Limit, row: Any, now: datetime) -> bool:
    """Also when what was counted lies far ahead: a clock was set back, and nobody waits until it comes there again."""
    return abs(now - row.last) > limit.rest


def _left(limit: Limit, row: Any, now: datetime) -> timedelta | None:
    """How long this one has still to wait."""
    if row is None or _rested(limit, row, now):
        return None
    left = row.last + limit.wait(row.tried) - now
    return left if left > timedelta() else None


def _found(limit: Limit, value: Any) -> Select[int, datetime]:
    return select(Try.tried, Try.last).where(Try.key == limit.key(value))


def waits(limit: Limit, value: Any, now: datetime) -> timedelta | None:
    """How long this one has to wait; None when its next try is taken. Counts nothing."""
    with apart(writes=False) as connection:
        return _left(limit, connection.execute(_found(limit, value)).first(), now)


def take(limit: Limit, value: Any, now: datetime) -> timedelta | None:
    """Count one more try; or how long it has to wait, and nothing is counted."""
    key = limit.key(value)
    with apart() as connection:
        row = connection.execute(_found(limit, value).with_for_update()).first()
        if row is None:
            try:
                with connection.begin_nested():
                    connection.execute(insert(Try).values(key=key, tried=1, last=now))
                return None
            except IntegrityError:  # the first two at once
                row = connection.execute(_found(limit, value).with_for_update()).first()
        if left := _left(limit, row, now):
            return left
        assert row is not None  # noqa: S101 - written above, by this one or the other
        tried = 1 if _rested(limit, row, now) else row.tried + 1
        connection.execute(update(Try).where(Try.key == key).values(tried=tried, last=now))
    return None


def forgive(limit: Limit, value: Any, *, all: bool = True) -> None:
    """The try was right: what was counted is forgotten, or with `all=False` this one alone."""
    mine = Try.key == limit.key(value)
    with apart() as connection:
        if all:
            connection.execute(delete(Try).where(mine))
        else:
            connection.execute(update(Try).where(mine, Try.tried > 0).values(tried=Try.tried - 1))


def forget(before: datetime) -> Any:
    """The statement that loses what rested since."""
    return delete(Try).where(Try.last < before)


def in_words(wait: timedelta) -> str:
    """ "40 detik", "3 menit", as a sentence says how long to wait."""
    seconds = math.ceil(wait.total_seconds())
    return f"{seconds} detik" if seconds < 90 else f"{math.ceil(seconds / 60)} menit"
