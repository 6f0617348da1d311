"""Once a day all of history is sealed: every head that moved since, and a timestamp over what that says.

A head is an item's last number and hash. Heads, not events, are compared with what was sealed before: an event that
was committed late, under a lower row number, cannot slip between two checkpoints.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from datetime import datetime
from hashlib import sha256
from itertools import groupby, islice
from typing import Any, NamedTuple, Protocol, TypeVar

from sqlalchemy import (
    ForeignKey,
    String,
    Text,
    UniqueConstraint,
    and_,
    exists,
    func,
    insert,
    literal,
    select,
    text,
    union_all,
)
from sqlalchemy.orm import Mapped, mapped_column

from randal.audit.bends import PIECE, REMOVED, Record
from randal.audit.proofs import digest_of, head_line, parsed, statement
from randal.database.base import Row, UTCDateTime, db, is_sqlite
from randal.history import triggers
from randal.history.events import CHAINED, Event
from randal.schedule.rules import Due, When, daily, rule

BATCH = 400  # items asked for at once


class Checkpoint(Row):
    """A sealed moment. Its `id` is its number, from 1 without gaps; the token (RFC 3161, base64) is over `digest`."""

    __tablename__ = "checkpoints"
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    statement: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    token: Mapped[str] = mapped_column(Text)

    def record(self) -> Record:
        """As it stands in an export."""
        own = {"statement": self.statement, "digest": self.digest, "token": self.token}
        return {"kind": "checkpoint", "n": self.id} | own

    @property
    def said(self) -> Record:
        return parsed(self.statement)


class CheckpointHead(Row):
    """A head as a checkpoint found it. `trail`: 16 digits of each hash since the item's head in the one before."""

    __tablename__ = "checkpoint_heads"
    __table_args__ = (UniqueConstraint("item_type", "item_id", "seq"),)
    # At the commit: the heads are written while they are summed, and the sum is part of the checkpoint.
    checkpoint_id: Mapped[int] = mapped_column(
        ForeignKey("checkpoints.id", deferrable=True, initially="DEFERRED")
    )
    item_type: Mapped[str] = mapped_column(String(24))
    item_id: Mapped[int]
    seq: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
    trail: Mapped[str] = mapped_column(Text)


triggers.append_only(Checkpoint.__table__)
triggers.append_only(CheckpointHead.__table__)


class Witness(Protocol):
    """Who puts a time and a name under a checkpoint. An outside timestamp authority would be another one."""

    def ready(self) -> bool: ...

    def stamp(self, digest: bytes, now: datetime) -> bytes:
        """A timestamp token (RFC 3161, DER) over this SHA-256."""
        ...

    def roots(self) -> list[bytes]:
        """The certificates (PEM) by which others know it."""
        ...


Kind = TypeVar("Kind", bound=type[Witness])
_witness: list[Witness] = []


def witnessed_by(kind: Kind) -> Kind:
    """Declare the witness of this installation (a room's business: the core has no keys)."""
    _witness[:] = [kind()]
    return kind


def witness() -> Witness:
    return _witness[0]


def is_ready() -> bool:
    return bool(_witness) and witness().ready()


def roots() -> list[bytes]:
    """The certificates (PEM) that the tokens of this installation lead to; none while it has no authority."""
    return witness().roots() if is_ready() else []


def last() -> Checkpoint | None:
    return db.session.scalar(select(Checkpoint).order_by(Checkpoint.id.desc()).limit(1))


def make(now: datetime) -> Checkpoint:
    """Seal all heads as they stand. Raises what the witness raises; leaves the commit to the caller."""
    if not is_sqlite():  # two at once would seal under one number
        db.session.execute(text("LOCK TABLE checkpoints IN SHARE ROW EXCLUSIVE MODE"))
    before = last()
    number = before.id + 1 if before else 1
    covered, changed = Covered(before.said if before else {}), 0
    rows = covered.rows(number, _moved())
    while batch := list(islice(rows, 1000)):
        db.session.execute(insert(CheckpointHead), batch)
        changed += len(batch)
    previous = before.record() if before else None
    said = statement(number, now, previous, covered.events, covered.last_event, changed, covered.heads)
    digest = digest_of(said)
    token = base64.b64encode(witness().stamp(bytes.fromhex(digest), now)).decode()
    made = Checkpoint(id=number, at=now, statement=said, digest=digest, token=token)
    db.session.add(made)
    db.session.flush()
    return made


class Head(NamedTuple):
    item_type: str
    item_id: int
    seq: int
    hash: str


def _moved() -> list[Head]:
    """Heads that no checkpoint holds, of items and of those removed, in the order of type and id. One statement: on
    PostgreSQL one snapshot."""
    each = []
    for name, kind in sorted(CHAINED.items()):
        known = exists().where(
            and_(
                CheckpointHead.item_type == name,
                CheckpointHead.item_id == kind.id,
                CheckpointHead.seq == kind.seq,
            )
        )
        each.append(
            select(literal(name).label("item_type"), kind.id, kind.seq, kind.head).where(kind.seq > 0, ~known)
        )
    known = exists().where(
        and_(
            CheckpointHead.item_type == Event.item_type,
            CheckpointHead.item_id == Event.item_id,
            CheckpointHead.seq == Event.seq,
        )
    )
    gone = select(Event.item_type, Event.item_id, Event.seq, Event.hash).where(Event.move == REMOVED, ~known)
    return sorted(Head(*row) for row in db.session.execute(union_all(*each, gone)))


class Covered:
    """What a new checkpoint covers: counted and summed while its rows are made."""

    def __init__(self, before: Record):
        self.events: int = before.get("events", 0)
        self.last_event: int = before.get("last_event", 0)
        self._sum = sha256()

    @property
    def heads(self) -> str:
        return self._sum.hexdigest()

    def rows(self, number: int, moved: list[Head]) -> Iterator[dict[str, Any]]:
        for _, same in groupby(moved, key=lambda head: head.item_type):
            of_type = iter(same)
            while batch := list(islice(of_type, BATCH)):
                trails = self._trails(batch)
                for head in batch:
                    row = {
                        "checkpoint_id": number,
                        **head._asdict(),
                        "trail": "".join(trails.get(head.item_id, ())),
                    }
                    line = {"type": head.item_type, "id": head.item_id, "seq": head.seq}
                    self._sum.update(head_line(line | {"hash": head.hash, "trail": row["trail"]}))
                    yield row

    def _trails(self, batch: list[Head]) -> dict[int, list[str]]:
        """Per item the hashes since its last sealed one. Up to its head alone: it may have gone on meanwhile."""
        kind, ids = batch[0].item_type, [head.item_id for head in batch]
        sealed = select(CheckpointHead.item_id, func.max(CheckpointHead.seq))
        sealed = sealed.where(CheckpointHead.item_type == kind, CheckpointHead.item_id.in_(ids))
        found = db.session.execute(sealed.group_by(CheckpointHead.item_id)).all()
        known = {row[0]: row[1] for row in found}
        final = {head.item_id: head.seq for head in batch}
        events = (
            select(Event.id, Event.item_id, Event.seq, Event.hash)
            .where(Event.item_type == kind, Event.item_id.in_(ids))
            .order_by(Event.item_id, Event.seq)
        )
        trails: dict[int, list[str]] = {}
        for event_id, item_id, seq, hashed in db.session.execute(events):
            if known.get(item_id, 0) < seq <= final[item_id]:
                trails.setdefault(item_id, []).append(hashed[:PIECE])
                self.events += 1
                self.last_event = max(self.last_event, event_id)
        return trails


def due(when: When) -> Iterable[Due]:
    """Daily, where there is an authority to sign it."""
    return daily(when) if is_ready() else ()


@rule(
    "core.checkpoint",
    at="00:10",
    find=due,
    label="Mencap seluruh riwayat dengan cap waktu otoritas pemasangan ini.",
)
def seal_the_day(_subject: int, now: datetime) -> None:
    make(now)
