"""Files that wait to be verified, and what was said of those that were."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, deferred, mapped_column

from randal.database.base import Model, Row, UTCDateTime


class Turn(Row):
    """A file of a stranger until its turn, and the answer until it was read."""

    __tablename__ = "verification_turns"
    token: Mapped[str] = mapped_column(String(43), unique=True)
    asker: Mapped[str] = mapped_column(String(64))  # SHA-256 of the address: counted, not read
    code: Mapped[str] = mapped_column(String(24), default="")
    file: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    size: Mapped[int]
    answer: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class Verdict(Model):
    """The last report on a document. `mark`: SHA-256 of all that it depends on (file, archive, whom we trust)."""

    __tablename__ = "verdicts"
    document_id: Mapped[int] = mapped_column(ForeignKey("documents.id"), primary_key=True)
    mark: Mapped[str] = mapped_column(String(64))
    report: Mapped[dict[str, Any]] = mapped_column(JSON)
    judged_at: Mapped[datetime] = mapped_column(UTCDateTime)
    fresh_until: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
