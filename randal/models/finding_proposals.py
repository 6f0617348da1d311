"""What the thresholds propose as findings, and what was decided about it. Proposals are computed; decisions are kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Select,
    String,
    Text,
    UniqueConstraint,
    false,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from randal.database.base import Row, UTCDateTime
from randal.org.people import Person
from randal.org.places import Unit
from workflows.lifecycle import SEES_ALL, Actor

KINDS = {
    "critical": "Deviasi kritis",
    "unusual": "Angka belum dijelaskan",
    "stale": "Data usang",
    "missing": "Belum melapor",
}
DECISIONS = {"accepted": "Dijadikan temuan", "dismissed": "Diabaikan"}


class ProposalDecision(Row):
    """One proposal of one meeting, decided once. `facts` are the figures and thresholds that it rested on that day."""

    __tablename__ = "proposal_decisions"
    __table_args__ = (
        UniqueConstraint("meeting_id", "unit_id", "kind", "subject"),
        CheckConstraint(f"kind IN {tuple(KINDS)}", name="kind"),
        CheckConstraint("(decision = 'accepted') = (finding_id IS NOT NULL)", name="accepted"),
        CheckConstraint(
            "decision = 'accepted' OR (decision = 'dismissed' AND reason <> '')", name="dismissed"
        ),
    )
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    kind: Mapped[str] = mapped_column(String(12))
    subject: Mapped[str] = mapped_column(String(24))  # "report", or the number of an activity
    text: Mapped[str] = mapped_column(Text)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    decision: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(Text, default="")
    finding_id: Mapped[int | None] = mapped_column(ForeignKey("findings.id"))
    decided_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    decided_by: Mapped[Person | None] = relationship()
    unit: Mapped[Unit] = relationship()

    @property
    def label(self) -> str:
        return DECISIONS[self.decision]

    @classmethod
    def visible_to(cls, actor: Actor) -> Select[Any]:
        """What was dismissed is the monitoring team's own notes: no PPK reads it."""
        return select(cls) if actor.has(*SEES_ALL) else select(cls).where(false())


@dataclass(frozen=True)
class Proposal:
    """Something that a threshold points at. Nothing is a finding before a person says so."""

    kind: str
    unit_id: int
    subject: str
    severity: str
    text: str
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> tuple[int, str, str]:
        return self.unit_id, self.kind, self.subject

    @property
    def label(self) -> str:
        return KINDS[self.kind]
