"""A photo of a meeting, in two sizes, with what it shows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Select, String, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from randal.database.base import Row, UTCDateTime, db
from randal.documents import snapshots
from randal.models.meetings import Meeting
from randal.org.people import Person
from randal.storage.files import StoredFile
from workflows.lifecycle import Actor


class Photo(Row):
    """Taken off the meeting by who added it wrongly, never deleted."""

    __tablename__ = "photos"
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("files.id"))
    small_file_id: Mapped[int] = mapped_column(ForeignKey("files.id"))
    width: Mapped[int]  # pixels of the large one
    height: Mapped[int]
    caption: Mapped[str] = mapped_column(String(250), default="")
    on_paper: Mapped[bool] = mapped_column(default=True)  # annexed to the minutes and the packet
    version: Mapped[int] = mapped_column(default=1)
    added_at: Mapped[datetime] = mapped_column(UTCDateTime)
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    meeting: Mapped[Meeting] = relationship()
    file: Mapped[StoredFile] = relationship(foreign_keys=file_id)
    small: Mapped[StoredFile] = relationship(foreign_keys=small_file_id)
    added_by: Mapped[Person | None] = relationship()
    __mapper_args__ = {"version_id_col": version}

    @property
    def alt(self) -> str:
        """What the picture is, for who does not see it."""
        return self.caption or f"Foto {self.meeting.title}"

    @classmethod
    def visible_to(cls, actor: Actor) -> Select[Any]:
        """Whoever may see the meeting sees its photos."""
        seen = Meeting.visible_to(actor).with_only_columns(Meeting.id)
        return select(cls).where(cls.meeting_id.in_(seen), cls.withdrawn_at.is_(None))


def photos_of(meeting: Meeting, *, on_paper: bool | None = None) -> list[Photo]:
    query = (
        select(Photo).where(Photo.meeting_id == meeting.id, Photo.withdrawn_at.is_(None)).order_by(Photo.id)
    )
    if on_paper is not None:
        query = query.where(Photo.on_paper.is_(on_paper))
    return list(db.session.scalars(query))


def for_paper(meeting: Meeting) -> list[snapshots.Photo]:
    """The annexed photos, as papers name them."""
    return [{"caption": p.caption, "sha256": p.file.sha256} for p in photos_of(meeting, on_paper=True)]
