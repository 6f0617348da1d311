"""An import from its preview to its end. The file and what was found in it are kept until it is written, or for a day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, ForeignKey, Select, String, Text, UniqueConstraint, false, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from randal.base.spool import lines
from randal.database.base import Row, UTCDateTime
from randal.org.people import Person
from randal.spreadsheets.importing import KINDS, Kind
from workflows.lifecycle import ADMIN, SECRETARIAT, Actor

KEPT_FOR = timedelta(hours=24)


class Import(Row):
    """`digest` is over what every row would do (checking.Outcome): what is written is what was seen, or nothing."""

    __tablename__ = "imports"
    kind: Mapped[str] = mapped_column(String(24))
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meetings.id"))
    name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    file: Mapped[bytes | None] = mapped_column(
        deferred=True
    )  # personal data: gone as soon as it is not needed
    found: Mapped[bytes | None] = mapped_column(
        deferred=True
    )  # the preview: a line of JSON per row, compressed
    said: Mapped[dict[str, Any] | None] = mapped_column(
        JSON(none_as_null=True), deferred=True
    )  # about all rows
    batch: Mapped[str] = mapped_column(String(32), default="", index=True)  # files that came together
    mapping: Mapped[dict[str, str]] = mapped_column(
        JSON, default=dict
    )  # header, folded → column, as it was read
    problem: Mapped[str] = mapped_column(Text, default="")  # why it cannot be read at all
    digest: Mapped[str] = mapped_column(String(64))
    rows: Mapped[int]
    wrong: Mapped[int]  # cells
    wrong_rows: Mapped[int] = mapped_column(default=0)
    asked: Mapped[int] = mapped_column(default=0)  # rows that will be asked about
    created: Mapped[int]
    updated: Mapped[int]
    unchanged: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    written_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    made_by: Mapped[Person | None] = relationship()

    @property
    def unmapped(self) -> bool:
        """Does it wait for somebody to say what its columns mean?"""
        return self.found is None and self.file is not None and self.of.mapped

    @property
    def of(self) -> Kind:
        return KINDS[self.kind]

    @property
    def open(self) -> bool:
        """May it still be written?"""
        return self.written_at is None and self.found is not None and self.said is not None

    @property
    def ready(self) -> bool:
        """Would it be written as it is, and change something?"""
        return self.open and not self.wrong and bool(self.created or self.updated)

    @property
    def about(self) -> dict[str, Any]:
        """{errors: {row: {key: sentence}}, unused, keys, notes}; {} when forgotten."""
        return self.said or {}

    @property
    def preview(self) -> Iterator[dict[str, Any]]:
        """The rows, one by one: number, cells, what, before, asks."""
        names = ("number", "cells", "what", "before", "asks")
        return (dict(zip(names, row, strict=True)) for row in lines(self.found or b""))

    @classmethod
    def visible_to(cls, actor: Actor) -> Select[Any]:
        """The office sees all of them; who imports for himself, his own while he still may import."""
        if actor.has(ADMIN, SECRETARIAT):
            return select(cls)
        return select(cls).where(cls.made_by_id == actor.id if actor.roles else false())


class ColumnMapping(Row):
    """What the columns of a list of somebody's own making mean, by the set of its headers; of a unit, or of the office."""

    __tablename__ = "import_mappings"
    __table_args__ = (UniqueConstraint("kind", "unit_key", "heads"),)
    kind: Mapped[str] = mapped_column(String(24))
    unit_key: Mapped[int]  # of the unit; 0 for the office
    heads: Mapped[str] = mapped_column(String(64))
    columns: Mapped[dict[str, str]] = mapped_column(JSON)  # header, folded → key of a column, "" for none
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
