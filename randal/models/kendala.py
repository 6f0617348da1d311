"""Kendala: what hinders a unit; solved by follow-ups, escalated, or accepted as it is."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from randal.base import codes
from randal.models.kendala_categories import category_names, cause_names
from randal.models.unit_items import SEVERITIES, UnitItem
from workflows.kendala import CATEGORIES, LEVELS

__all__ = ["Kendala", "category_names", "cause_names"]  # the kinds are read by other rooms, as the rows are

if TYPE_CHECKING:
    from randal.models.follow_ups import FollowUp


class Kendala(UnitItem):
    __tablename__ = "kendala"
    __lifecycle__ = "kendala"
    __table_args__ = (
        CheckConstraint(f"severity IS NULL OR severity IN {tuple(SEVERITIES)}", name="severity"),
        CheckConstraint(f"category IS NULL OR category IN {tuple(CATEGORIES)}", name="category"),
        CheckConstraint("subcategory = '' OR subcategory LIKE category || '-%'", name="subcategory"),
        CheckConstraint(f"level IN {tuple(LEVELS)}", name="level"),
    )
    category: Mapped[str | None] = mapped_column(String(3))
    subcategory: Mapped[str] = mapped_column(String(8), default="")  # LHN-1, of the class in category
    cause: Mapped[str] = mapped_column(Text, default="")
    severity: Mapped[str | None] = mapped_column(String(8))
    solution: Mapped[str] = mapped_column(Text, default="")
    no_follow_up_reason: Mapped[str] = mapped_column(Text, default="")
    result: Mapped[str] = mapped_column(Text, default="")
    level: Mapped[str] = mapped_column(String(12), default="satker")
    addressee: Mapped[str] = mapped_column(String(200), default="")
    answer_by: Mapped[date | None]
    follow_ups: Mapped[list[FollowUp]] = relationship(secondary="follow_up_kendala", back_populates="kendala")

    @property
    def in_treatment(self) -> bool:
        """ "Dalam penanganan": a linked follow-up is running. Computed, never stored."""
        from randal.models.follow_ups import ENDED

        return any(f.state not in (*ENDED, "draft") for f in self.follow_ups)

    @property
    def code(self) -> str:
        return codes.of("kendala", self.id)

    @property
    def label(self) -> str:
        return f"Kendala {self.code} PPK {self.unit.short_name}"

    @property
    def category_label(self) -> str:
        """The class, and the cause where it is known: "Lahan: sengketa"."""
        of_class = category_names(all=True).get(self.category or "", "")
        return cause_names(all=True).get(self.subcategory, of_class) if self.subcategory else of_class

    @property
    def level_label(self) -> str:
        return LEVELS[self.level]
