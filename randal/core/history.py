"""An item's history as people read it: who, acting for whom, what, from → to, why, when in the reader's zone."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from randal.core.db import db
from randal.core.events import Event
from randal.core.people import Person
from randal.core.transitions import WorkflowItem
from randal.core.words import moment
from workflows import LIFECYCLES

PLAIN = {"create": "membuat", "edit": "mengubah isi"}
EDITS: dict[str, str] = {}  # a name in the data of an edit → what that edit was; the rooms add theirs


@dataclass(frozen=True)
class Told:
    """One event in words; `why` is the free text given with it."""

    who: str
    acting_for: str | None
    what: str
    from_label: str | None
    to_label: str | None
    why: str
    when: str
    when_iso: str


def history_of(item: WorkflowItem, zone: str) -> list[Told]:
    """The history of one item, newest first."""
    mine = select(Event).where(Event.item_type == item.__lifecycle__, Event.item_id == item.id)
    return in_words(list(db.session.scalars(mine.order_by(Event.seq.desc()))), zone)


def in_words(events: list[Event], zone: str) -> list[Told]:
    ids = {i for e in events for i in (e.actor_id, e.acting_for_id) if i}
    found = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(ids))) if ids else ()
    names = {row.id: row.name for row in found}
    return [_told(e, names, zone) for e in events]


def _edit(event: Event) -> str:
    named = {*event.data, *event.data.get("fields", ())} if event.move == "edit" else set()
    return next((what for name, what in EDITS.items() if name in named), "")


def _told(event: Event, names: dict[int, str], zone: str) -> Told:
    lifecycle = LIFECYCLES[event.item_type]
    rows = lifecycle.moves_named(event.move)
    return Told(
        who=names.get(event.actor_id or 0, "Sistem"),
        acting_for=names.get(event.acting_for_id or 0),
        what=_edit(event) or PLAIN.get(event.move) or (f"«{rows[0].label}»" if rows else event.move),
        from_label=lifecycle.states.get(event.from_state or ""),
        to_label=lifecycle.states.get(event.to_state),
        why=" · ".join(t.text for t in event.texts),
        when=moment(event.at, zone),
        when_iso=event.at.isoformat(),
    )
