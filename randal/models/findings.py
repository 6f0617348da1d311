"""Finding (temuan monev): what was found in a unit, answered by its PPK, closed when its follow-ups ended."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from randal.base import codes
from randal.database.base import UTCDateTime
from randal.models.finding_proposals import DECISIONS, KINDS, Proposal, ProposalDecision
from randal.models.unit_items import SEVERITIES, UnitItem

if TYPE_CHECKING:
    from randal.models.follow_ups import FollowUp


__all__ = ["DECISIONS", "KINDS", "Finding", "Proposal", "ProposalDecision"]


class Finding(UnitItem):
    __tablename__ = "findings"
    __lifecycle__ = "finding"
    __table_args__ = (
        CheckConstraint(f"severity IN {tuple(SEVERITIES)}", name="severity"),
        CheckConstraint("(state = 'closed') = (closed_by_id IS NOT NULL)", name="closed"),
    )
    severity: Mapped[str] = mapped_column(String(8))
    response: Mapped[str] = mapped_column(Text, default="")
    responded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    no_follow_up_reason: Mapped[str] = mapped_column(Text, default="")
    evaluation: Mapped[str] = mapped_column(Text, default="")
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    follow_ups: Mapped[list[FollowUp]] = relationship(
        secondary="follow_up_findings", back_populates="findings"
    )

    @property
    def verifier_ids(self) -> set[int]:
        return {f.verified_by_id for f in self.follow_ups if f.verified_by_id}

    @property
    def code(self) -> str:
        return codes.of("finding", self.id)

    @property
    def label(self) -> str:
        return f"Temuan {self.code} PPK {self.unit.short_name}"
