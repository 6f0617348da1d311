"""What may be done with an item besides its moves: make one, change its plain fields, look at a part of it.

Like moves these are rows: who, and what must hold. A refusal tells a wrong role first (403), then the state (409).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from workflows.actors import Actor, _, names_of
from workflows.moves import Act, Need, complaints


class Item(Protocol):
    """What every item with a lifecycle offers the table."""

    state: str

    def relations(self, actor: Actor) -> Collection[str]:
        """The relations (CHAIR, UNIT_PPK, …) that this actor has to this item."""
        ...


class Refused(Exception):
    """The move may not happen. `kind`: role (403), state (409), need or field (422)."""

    def __init__(self, kind: str, detail: str, errors: Mapping[str, list[str]] | None = None):
        super().__init__(detail)
        self.kind, self.detail, self.errors = kind, detail, dict(errors or {})


@dataclass(frozen=True)
class Right:
    """No move, as it leaves nothing in the history of the item: a part of it is looked at, something is made beside it.
    `when`: what must hold, each judged as a state is."""

    name: str
    label: str
    by: tuple[str, ...]
    when: tuple[Need, ...] = ()


def right(name: str, label: str, *, by: Sequence[str], when: Sequence[Need] = ()) -> Right:
    return Right(name, label, tuple(by), tuple(when))


@dataclass(frozen=True)
class Settled:
    """Plain fields that an edit changes in these states alone; `said`: which move changes them afterwards, or why none."""

    fields: tuple[str, ...]
    states: frozenset[str]
    said: str


def settled(*fields: str, but_in: Collection[str], said: str) -> Settled:
    return Settled(fields, frozenset(but_in), said)


class Rights:
    """The rows of a lifecycle that are no moves, and the questions that pages, API and guard ask of them."""

    label: str
    states: dict[str, str]
    made_by: tuple[str, ...]
    made_within: dict[str, frozenset[str]]
    edited_by: tuple[str, ...]
    edited_in: frozenset[str]
    settled: tuple[Settled, ...]
    rights: dict[str, Right]

    def hats(self, item: Item, actor: Actor) -> frozenset[str]:
        return actor.roles | frozenset(item.relations(actor))

    def may_make(self, hats: Collection[str], parent: str | None = None) -> bool:
        """May one of these hats make an item? `parent` is the state of what it belongs to (a meeting, a follow-up);
        hats named in `made_within` make one only while the parent is in the states listed there."""
        return any(
            hat in hats and (parent is None or parent in self.made_within.get(hat, (parent,)))
            for hat in self.made_by
        )

    def require_make(self, hats: Collection[str], parent: str | None = None, where: str = "") -> None:
        """Raise Refused unless `may_make`; role before state. `where`: the state of the parent, for people."""
        if not self.may_make(hats):
            raise Refused(
                "role", _("{what} dibuat oleh {who}.").format(what=self.label, who=names_of(self.made_by))
            )
        if not self.may_make(hats, parent):
            raise Refused(
                "state",
                _("{what} tidak dapat dibuat sekarang: «{state}».").format(what=self.label, state=where),
            )

    def may_edit(self, item: Item, actor: Actor) -> bool:
        """May this actor change the plain fields of the item in its present state?"""
        return item.state in self.edited_in and not self.hats(item, actor).isdisjoint(self.edited_by)

    def require_edit(self, item: Item, actor: Actor) -> None:
        """Raise Refused unless `may_edit`; role before state, as everywhere."""
        if self.hats(item, actor).isdisjoint(self.edited_by):
            raise Refused(
                "role", _("{what} diubah oleh {who}.").format(what=self.label, who=names_of(self.edited_by))
            )
        if item.state not in self.edited_in:
            raise Refused(
                "state",
                _("Isi tidak dapat diubah lagi: statusnya sudah «{state}».").format(
                    state=self.states[item.state]
                ),
            )

    def require_unsettled(self, item: Item, changed: Collection[str]) -> None:
        """Raise Refused when one of these fields, which an edit would change, is settled by now."""
        for row in self.settled:
            if item.state not in row.states and not set(row.fields).isdisjoint(changed):
                raise Refused("state", row.said)

    def has(self, item: Item, name: str, act: Act) -> bool:
        """Has this actor this right now?"""
        row = self.rights[name]
        return not self.hats(item, act.actor).isdisjoint(row.by) and not complaints(row.when, item, act)

    def require(self, item: Item, name: str, act: Act) -> None:
        """Raise Refused unless `has`; role before state."""
        row = self.rights[name]
        if self.hats(item, act.actor).isdisjoint(row.by):
            raise Refused(
                "role", _("{what}: hanya untuk {who}.").format(what=row.label, who=names_of(row.by))
            )
        if unmet := complaints(row.when, item, act):
            raise Refused("state", " ".join(unmet))
