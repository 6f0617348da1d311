"""The outbox: one row per event and consumer, or per wanted document, written in the transaction of the move.

Relay: claim due rows under a lease, commit, then hand their ids to RQ. Job: lock the row; if it is done,
leave; else effect and `done_at` in one transaction. A document is drawn before that transaction begins. Redis may be
lost at any time: the lease brings the row back. After MAX_ATTEMPTS a row is stuck: it waits, with its error, for an
operator's "coba lagi".
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Select,
    String,
    Text,
    UniqueConstraint,
    func,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from randal.core.db import Row, UTCDateTime, db, is_sqlite
from randal.core.events import Event, reaction

log = logging.getLogger(__name__)
LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 8
BATCH = 100


class Delivery(Row):
    """An event on its way to one consumer, or a document on its way to be drawn. `next_at` is publish time, lease
    and back-off in one."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("event_id", "consumer"),
        UniqueConstraint("document_id"),
        CheckConstraint("(event_id IS NULL) <> (document_id IS NULL)", name="one_cause"),
        Index(
            "ix_outbox_due",
            "next_at",
            sqlite_where=text("done_at IS NULL"),
            postgresql_where=text("done_at IS NULL"),
        ),
    )
    event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id"))
    consumer: Mapped[str] = mapped_column(String(80))
    queue: Mapped[str] = mapped_column(String(16))
    attempt: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(UTCDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    error: Mapped[str] = mapped_column(Text, default="")


def due(now: datetime, queue: str | None = None) -> Select[int]:
    """The rows that may be published now, oldest first."""
    query = select(Delivery.id).where(
        Delivery.done_at.is_(None), Delivery.attempt < MAX_ATTEMPTS, Delivery.next_at <= now
    )
    if queue is not None:
        query = query.where(Delivery.queue == queue)
    return query.order_by(Delivery.next_at)


def claim(
    now: datetime, room: int = BATCH, queue: str | None = None, leave: Collection[int] = ()
) -> list[tuple[int, int, str]]:
    """Claim up to `room` due rows under a lease; (id, attempt, queue) each. The caller commits, then publishes.

    Rows named in `leave` stay as they are.
    """
    chosen = due(now, queue).where(Delivery.id.not_in(list(leave))).limit(room)
    rows = db.session.execute(
        update(Delivery)
        .where(Delivery.id.in_(_unlocked(chosen)))
        .values(attempt=Delivery.attempt + 1, next_at=now + LEASE)
        .returning(Delivery.id, Delivery.attempt, Delivery.queue)
        .execution_options(synchronize_session=False)
    )
    return [(r.id, r.attempt, r.queue) for r in rows]


def extend(ids: Collection[int], now: datetime) -> None:
    """Renew the lease of rows that a worker still has before it: neither an attempt nor a second job."""
    chosen = select(Delivery.id).where(Delivery.id.in_(list(ids)), Delivery.done_at.is_(None))
    _put(chosen, next_at=now + LEASE)


def give_back(claimed: Collection[tuple[int, int, str]], now: datetime) -> None:
    """Undo a claim whose rows reached nobody (Redis is away): the attempt does not count."""
    for delivery_id, attempt, _queue in claimed:
        chosen = select(Delivery.id).where(Delivery.id == delivery_id, Delivery.attempt == attempt)
        _put(chosen.where(Delivery.done_at.is_(None)), attempt=attempt - 1, next_at=now)


def retry(delivery_id: int, now: datetime) -> None:
    """An operator's "coba lagi": the row starts afresh."""
    chosen = select(Delivery.id).where(Delivery.id == delivery_id, Delivery.done_at.is_(None))
    _put(chosen, attempt=0, next_at=now)


def _unlocked(chosen: Select[int]) -> Select[int]:
    # A row that a worker holds is passed over, not waited for.
    return chosen if is_sqlite() else chosen.with_for_update(skip_locked=True)


def _put(chosen: Select[int], **values: Any) -> None:
    db.session.execute(
        update(Delivery)
        .where(Delivery.id.in_(_unlocked(chosen)))
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def deliver(delivery_id: int, now: datetime) -> bool:
    """Run the effect of one row once: effect and done mark commit together. False when nothing was to do.

    A document is drawn first, without a transaction, and stored with the mark. A slow reaction may likewise end the
    transaction before its slow part: what it writes afterwards commits with the mark, or not at all when another
    worker was first. A failing effect is rolled back, its error kept on the row with a back-off, and raised again.
    """
    row = db.session.get(Delivery, delivery_id, with_for_update=True, populate_existing=True)
    if row is None or row.done_at:
        db.session.rollback()
        return False
    consumer, attempt, document_id = row.consumer, row.attempt, row.document_id
    try:
        _effect(row, now)()
        db.session.flush()
        db.session.refresh(row, with_for_update=True)
        if row.done_at:
            db.session.rollback()
            return False
        row.done_at, row.error = now, ""
        db.session.commit()
        return True
    except Exception as error:
        db.session.rollback()
        wait = timedelta(seconds=min(2 ** max(attempt, 1), 3600))
        chosen = select(Delivery.id).where(Delivery.id == delivery_id, Delivery.done_at.is_(None))
        _put(chosen, error=f"{type(error).__name__}: {error}"[:2000], next_at=now + wait)
        if document_id:
            from randal.core import printing

            printing.failed(document_id, error, now)
        db.session.commit()
        log.exception("reaction %s failed for outbox row %s", consumer, delivery_id)
        raise


def _effect(row: Delivery, now: datetime) -> Callable[[], None]:
    """What is left to do in the transaction of the done mark."""
    if row.document_id:
        from randal.core import printing

        return printing.draw(row.document_id, now)
    event = db.session.get(Event, row.event_id)
    found = reaction(event.name, row.consumer) if event else None
    if event is None or found is None:
        raise LookupError(f"Tidak ada lagi yang menangani {row.consumer}.")
    return lambda: found.run(event)


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
