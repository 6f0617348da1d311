"""The formula of the index as data, and the numbers that were kept with it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Select,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from randal.database.base import Exact, Row, UTCDateTime
from randal.org.people import Person
from randal.org.places import colleagues
from workflows.lifecycle import Actor


class IndexFormula(Row):
    """One version of the formula, as data. A proposal until a leader adopts it; an adopted one is not changed."""

    __tablename__ = "index_formulas"
    __table_args__ = (CheckConstraint("(adopted_at IS NULL) = (adopted_by_id IS NULL)", name="adopted"),)
    name: Mapped[str] = mapped_column(String(20), unique=True)  # what `version` says in an answer
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    adopted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    adopted_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    adopted_by: Mapped[Person | None] = relationship(foreign_keys=[adopted_by_id])

    @classmethod
    def visible_to(cls, actor: Actor) -> Select[Any]:
        return colleagues(cls, actor)


class KeptIndex(Row):
    """The number of a kawasan as it stood when its period was evaluated, with its formula. Never changed."""

    __tablename__ = "kept_indices"
    __table_args__ = (UniqueConstraint("area_id", "period"),)
    area_id: Mapped[int] = mapped_column(ForeignKey("areas.id"), index=True)
    period: Mapped[str] = mapped_column(String(7), index=True)
    formula_id: Mapped[int] = mapped_column(ForeignKey("index_formulas.id"))
    budget: Mapped[Decimal] = mapped_column(Exact(2))
    value: Mapped[Decimal | None] = mapped_column(Exact(2))
    confidence: Mapped[Decimal] = mapped_column(Exact(2))
    parts: Mapped[list[dict[str, Any]]] = mapped_column(
        JSON
    )  # name, value, weight, known: numbers as strings
    kept_at: Mapped[datetime] = mapped_column(UTCDateTime)
    formula: Mapped[IndexFormula] = relationship(lazy="joined")
