"""Filters that somebody kept under a name."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Select, String, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from randal.database.base import Row, UTCDateTime
from randal.org.people import Person
from workflows.lifecycle import Actor


class SavedFilter(Row):
    """`params`: the filters as `Filters.given` writes them, read anew each time."""

    __tablename__ = "saved_filters"
    code: Mapped[str] = mapped_column(String(12), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    owner_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    params: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    owner: Mapped[Person] = relationship(lazy="joined", innerjoin=True)

    @classmethod
    def owned_by(cls, actor: Actor) -> Select[Any]:
        """The list of one's own; whoever was given a code reads that one (`by_code`)."""
        return select(cls).where(cls.owner_id == actor.id).order_by(cls.name, cls.id)
