"""What can be wrong with a history, and how it is said. Pure; the texts beside the events are judged here as well."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from randal.base.personal import MASK
from randal.history.chain import link, seal

PIECE = 16  # hex digits of a hash kept in a checkpoint's trail: enough to name the row, the head holds all of the last
REACH = 60  # how far from its place a renumbered row is looked for

REMOVED = "remove"  # the last move of an item whose row is gone, as it should be

Record = dict[str, Any]


@dataclass(frozen=True)
class Bend:
    """One thing that is not as it was written. `checkpoint` is the one that proves it, 0 if none was needed."""

    kind: str
    said: str  # an Indonesian clause that says what was found
    item_type: str = ""
    item_id: int | None = None
    seq: int | None = None
    event_id: int | None = None
    checkpoint: int = 0

    def __str__(self) -> str:
        where = f"{self.item_type} {self.item_id}" if self.item_type else ""
        if self.seq is not None:
            where += f", peristiwa {self.seq}"
        if self.event_id is not None:
            where += f" (events.id {self.event_id})"
        return f"{where}: {self.said}" if where else self.said


class Row:
    """One event with what its hash should be. `place` is the number its hash was made for, mostly its `seq`."""

    __slots__ = ("fits", "made", "place", "record")

    def __init__(self, record: Record):
        self.record = record
        self.place: int = record["seq"]
        self.made = remade(record, record["prev"])
        self.fits = self.made == record["hash"]

    @property
    def hash(self) -> Any:
        return self.record["hash"]

    @property
    def prev(self) -> Any:
        return self.record["prev"]

    @property
    def seq(self) -> int:
        seq: int = self.record["seq"]
        return seq

    def find_place(self) -> None:
        """The number that this row had, if its hash fits another one than it has now."""
        for away in range(1, REACH):
            for seq in (self.seq - away, self.seq + away):
                if seq > 0 and remade(self.record | {"seq": seq}, self.prev) == self.hash:
                    self.place, self.fits, self.made = seq, True, self.hash
                    return


def remade(record: Record, prev: Any) -> str:
    try:
        return link(prev, record)
    except (KeyError, TypeError, ValueError, AttributeError):
        return ""  # a fact is missing, or is none


def text_bends(kind: str, number: int, events: Sequence[Record]) -> Iterator[Bend]:
    """The texts beside the events against their seals. A text may be gone only where a later event says so."""
    gone: dict[Any, Any] = {}
    for told in _erasures(events):
        gone[str(told["data"].get("event")), told["data"].get("text")] = told["seq"]
    for event in events:
        seals, texts = event["seals"], event["texts"]
        if not isinstance(seals, dict) or not isinstance(event["seq"], int):
            continue  # the event itself is bent, and its hash has said so
        for name in sorted({*seals, *texts}):
            salt, text = texts.get(name) or (None, None)
            erased = gone.get((str(event["seq"]), name), 0) > event["seq"]
            if name not in seals:
                said = f"teks «{name}» ditambahkan; peristiwanya tidak mengenalnya"
            elif name in (event.get("masked") or ()):  # its seal holds; its words cannot be held against it
                said = (
                    ""
                    if salt is None and MASK in str(text) and not erased
                    else f"teks «{name}» disebut disamarkan, padahal tidak"
                )
            elif text is None and salt is None:
                said = "" if erased else f"teks «{name}» hilang tanpa peristiwa penghapusan"
            elif seal(str(salt), str(text)) != seals[name]:
                said = f"teks «{name}» atau garamnya diubah"
            else:
                said = f"teks «{name}» sudah dihapus, tetapi ada lagi" if erased else ""
            if said:
                yield Bend("text", said, kind, number, event["seq"], event["id"])


def _erasures(events: Iterable[Record]) -> Iterator[Record]:
    return (
        e
        for e in events
        if e["move"] in ("erase", "correct") and isinstance(e["data"], dict) and isinstance(e["seq"], int)
    )
