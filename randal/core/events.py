"""History and the names that react to it.

An `Event` is one move of one item: ids, codes and dates only. Names and free text stand beside it in
`EventText`, so that one can be corrected or erased later without touching what happened.
`@within("meeting.close")` runs in the move's transaction; `@on("minutes.approve")` later, in a worker.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from randal.core.db import Row, UTCDateTime
from workflows import LIFECYCLES


class Event(Row):
    """What happened to one item, numbered per item from 1 without gaps."""

    __tablename__ = "events"
    __table_args__ = (
        UniqueConstraint("item_type", "item_id", "seq"),
        Index("ix_events_meeting_id_id", "meeting_id", "id"),
        Index("ix_events_unit_id_id", "unit_id", "id"),
    )
    item_type: Mapped[str] = mapped_column(String(24))
    item_id: Mapped[int]
    seq: Mapped[int]
    move: Mapped[str] = mapped_column(String(32))
    from_state: Mapped[str | None] = mapped_column(String(24))
    to_state: Mapped[str] = mapped_column(String(24))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    hat: Mapped[str] = mapped_column(String(20), default="")
    acting_for_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    unit_id: Mapped[int | None]
    meeting_id: Mapped[int | None]
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    texts: Mapped[list[EventText]] = relationship(lazy="selectin", order_by="EventText.id")

    @property
    def name(self) -> str:
        return f"{self.item_type}.{self.move}"


class EventText(Row):
    """Free text given with a move (a reason, a note), kept beside the event."""

    __tablename__ = "event_texts"
    __table_args__ = (UniqueConstraint("event_id", "name"),)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    name: Mapped[str] = mapped_column(String(32))
    text: Mapped[str] = mapped_column(Text)


@dataclass(frozen=True)
class Reaction:
    """One consumer of one event name; `key` names it in the outbox and never changes."""

    event: str
    key: str
    queue: str
    run: Callable[[Event], None]


WITHIN: dict[str, list[Callable[[Any, Event], None]]] = {}
ON: dict[str, list[Reaction]] = {}
QUEUES = ("small", "documents")


def check_name(event: str) -> None:
    item_type, _, move = event.partition(".")
    lifecycle = LIFECYCLES.get(item_type)
    if not lifecycle or move not in (*lifecycle.move_names, "create"):
        raise ValueError(f"no lifecycle knows the event {event!r}")


def within(*names: str) -> Callable[[Callable[[Any, Event], None]], Callable[[Any, Event], None]]:
    """Declare a reaction in the same transaction: `def settle(item, event)`, database only."""

    def register(function: Callable[[Any, Event], None]) -> Callable[[Any, Event], None]:
        for name in names:
            check_name(name)
            WITHIN.setdefault(name, []).append(function)
        return function

    return register


def on(*names: str, queue: str = "small") -> Callable[[Callable[[Event], None]], Callable[[Event], None]]:
    """Declare a reaction run by a worker after the commit: `def tell(event)`; it may run twice."""
    if queue not in QUEUES:
        raise ValueError(f"no queue {queue!r}")

    def register(function: Callable[[Event], None]) -> Callable[[Event], None]:
        for name in names:
            check_name(name)
            key = f"{function.__module__.removeprefix('randal.')}.{function.__name__}"
            ON.setdefault(name, []).append(Reaction(name, key, queue, function))
        return function

    return register


def reaction(event: str, key: str) -> Reaction | None:
    return next((r for r in ON.get(event, ()) if r.key == key), None)
