"""Minutes (notula): sections, comments, agreements, signers, and one signature per signer and version."""

from __future__ import annotations

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
    and_,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from randal.core.db import Row, UTCDateTime, db
from randal.core.documents import READY, Document
from randal.core.files import StoredFile
from randal.core.papers import Facts
from randal.core.people import SEES_ALL, Person
from randal.core.places import Unit
from randal.core.transitions import WorkflowItem
from randal.meetings.models import Meeting, meetings_in_office, office
from randal.minutes.texts import MinutesText
from randal.signatures.held_keys import CertificateAuthority, SigningKey
from workflows.lifecycle import CHAIR, SIGNER, Actor

__all__ = ["CertificateAuthority", "MinutesText", "SigningKey"]  # they stand beside, and are looked for here

# Which tables of the meeting stand under the words of a section (randal.core.papers.Section.facts).
FACTS: dict[str, tuple[Facts, ...]] = {
    "sasaran": ("objectives",),
    "kehadiran": ("attendance",),
    "acara": ("agenda",),
    "progres": ("progress",),
    "temuan": ("findings",),
    "kendala": ("kendala",),
    "arahan": ("directives",),
    "keputusan": ("decisions",),
    "tindak_lanjut": ("follow_ups",),
}


class Minutes(WorkflowItem):
    __tablename__ = "minutes"
    __lifecycle__ = "minutes"
    __table_args__ = (
        # `approved` freezes within its transaction: the snapshot names the number that the move has just allowed.
        CheckConstraint(
            "state IN ('drafting', 'in_review', 'approved') OR snapshot_sha256 <> ''", name="frozen"
        ),
    )
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), index=True)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("minutes.id"))  # this is an addendum (ralat)
    number: Mapped[str | None] = mapped_column(String(80))
    version_no: Mapped[int] = mapped_column(default=1)
    snapshot: Mapped[dict[str, Any] | None] = mapped_column(JSON, deferred=True)
    snapshot_sha256: Mapped[str] = mapped_column(String(64), default="")
    approved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    signed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    meeting: Mapped[Meeting] = relationship(back_populates="all_minutes")
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

    @property
    def is_addendum(self) -> bool:
        return self.replaces_id is not None

    @property
    def signatures(self) -> list[Signature]:
        """Those of the present version."""
        return [s for s in self.all_signatures if s.version_no == self.version_no]

    @property
    def unassessed(self) -> list[str]:
        return [o.text for o in self.meeting.objectives if o.assessment is None]

    @property
    def draft_follow_ups(self) -> list[str]:
        from randal.follow_ups.models import FollowUp

        query = select(FollowUp.text).where(FollowUp.meeting_id == self.meeting_id, FollowUp.state == "draft")
        return list(db.session.scalars(query))

    @property
    def open_addendum(self) -> Minutes | None:
        return next((m for m in self.addenda if m.state not in ("signed", "superseded")), None)

    @property
    def document(self) -> Document | None:
        """The paper of the present version."""
        query = select(Document).where(
            Document.kind == "minutes",
            Document.subject_type == "minutes",
            Document.subject_id == self.id,
            Document.revision == self.version_no,
        )
        return db.session.scalar(query)

    @property
    def documents(self) -> list[Document]:
        """The papers of all versions, the newest first."""
        mine = (
            Document.kind == "minutes",
            Document.subject_type == "minutes",
            Document.subject_id == self.id,
        )
        return list(db.session.scalars(select(Document).where(*mine).order_by(Document.revision.desc())))

    @property
    def label(self) -> str:
        return f"Ralat notula {self.meeting.title}" if self.is_addendum else f"Notula {self.meeting.title}"

    @property
    def document_ready(self) -> bool:
        return bool(self.document and self.document.stage == READY)

    def relations(self, actor: Actor) -> set[str]:
        found = self.meeting.relations(actor)
        if any(s.signer_id == actor.id for s in self.signers):
            found.add(SIGNER)
        return found

    def principal(self, hat: str) -> int | None:
        return self.meeting.chair_id if hat == CHAIR else None

    @classmethod
    def visible_to(cls, actor: Actor) -> Select[Any]:
        """A draft is for those who write it; from review on the invited read it."""
        if actor.has(*SEES_ALL):
            return select(cls)
        meetings = Meeting.visible_to(actor).with_only_columns(Meeting.id)
        signer = select(MinutesSigner.minutes_id).where(MinutesSigner.person_id == actor.id)
        return select(cls).where(
            or_(
                cls.meeting_id.in_(meetings_in_office(actor)),
                and_(or_(cls.meeting_id.in_(meetings), cls.id.in_(signer)), cls.state != "drafting"),
            )
        )


class MinutesSection(Row):
    """The writer's words of one section; the facts beside them are read from the meeting."""

    __tablename__ = "minutes_sections"
    __table_args__ = (UniqueConstraint("minutes_id", "key"),)
    minutes_id: Mapped[int] = mapped_column(ForeignKey("minutes.id"))
    key: Mapped[str] = mapped_column(String(32))
    title: Mapped[str] = mapped_column(String(120))
    position: Mapped[int]
    html: Mapped[str] = mapped_column(Text, default="")  # sanitised when stored, and again when shown
    edited: Mapped[bool] = mapped_column(default=False)  # by a person: never overwritten again
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    version: Mapped[int] = mapped_column(default=1)
    minutes: Mapped[Minutes] = relationship(back_populates="sections")
    __mapper_args__ = {"version_id_col": version}

    @property
    def facts(self) -> tuple[Facts, ...]:
        """The tables of the meeting that stand under these words."""
        return FACTS.get(self.key, ())

    @property
    def is_empty(self) -> bool:
        from randal.core.richtext import is_blank

        return is_blank(self.html)


class MinutesComment(Row):
    __tablename__ = "minutes_comments"
    minutes_id: Mapped[int] = mapped_column(ForeignKey("minutes.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column(default=1)
    minutes: Mapped[Minutes] = relationship(back_populates="comments")
    author: Mapped[Person] = relationship(foreign_keys=author_id)
    answered_by: Mapped[Person | None] = relationship(foreign_keys=answered_by_id)
    __mapper_args__ = {"version_id_col": version}


class MinutesAgreement(Row):
    """ "Menyetujui", by a unit, on one version."""

    __tablename__ = "minutes_agreements"
    __table_args__ = (UniqueConstraint("minutes_id", "version_no", "unit_id"),)
    minutes_id: Mapped[int] = mapped_column(ForeignKey("minutes.id"))
    version_no: Mapped[int]
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    unit: Mapped[Unit] = relationship(lazy="joined")
    person: Mapped[Person] = relationship()


class MinutesSigner(Row):
    """Who signs, in which order (equal position: any sequence)."""

    __tablename__ = "minutes_signers"
    __table_args__ = (UniqueConstraint("minutes_id", "person_id"),)
    minutes_id: Mapped[int] = mapped_column(ForeignKey("minutes.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    position: Mapped[int]
    minutes: Mapped[Minutes] = relationship(back_populates="signers")
    person: Mapped[Person] = relationship(lazy="joined")

    @property
    def signer_id(self) -> int:
        return self.person_id


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
        from randal.minutes.queries import holders_of

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
