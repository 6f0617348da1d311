"""The only abstraction of the pure core: a lifecycle is a table of moves.

A lifecycle says which states an item has, which moves lead from one to another, who may make them,
what must hold before (`needs`), what is asked (`asks`) and what the move writes on the item (`does`).
Nothing here reads a clock, a database or a request: the actor and the instant come in as arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol


def _(sentence: str) -> str:
    """Mark a sentence for people. It is shown, and where needed translated, at the entry point."""
    return sentence


# Roles belong to a person; relations to a person and one item. Both are "hats" that a move may ask for.
ADMIN, SECRETARIAT, EVALUATOR, PPK, PPK_STAFF = "admin", "secretariat", "evaluator", "ppk", "ppk_staff"
LEADER, AUDITOR, SYSTEM = "leader", "auditor", "system"
CHAIR, MINUTE_TAKER, INVITEE, SIGNER = "chair", "minute_taker", "invitee", "signer"
WRITER = "writer"
UNIT_PPK, UNIT_STAFF = "unit_ppk", "unit_staff"

ROLES = {
    ADMIN: _("Admin Sistem"),
    SECRETARIAT: _("Sekretariat"),
    EVALUATOR: _("Tim Monev"),
    PPK: _("PPK"),
    PPK_STAFF: _("Staf PPK"),
    LEADER: _("Pimpinan"),
    AUDITOR: _("Pemeriksa"),
}
RELATIONS = {
    CHAIR: _("Pimpinan Rapat"),
    MINUTE_TAKER: _("Notulis"),
    INVITEE: _("Yang diundang"),
    SIGNER: _("Penanda tangan"),
    WRITER: _("Penyusun"),
    UNIT_PPK: _("PPK satuan kerja ini"),
    UNIT_STAFF: _("Staf PPK satuan kerja ini"),
    SYSTEM: _("Sistem"),
}
HATS = ROLES | RELATIONS

REASON_LENGTH = 10


@dataclass(frozen=True)
class Actor:
    """Who acts, as of one instant. `posts` are ids of posts held, `heads` ids of units headed, that day."""

    id: int | None
    roles: frozenset[str] = frozenset()
    unit_id: int | None = None
    posts: frozenset[int] = frozenset()
    heads: frozenset[int] = frozenset()

    def has(self, *roles: str) -> bool:
        return not self.roles.isdisjoint(roles)


MACHINE = Actor(id=None, roles=frozenset({SYSTEM}))


class Item(Protocol):
    """What every item with a lifecycle offers the table."""

    state: str

    def relations(self, actor: Actor) -> Collection[str]:
        """The relations (CHAIR, UNIT_PPK, …) that this actor has to this item."""
        ...


@dataclass(frozen=True)
class Act:
    """One attempt: who, when (aware UTC), and what was given for the asked fields."""

    actor: Actor
    now: datetime
    given: Mapping[str, Any] = field(default_factory=dict)

    def get(self, name: str) -> Any:
        """The value given for a field; None when it is missing or blank."""
        value = self.given.get(name)
        return None if blank(value) else value


def blank(value: Any) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


# A need answers None when it holds, else the sentence (or several) that tells the person what to do.
Complaint = str | list[str] | None
Need = Callable[[Any, Act], Complaint]
Effect = Callable[[Any, Act], None]


@dataclass(frozen=True)
class Ask:
    """A field that a move asks for. `kind` is one of: text prose reason date datetime choice person integer
    flag file password. `check` judges the value (also a missing one) against the item."""

    name: str
    label: str
    kind: str = "text"
    required: bool = True
    choices: Mapping[str, str] = field(default_factory=dict)
    check: Need | None = None
    help: str = ""
    most: int = 250  # characters of a text: what the column it is written to holds


@dataclass(frozen=True)
class Move:
    name: str
    sources: frozenset[str]
    target: str | None  # None: the state stays
    by: tuple[str, ...]
    needs: tuple[Need, ...] = ()
    asks: tuple[Ask, ...] = ()
    does: Effect | None = None
    label: str = ""
    tone: str = "plain"  # plain, good, warn, bad: how grave the button looks


def move(
    name: str,
    sources: str | Iterable[str],
    target: str | None,
    *,
    by: str | Sequence[str],
    needs: Sequence[Need] = (),
    asks: Sequence[Ask] = (),
    does: Effect | None = None,
    label: str,
    tone: str = "plain",
) -> Move:
    """One row of the table. `target=None` keeps the state; one name may have several rows."""
    return Move(
        name=name,
        sources=frozenset([sources] if isinstance(sources, str) else sources),
        target=target,
        by=(by,) if isinstance(by, str) else tuple(by),
        needs=tuple(needs),
        asks=tuple(asks),
        does=does,
        label=label,
        tone=tone,
    )


class Refused(Exception):
    """The move may not happen. `kind`: role (403), state (409), need or field (422)."""

    def __init__(self, kind: str, detail: str, errors: Mapping[str, list[str]] | None = None):
        super().__init__(detail)
        self.kind, self.detail, self.errors = kind, detail, dict(errors or {})


@dataclass(frozen=True)
class Open:
    """A move this actor could make now; `blocked` holds the sentences of needs that fail, if any."""

    move: Move
    hat: str
    blocked: tuple[str, ...] = ()


class Lifecycle:
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
        tones: Mapping[str, str] | None = None,
    ):
        self.name, self.label, self.states, self.moves = name, label, dict(states), tuple(moves)
        self.initial = (initial,) if isinstance(initial, str) else tuple(initial)
        self.final = frozenset(final)
        self.made_by, self.edited_by, self.edited_in = tuple(made_by), tuple(edited_by), frozenset(edited_in)
        self.made_within = {hat: frozenset(states) for hat, states in (made_within or {}).items()}
        self.tones = dict(tones or {})
        self.move_names = tuple(dict.fromkeys(m.name for m in self.moves))
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
        if stuck := set(self.states) - self.final - {s for m in self.moves for s in m.sources}:
            raise ValueError(f"{self.name}: no way on from {sorted(stuck)}")
        if ajar := self.final & leaving:
            raise ValueError(f"{self.name}: a way out of final states {sorted(ajar)}")
        worn = {hat for m in self.moves for hat in m.by} | {*self.made_by, *self.edited_by, *self.made_within}
        if unknown := worn - set(HATS):
            raise ValueError(f"{self.name}: unknown hats {sorted(unknown)}")

    # -- questions that pages, API and guard all ask -------------------------------------------------

    def hats(self, item: Item, actor: Actor) -> frozenset[str]:
        return actor.roles | frozenset(item.relations(actor))

    def may_make(self, hats: Collection[str], parent: str | None = None) -> bool:
        """May one of these hats make an item? `parent` is the state of what it belongs to (a meeting, a follow-up);
        hats named in `made_within` make one only while the parent is in the states listed there."""
        return any(
            hat in hats and (parent is None or parent in self.made_within.get(hat, (parent,)))
            for hat in self.made_by
        )

    def may_edit(self, item: Item, actor: Actor) -> bool:
        """May this actor change the plain fields of the item in its present state?"""
        return item.state in self.edited_in and not self.hats(item, actor).isdisjoint(self.edited_by)

    def require_edit(self, item: Item, actor: Actor) -> None:
        """Raise Refused unless `may_edit`; role before state, as everywhere."""
        if self.hats(item, actor).isdisjoint(self.edited_by):
            raise Refused("role", _("Anda tidak berwenang mengubah ini."))
        if item.state not in self.edited_in:
            raise Refused(
                "state",
                _("Isi tidak dapat diubah lagi: statusnya sudah «{state}».").format(
                    state=self.states[item.state]
                ),
            )

    def open_to(self, item: Item, actor: Actor, now: datetime | None = None) -> list[Open]:
        """The moves open by state and hat, in table order. With `now`, needs run too and tell what blocks."""
        hats = self.hats(item, actor)
        found: dict[str, Open] = {}
        for row in self.moves:
            hat = next((h for h in row.by if h in hats), None)
            if hat is None or item.state not in row.sources or row.name in found:
                continue
            blocked = complaints(row.needs, item, Act(actor, now)) if now else ()
            found[row.name] = Open(row, hat, tuple(blocked))
        return list(found.values())

    def row_for(self, item: Item, name: str, actor: Actor) -> tuple[Move, str]:
        """The row of this move open to this actor now, and the hat it is worn under; KeyError for an unknown
        name, Refused for a wrong role (first) or state."""
        rows = [m for m in self.moves if m.name == name]
        if not rows:
            raise KeyError(name)
        hats = self.hats(item, actor)
        wearable = [m for m in rows if any(h in hats for h in m.by)]
        not_yours = Refused("role", _("Anda tidak berwenang melakukan «{move}».").format(move=rows[0].label))
        if not wearable:
            raise not_yours
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
            raise not_yours
        return row, next(h for h in row.by if h in hats)

    def decide(self, item: Item, name: str, act: Act) -> tuple[Move, str]:
        """The row to run and the hat it is run under; raises Refused in the order role, state, need, field."""
        row, hat = self.row_for(item, name, act.actor)
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

    def mermaid(self, present: str | None = None) -> str:
        """A Mermaid state diagram; the present state, if given, carries the class `kini`."""
        lines = ["stateDiagram-v2"]
        lines += [f'    state "{label}" as {code}' for code, label in self.states.items()]
        lines += [f"    [*] --> {code}" for code in self.initial]
        for row in self.moves:
            for source in sorted(row.sources, key=list(self.states).index):
                lines.append(f"    {source} --> {row.target or source}: {row.label}")
        lines += [f"    {code} --> [*]" for code in self.states if code in self.final]
        if present:
            lines += [
                "    classDef kini fill:#0f766e,color:#fff,font-weight:bold",
                f"    class {present} kini",
            ]
        return "\n".join(lines) + "\n"


def complaints(needs: Sequence[Need], item: Any, act: Act) -> list[str]:
    """The sentences of all needs that fail, in order."""
    found: list[str] = []
    for need in needs:
        complaint = need(item, act)
        if complaint:
            found += [complaint] if isinstance(complaint, str) else complaint
    return found


def unless_set(name: str) -> Need:
    """A check for an optional ask: the value is given now, or stands on the item already."""
    return lambda item, act: None if act.get(name) or not blank(getattr(item, name)) else _("Wajib diisi.")


def store(*names: str) -> Effect:
    """An effect that writes the given ones of these fields on the item and leaves the others."""

    def write(item: Any, act: Act) -> None:
        for name in names:
            if (value := act.get(name)) is not None:
                setattr(item, name, value)

    return write


def reason(label: str = _("Alasan"), *, required: bool = True, check: Need | None = None) -> Ask:
    """The usual ask: free text of at least REASON_LENGTH characters, kept in the history."""
    return Ask("reason", label, "reason", required=required, check=check)


NOTE = Ask("note", _("Catatan"), "prose")
