"""The only abstraction of the pure core: a lifecycle is a table of moves.

A lifecycle says which states an item has, which moves lead from one to another, who may make them,
what must hold before (`needs`), what is asked (`asks`) and what the move writes on the item (`does`).
Nothing here reads a clock, a database or a request: the actor and the instant come in as arguments.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from workflows.actors import *  # noqa: F403 - tables say who, what and when with words of one module
from workflows.actors import HATS, Actor, names_of
from workflows.actors import _ as _
from workflows.moves import *  # noqa: F403
from workflows.moves import EDIT, REASON_LENGTH, Act, Awaited, Complaint, Move, complaints
from workflows.rights import Item as Item
from workflows.rights import Refused as Refused
from workflows.rights import Right, Rights, Settled
from workflows.rights import right as right
from workflows.rights import settled as settled


@dataclass(frozen=True)
class Open:
    """A move this actor could make now; `blocked` holds the sentences of needs that fail, if any."""

    move: Move
    hat: str
    blocked: tuple[str, ...] = ()


class Lifecycle(Rights):
    """A named table of moves over states; checked when it is made (see `check_shape`)."""

    def __init__(
        self,
        name: str,
        label: str,
        states: Mapping[str, str],
        moves: Sequence[Move],
        *,
        initial: str | Sequence[str],
        final: Collection[str] = (),
        made_by: Sequence[str] = (),
        made_within: Mapping[str, Collection[str]] | None = None,
        edited_by: Sequence[str] = (),
        edited_in: Collection[str] = (),
        fields: Mapping[str, str] | None = None,
        tones: Mapping[str, str] | None = None,
        awaited: Sequence[Awaited] = (),
        settled: Sequence[Settled] = (),
        rights: Sequence[Right] = (),
    ):
        self.name, self.label, self.states, self.moves = name, label, dict(states), tuple(moves)
        self.initial = (initial,) if isinstance(initial, str) else tuple(initial)
        self.final = frozenset(final)
        self.made_by, self.edited_by, self.edited_in = tuple(made_by), tuple(edited_by), frozenset(edited_in)
        self.made_within = {hat: frozenset(states) for hat, states in (made_within or {}).items()}
        self.fields = dict(fields or {})  # what an edit may change, as the history names it
        self.tones = dict(tones or {})
        self.awaited = tuple(awaited)
        self.settled, self.rights = tuple(settled), {row.name: row for row in rights}
        self.move_names = tuple(dict.fromkeys(m.name for m in self.moves))
        self.step_names = tuple(dict.fromkeys(m.name for m in self.moves if not m.deed))
        self.check_shape()

    def check_shape(self) -> None:
        """Raise ValueError when a state is unknown or unreachable, or a non-final one has no way on."""
        reached = set(self.initial)
        for _round in self.states:
            reached |= {m.target or s for m in self.moves for s in m.sources if s in reached}
        named = {s for m in self.moves for s in m.sources | ({m.target} if m.target else set())}
        leaving = {s for m in self.moves for s in m.sources if m.target != s and m.target}
        if stray := (named | self.final | self.edited_in | set(self.initial)) - set(self.states):
            raise ValueError(f"{self.name}: unknown states {sorted(stray)}")
        if lost := set(self.states) - reached:
            raise ValueError(f"{self.name}: unreachable states {sorted(lost)}")
        if stuck := set(self.states) - self.final - {s for m in self.moves for s in m.sources if not m.deed}:
            raise ValueError(f"{self.name}: no way on from {sorted(stuck)}")
        if ajar := self.final & leaving:
            raise ValueError(f"{self.name}: a way out of final states {sorted(ajar)}")
        worn = {hat for m in self.moves for hat in m.by} | {*self.made_by, *self.edited_by, *self.made_within}
        worn |= {hat for row in self.rights.values() for hat in row.by}
        if unknown := worn - set(HATS):
            raise ValueError(f"{self.name}: unknown hats {sorted(unknown)}")
        if idle := [
            a.move for a in self.awaited if not all(self._opens(a.move, s, h) for s in a.states for h in a.by)
        ]:
            raise ValueError(f"{self.name}: awaited where nobody can make them: {idle}")

    def _opens(self, name: str, state: str, hat: str) -> bool:
        if name == EDIT:
            return hat in self.edited_by and state in self.edited_in
        return any(state in m.sources and hat in m.by for m in self.moves_named(name))

    # -- questions that pages, API and guard all ask -------------------------------------------------

    def open_to(self, item: Item, actor: Actor, now: datetime | None = None) -> list[Open]:
        """The moves open by state and hat, in table order. With `now`, needs run too and tell what blocks."""
        hats = self.hats(item, actor)
        found: dict[str, Open] = {}
        for row in self.moves:
            hat = next((h for h in row.by if h in hats), None)
            if hat is None or item.state not in row.sources or row.name in found:
                continue
            blocked = complaints((*row.during, *row.needs), item, Act(actor, now)) if now else ()
            found[row.name] = Open(row, hat, tuple(blocked))
        return list(found.values())

    def waits_for(self, item: Item, actor: Actor, now: datetime) -> list[Awaited]:
        """What is expected of this actor now, in table order."""
        hats, act = self.hats(item, actor), Act(actor, now)
        mine = (a for a in self.awaited if item.state in a.states and not hats.isdisjoint(a.by))
        return [a for a in mine if not complaints(a.when, item, act)]

    def may(self, item: Item, name: str, actor: Actor) -> bool:
        """Do state and hat open this move to this actor?"""
        hats = self.hats(item, actor)
        return any(item.state in m.sources and any(h in hats for h in m.by) for m in self.moves_named(name))

    def wears(self, item: Item, name: str, actor: Actor) -> bool:
        """Does this actor wear a hat for this move, whatever the state?"""
        hats = self.hats(item, actor)
        return any(h in hats for m in self.moves_named(name) for h in m.by)

    def can(self, item: Item, name: str, actor: Actor, now: datetime) -> bool:
        """Could this actor make this move now, with nothing in the way?"""
        try:
            row, _hat = self.row_for(item, name, actor, now)
        except Refused:
            return False
        return not complaints(row.needs, item, Act(actor, now))

    def row_for(self, item: Item, name: str, actor: Actor, now: datetime | None = None) -> tuple[Move, str]:
        """The row of this move open to this actor now, and the hat it is worn under; KeyError for an unknown
        name, Refused for a wrong role (first) or state; with `now` also of what the item belongs to."""
        rows = [m for m in self.moves if m.name == name]
        if not rows:
            raise KeyError(name)
        hats = self.hats(item, actor)
        wearable = [m for m in rows if any(h in hats for h in m.by)]
        if not wearable:
            raise not_yours(rows)
        here = [m for m in rows if item.state in m.sources]
        if not here:
            raise Refused(
                "state",
                _("«{move}» tidak dapat dilakukan sekarang: statusnya «{state}».").format(
                    move=rows[0].label, state=self.states[item.state]
                ),
            )
        row = next((m for m in here if m in wearable), None)
        if row is None:
            raise not_yours(here)
        if now and (over := complaints(row.during, item, Act(actor, now))):
            raise Refused("state", " ".join(over))
        return row, next(h for h in row.by if h in hats)

    def decide(self, item: Item, name: str, act: Act) -> tuple[Move, str]:
        """The row to run and the hat it is run under; raises Refused in the order role, state, need, field."""
        row, hat = self.row_for(item, name, act.actor, act.now)
        if over := complaints(row.of_part, item, act):
            raise Refused("state", " ".join(over))
        if unmet := complaints(row.needs, item, act):
            raise Refused("need", " ".join(unmet), {"": unmet})
        if errors := self.field_errors(row, item, act):
            raise Refused("field", " ".join(s for several in errors.values() for s in several), errors)
        return row, hat

    def field_errors(self, row: Move, item: Item, act: Act) -> dict[str, list[str]]:
        errors: dict[str, list[str]] = {}
        for ask in row.asks:
            value = act.get(ask.name)
            complaint: Complaint = None
            if ask.required and value is None:
                complaint = _("Wajib diisi.")
            elif ask.kind == "reason" and value and len(str(value).strip()) < REASON_LENGTH:
                complaint = _("Tulis alasan sedikitnya {n} karakter.").format(n=REASON_LENGTH)
            elif ask.kind == "choice" and value and value not in ask.choices:
                complaint = _("Pilih salah satu dari daftar.")
            elif ask.check:
                complaint = ask.check(item, act)
            if complaint:
                errors[ask.name] = [complaint] if isinstance(complaint, str) else complaint
        return errors

    def moves_named(self, name: str) -> list[Move]:
        return [m for m in self.moves if m.name == name]


def not_yours(rows: Sequence[Move]) -> Refused:
    who = names_of(hat for row in rows for hat in row.by)
    return Refused("role", _("«{move}» dilakukan oleh {who}.").format(move=rows[0].label, who=who))
