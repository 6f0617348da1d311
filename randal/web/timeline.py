"""An item's history as people read it: who, for which post, what, from → to, why, when in the reader's zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from randal.database.base import db
from randal.history.events import GONE, Chained, Event, EventText
from randal.l10n.clock import local_date
from randal.l10n.formats import long_date, moment
from randal.org.people import Person
from randal.schedule.rules import RULES
from randal.schedule.runs import told_about
from workflows import LIFECYCLES
from workflows.lifecycle import ADMIN, HATS, INVITEE, Ask, Move
from workflows.old_edits import OLD_EDITS, OLD_FIELDS
from workflows.sentences import say

PLAIN = {
    "create": "Dibuat.",
    "edit": "Isi diubah.",
    "remove": "Dihapus dari daftar.",
    "erase": "Satu teks dihapus dari riwayat.",
    "correct": "Satu teks dalam riwayat diperbaiki.",
}
#: what is done to those who have a history but no lifecycle: kind of item → move → the sentence; rooms add theirs
DEEDS: dict[str, dict[str, str]] = {}
#: what an event says of itself beside its move → how it came; the rooms add theirs
WAYS: dict[str, str] = {}
STANDING = {"active": "Aktif", "inactive": "Tidak aktif"}  # of a person, who has a history but no lifecycle


@dataclass(frozen=True)
class Said:
    """A text given with an event. `text` is GONE once erased, or what it was corrected to."""

    id: int  # of the event_texts row
    text: str
    there: bool  # still as it was said
    erasable: bool  # by this reader


@dataclass(frozen=True)
class Told:
    """One event in words. `post` is the post (or role) in which `who` acted that day; `acting_for` whose place he took."""

    who: str
    post: str
    acting_for: str | None
    what: str
    from_label: str | None
    to_label: str | None
    said: tuple[Said, ...]
    when: str
    when_iso: str

    @property
    def why(self) -> str:
        return " · ".join(each.text for each in self.said)


def history_of(item: Chained, reader: Person) -> list[Told]:
    """The history of one item, newest first, in the reader's zone, with what the clock told people of it; an
    administrator may erase texts from it."""
    mine = select(Event).where(Event.item_type == item.__lifecycle__, Event.item_id == item.id)
    events = list(db.session.scalars(mine.order_by(Event.seq.desc())))
    happened = in_words(events, reader.zone, may_erase=reader.role == ADMIN)
    if not (reminded := reminders_of(item, reader.zone)):
        return happened
    return sorted([*happened, *reminded], key=lambda told: told.when_iso, reverse=True)


def reminders_of(item: Chained, zone: str) -> list[Told]:
    """Who was reminded of the item and when. They are no moves and change no state: they stand beside the chain."""
    found = told_about(item.__lifecycle__, item.id)
    ids = {i for _, people in found for i in people}
    names: dict[int, str] = {}
    if ids:
        known = select(Person.id, Person.name).where(Person.id.in_(ids))
        names = {row.id: row.name for row in db.session.execute(known)}
    told = []
    for row, people in found:
        said = RULES[row.rule].says if row.rule in RULES else ""
        whom = ", ".join(sorted(names.get(i, "seseorang") for i in people))
        what = f"{whom} diingatkan{f': {said}' if said else ''}."
        told.append(Told("Sistem", "", None, what, None, None, (), moment(row.at, zone), row.at.isoformat()))
    return told


def in_words(events: list[Event], zone: str, may_erase: bool = False) -> list[Told]:
    ids = {i for e in events for i in (e.actor_id, e.acting_for_id, *_named_in(e)) if i}
    people = {p.id: p for p in db.session.scalars(select(Person).where(Person.id.in_(ids)))} if ids else {}
    corrected = _corrections(events)
    return [
        _told(e, people, tuple(_said(e, text, corrected, may_erase) for text in e.texts), zone)
        for e in events
    ]


def _row_of(event: Event) -> Move | None:
    lifecycle = LIFECYCLES.get(event.item_type)
    rows = lifecycle.moves_named(event.move) if lifecycle else []
    return next((row for row in rows if event.from_state in row.sources), rows[0] if rows else None)


def _named_in(event: Event) -> list[int]:
    """Ids of people whom the event names besides its actor."""
    row = _row_of(event)
    asked = [event.data.get(ask.name) for ask in row.asks if ask.kind == "person"] if row else []
    return [id for id in asked if isinstance(id, int)]


def sentence_of(event: Event, people: Mapping[int, Person] | None = None) -> str:
    """What happened, in the past tense: the sentence of the move's row with the figures that the event kept."""
    if (row := _row_of(event)) is None:
        own = DEEDS.get(event.item_type, {}).get(event.move)
        return own or _edited(event) or PLAIN.get(event.move) or event.move
    if people is None:
        ids = _named_in(event)
        people = (
            {p.id: p for p in db.session.scalars(select(Person).where(Person.id.in_(ids)))} if ids else {}
        )
    facts: dict[str, Any] = dict(event.data) | {
        t.name: t.text if t.text is not None else GONE for t in event.texts
    }
    for ask in row.asks:
        if (value := facts.get(ask.name)) is not None:
            facts[ask.name] = _in_words(ask, value, people)
    return say(row.said, facts) or f"«{row.label}»."


def _in_words(ask: Ask, value: Any, people: Mapping[int, Person]) -> Any:
    if ask.kind == "choice":
        return ask.choices.get(value, value)
    if ask.kind == "date":
        return long_date(date.fromisoformat(value))
    if ask.kind == "person":
        return people[value].name if value in people else ""
    return value


def _edited(event: Event) -> str:
    """Every field that was changed, by its name; before deeds had names, what the edit was."""
    if event.move != "edit":
        return ""
    if old := next((what for name, what in OLD_EDITS.items() if name in event.data), ""):
        return old
    lifecycle = LIFECYCLES.get(event.item_type)
    words = (OLD_FIELDS | lifecycle.fields) if lifecycle else OLD_FIELDS
    known = list(dict.fromkeys(words[name] for name in event.data.get("fields", ()) if name in words))
    return f"Isi diubah: {', '.join(known)}." if known else ""


def _corrections(events: list[Event]) -> dict[tuple[str, int, int, str], str]:
    """What texts were corrected to, by item, number of the event and name of the text; the last word counts."""
    return {
        (e.item_type, e.item_id, e.data["event"], e.data["text"]): text.text or GONE
        for e in sorted(events, key=lambda e: e.seq)
        if e.move == "correct"
        for text in e.texts
        if text.name == "replacement"
    }


def _said(
    event: Event, text: EventText, corrected: dict[tuple[str, int, int, str], str], may_erase: bool
) -> Said:
    if text.text is not None:
        return Said(text.id, text.text, True, may_erase)
    now = corrected.get((event.item_type, event.item_id, event.seq, text.name))
    return Said(text.id, GONE if now in (None, GONE) else f"{now} (diperbaiki)", False, False)


def _named(person: Person | None, event: Event) -> str | None:
    if person is None:
        return None
    post = person.post_title(local_date(event.at, person.zone))
    return f"{person.name} ({post})" if post else person.name


def _told(event: Event, people: dict[int, Person], said: tuple[Said, ...], zone: str) -> Told:
    lifecycle = LIFECYCLES.get(event.item_type)
    states = lifecycle.states if lifecycle else STANDING
    who = people.get(event.actor_id or 0)
    way = next((words for name, words in WAYS.items() if event.data.get(name)), "")
    post = who.post_title(local_date(event.at, who.zone)) if who else ""
    # Whoever comes by a link or a code wears the hat of the one invited, and has no name here.
    nobody = HATS[INVITEE] if event.hat == INVITEE else "Sistem"
    return Told(
        who=who.name if who else nobody,
        post=", ".join(filter(None, (post, way))),
        acting_for=_named(people.get(event.acting_for_id or 0), event),
        what=sentence_of(event, people),
        from_label=states.get(event.from_state or ""),
        to_label=states.get(event.to_state),
        said=said,
        when=moment(event.at, zone),
        when_iso=event.at.isoformat(),
    )
