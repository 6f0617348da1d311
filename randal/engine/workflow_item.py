"""A row with a lifecycle: its state, its version, who made it and when."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Integer, String, event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, Mapper, declared_attr, mapped_column

from randal.database.base import UTCDateTime
from randal.history.events import Chained
from workflows import LIFECYCLES
from workflows.lifecycle import Actor, Lifecycle

ITEMS: dict[str, type[WorkflowItem]] = {}


class WorkflowItem(Chained):
    """A row with a lifecycle. Subclasses set `__lifecycle__` to its name and answer `relations`."""

    __abstract__ = True
    state: Mapped[str] = mapped_column(String(24), index=True)
    version: Mapped[int] = mapped_column(Integer, default=1)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)

    @declared_attr
    def created_by_id(cls) -> Mapped[int | None]:
        return mapped_column(ForeignKey("people.id"))

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}

    def __init_subclass__(cls, **kw: Any) -> None:
        super().__init_subclass__(**kw)
        if name := cls.__dict__.get("__lifecycle__"):
            ITEMS[name] = cls

    @classmethod
    def lifecycle(cls) -> Lifecycle:
        return LIFECYCLES[cls.__lifecycle__]

    @property
    def state_label(self) -> str:
        return self.lifecycle().states[self.state]

    def relations(self, actor: Actor) -> set[str]:
        raise NotImplementedError


@event.listens_for(WorkflowItem, "before_insert", propagate=True)
@event.listens_for(WorkflowItem, "before_update", propagate=True)
def no_text_is_empty_text(mapper: Mapper[Any], _connection: Connection, item: WorkflowItem) -> None:
    """The pure tables write None where nothing was said; a text column that is never null keeps it as ""."""
    for attr in mapper.column_attrs:
        column = attr.columns[0]
        if (
            isinstance(column.type, String)
            and not column.nullable
            and item.__dict__.get(attr.key, "") is None
        ):
            setattr(item, attr.key, "")
