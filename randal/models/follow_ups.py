"""Follow-up (rencana tindak lanjut, RTL) with its evidence and requests to move its due date."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Select,
    String,
    Table,
    Text,
    UniqueConstraint,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from randal.base import codes
from randal.database.base import Exact, Model, Row, UTCDateTime
from randal.engine.transitions import WorkflowItem
from randal.models import follow_up_reach
from randal.models.findings import Finding
from randal.models.kendala import Kendala
from randal.models.unit_items import UnitItem
from randal.org.people import Person
from randal.storage.files import StoredFile
from workflows.evidence import VERDICTS
from workflows.follow_up import ENDED, GROUNDS, NEVER_ASSIGNED, NOT_OWED, PRIORITIES
from workflows.lifecycle import EVALUATOR, Actor

__all__ = ["ENDED", "GROUNDS", "PRIORITIES", "VERDICTS"]  # its words are looked for here, too

DUE_SOON_DAYS = 7


follow_up_findings = Table(
    "follow_up_findings",
    Model.metadata,
    Column("follow_up_id", ForeignKey("follow_ups.id"), primary_key=True),
    Column("finding_id", ForeignKey("findings.id"), primary_key=True, index=True),
)
follow_up_kendala = Table(
    "follow_up_kendala",
    Model.metadata,
    Column("follow_up_id", ForeignKey("follow_ups.id"), primary_key=True),
    Column("kendala_id", ForeignKey("kendala.id"), primary_key=True, index=True),
)


class FollowUp(UnitItem):
    __tablename__ = "follow_ups"
    __lifecycle__ = "follow_up"
    __table_args__ = (
        CheckConstraint("(state = 'verified') = (verified_by_id IS NOT NULL)", name="verified"),
        CheckConstraint(f"state IN {NEVER_ASSIGNED} OR due_on IS NOT NULL", name="due"),
        CheckConstraint(f"priority IS NULL OR priority IN {tuple(PRIORITIES)}", name="priority"),
        CheckConstraint("verified_by_id IS NULL OR verified_by_id <> submitted_by_id", name="four_eyes"),
        UniqueConstraint("meeting_id", "number"),
    )
    number: Mapped[int]  # within its meeting
    due_on: Mapped[date | None]
    expected_output: Mapped[str] = mapped_column(Text, default="")
    priority: Mapped[str | None] = mapped_column(String(8))
    group_key: Mapped[str] = mapped_column(String(36), default="", index=True)  # "untuk semua PPK"
    waits_for: Mapped[str] = mapped_column(String(250), default="")  # pihak terkait: a Pemda office
    waits_post: Mapped[str] = mapped_column(String(150), default="")  # and the post there
    waits_since: Mapped[date | None]
    after_minutes: Mapped[bool] = mapped_column(default=False)  # "setelah notula"
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    verified_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    verified_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    returned_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    returned_reason: Mapped[str] = mapped_column(Text, default="")
    infeasible_ground: Mapped[str | None] = mapped_column(String(24))
    opened_at: Mapped[datetime | None] = mapped_column(
        UTCDateTime
    )  # by anybody of its unit, for the first time
    evidence_since: Mapped[datetime | None] = mapped_column(UTCDateTime)  # last return or reopen
    findings: Mapped[list[Finding]] = relationship(secondary=follow_up_findings, back_populates="follow_ups")
    kendala: Mapped[list[Kendala]] = relationship(secondary=follow_up_kendala, back_populates="follow_ups")
    all_evidence: Mapped[list[Evidence]] = relationship(back_populates="follow_up", order_by="Evidence.id")
    extensions: Mapped[list[Extension]] = relationship(back_populates="follow_up", order_by="Extension.id")
    verified_by: Mapped[Person | None] = relationship(foreign_keys=verified_by_id)

    @property
    def code(self) -> str:
        """As people call it: RTL-12-3, the third of meeting 12."""
        return codes.follow_up(self.meeting_id, self.number)

    @property
    def label(self) -> str:
        return f"{self.code} · {self.unit.short_name}"

    def local_today(self, now: datetime) -> date:
        return self.unit.local_today(now)

    @property
    def granted_extensions(self) -> list[Extension]:
        return [e for e in self.extensions if e.state == "granted"]

    @property
    def first_due_on(self) -> date | None:
        """The due date before any extension."""
        granted = self.granted_extensions
        return granted[0].old_due_on if granted else self.due_on

    @property
    def party(self) -> str:
        """Whom it waits for, as a letter addresses him: "Kepala Dinas, Dinas PUPR Kabupaten …"."""
        return ", ".join(filter(None, (self.waits_post, self.waits_for)))

    @property
    def open_extension(self) -> Extension | None:
        return next((e for e in self.extensions if e.state == "requested"), None)

    @property
    def evidence(self) -> list[Evidence]:
        """What stands: of each piece its newest version."""
        replaced = {e.replaces_id for e in self.all_evidence}
        return [e for e in self.all_evidence if e.id not in replaced]

    def earlier_versions(self, piece: Evidence) -> list[Evidence]:
        """What this piece replaces, the newest first."""
        by_id, found, older = {e.id: e for e in self.all_evidence}, [], piece.replaces_id
        while older:
            found.append(by_id[older])
            older = by_id[older].replaces_id
        return found

    @property
    def new_evidence(self) -> list[Evidence]:
        return [e for e in self.evidence if self.evidence_since is None or e.added_at > self.evidence_since]

    # what its moves tell of it (follow_up_reach.py)
    pieces_handed_in, settled_by_it = (
        property(follow_up_reach.pieces_handed_in),
        property(follow_up_reach.settled_by_it),
    )

    def days_late(self, now: datetime) -> int:
        """Days past the due date in the unit's province; 0 when ended, undated or not yet due."""
        if self.due_on is None or self.state in NOT_OWED:
            return 0
        return max((self.local_today(now) - self.due_on).days, 0)

    def is_due_soon(self, now: datetime) -> bool:
        if self.due_on is None or self.state in NOT_OWED:
            return False
        return 0 <= (self.due_on - self.local_today(now)).days <= DUE_SOON_DAYS


class Evidence(Row):
    """Bukti dukung: a file or a link, judged one by one."""

    __tablename__ = "evidence"
    __table_args__ = (
        CheckConstraint("(file_id IS NULL) <> (link = '')", name="file_or_link"),
        CheckConstraint(f"verdict IS NULL OR verdict IN {tuple(VERDICTS)}", name="verdict"),
        CheckConstraint("(verdict IS NULL) = (judged_by_id IS NULL)", name="judged"),
        CheckConstraint("replaces_id IS NULL OR replaces_id < id", name="replaces"),  # so no circle
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="position"),
        UniqueConstraint("replaces_id"),  # a piece has one next version
        UniqueConstraint("follow_up_id", "sent_as"),
    )
    follow_up_id: Mapped[int] = mapped_column(ForeignKey("follow_ups.id"), index=True)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("files.id"))
    link: Mapped[str] = mapped_column(String(1000), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    dated_on: Mapped[date | None]
    place: Mapped[str] = mapped_column(String(200), default="")  # where it was taken, in words
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"))
    sent_as: Mapped[str | None] = mapped_column(String(36))  # the sender's own key: sent twice, kept once
    taken_at: Mapped[datetime | None]  # by the camera's own clock, which has no zone
    latitude: Mapped[Decimal | None] = mapped_column(Exact(6))
    longitude: Mapped[Decimal | None] = mapped_column(Exact(6))
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    added_at: Mapped[datetime] = mapped_column(UTCDateTime)
    verdict: Mapped[str | None] = mapped_column(String(12))
    verdict_note: Mapped[str] = mapped_column(Text, default="")
    judged_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    judged_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column(default=1)
    follow_up: Mapped[FollowUp] = relationship(back_populates="all_evidence")
    file: Mapped[StoredFile | None] = relationship(lazy="joined")
    added_by: Mapped[Person | None] = relationship(foreign_keys=added_by_id)
    judged_by: Mapped[Person | None] = relationship(foreign_keys=judged_by_id)
    __mapper_args__ = {"version_id_col": version}

    @property
    def name(self) -> str:
        return self.file.name if self.file else self.link

    def shows_all_to(self, actor: Actor) -> bool:
        """May this actor have the photo as it was taken, with its position? Its own unit and who judges it."""
        return actor.has(EVALUATOR) or actor.unit_id == self.follow_up.unit_id

    @classmethod
    def visible_to(cls, actor: Actor) -> Select[Any]:
        return select(cls).where(
            cls.follow_up_id.in_(FollowUp.visible_to(actor).with_only_columns(FollowUp.id))
        )


class Extension(WorkflowItem):
    """A request to move the due date; one open request per follow-up."""

    __tablename__ = "extensions"
    __lifecycle__ = "extension"
    __table_args__ = (
        Index(
            "uq_extensions_open",
            "follow_up_id",
            unique=True,
            sqlite_where=text("state = 'requested'"),
            postgresql_where=text("state = 'requested'"),
        ),
    )
    follow_up_id: Mapped[int] = mapped_column(ForeignKey("follow_ups.id"), index=True)
    old_due_on: Mapped[date]
    new_due_on: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    follow_up: Mapped[FollowUp] = relationship(back_populates="extensions")

    @property
    def label(self) -> str:
        return self.follow_up.label

    @property
    def event_unit_id(self) -> int | None:
        return self.follow_up.unit_id

    @property
    def event_meeting_id(self) -> int | None:
        return self.follow_up.meeting_id

    def relations(self, actor: Actor) -> set[str]:
        return self.follow_up.relations(actor)

    @classmethod
    def visible_to(cls, actor: Actor) -> Select[Any]:
        return select(cls).where(
            cls.follow_up_id.in_(FollowUp.visible_to(actor).with_only_columns(FollowUp.id))
        )
