"""The outbox: one row per event and consumer, written in the transaction of the move.

Relay: claim due rows under a lease, commit, then hand their ids to RQ. Job: lock the row; if it is done,
leave; else effect and `done_at` in one transaction. Redis may be lost at any time: the lease brings the
row back. After MAX_ATTEMPTS a row is stuck: it waits, with its error, for an operator's "coba lagi".
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, func, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from randal.core.db import Row, UTCDateTime, db, is_sqlite
from randal.core.events import Event, reaction

log = logging.getLogger(__name__)
LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 8
BATCH = 100


class Delivery(Row):
    """An event on its way to one consumer. `next_at` is publish time, lease and back-off in one."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("event_id", "consumer"),
        Index(
            "ix_outbox_due",
            "next_at",
            sqlite_where=text("done_at IS NULL"),
            postgresql_where=text("done_at IS NULL"),
        ),
    )
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    consumer: Mapped[str] = mapped_column(String(80))
    queue: Mapped[str] = mapped_column(String(16))
    attempt: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(UTCDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    error: Mapped[str] = mapped_column(Text, default="")


def due(now: datetime):
    """The rows that may be published now, oldest first."""
    return (
        select(Delivery.id)
        .where(Delivery.done_at.is_(None), Delivery.attempt < MAX_ATTEMPTS, Delivery.next_at <= now)
        .order_by(Delivery.next_at)
    )


def claim(now: datetime, room: int = BATCH) -> list[tuple[int, int, str]]:
    """Claim up to `room` due rows under a lease; (id, attempt, queue) each. The caller commits, then publishes."""
    chosen = due(now).limit(room)
    if not is_sqlite():
        chosen = chosen.with_for_update(skip_locked=True)
    rows = db.session.execute(
        update(Delivery)
        .where(Delivery.id.in_(chosen))
        .values(attempt=Delivery.attempt + 1, next_at=now + LEASE)
        .returning(Delivery.id, Delivery.attempt, Delivery.queue)
        .execution_options(synchronize_session=False)
    )
    return [(r.id, r.attempt, r.queue) for r in rows]


def deliver(delivery_id: int, now: datetime) -> bool:
    """Run the effect of one row once: effect and done mark commit together. False when nothing was to do.

    A failing effect is rolled back, its error kept on the row with a back-off, and raised again.
    """
    row = db.session.get(Delivery, delivery_id, with_for_update=True)
    if row is None or row.done_at:
        db.session.rollback()
        return False
    event = db.session.get(Event, row.event_id)
    found = reaction(event.name, row.consumer) if event else None
    try:
        if found is None:
            raise LookupError(f"Tidak ada lagi yang menangani {row.consumer}.")
        found.run(event)
        row.done_at, row.error = now, ""
        db.session.commit()
        return True
    except Exception as error:
        db.session.rollback()
        wait = timedelta(seconds=min(2 ** max(row.attempt, 1), 3600))
        db.session.execute(
            update(Delivery)
            .where(Delivery.id == delivery_id, Delivery.done_at.is_(None))
            .values(error=f"{type(error).__name__}: {error}"[:2000], next_at=now + wait)
        )
        db.session.commit()
        log.exception("reaction %s failed for outbox row %s", row.consumer, delivery_id)
        raise


def drain(now: datetime, rounds: int = 50) -> int:
    """Run everything due in this process (demonstration, tests): how many effects were made."""
    made = 0
    for _ in range(rounds):
        claimed = claim(now)
        db.session.commit()
        if not claimed:
            break
        for delivery_id, _attempt, _queue in claimed:
            made += deliver(delivery_id, now)
    return made


def stuck() -> list[Delivery]:
    """Rows that failed MAX_ATTEMPTS times and wait for an operator."""
    return list(
        db.session.scalars(
            select(Delivery).where(Delivery.done_at.is_(None), Delivery.attempt >= MAX_ATTEMPTS)
        )
    )


def backlog() -> int:
    return (
        db.session.scalar(select(func.count()).select_from(Delivery).where(Delivery.done_at.is_(None))) or 0
    )
