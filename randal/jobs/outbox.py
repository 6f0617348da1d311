"""The outbox: one row per event and consumer, or per wanted document or trial, written in the transaction of the move.

Relay: claim due rows under a lease, commit, then hand their ids to RQ. Job: lock the row; if it is done, leave; else
effect and `done_at` in one transaction (a document is drawn before it begins). Redis may be lost at any time: the lease
brings the row back. After MAX_ATTEMPTS, deaths of a worker included, a row is stuck and waits for an operator.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    DDL,
    CheckConstraint,
    ForeignKey,
    Index,
    Select,
    String,
    Text,
    UniqueConstraint,
    bindparam,
    delete,
    event,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, lazyload, mapped_column

from randal.base.crashes import Died
from randal.database.base import Row, UTCDateTime, db, is_sqlite
from randal.history.events import Event, reaction

LEASE = timedelta(seconds=30)
RENEWAL = timedelta(seconds=15)  # while RQ still has it: a worker that died meanwhile is found out soon
MAX_ATTEMPTS = 8
BATCH = 100
KEPT = timedelta(days=90)  # a done row; its event stays for ever
WAKE = "randal_outbox"  # the channel that a transaction with new rows notifies
_GIVEN = "CASE WHEN {}_id IS NULL THEN 0 ELSE 1 END"
ONE_CAUSE = " + ".join(map(_GIVEN.format, ("event", "document", "trial"))) + " = 1"
TRIAL = text("trial_id IS NOT NULL")
OPEN, STUCK = text("done_at IS NULL AND stuck_at IS NULL"), text("stuck_at IS NOT NULL")


class Delivery(Row):
    """An event on its way to one consumer, a document or trial to be drawn. `next_at`: publish time, lease, back-off."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("event_id", "consumer"),
        UniqueConstraint("document_id"),
        CheckConstraint(ONE_CAUSE, name="one_cause"),
        # By queue: a hundred thousand waiting papers do not stand before a notice.
        Index("ix_outbox_due", "queue", "next_at", sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_outbox_stuck", "stuck_at", sqlite_where=STUCK, postgresql_where=STUCK),
        Index("ix_outbox_trial", "trial_id", sqlite_where=TRIAL, postgresql_where=TRIAL),
    )
    event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id"))
    trial_id: Mapped[int | None] = mapped_column(ForeignKey("trials.id"))
    consumer: Mapped[str] = mapped_column(String(80))
    queue: Mapped[str] = mapped_column(String(16))
    attempt: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(UTCDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    stuck_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    error: Mapped[str] = mapped_column(Text, default="")


@dataclass(frozen=True)
class Kind:
    """What is done with the rows that name something else than an event. All take ids."""

    #: begins outside the transaction; what it answers is left to do in that of the done mark
    effect: Callable[[int, datetime], Callable[[], None]]
    failed: Callable[[int, Exception, datetime], None]
    wait_again: Callable[[list[int], datetime], None] = lambda _ids, _now: None


#: by the column that names it: filled by who owns what is named
KINDS: dict[str, Kind] = {}


# A row with its event, locked, in one round trip; few ask for the event's words.
TO_DELIVER = (
    select(Delivery, Event)
    .outerjoin(Event, Event.id == Delivery.event_id)
    .where(Delivery.id == bindparam("id"))
    .options(lazyload(Event.texts))
    .with_for_update(of=Delivery)
    .execution_options(populate_existing=True)
)

# PostgreSQL tells the relay itself, once per transaction however many rows it wrote, when it commits.
for statement in (
    f"""CREATE OR REPLACE FUNCTION randal_wake() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_notify('{WAKE}', ''); RETURN NULL; END $$""",
    "CREATE TRIGGER outbox_wake AFTER INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION randal_wake()",
):
    event.listen(Delivery.__table__, "after_create", DDL(statement).execute_if(dialect="postgresql"))


def ripe(now: datetime, queue: str | None = None) -> Select[int]:
    """The rows whose time has come: to be published, renewed or given up, oldest first."""
    query = select(Delivery.id).where(
        Delivery.done_at.is_(None), Delivery.stuck_at.is_(None), Delivery.next_at <= now
    )
    if queue is not None:
        query = query.where(Delivery.queue == queue)
    return query.order_by(Delivery.next_at)


def claim(
    now: datetime, room: int = BATCH, *, leave: Collection[int] = (), only: Collection[int] | None = None
) -> list[tuple[int, int, str]]:
    """Claim up to `room` ripe rows under a lease; (id, attempt, queue) each. The caller commits, then publishes.

    Rows named in `leave` stay as they are; with `only`, all others do.
    """
    chosen = ripe(now).where(Delivery.attempt < MAX_ATTEMPTS)
    if leave:
        chosen = chosen.where(Delivery.id.not_in(list(leave)))
    if only is not None:
        chosen = chosen.where(Delivery.id.in_(list(only)))
    rows = db.session.execute(
        _update(chosen.limit(room))
        .values(attempt=Delivery.attempt + 1, next_at=now + LEASE)
        .returning(Delivery.id, Delivery.attempt, Delivery.queue)
    )
    return sorted((r.id, r.attempt, r.queue) for r in rows)


def extend(ids: Collection[int], now: datetime) -> None:
    """Renew the lease of rows that a worker still has before it: neither an attempt nor a second job."""
    chosen = select(Delivery.id).where(Delivery.id.in_(list(ids)), Delivery.done_at.is_(None))
    _put(chosen, next_at=now + RENEWAL)


def give_back(claimed: Collection[tuple[int, int, str]], now: datetime) -> None:
    """Undo a claim whose rows reached nobody (Redis is away): the attempt does not count."""
    for delivery_id, attempt, _queue in claimed:
        chosen = select(Delivery.id).where(Delivery.id == delivery_id, Delivery.attempt == attempt)
        _put(chosen.where(Delivery.done_at.is_(None)), attempt=attempt - 1, next_at=now)


def put_back(ids: Collection[int], now: datetime) -> None:
    """Undo the claim of rows that a worker had no time for. Commits."""
    chosen = select(Delivery.id).where(Delivery.id.in_(list(ids)), Delivery.done_at.is_(None))
    _put(chosen, attempt=Delivery.attempt - 1, next_at=now)
    db.session.commit()


def retry(ids: Collection[int], now: datetime) -> None:
    """An operator's "coba lagi": these rows start afresh, and a paper that failed waits its turn again."""
    chosen = select(Delivery.id).where(Delivery.id.in_(list(ids)), Delivery.done_at.is_(None))
    _put(chosen, attempt=0, next_at=now, stuck_at=None, error="")
    for column, kind in KINDS.items():
        named = getattr(Delivery, column)
        about = select(named).where(Delivery.id.in_(list(ids)), named.is_not(None))
        kind.wait_again(list(db.session.scalars(about)), now)


def died(ids: Collection[int], how: str, now: datetime) -> None:
    """A worker died over these rows and left no error of its own: `how` (Indonesian) becomes theirs. Commits."""
    for delivery_id in ids:
        free = {"skip_locked": True}
        row = db.session.get(Delivery, delivery_id, with_for_update=free, populate_existing=True)
        if row and not row.done_at and not row.stuck_at:
            before = f"\nSebelumnya: {row.error}" if row.error and how not in row.error else ""
            _failed(row, Died(how), how + before, now)
    db.session.commit()


def _failed(row: Delivery, error: Exception, said: str, now: datetime) -> None:
    """Keep the error on the row: a longer wait each time, and after MAX_ATTEMPTS no further try."""
    row.error, row.next_at = said[:2000], now + timedelta(seconds=min(2 ** max(row.attempt, 1), 3600))
    row.stuck_at = now if row.attempt >= MAX_ATTEMPTS else None
    if row.event_id is None:
        kind, about = _about(row)
        kind.failed(about, error, now)


def _update(chosen: Select[int]) -> Any:
    # A row that a worker holds is passed over, not waited for; a CTE is run once, whatever the planner thinks.
    if not is_sqlite():
        chosen = chosen.with_for_update(skip_locked=True)
    ids = select(chosen.cte("chosen").c.id)
    return update(Delivery).where(Delivery.id.in_(ids)).execution_options(synchronize_session=False)


def _put(chosen: Select[int], **values: Any) -> None:
    db.session.execute(_update(chosen).values(**values))


def deliver(delivery_id: int, now: datetime) -> bool:
    """Run the effect of one row once: effect and done mark commit together. False when nothing was to do.

    A document is drawn first, without a transaction, and stored with the mark. A slow reaction may likewise end the
    transaction before its slow part: what it writes afterwards commits with the mark, or not at all when another
    worker was first. A failing effect is rolled back, its error kept on the row with a back-off, and raised again.
    """
    row, happened = db.session.execute(TO_DELIVER, {"id": delivery_id}).one_or_none() or (None, None)
    if row is None or row.done_at:
        db.session.rollback()
        return False
    began = db.session().get_transaction()
    try:
        _effect(row, happened, now)()
        db.session.flush()
        if db.session().get_transaction() is not began:
            row = db.session.get(Delivery, delivery_id, with_for_update=True, populate_existing=True)
            if row is None or row.done_at:
                db.session.rollback()
                return False
        row.done_at, row.stuck_at, row.error = now, None, ""
        db.session.commit()
        return True
    except Exception as error:
        db.session.rollback()
        kept = db.session.get(Delivery, delivery_id, with_for_update=True, populate_existing=True)
        if kept and not kept.done_at:
            _failed(kept, error, f"{type(error).__name__}: {error}", now)
        db.session.commit()
        raise


def _about(row: Delivery) -> tuple[Kind, int]:
    return next((kind, about) for column, kind in KINDS.items() if (about := getattr(row, column)))


def _effect(row: Delivery, happened: Event | None, now: datetime) -> Callable[[], None]:
    """What is left to do in the transaction of the done mark."""
    if row.event_id is None:
        kind, about = _about(row)
        return kind.effect(about, now)
    found = reaction(happened.name, row.consumer) if happened else None
    if happened is None or found is None:
        raise LookupError(f"Tidak ada lagi yang menangani {row.consumer}.")
    return lambda: found.run(happened)


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
    """Rows that failed MAX_ATTEMPTS times and wait for an operator, the latest first."""
    query = select(Delivery).where(Delivery.stuck_at.is_not(None), Delivery.done_at.is_(None))
    return list(db.session.scalars(query.order_by(Delivery.stuck_at.desc())))


def forget(now: datetime) -> None:
    """Done rows older than KEPT go. A move fills the outbox once, in its own transaction: nothing brings them back."""
    db.session.execute(delete(Delivery).where(Delivery.done_at < now - KEPT))
