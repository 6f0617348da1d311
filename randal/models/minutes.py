"""Minutes (notula, and the other papers that go their way: minutes_kinds.py), and one signature per signer and version."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    Select,
    String,
    UniqueConstraint,
    and_,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from randal.database.base import UTCDateTime, db
from randal.documents.model import READY, Document
from randal.documents.snapshots import Facts
from randal.engine.transitions import WorkflowItem
from randal.models import minutes_reach, minutes_wordings
from randal.models.meetings import Meeting, meetings_in_office, office
from randal.models.minutes_kinds import FACTS, KINDS, OPENED_BY_HAND, Kind
from randal.models.minutes_parts import MinutesAgreement, MinutesComment, MinutesSection, MinutesSigner
from randal.models.minutes_texts import MinutesText
from randal.org.people import Person
from randal.signatures.held_keys import CertificateAuthority, SigningKey
from randal.storage.files import StoredFile
from workflows import LIFECYCLES
from workflows.lifecycle import CHAIR, SEES_ALL, SIGNER, WRITER, Actor
from workflows.minutes import ISSUED, MINUTES, REPORT, UNFROZEN

__all__ = [
    "FACTS",
    "KINDS",
    "CertificateAuthority",
    "MinutesText",
    "SigningKey",
]  # they stand beside, and are looked for here


class Minutes(WorkflowItem):
    __tablename__ = "minutes"
    __lifecycle__ = "minutes"
    __table_args__ = (
        # `approved` freezes within its transaction: the snapshot names the number that the move has just allowed.
        CheckConstraint(
            f"state IN {UNFROZEN} OR snapshot_sha256 <> ''", name="frozen"
        ),
        CheckConstraint(f"kind IN {tuple(KINDS)}", name="kind"),
        CheckConstraint("(kind = 'report') = (addressee_id IS NOT NULL)", name="addressee"),
        # One of each kind; what comes after it is an addendum.
        Index(
            "uq_minutes_first", "meeting_id", "kind", unique=True,
            sqlite_where=text("replaces_id IS NULL"), postgresql_where=text("replaces_id IS NULL"),
        ),
    )  # fmt: skip
    kind: Mapped[str] = mapped_column(String(12), default=MINUTES, server_default=MINUTES)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), index=True)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("minutes.id"))  # this is an addendum (ralat)
    number: Mapped[str | None] = mapped_column(String(80))
    version_no: Mapped[int] = mapped_column(default=1)
    snapshot: Mapped[dict[str, Any] | None] = mapped_column(JSON, deferred=True)
    snapshot_sha256: Mapped[str] = mapped_column(String(64), default="")
    approved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    signed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    addressee_id: Mapped[int | None] = mapped_column(
        ForeignKey("people.id")
    )  # Yth.: the head a report is for
    meeting: Mapped[Meeting] = relationship(back_populates="all_minutes")
    addressee: Mapped[Person | None] = relationship(foreign_keys=addressee_id)
    replaces: Mapped[Minutes | None] = relationship(remote_side="Minutes.id", back_populates="addenda")
    addenda: Mapped[list[Minutes]] = relationship(back_populates="replaces", order_by="Minutes.id")
    sections: Mapped[list[MinutesSection]] = relationship(
        order_by="MinutesSection.position", back_populates="minutes"
    )
    comments: Mapped[list[MinutesComment]] = relationship(
        order_by="MinutesComment.id", back_populates="minutes"
    )
    agreements: Mapped[list[MinutesAgreement]] = relationship(order_by="MinutesAgreement.id")
    signers: Mapped[list[MinutesSigner]] = relationship(
        order_by="MinutesSigner.position", cascade="all, delete-orphan", back_populates="minutes"
    )
    all_signatures: Mapped[list[Signature]] = relationship(
        order_by="Signature.position, Signature.id", back_populates="minutes"
    )

    @staticmethod
    def openable(meeting: Meeting, actor: Actor) -> list[Kind]:
        """What this actor may still open for a meeting that is over (opening.py)."""
        there = {paper.kind for paper in meeting.all_minutes}
        if not LIFECYCLES["minutes"].may_make(meeting.relations(actor) | actor.roles, meeting.state):
            return []
        return [kind for code, kind in OPENED_BY_HAND.items() if code not in there]

    @property
    def what(self) -> Kind:
        return KINDS[self.kind]

    @property
    def is_addendum(self) -> bool:
        return self.replaces_id is not None

    @property
    def signatures(self) -> list[Signature]:
        """Those of the present version."""
        return [s for s in self.all_signatures if s.version_no == self.version_no]

    @property
    def unassessed(self) -> list[str]:
        printed = self.prints("objectives")
        return [o.text for o in self.meeting.objectives if o.assessment is None] if printed else []

    @property
    def draft_follow_ups(self) -> list[str]:
        from randal.models.follow_ups import FollowUp

        if not self.prints("follow_ups"):
            return []
        query = select(FollowUp.text).where(FollowUp.meeting_id == self.meeting_id, FollowUp.state == "draft")
        return list(db.session.scalars(query))

    def prints(self, facts: Facts) -> bool:
        """Does this table of the meeting stand in it?"""
        return any(facts in section.facts for section in self.sections)

    @property
    def open_addendum(self) -> Minutes | None:
        return next((m for m in self.addenda if m.state not in ISSUED), None)

    @property
    def document(self) -> Document | None:
        """The paper of the present version."""
        return db.session.scalar(select(Document).where(*self._mine, Document.revision == self.version_no))

    @property
    def documents(self) -> list[Document]:
        """The papers of all versions, the newest first."""
        return list(
            db.session.scalars(select(Document).where(*self._mine).order_by(Document.revision.desc()))
        )

    @property
    def _mine(self) -> tuple[Any, ...]:
        kind = Document.kind == self.what.document
        return kind, Document.subject_type == "minutes", Document.subject_id == self.id

    @property
    def label(self) -> str:
        return f"{self.heading} {self.meeting.title}"

    @property
    def heading(self) -> str:
        return self.what.heading(self.is_addendum)

    @property
    def document_ready(self) -> bool:
        return bool(self.document and self.document.stage == READY)

    # what its moves tell of it (minutes_reach.py, minutes_wordings.py)
    readers_told, agreements_given = (
        property(minutes_reach.readers_told),
        property(minutes_reach.agreements_given),
    )
    signers_named, signatures_open = (
        property(minutes_reach.signers_named),
        property(minutes_reach.signatures_open),
    )
    signatures_given, gone_signers = (
        property(minutes_reach.signatures_given),
        property(minutes_reach.gone_signers),
    )
    wording_sha256, changed_parts = (
        property(minutes_wordings.sha256_of),
        property(minutes_wordings.changed_parts),
    )

    def relations(self, actor: Actor) -> set[str]:
        """A report is decided by the head it is for, whoever chaired the meeting."""
        found = self.meeting.relations(actor)
        if self.kind == REPORT:
            found.discard(CHAIR)
            if actor.id == self.addressee_id or self.meeting.organiser_id in actor.heads:
                found.add(CHAIR)
        if actor.id is not None and actor.id == self.created_by_id:
            found.add(WRITER)
        if any(s.signer_id == actor.id for s in self.signers):
            found.add(SIGNER)
        return found

    def principal(self, hat: str) -> int | None:
        return (self.addressee_id or self.meeting.chair_id) if hat == CHAIR else None

    @classmethod
    def visible_to(cls, actor: Actor) -> Select[Any]:
        """A draft is for those who write it; from review on the invited read it, but for a report, which its head reads."""
        if actor.has(*SEES_ALL):
            return select(cls)
        meetings = Meeting.visible_to(actor).with_only_columns(Meeting.id)
        signer = select(MinutesSigner.minutes_id).where(MinutesSigner.person_id == actor.id)
        named = (cls.id.in_(signer), and_(cls.addressee_id.is_not(None), cls.addressee_id == actor.id))
        return select(cls).where(
            or_(
                cls.meeting_id.in_(meetings_in_office(actor)),
                and_(
                    or_(and_(cls.meeting_id.in_(meetings), cls.kind != REPORT), *named),
                    cls.state != "drafting",
                ),
            )
        )


class Signature(WorkflowItem):
    __tablename__ = "signatures"
    __lifecycle__ = "signature"
    __table_args__ = (
        UniqueConstraint("minutes_id", "version_no", "field"),
        CheckConstraint("(state = 'signed') = (signed_at IS NOT NULL)", name="signed"),
    )
    minutes_id: Mapped[int] = mapped_column(ForeignKey("minutes.id"), index=True)
    version_no: Mapped[int]
    position: Mapped[int]
    field: Mapped[str] = mapped_column(String(16))  # tte-1
    signer_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    signer_post_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id"))
    signer_title: Mapped[str] = mapped_column(String(200), default="")
    signed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    signed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    way: Mapped[str] = mapped_column(String(8), default="")  # local, remote, paper
    certificate_serial: Mapped[str] = mapped_column(String(64), default="")
    certificate_sha256: Mapped[str] = mapped_column(
        String(64), default="", server_default=""
    )  # "": signed before this was kept
    signed_field: Mapped[str] = mapped_column(
        String(80), default="", server_default=""
    )  # a provider brings its own; "": `field`
    scan_file_id: Mapped[int | None] = mapped_column(ForeignKey("files.id"))
    scan_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    minutes: Mapped[Minutes] = relationship(back_populates="all_signatures")
    signer: Mapped[Person] = relationship(foreign_keys=signer_id)
    signed_by: Mapped[Person | None] = relationship(foreign_keys=signed_by_id)
    scan: Mapped[StoredFile | None] = relationship(foreign_keys=scan_file_id)

    @property
    def meeting_id(self) -> int:
        return self.minutes.meeting_id

    def relations(self, actor: Actor) -> set[str]:
        found = office(self.minutes.meeting, actor)
        if actor.id is not None and (actor.id == self.signer_id or self.signer_post_id in actor.posts):
            found.add(SIGNER)
        return found

    def principal(self, hat: str) -> int | None:
        return self.signer_id if hat == SIGNER else None

    def may_take_over(self, person_id: int, now: datetime) -> bool:
        """Does this person hold the signer's post on that day, too (in any way: `people.KINDS`)?"""
        from randal.org.people import holders_of

        return person_id in holders_of(self.signer_post_id, self.minutes.meeting.local_date(now))

    @property
    def signs_as(self) -> str:
        """The post under the name; whoever holds none signs as what he is at this meeting."""
        meeting = self.minutes.meeting
        hats = {meeting.minute_taker_id: "Notulis", meeting.chair_id: "Pimpinan Rapat"}
        return self.signer_title or hats.get(self.signer_id, "")

    @property
    def document(self) -> Document | None:
        """The paper this signature belongs to: that of its own version."""
        return next((d for d in self.minutes.documents if d.revision == self.version_no), None)

    @property
    def label(self) -> str:
        return f"Tanda tangan {self.signer.name}"

    @classmethod
    def visible_to(cls, actor: Actor) -> Select[Any]:
        seen = Minutes.visible_to(actor).with_only_columns(Minutes.id)
        return select(cls).where(or_(cls.minutes_id.in_(seen), cls.waits_for(actor)))

    @classmethod
    def waits_for(cls, actor: Actor) -> Any:
        """A condition: this actor is the signer, or holds the signer's post today."""
        return or_(cls.signer_id == actor.id, cls.signer_post_id.in_(actor.posts))
