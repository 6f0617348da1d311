"""Who looked at whose NIP or telephone number: added to, never changed; forgotten by one rule after two years.

    db.will_write()                                   # a page that is only read does not write by itself
    access_log.noted(actor(), "nip phone", "person", person.id, now())

Whoever shows these numbers of somebody else says so here, before it answers. One's own are nobody's business.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import has_request_context, request
from sqlalchemy import ForeignKey, Index, Select, String, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from randal.database.base import Row, UTCDateTime, db
from randal.history import triggers
from workflows.lifecycle import Actor

KEPT = timedelta(days=731)  # two years and a day: the database refuses to lose what is younger than two years
KEPT_WORDS = "dua tahun"
WHAT = {"nip": "NIP", "phone": "telepon"}
WHERE: dict[str, str] = {}  # endpoint → what the place is called; the rooms add theirs


class Access(Row):
    """One look. `about_id` is a person's number (None: `count` people at once); `place` the endpoint that showed it."""

    __tablename__ = "access_log"
    __table_args__ = (Index("ix_access_log_about", "about_type", "about_id"),)
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    what: Mapped[str] = mapped_column(String(40))  # codes of WHAT, parted by spaces
    about_type: Mapped[str] = mapped_column(String(24))
    about_id: Mapped[int | None]
    count: Mapped[int] = mapped_column(default=1)
    place: Mapped[str] = mapped_column(String(80), default="")

    @property
    def what_words(self) -> str:
        return " dan ".join(WHAT.get(code, code) for code in self.what.split())

    @property
    def where_words(self) -> str:
        return WHERE.get(self.place, self.place or "di luar halaman")


triggers.append_only(
    Access.__table__,
    delete_when={
        "sqlite": "OLD.at < datetime('now', '-2 years')",
        "postgresql": "OLD.at < now() - interval '2 years'",
    },
)


def noted(
    actor: Actor, what: str, about_type: str, about_id: int | None, now: datetime, *, count: int = 1
) -> None:
    """Write that this actor is shown `what` ("nip", "phone", or both with a space) of somebody. Does not commit."""
    if about_type == "person" and about_id == actor.id:
        return
    place = (request.endpoint or "") if has_request_context() else ""
    row = Access(at=now, actor_id=actor.id, what=what, about_type=about_type, about_id=about_id, place=place)
    row.count = count
    db.session.add(row)
    db.session.flush()


def newest(
    limit: int, *, before: int | None = None, actor_id: int | None = None, about_id: int | None = None
) -> Select[Access]:
    """The looks, newest first: by one person (`actor_id`), of one person (`about_id`), older than a row (`before`)."""
    query = select(Access).order_by(Access.id.desc()).limit(limit)
    if before is not None:
        query = query.where(Access.id < before)
    if actor_id is not None:
        query = query.where(Access.actor_id == actor_id)
    if about_id is not None:
        query = query.where(Access.about_type == "person", Access.about_id == about_id)
    return query


def forget(now: datetime) -> None:
    """Lose what is older than two years."""
    db.session.execute(delete(Access).where(Access.at < now - KEPT))
