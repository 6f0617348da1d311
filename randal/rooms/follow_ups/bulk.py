"""One move for several chosen follow-ups: each is its own attempt and transaction, each has its own outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import selectinload
from werkzeug.exceptions import NotFound

from randal.base import ids
from randal.database.base import db
from randal.models.follow_ups import FollowUp
from randal.schemas import forms
from randal.web.attempt import attempt
from workflows.lifecycle import Actor, Move, Refused

MOST = 100  # at once: a page of the tracker, twice


@dataclass(frozen=True)
class Offer:
    """A move and how many of the chosen rows are in a state and under a hat that allow it."""

    move: Move
    count: int


@dataclass(frozen=True)
class Outcome:
    """`refused`: "" when done, else the kind of the refusal (not_found, role, state, need, field, busy)."""

    id: int
    label: str
    said: str
    refused: str = ""
    state: str = ""
    version: int | None = None

    @property
    def done(self) -> bool:
        return not self.refused


def ids_of(raw: Iterable[Any]) -> list[int]:
    """The chosen ids, each once, in order. Refused: field, when none or too many."""
    found = list(dict.fromkeys(number for n in raw if (number := ids.read(n))))
    if not found:
        raise forms.wrong("ids", "Pilih sedikitnya satu tindak lanjut.")
    if len(found) > MOST:
        raise forms.wrong("ids", f"Pilih paling banyak {MOST} tindak lanjut sekaligus.")
    return found


def chosen(ids: Sequence[int], actor: Actor) -> list[FollowUp]:
    """Those of them this actor sees, in the order chosen; their number of statements does not grow."""
    query = FollowUp.visible_to(actor).where(FollowUp.id.in_(ids))
    rows = {r.id: r for r in db.session.scalars(query.options(selectinload(FollowUp.all_evidence))).unique()}
    return [rows[i] for i in ids if i in rows]


def offers(items: Sequence[FollowUp], actor: Actor) -> list[Offer]:
    """What the table of moves opens to this actor on at least one of them, in its order."""
    counted: dict[str, Offer] = {}
    for item in items:
        for one in item.lifecycle().open_to(item, actor):
            if one.move.deed:  # each of its own
                continue
            before = counted.get(one.move.name)
            counted[one.move.name] = Offer(one.move, before.count + 1 if before else 1)
    order = [m.name for m in FollowUp.lifecycle().moves]
    return sorted(counted.values(), key=lambda offer: order.index(offer.move.name))


def each(
    ids: Sequence[int],
    name: str,
    raw: Mapping[str, Any],
    actor: Actor,
    *,
    now: datetime,
    versions: Mapping[int, int],
    keep: Callable[[], None],
) -> Iterator[Outcome]:
    """Make the move on one after the other; `keep` ends the transaction of each that went well. What fails is taken
    back and said, and the next one goes on."""
    for item_id in ids:
        try:
            item = attempt(FollowUp, item_id, name, raw, actor, now=now, version=versions.get(item_id)).item
            keep()
        except Refused as refused:
            db.session.rollback()
            yield _outcome(item_id, actor, sentence(refused, name), refused.kind)
        except NotFound:
            db.session.rollback()
            yield Outcome(item_id, f"Nomor {item_id}", "Tidak ada, atau bukan untuk Anda lihat.", "not_found")
        except OperationalError:
            db.session.rollback()
            yield _outcome(item_id, actor, "Basis data sedang sibuk. Ulangi untuk baris ini.", "busy")
        else:
            yield Outcome(
                item_id, item.label, f"Sekarang «{item.state_label}».", "", item.state, item.version
            )


def _outcome(item_id: int, actor: Actor, said: str, kind: str) -> Outcome:
    item = db.session.scalar(FollowUp.visible_to(actor).where(FollowUp.id == item_id))
    if item is None:
        return Outcome(item_id, f"Nomor {item_id}", said, kind)
    return Outcome(item_id, item.label, said, kind, item.state, item.version)


def sentence(refused: Refused, name: str) -> str:
    """All that a row's refusal says, fields by their labels."""
    if not refused.errors:
        return refused.detail
    labels = {a.name: a.label for row in FollowUp.lifecycle().moves_named(name) for a in row.asks}
    said = []
    for field, several in refused.errors.items():
        said += [f"{labels[field]}: {s}" if field in labels else str(s) for s in several]
    return " ".join(said)
