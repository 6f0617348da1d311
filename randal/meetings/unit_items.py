"""What finding, kendala and follow-up share: an item of one meeting and one unit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ForeignKey, Select, Text, or_, select
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from randal.core import forms
from randal.core.db import db
from randal.core.people import SEES_ALL, unit_relations
from randal.core.places import Unit
from randal.core.transitions import WorkflowItem
from randal.meetings.models import Meeting, meetings_in_office, office
from workflows.lifecycle import CHAIR, Actor, Refused

SEVERITIES = {"low": "Rendah", "medium": "Sedang", "high": "Tinggi", "critical": "Kritis"}


class UnitItem(WorkflowItem):
    """Seen by its unit, by those who see all, and by the chair and minute-taker of its meeting."""

    __abstract__ = True
    text: Mapped[str] = mapped_column(Text)

    @declared_attr
    def meeting_id(cls) -> Mapped[int]:
        return mapped_column(ForeignKey("meetings.id"), index=True)

    @declared_attr
    def unit_id(cls) -> Mapped[int]:
        return mapped_column(ForeignKey("units.id"), index=True)

    @declared_attr
    def meeting(cls) -> Mapped[Meeting]:
        return relationship(Meeting)

    @declared_attr
    def unit(cls) -> Mapped[Unit]:
        return relationship(Unit, lazy="joined")

    def relations(self, actor: Actor) -> set[str]:
        return unit_relations(actor, self.unit_id) | office(self.meeting, actor)

    def principal(self, hat: str) -> int | None:
        return self.meeting.chair_id if hat == CHAIR else None

    @classmethod
    def visible_to(cls, actor: Actor) -> Select[Any]:
        if actor.has(*SEES_ALL):
            return select(cls)
        return select(cls).where(
            or_(cls.unit_id == actor.unit_id, cls.meeting_id.in_(meetings_in_office(actor)))
        )


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
    if not lifecycle.may_make(hats):
        raise Refused("role", f"Anda tidak berwenang membuat {lifecycle.label}.")
    if meeting and not lifecycle.may_make(hats, meeting.state):
        raise Refused(
            "state",
            f"{lifecycle.label} baru dapat dibuat setelah rapat dimulai, selama rapat tidak dibatalkan.",
        )
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
    if errors:
        raise Refused("field", forms.TOO_MUCH, errors)
    return given


def _lookup(query: Select[Any], model: type[Any], raw: Any) -> Any:
    """The row with this id, whatever was sent for it; None when there is no such row."""
    try:
        number = int(raw)
    except (TypeError, ValueError, OverflowError):  # JSON may say 1e999
        return None
    return db.session.scalar(query.where(model.id == number)) if 0 < number < 2**53 else None
