"""What finding, kendala and follow-up share: an item of one meeting and one unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ForeignKey, Select, String, Text, or_, select
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship, selectinload

from randal.base import ids
from randal.database.base import db
from randal.engine.transitions import WorkflowItem
from randal.models.meetings import Meeting, meetings_in_office, office
from randal.models.progress import Activity, Area
from randal.org.people import unit_relations
from randal.org.places import Unit
from workflows.lifecycle import CHAIR, SEES_ALL, Actor
from workflows.meeting_states import NEVER_CALLED
from workflows.severity import SEVERITIES


class UnitItem(WorkflowItem):
    """Seen by its unit, by those who see all, and by the chair and minute-taker of its meeting."""

    __abstract__ = True
    text: Mapped[str] = mapped_column(Text)
    # The paragraph of the minutes it comes from: section, number within it, and its words as they were then.
    source_section: Mapped[str] = mapped_column(String(32), default="")
    source_paragraph: Mapped[int | None]
    source_quote: Mapped[str] = mapped_column(Text, default="")

    @declared_attr
    def area_id(cls) -> Mapped[int | None]:
        return mapped_column(ForeignKey("areas.id"), index=True)

    @declared_attr
    def activity_id(cls) -> Mapped[int | None]:
        return mapped_column(ForeignKey("activities.id"), index=True)

    @declared_attr
    def area(cls) -> Mapped[Area | None]:
        return relationship(Area)

    @declared_attr
    def activity(cls) -> Mapped[Activity | None]:
        return relationship(Activity)

    @declared_attr
    def meeting_id(cls) -> Mapped[int]:
        return mapped_column(ForeignKey("meetings.id"), index=True)

    @declared_attr
    def unit_id(cls) -> Mapped[int]:
        return mapped_column(ForeignKey("units.id"), index=True)

    @declared_attr
    def meeting(cls) -> Mapped[Meeting]:
        return relationship(Meeting, lazy="joined", innerjoin=True)  # every question about rights reads it

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


# -- lists of such items, as the pages of findings and kendala show them ------------------------------

PAGE = 50


def may_note(model: type[UnitItem], meeting: Meeting, actor: Actor) -> bool:
    """May this actor make such an item at this meeting, for some unit?"""
    hats = actor.roles | office(meeting, actor)
    if actor.unit_id in {a.unit_id for a in meeting.invitees}:
        hats |= unit_relations(actor, actor.unit_id)
    return model.lifecycle().may_make(hats, meeting.state)


def units_to_name(model: type[UnitItem], meeting: Meeting, actor: Actor) -> dict[int, str]:
    """The invited units this actor may make such an item for, by id: all, or only its own."""
    invited = {a.unit_id: a.unit.short_name for a in meeting.invitees if a.unit_id and a.unit}
    if model.lifecycle().may_make(actor.roles | office(meeting, actor), meeting.state):
        return invited
    return {unit_id: name for unit_id, name in invited.items() if unit_id == actor.unit_id}


@dataclass(frozen=True)
class Listing:
    """One page of a list, newest first. `later`: the id to go on from. `meetings`, `units`: what one may choose."""

    rows: list[Any]
    later: int | None
    meetings: dict[int, str]
    units: dict[int, str]


def listing(model: type[Any], actor: Actor, asked: Mapping[str, str], *options: Any) -> Listing:
    """The items this actor sees, sifted by `rapat`, `ppk`, `status`, `tingkat`; unknown values sift nothing."""
    mine = model.visible_to(actor)
    query = mine.options(*options)
    for column, raw in ((model.meeting_id, asked.get("rapat")), (model.unit_id, asked.get("ppk"))):
        if (number := ids.read(raw)) is not None:
            query = query.where(column == number)
    if asked.get("status") in model.lifecycle().states:
        query = query.where(model.state == asked["status"])
    if asked.get("tingkat") in SEVERITIES:
        query = query.where(model.severity == asked["tingkat"])
    if (before := ids.read(asked.get("sebelum"))) is not None:
        query = query.where(model.id < before)
    rows = list(db.session.scalars(query.order_by(model.id.desc()).limit(PAGE + 1)).unique())
    in_list = select(Meeting).where(Meeting.id.in_(mine.with_only_columns(model.meeting_id)))
    units = select(Unit).where(Unit.id.in_(mine.with_only_columns(model.unit_id)))
    return Listing(
        rows=rows[:PAGE],
        later=rows[PAGE - 1].id if len(rows) > PAGE else None,
        meetings={m.id: m.title for m in db.session.scalars(in_list.order_by(Meeting.id.desc()))},
        units=dict(
            sorted(
                ((u.id, u.short_name) for u in db.session.scalars(units).unique()), key=lambda pair: pair[1]
            )
        ),
    )


def meetings_to_note(model: type[UnitItem], actor: Actor) -> dict[int, str]:
    """Meetings at which this actor may make such an item, the newest first."""
    query = Meeting.visible_to(actor).where(Meeting.state.notin_(NEVER_CALLED))
    found = db.session.scalars(
        query.options(selectinload(Meeting.attendance)).order_by(Meeting.id.desc()).limit(50)
    )
    return {m.id: m.title for m in found.unique() if may_note(model, m, actor)}
