"""Two wordings of the minutes side by side: which may be compared, and what differs, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from typing import Literal

from sqlalchemy import select

from randal.database.base import db
from randal.documents.richtext import plain
from randal.history.events import Event
from randal.l10n.formats import moment
from randal.models.minutes import Minutes
from randal.models.minutes_texts import MinutesText, reading_of
from randal.org.people import Person

Kind = Literal["same", "ins", "del"]
Piece = tuple[Kind, str]
WORDS = re.compile(r"\S+|\n")
CAREFUL = 4_000_000  # pairs of words up to which every common word counts; beyond, difflib passes over the commonest
MOST = 60  # wordings offered between the moves


@dataclass(frozen=True)
class Point:
    """A moment whose wording may be looked at. `name` stands in the address."""

    name: str
    label: str
    at: datetime


@dataclass(frozen=True)
class Changed:
    """What differs in one section. `pieces` in reading order; "\\n" within is a new line."""

    key: str
    title: str
    pieces: tuple[Piece, ...]

    @property
    def counts(self) -> tuple[int, int]:
        """How many words came, and how many went."""
        came, went = (
            sum(len(text.split()) for kind, text in self.pieces if kind == one) for one in ("ins", "del")
        )
        return came, went


def points(minutes: Minutes, reader: Person, now: datetime, *, writes: bool) -> list[Point]:
    """The moments that this reader may compare, oldest first. What was written between two reviews is for those who write."""
    zone, found = reader.zone, []
    rows = select(Event).where(
        Event.item_type == "minutes",
        Event.item_id == minutes.id,
        Event.move.in_(("submit", "renew", "approve")),
    )
    submitted = 0
    for event in db.session.scalars(rows.order_by(Event.seq)):
        if event.move == "submit":
            submitted += 1
            label = f"Ajuan ke-{submitted}, {moment(event.at, zone)}"
        elif event.move == "renew":
            label = f"Diperbarui dari data rapat, {moment(event.at, zone)}"
        else:
            label = f"Disetujui, {moment(event.at, zone)}"
        found.append(Point(f"l{event.seq}", label, event.at))
    if writes:
        found += _wordings(minutes, zone)
    if mine := reading_of(minutes.id, reader.id):
        found.append(Point("baca", f"Terakhir saya baca, {moment(mine.at, zone)}", mine.at))
    return [*sorted(found, key=lambda p: p.at), Point("kini", "Sekarang", now)]


def _wordings(minutes: Minutes, zone: str) -> Iterator[Point]:
    rows = db.session.execute(
        select(MinutesText, Person.name)
        .outerjoin(Person, Person.id == MinutesText.by_id)
        .where(MinutesText.minutes_id == minutes.id)
        .order_by(MinutesText.id.desc())
        .limit(MOST)
    )
    told: dict[datetime, Point] = {}
    for text, name in rows:
        what = f"{name}: {text.title}" if name else "Disusun dari rapat"
        told.setdefault(text.at, Point(f"t{text.id}", f"{what}, {moment(text.at, zone)}", text.at))
    yield from told.values()


def usual(offered: list[Point]) -> str:
    """What a reader wants to know first: since I last read; else since the submission before; else from the beginning."""
    names = [p.name for p in offered]
    if "baca" in names:
        return "baca"
    submitted = [p.name for p in offered if p.label.startswith("Ajuan")]
    return submitted[-2] if len(submitted) > 1 else names[0]


def in_order(one: Point, other: Point) -> tuple[Point, Point]:
    """The older first, whichever way round they were asked for."""
    return (other, one) if one.at > other.at else (one, other)


def compare(minutes: Minutes, before: datetime, after: datetime) -> tuple[list[Changed], list[str]]:
    """The sections that differ, and the titles of those that do not."""
    rows = list(
        db.session.scalars(
            select(MinutesText).where(MinutesText.minutes_id == minutes.id).order_by(MinutesText.id)
        )
    )
    old, new = ({r.key: r.html for r in rows if r.at <= at} for at in (before, after))
    changed, same = [], []
    for section in minutes.sections:
        pieces = tuple(difference(plain(old.get(section.key)), plain(new.get(section.key))))
        if any(kind != "same" for kind, _ in pieces):
            changed.append(Changed(section.key, section.title, pieces))
        else:
            same.append(section.title)
    return changed, same


def difference(old: str, new: str) -> Iterator[Piece]:
    """Lines first, then the words of the lines that differ: a long text with one new paragraph stays quick to compare."""
    a, b = old.splitlines(), new.splitlines()
    pieces: list[Piece] = []
    for what, a1, a2, b1, b2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if what == "equal":
            pieces.append(("same", "\n".join(a[a1:a2]) + "\n"))
        else:
            pieces += _by_words(_ended(a[a1:a2]), _ended(b[b1:b2]))
    yield from _joined(pieces)


def _ended(lines: list[str]) -> list[str]:
    return WORDS.findall("".join(f"{line}\n" for line in lines))


def _by_words(a: list[str], b: list[str]) -> Iterator[Piece]:
    for what, a1, a2, b1, b2 in SequenceMatcher(None, a, b, autojunk=len(a) * len(b) > CAREFUL).get_opcodes():
        if what == "equal":
            yield "same", _spaced(a[a1:a2])
        else:
            if a1 < a2:
                yield "del", _spaced(a[a1:a2])
            if b1 < b2:
                yield "ins", _spaced(b[b1:b2])


def _spaced(words: list[str]) -> str:
    return "".join(word if word == "\n" else f"{word} " for word in words)


def _joined(pieces: list[Piece]) -> Iterator[Piece]:
    """Neighbours of one kind as one; a mark around nothing but a line's end would be read out for nothing."""
    held: Piece | None = None
    for kind, text in pieces:
        if not text.strip():
            kind, text = "same", "\n"
        if held and held[0] == kind:
            held = (kind, held[1] + text)
        else:
            if held:
                yield held
            held = (kind, text)
    if held:
        yield held
