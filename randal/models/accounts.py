"""What a sign-in needs: tokens, one-time links; proposals of who may do what; and replayed creations of the API."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Select, String, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from randal.database.base import Row, UTCDateTime
from randal.engine.transitions import WorkflowItem
from randal.org.people import KINDS, NO_ROLE, Person
from randal.org.places import Unit
from workflows.account import LINK_REASONS
from workflows.lifecycle import ADMIN, LEADER, OWNER, ROLES, SECRETARIAT, Actor


class ApiToken(Row):
    """A bearer token; only its SHA-256 is kept. Revoked once is revoked for ever."""

    __tablename__ = "api_tokens"
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    write: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    person: Mapped[Person] = relationship(lazy="joined")

    def opens(self, now: datetime) -> bool:
        """Does it let its owner in at this instant?"""
        in_time = self.expires_at is None or now < self.expires_at
        return self.revoked_at is None and in_time and self.person.active


class OneTimeLink(Row):
    """A link that signs in once and lets the person choose a password. It stays when it is over: by use (`used_at`), by a
    later link or a closed account (`ended_at`), or by its time (`expires_at`)."""

    __tablename__ = "one_time_links"
    __table_args__ = (CheckConstraint(f"why IN {('', *LINK_REASONS)}", name="why"),)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    why: Mapped[str] = mapped_column(String(12), default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    person: Mapped[Person] = relationship(foreign_keys=person_id)
    made_by: Mapped[Person | None] = relationship(foreign_keys=made_by_id)

    @property
    def why_words(self) -> str:
        return LINK_REASONS.get(self.why, "")

    def standing(self, now: datetime) -> str:
        if self.used_at:
            return "dipakai"
        if self.ended_at and self.ended_at < self.expires_at:
            return "tidak berlaku lagi"
        return "berlaku" if now < self.expires_at else "kedaluwarsa"


class Grant(WorkflowItem):
    """A role, an appointment, or both, that wait for a second person (`workflows/grant.py`). "" and None: not part of it."""

    __tablename__ = "grants"
    __lifecycle__ = "grant"
    __table_args__ = (
        CheckConstraint(f"role IN {('', *ROLES, NO_ROLE)}", name="role"),
        CheckConstraint(f"kind IN {('', *KINDS)}", name="kind"),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> created_by_id", name="four_eyes"),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> person_id", name="not_oneself"),
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    role: Mapped[str] = mapped_column(String(20), default="")
    reopens: Mapped[bool] = mapped_column(default=False)
    post: Mapped[str] = mapped_column(String(200), default="")
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    kind: Mapped[str] = mapped_column(String(12), default="")
    from_date: Mapped[date | None]
    to_date: Mapped[date | None]
    is_head: Mapped[bool] = mapped_column(default=False)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    person: Mapped[Person] = relationship(foreign_keys=person_id, lazy="joined", innerjoin=True)
    created_by: Mapped[Person | None] = relationship(foreign_keys="Grant.created_by_id")
    decided_by: Mapped[Person | None] = relationship(foreign_keys=decided_by_id)
    unit: Mapped[Unit | None] = relationship()

    @property
    def label(self) -> str:
        return f"{self.person.name}: {self.what}"

    @property
    def what(self) -> str:
        """What would be given, in words."""
        parts = [f"peran {ROLES[self.role]}"] if self.role in ROLES else []
        if self.post:
            named = f"{KINDS[self.kind]} {self.post}".strip()
            parts.append(f"jabatan {named}" + (f", {self.unit.name}" if self.unit else ""))
        if self.reopens:
            parts.append("akun diaktifkan kembali")
        return " dan ".join(parts)

    @property
    def event_unit_id(self) -> int | None:
        return None

    def relations(self, actor: Actor) -> set[str]:
        return {OWNER} if actor.id is not None and actor.id == self.person_id else set()

    @classmethod
    def visible_to(cls, actor: Actor) -> Select[Any]:
        if actor.has(ADMIN, SECRETARIAT, LEADER):
            return select(cls)
        return select(cls).where(cls.person_id == actor.id)
