"""What the clock brought about, written down once: the tables of the tick, and how to ask and to write them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import ColumnElement, Index, String, Text, any_, cast, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from randal.database.base import Model, UTCDateTime, db, is_sqlite

NAMESPACE = uuid5(NAMESPACE_URL, "https://randal.invalid/occurrences")
KEPT = timedelta(days=400)  # longer than any rule looks back that is about no item
TICK = "tick"  # the row of the tick itself among the rules
AT_ONCE = 500  # rows in one statement
COLUMNS = ("rule", "subject_id", "key", "item_type", "item_id", "person_id")

Found = TypeVar("Found")


class Occurrence(Model):
    """A rule's occurrence that was run. The id is made from rule, subject and key.

    What somebody was told about an item (`item_type`, `item_id`) is kept as long as the item: it is part of its history,
    and the same escalation would be found again, however many days later. It holds numbers only, no words and no names.
    """

    __tablename__ = "occurrences"
    __table_args__ = (
        Index("ix_occurrences_rule_at", "rule", "at"),
        Index("ix_occurrences_item", "item_type", "item_id"),
    )
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    rule: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[int]
    key: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    item_type: Mapped[str | None] = mapped_column(String(24))
    item_id: Mapped[int | None]
    person_id: Mapped[int | None]  # who was told


class Tick(Model):
    """When the clock was last looked at (rule `tick`), and which rules failed at their last turn."""

    __tablename__ = "ticks"
    rule: Mapped[str] = mapped_column(String(60), primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    error: Mapped[str] = mapped_column(Text, default="")


def occurrence_id(name: str, subject_id: int, key: str) -> str:
    return str(uuid5(NAMESPACE, f"{name}:{subject_id}:{key}"))


def not_run(found: Mapping[str, Found]) -> dict[str, Found]:
    """Of these, by the id of their occurrence, the ones that were not run. One statement, however many."""
    left = dict(found)
    for known in db.session.scalars(select(Occurrence.id).where(_one_of(list(found)))) if found else ():
        del left[known]
    return left


def _one_of(ids: list[str]) -> ColumnElement[bool]:
    """The ids as one value: a list of parameters has an end, and a statement for each length of it."""
    if is_sqlite():
        listed = func.json_each(json.dumps(ids)).table_valued("value")
        return Occurrence.id.in_(select(listed.c.value))
    return Occurrence.id == any_(cast(ids, postgresql.ARRAY(String)))


def write_down(what: Iterable[tuple[Any, ...]], now: datetime) -> set[str]:
    """Write occurrences: (rule, subject, key), or with (item_type, item_id, person_id) besides; the ids of those that
    nobody wrote before. Whoever is writing the same one just now is waited for."""
    insert = sqlite.insert if is_sqlite() else postgresql.insert
    rows = [
        {"id": occurrence_id(*each[:3]), "at": now} | dict(zip(COLUMNS, each, strict=False)) for each in what
    ]
    new: set[str] = set()
    for start in range(0, len(rows), AT_ONCE):
        statement = insert(Occurrence).values(rows[start : start + AT_ONCE]).on_conflict_do_nothing()
        new |= set(db.session.scalars(statement.returning(Occurrence.id)))
    return new


def told_about(item_type: str, item_id: int) -> list[tuple[Occurrence, list[int]]]:
    """What people were told of an item, the newest first: one occurrence of each, and the numbers of those told."""
    mine = select(Occurrence).where(Occurrence.item_type == item_type, Occurrence.item_id == item_id)
    found: dict[tuple[Any, ...], tuple[Occurrence, list[int]]] = {}
    for row in db.session.scalars(mine.order_by(Occurrence.at.desc(), Occurrence.rule, Occurrence.key)):
        same = row.rule, row.subject_id, row.key.rpartition("@")[0], row.at.date()
        found.setdefault(same, (row, []))[1].append(row.person_id or 0)
    return list(found.values())


def forget(now: datetime) -> None:
    """What is old and about no item: days that were ticked off, and what was said of deadlines long past."""
    db.session.execute(delete(Occurrence).where(Occurrence.at < now - KEPT, Occurrence.item_id.is_(None)))


def note(now: datetime, turned: set[str], failed: Mapping[str, str]) -> None:
    """The tick was here; what failed is kept until its rule had a turn without failure."""
    insert = sqlite.insert if is_sqlite() else postgresql.insert
    if well := turned - set(failed):
        db.session.execute(delete(Tick).where(Tick.rule.in_(well)))
    for name, error in sorted({TICK: "", **failed}.items()):
        values = {"at": now, "error": error}
        row = insert(Tick).values(rule=name, **values)
        db.session.execute(row.on_conflict_do_update(index_elements=[Tick.rule], set_=values))
