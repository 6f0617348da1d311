"""A new finding, kendala or follow-up: where it belongs, and who may make it there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, select

from randal.base import ids
from randal.database.base import db
from randal.items.links import complete_links
from randal.models.meetings import Meeting, office
from randal.models.unit_items import UnitItem
from randal.org.people import unit_relations
from randal.org.places import Unit
from randal.schemas import forms
from workflows.lifecycle import Actor, Refused


def placed(
    model: type[UnitItem], actor: Actor, raw: Mapping[str, Any], schema: type[forms.Base]
) -> dict[str, Any]:
    """The clean fields of a new item, with its meeting and unit found and the right to make it checked.

    Refused: role (403), the meeting's state (409), then every wrong field at once (422).
    """
    meeting = _lookup(Meeting.visible_to(actor), Meeting, raw.get("meeting_id"))
    unit = _lookup(select(Unit), Unit, raw.get("unit_id"))
    lifecycle = model.lifecycle()
    hats = set(actor.roles)
    if meeting:
        hats |= office(meeting, actor)
    hats |= unit_relations(actor, unit.id if unit else actor.unit_id)
    lifecycle.require_make(hats, meeting.state if meeting else None, meeting.state_label if meeting else "")
    errors: dict[str, list[str]] = {}
    given: dict[str, Any] = {}
    try:
        given = forms.load(schema, raw)
    except Refused as refused:
        errors = refused.errors
    if meeting is None:
        errors.setdefault("meeting_id", ["Rapat ini tidak ada."])
    if unit is None:
        errors.setdefault("unit_id", ["PPK ini tidak dikenal."])
    elif meeting and unit.id not in {a.unit_id for a in meeting.invitees}:
        errors.setdefault("unit_id", ["PPK ini tidak diundang ke rapat ini."])
    elif meeting and given:
        errors |= complete_links(given, unit, meeting, actor)
    if errors:
        raise Refused("field", forms.TOO_MUCH, errors)
    return given


def _lookup(query: Select[Any], model: type[Any], raw: Any) -> Any:
    """The row with this id, whatever was sent for it; None when there is no such row."""
    number = ids.read(raw)
    return db.session.scalar(query.where(model.id == number)) if number else None
