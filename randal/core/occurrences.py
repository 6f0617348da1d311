"""What the clock brought about, written down once: the tables of the tick, and how to ask and to write them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import Index, String, Text, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from randal.core.db import Model, UTCDateTime, db, is_sqlite

NAMESPACE = uuid5(NAMESPACE_URL, "https://randal.invalid/occurrences")
KEPT = timedelta(days=400)  # longer than any rule looks back
TICK = "tick"  # the row of the tick itself among the rules
AT_ONCE = 500  # rows in one statement

Found = TypeVar("Found")


class Occurrence(Model):
    """A rule's occurrence that was run. The id is made from rule, subject and key."""

    __tablename__ = "occurrences"
    __table_args__ = (Index("ix_occurrences_rule_at", "rule", "at"),)
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    rule: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[int]
    key: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class Tick(Model):
    """When the clock was last looked at (rule `tick`), and which rules failed at their last turn."""

    __tablename__ = "ticks"
    rule: Mapped[str] = mapped_column(String(60), primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    error: Mapped[str] = mapped_column(Text, default="")


def occurrence_id(name: str, subject_id: int, key: str) -> str:
    return str(uuid5(NAMESPACE, f"{name}:{subject_id}:{key}"))


def not_run(found: Mapping[str, Found]) -> dict[str, Found]:
    """Of these, by the id of their occurrence, the ones that were not run."""
    left, ids = dict(found), list(found)
    for start in range(0, len(ids), AT_ONCE):
        query = select(Occurrence.id).where(Occurrence.id.in_(ids[start : start + AT_ONCE]))
        for known in db.session.scalars(query):
            del left[known]
    return left


def write_down(what: Iterable[tuple[str, int, str]], now: datetime) -> set[str]:
    """Write occurrences (rule, subject, key); the ids of those that nobody wrote before. Whoever is writing the same
    one just now is waited for."""
    insert = sqlite.insert if is_sqlite() else postgresql.insert
    rows = [
        {"id": occurrence_id(*each), "rule": each[0], "subject_id": each[1], "key": each[2], "at": now}
        for each in what
    ]
    new: set[str] = set()
    for start in range(0, len(rows), AT_ONCE):
        statement = insert(Occurrence).values(rows[start : start + AT_ONCE]).on_conflict_do_nothing()
        new |= set(db.session.scalars(statement.returning(Occurrence.id)))
    return new


def note(now: datetime, turned: set[str], failed: Mapping[str, str]) -> None:
    """The tick was here; what failed is kept until its rule had a turn without failure."""
    insert = sqlite.insert if is_sqlite() else postgresql.insert
    if well := turned - set(failed):
        db.session.execute(delete(Tick).where(Tick.rule.in_(well)))
    for name, error in sorted({TICK: "", **failed}.items()):
        values = {"at": now, "error": error}
        row = insert(Tick).values(rule=name, **values)
        db.session.execute(row.on_conflict_do_update(index_elements=[Tick.rule], set_=values))
