"""One event of a history as JSON."""

from __future__ import annotations

from typing import Any

from randal.api.furniture import instant
from randal.database.base import db
from randal.history.events import Event
from randal.org.people import Person
from randal.web.timeline import sentence_of


def event_json(event: Event) -> dict[str, Any]:
    person = db.session.get(Person, event.actor_id) if event.actor_id else None
    acting_for = db.session.get(Person, event.acting_for_id) if event.acting_for_id else None
    return {
        "id": event.id,
        "item_type": event.item_type,
        "item_id": event.item_id,
        "seq": event.seq,
        "move": event.move,
        "from": event.from_state,
        "to": event.to_state,
        "actor": {"id": person.id, "name": person.name, "role": event.hat} if person else None,
        "acting_for": {"id": acting_for.id, "name": acting_for.name} if acting_for else None,
        "at": instant(event.at),
        "data": event.data | {t.name: t.text for t in event.texts},
        "said": sentence_of(event),
    }
