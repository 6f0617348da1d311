"""History and the names that react to it.

An `Event` is one move of one item: ids, codes and dates only, chained to the one before (chain.py). Names and free
text stand beside it in `EventText` and enter the chain as salted digests, so that one can be corrected or erased
later (erasure.py) without touching what happened. The database refuses every other change (guards.py).
`@within("meeting.close")` runs in the move's transaction; `@on("minutes.approve")` later, in a worker.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from randal.database.base import Row, UTCDateTime
from randal.history import chain, triggers
from workflows import LIFECYCLES
from workflows.lifecycle import SYSTEM, Actor


class Chained(Row):
    """A row with a history: how many events it has, and the hash of the last. `state` is what the events lead to."""

    __abstract__ = True
    __lifecycle__: str
    if TYPE_CHECKING:
        state: Any
    seq: Mapped[int] = mapped_column(default=0, server_default="0")
    head: Mapped[str] = mapped_column(String(64), default=chain.NOTHING, server_default=chain.NOTHING)

    def principal(self, hat: str) -> int | None:
        """The person whose hat this is (the chair, the signer): named when another acts in his place."""
        return None

    @property
    def event_unit_id(self) -> int | None:
        return getattr(self, "unit_id", None)

    @property
    def event_meeting_id(self) -> int | None:
        return getattr(self, "meeting_id", None)

    def __init_subclass__(cls, **kw: Any) -> None:
        super().__init_subclass__(**kw)
        if name := cls.__dict__.get("__lifecycle__"):
            CHAINED[name] = cls


CHAINED: dict[str, type[Chained]] = {}


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
    seals: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)  # text name → chain.seal(salt, text)
    prev: Mapped[str] = mapped_column(String(64))  # hash of the event before, chain.NOTHING for the first
    hash: Mapped[str] = mapped_column(String(64))
    texts: Mapped[list[EventText]] = relationship(lazy="selectin", order_by="EventText.id")

    @property
    def name(self) -> str:
        return f"{self.item_type}.{self.move}"

    def link(self, prev: str, texts: Mapping[str, str]) -> str:
        """Take these texts and close the event: nothing of it may change afterwards. Returns its hash."""
        self.texts = [EventText.sealed(name, said) for name, said in texts.items()]
        self.seals = {text.name: text.seal for text in self.texts}
        self.data = json.loads(chain.canonical(self.data))  # as it will be read again
        self.prev, self.hash = prev, chain.link(prev, self.facts())
        return self.hash

    def said(self, name: str) -> str:
        """The text given under this name; "" when there was none, or none any more."""
        return next((t.text for t in self.texts if t.name == name and t.text), "")

    def facts(self) -> dict[str, Any]:
        """What the hash covers, as `chain.link` wants it."""
        return {name: getattr(self, name) for name in chain.FACTS} | {"at": chain.instant(self.at)}


class EventText(Row):
    """Free text given with a move (a reason, a note), kept beside the event. Erased: text and salt are gone."""

    __tablename__ = "event_texts"
    __table_args__ = (UniqueConstraint("event_id", "name"),)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    name: Mapped[str] = mapped_column(String(32))
    text: Mapped[str | None] = mapped_column(Text)
    salt: Mapped[str | None] = mapped_column(String(32))

    @classmethod
    def sealed(cls, name: str, text: str) -> EventText:
        return cls(name=name, text=text, salt=secrets.token_hex(16))

    @property
    def seal(self) -> str:
        return chain.seal(self.salt or "", self.text or "")


triggers.chained(Event.__table__)
triggers.append_only(Event.__table__)
triggers.append_only(
    EventText.__table__,
    update_when="NEW.id = OLD.id AND NEW.event_id = OLD.event_id AND NEW.name = OLD.name "
    "AND NEW.text IS NULL AND NEW.salt IS NULL",
)


#: an outbox row names its consumer by room, file and function: where the room stands may change while rows wait
IN_THE_HOUSE = re.compile(r"^randal\.(rooms\.|overviews\.)?")
GONE = "(teks dihapus)"  # what is read where words were erased
TEXT_KINDS = ("text", "prose", "reason", "html", "email", "link")
WHOLES = ("map", "list", "files")  # they stand on rows of their own


def is_fact(value: Any, kind: str | None) -> bool:
    """Ids, codes, dates, numbers and flags enter the event itself; text and passwords never do."""
    if value is None or kind == "password" or kind in TEXT_KINDS or kind in WHOLES:
        return False
    return not isinstance(value, str) or kind == "choice"


def plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return value


def because_of(event: Event) -> Actor:
    """The machine, in consequence of what this event's actor did: his name stands in the history of what follows."""
    return Actor(event.actor_id, frozenset({SYSTEM}))


@dataclass(frozen=True)
class Reaction:
    """One consumer of one event name; `key` names it in the outbox and never changes."""

    event: str
    key: str
    queue: str
    run: Callable[[Event], None]
    after: timedelta  # not before so long after the event
    when: Callable[[Event], bool]  # of an event that says nothing to it there is no row in the outbox


AT_ONCE = timedelta()
WITHIN: dict[str, list[Callable[[Any, Event], None]]] = {}
ON: dict[str, list[Reaction]] = {}
QUEUES = ("small", "documents")
BESIDES_MOVES = (
    "create",
    "edit",
    "remove",
    "erase",
    "correct",
)  # what a history tells besides its lifecycle's moves


def check_name(event: str) -> None:
    item_type, _, move = event.partition(".")
    lifecycle = LIFECYCLES.get(item_type)
    if not lifecycle or move not in (*lifecycle.move_names, *BESIDES_MOVES):
        raise ValueError(f"no lifecycle knows the event {event!r}")


def within(*names: str) -> Callable[[Callable[[Any, Event], None]], Callable[[Any, Event], None]]:
    """Declare a reaction in the same transaction: `def settle(item, event)`, database only."""

    def register(function: Callable[[Any, Event], None]) -> Callable[[Any, Event], None]:
        for name in names:
            check_name(name)
            WITHIN.setdefault(name, []).append(function)
        return function

    return register


def on(
    *names: str,
    queue: str = "small",
    after: timedelta = AT_ONCE,
    when: Callable[[Event], bool] = lambda event: True,
) -> Callable[[Callable[[Event], None]], Callable[[Event], None]]:
    """Declare a reaction run by a worker after the commit (or so much later), of every such event or of those that `when`
    lets pass: `def tell(event)`; it may run twice."""
    if queue not in QUEUES:
        raise ValueError(f"no queue {queue!r}")

    def register(function: Callable[[Event], None]) -> Callable[[Event], None]:
        for name in names:
            check_name(name)
            key = f"{IN_THE_HOUSE.sub('', function.__module__)}.{function.__name__}"
            ON.setdefault(name, []).append(Reaction(name, key, queue, function, after, when))
        return function

    return register


def following(event: Event) -> list[Reaction]:
    return [each for each in ON.get(event.name, ()) if each.when(event)]


def reaction(event: str, key: str) -> Reaction | None:
    return next((r for r in ON.get(event, ()) if r.key == key), None)
