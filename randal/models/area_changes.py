"""Who changed what of a kawasan, when."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Select, String, Text, inspect, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from randal.database.base import Row, UTCDateTime, db
from randal.models.progress import Activity, Area
from randal.org.people import Person
from workflows.lifecycle import Actor


class AreaChange(Row):
    """Who changed what, when. `fields`: name → [before, after] of what is a fact; of text only its name."""

    __tablename__ = "area_changes"
    area_id: Mapped[int | None] = mapped_column(ForeignKey("areas.id"), index=True)
    activity_id: Mapped[int | None] = mapped_column(ForeignKey("activities.id"), index=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    part: Mapped[str] = mapped_column(String(12))
    row_id: Mapped[int]
    fields: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    by: Mapped[Person | None] = relationship()

    @classmethod
    def note(cls, part: str, row: Any, told: dict[str, Any], actor: Actor, now: datetime) -> None:
        """Write down what changed in this row (kept already, so it has a number); nothing when nothing did."""
        if not told:
            return
        area_id = row.id if part == "area" else getattr(row, "area_id", None)
        activity_id = row.id if part == "activity" else getattr(row, "activity_id", None)
        made = cls(area_id=area_id, activity_id=activity_id, at=now, by_id=actor.id, part=part)
        made.row_id, made.fields = row.id, told
        db.session.add(made)

    @classmethod
    def visible_to(cls, actor: Actor) -> Select[Any]:
        mine = cls.activity_id.is_(None) | cls.activity_id.in_(
            Activity.visible_to(actor).with_only_columns(Activity.id)
        )
        here = cls.area_id.is_(None) | cls.area_id.in_(Area.visible_to(actor).with_only_columns(Area.id))
        return select(cls).where(mine, here, cls.area_id.is_not(None) | cls.activity_id.is_not(None))


UNTOLD = ("version", "updated_at", "updated_by_id")


def changes_in(row: Any) -> dict[str, Any]:
    """Field → [before, after] of what changed since the row was read; of free text None. To be asked before a flush."""
    told: dict[str, Any] = {}
    state = inspect(row)
    for column in state.mapper.column_attrs:
        history = state.attrs[column.key].history
        if column.key in UNTOLD or not history.has_changes():
            continue
        before, after = (side[0] if side else None for side in (history.deleted, history.added))
        if before == after or (before is None and after in ("", [], {})):
            continue
        free = isinstance(column.columns[0].type, Text)
        told[column.key] = None if free else [_plain(before), _plain(after)]
    return told


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | str | list | dict) else str(value)
