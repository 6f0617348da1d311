"""The words of every thing that can be found, in one table."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Select, String, Text, UniqueConstraint, and_, or_, select
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from randal.database.base import Row, UTCDateTime
from randal.models.findings import Finding
from randal.models.follow_ups import FollowUp
from randal.models.kendala import Kendala
from randal.models.meetings import Decision, Directive, Meeting
from randal.models.minutes import Minutes
from workflows.lifecycle import Actor

KINDS: dict[str, tuple[type[Any], str]] = {  # kind → model, heading of the group
    "meeting": (Meeting, "Rapat"),
    "minutes": (Minutes, "Notula"),  # berita acara and laporan as well: each says in its title what it is
    "decision": (Decision, "Keputusan"),
    "directive": (Directive, "Arahan"),
    "follow_up": (FollowUp, "Tindak lanjut"),
    "finding": (Finding, "Temuan"),
    "kendala": (Kendala, "Kendala"),
}

VECTOR = "to_tsvector('simple'::regconfig, stems)"


class SearchEntry(Row):
    """One thing as it reads now; `stems` are its words as stemming.stems writes them. Made anew by `flask randal reindex`."""

    __tablename__ = "search_entries"
    __table_args__ = (
        UniqueConstraint("kind", "item_id"),
        # SQLite, the database to begin with, looks through the column: some ten milliseconds for twenty thousand things.
        Index("ix_search_entries_words", sql(VECTOR), postgresql_using="gin").ddl_if(dialect="postgresql"),
    )
    kind: Mapped[str] = mapped_column(String(12))
    item_id: Mapped[int]
    meeting_id: Mapped[int] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)  # the newest comes first
    title: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text)
    stems: Mapped[str] = mapped_column(Text)

    @classmethod
    def visible_to(cls, actor: Actor) -> Select[Any]:
        """Whoever may see the thing finds it; nobody else does."""
        seen = (
            and_(
                cls.kind == kind,
                # looked up for what was found; an IN would first gather all that this reader may see
                model.visible_to(actor)
                .where(model.id == cls.item_id)
                .with_only_columns(model.id)
                .correlate(cls)
                .exists(),
            )
            for kind, (model, _heading) in KINDS.items()
        )
        return select(cls).where(or_(*seen))
