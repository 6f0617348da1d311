"""One row of a table: a move, what it asks for, what must hold before, and what one attempt at it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from workflows.actors import Actor, _

REASON_LENGTH = 10


@dataclass(frozen=True)
class Act:
    """One attempt: who, when (aware UTC), and what was given for the asked fields."""

    actor: Actor
    now: datetime
    given: Mapping[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)  # ids, codes, dates: what the history is told besides

    def tell(self, **facts: Any) -> None:
        self.facts.update(facts)

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
    """A field that a move asks for. `kind` is one of: text prose reason link date datetime choice person integer row
    many flag file files password map list (`row`, `many`: the id of something there, several of them; `map`, `list`: as
    JSON has them). `check` judges the value (also a missing one) against the item."""

    name: str
    label: str
    kind: str = "text"
    required: bool = True
    choices: Mapping[str, str] = field(default_factory=dict)
    check: Need | None = None
    help: str = ""
    most: int | None = (
        None  # characters (what the column holds), or the largest number; None: as usual for the kind
    )
    least: int = 0  # the smallest number
    files: tuple[str, ...] = ()  # kinds of file that are taken; none named: as usual
    kept: bool = True  # its words enter the history; not where they stand on a row beside the item anyway


@dataclass(frozen=True)
class Move:
    name: str
    sources: frozenset[str]
    target: str | None  # None: the state stays
    by: tuple[str, ...]
    during: tuple[Need, ...] = ()  # of what it belongs to: judged as its state is, not as a need
    of_part: tuple[Need, ...] = ()  # of the part of it that is named; judged as its state is
    needs: tuple[Need, ...] = ()
    asks: tuple[Ask, ...] = ()
    does: Effect | None = None
    label: str = ""
    tone: str = "plain"  # plain, good, warn, bad: how grave the button looks
    said: str = (
        ""  # what happened, in the past tense; figures are of the item before it, or given (sentences.py)
    )
    first: str = ""  # what is said before it is made: whom it reaches, what it undoes
    deed: bool = False  # something is added or said beside the state: pages draw it where it belongs
    sitting: timedelta | None = None  # the same again by the same person within this time is one event


EDIT = "edit"  # of the plain fields: no move, but waited for like one


@dataclass(frozen=True)
class Awaited:
    """A move that is expected next: it stands on the home page of everybody who can make it, and of nobody else.

    `said` counts: "{n} laporan menunggu diperiksa". Where a sentence of `when` comes back, the move waits for somebody else,
    or for another day; what else fails of the move's needs is shown as what holds it up.
    """

    move: str
    states: frozenset[str]
    by: tuple[str, ...]
    said: str
    when: tuple[Need, ...] = ()


def awaits(
    name: str, states: str | Iterable[str], by: str | Sequence[str], said: str, *, when: Sequence[Need] = ()
) -> Awaited:
    held = frozenset([states] if isinstance(states, str) else states)
    return Awaited(name, held, (by,) if isinstance(by, str) else tuple(by), said, tuple(when))


def move(
    name: str,
    sources: str | Iterable[str],
    target: str | None,
    *,
    by: str | Sequence[str],
    during: Sequence[Need] = (),
    of_part: Sequence[Need] = (),
    needs: Sequence[Need] = (),
    asks: Sequence[Ask] = (),
    does: Effect | None = None,
    label: str,
    tone: str = "plain",
    said: str,
    first: str = "",
    deed: bool = False,
    sitting: timedelta | None = None,
) -> Move:
    """One row of the table. `target=None` keeps the state; one name may have several rows."""
    return Move(
        name=name,
        sources=frozenset([sources] if isinstance(sources, str) else sources),
        target=target,
        by=(by,) if isinstance(by, str) else tuple(by),
        during=tuple(during),
        of_part=tuple(of_part),
        needs=tuple(needs),
        asks=tuple(asks),
        does=does,
        label=label,
        tone=tone,
        said=said,
        first=first,
        deed=deed,
        sitting=sitting,
    )


def deed(name: str, sources: str | Iterable[str], **row: Any) -> Move:
    """A row that leaves the state: something is added, judged, said, linked."""
    return move(name, sources, None, deed=True, **row)


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
