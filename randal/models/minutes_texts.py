"""Every wording that a section of the minutes has had: when, and by whom. Nothing is overwritten, so any two can be compared.

Saves of one person that follow each other within ONE_SITTING are one wording, unless the minutes moved on or somebody
marked them as read in between: what was submitted, approved or read is found again exactly.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, mapped_column

from randal.database.base import Row, UTCDateTime, db
from randal.history.events import Event
from workflows.minutes import LIFECYCLE, ONE_SITTING

MOVES = LIFECYCLE.step_names  # without the deeds beside them


class MinutesText(Row):
    """The words (sanitised HTML) of section `key` from `at` until the next row of that section."""

    __tablename__ = "minutes_texts"
    __table_args__ = (Index("ix_minutes_texts_minutes_id_at", "minutes_id", "at"),)
    minutes_id: Mapped[int] = mapped_column(ForeignKey("minutes.id"))
    key: Mapped[str] = mapped_column(String(32))
    title: Mapped[str] = mapped_column(String(120))
    html: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))  # None: composed from the meeting


class MinutesReading(Row):
    """How far a person has read: pressed, not guessed from a page that was open."""

    __tablename__ = "minutes_readings"
    __table_args__ = (UniqueConstraint("minutes_id", "person_id"),)
    minutes_id: Mapped[int] = mapped_column(ForeignKey("minutes.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)


def keep(minutes_id: int, key: str, title: str, html: str, by_id: int | None, now: datetime) -> None:
    """These are the words of the section from now on. The same words once more are no new wording."""
    mine = (MinutesText.minutes_id == minutes_id, MinutesText.key == key)
    last = db.session.scalar(select(MinutesText).where(*mine).order_by(MinutesText.id.desc()).limit(1))
    if last and last.html == html:
        return
    sitting = last is not None and last.by_id == by_id is not None and now - last.at < ONE_SITTING
    if last and sitting and _fixed_at(minutes_id, last.at) is None:
        last.html, last.at = html, now
        return
    db.session.add(MinutesText(minutes_id=minutes_id, key=key, title=title, html=html, at=now, by_id=by_id))


def _fixed_at(minutes_id: int, since: datetime) -> datetime | None:
    """When somebody moved these minutes or marked them as read at `since` or later; None: nobody did."""
    moved = select(func.max(Event.at)).where(
        Event.item_type == "minutes",
        Event.item_id == minutes_id,
        Event.move.in_(MOVES),
        Event.at >= since,
    )
    read = select(func.max(MinutesReading.at)).where(
        MinutesReading.minutes_id == minutes_id, MinutesReading.at >= since
    )
    return db.session.scalar(moved) or db.session.scalar(read)


def mark_read(minutes_id: int, person_id: int, now: datetime) -> None:
    """This person has read the minutes as they stand now."""
    row = reading_of(minutes_id, person_id)
    if row is None:
        db.session.add(MinutesReading(minutes_id=minutes_id, person_id=person_id, at=now))
    else:
        row.at = now


def reading_of(minutes_id: int, person_id: int | None) -> MinutesReading | None:
    return db.session.scalar(
        select(MinutesReading).where(
            MinutesReading.minutes_id == minutes_id, MinutesReading.person_id == person_id
        )
    )
