"""What a meeting's letter says beyond the meeting, and a person's calendar by a secret address."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from randal.database.base import Row, UTCDateTime
from randal.org.people import Person

if TYPE_CHECKING:
    from randal.models.meetings import Meeting

FIELDS = (
    "nature",
    "attachment",
    "destination",
    "dress",
    "opening",
    "closing",
    "on_behalf_of",
    "through",
    "rank",
    "notes",
)


ADDRESS = re.compile(r"[^\s<>;,()]+@[^\s<>;,()]+\.[^\s<>;,()]+")
MAILABLE = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]{2,}"
)


@dataclass(frozen=True)
class Copy:
    """One line of the tembusan: who, and the address that the paper is mailed to ("": somebody brings it)."""

    name: str
    address: str

    @property
    def public_name(self) -> str:
        """For who may not know addresses: one that has nothing else for a name is not told."""
        return self.name if not ADDRESS.search(self.name) else "Penerima tembusan"


def copies_of(text: str) -> list[Copy]:
    """ "Contoh Direktur <direktur@contoh.example>" → name and address; an address alone is its own name. Several in a line, as
    mail programs write them, are several."""
    return [one for line in filter(None, map(str.strip, text.splitlines())) for one in _copies(line)]


def _copies(line: str) -> list[Copy]:
    found = list(ADDRESS.finditer(line))
    if not found:
        return [Copy(line, "")]
    starts = [0, *(one.end() for one in found[:-1])]
    ends = [*(one.end() for one in found[:-1]), len(line)]
    made = []
    for address, start, end in zip(found, starts, ends, strict=True):
        around = line[start : address.start()] + line[address.end() : end]
        name = re.sub(r"[<(]\s*[>)]", "", around).strip(" \t,;:-–<>()\"'")
        name += ")" * (name.count("(") - name.count(")"))
        made.append(Copy(name or address[0], address[0].lower()))
    return made


def unclear(text: str) -> list[str]:
    """The lines that name an address which is none, so that nothing would ever be sent to it."""
    lines = filter(None, map(str.strip, text.splitlines()))
    return [line for line in lines if "@" in line and not all(map(_deliverable, _copies(line)))]


def _deliverable(copy: Copy) -> bool:
    return bool(MAILABLE.fullmatch(copy.address)) and (
        "@" not in copy.name or copy.name.lower() == copy.address
    )


class Letter(Row):
    """One per meeting; what is empty is as usual for the unit (`randal.documents.letterhead`)."""

    __tablename__ = "letters"
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), unique=True)
    nature: Mapped[str] = mapped_column(String(40), default="")
    attachment: Mapped[str] = mapped_column(String(120), default="")
    destination: Mapped[str] = mapped_column(String(120), default="")
    dress: Mapped[str] = mapped_column(String(120), default="")
    opening: Mapped[str] = mapped_column(Text, default="")
    closing: Mapped[str] = mapped_column(Text, default="")
    on_behalf_of: Mapped[str] = mapped_column(String(200), default="")  # a.n. this post
    through: Mapped[str] = mapped_column(
        String(200), default=""
    )  # this post was told to, and passes it on: u.b.
    rank: Mapped[str] = mapped_column(String(80), default="")
    notes: Mapped[str] = mapped_column(Text, default="")  # catatan, one per line
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}

    @property
    def facts(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in FIELDS}


class LetterSignature(Row):
    """Who signed a letter here, when and with which certificate: the facts beside the signed version of its document."""

    __tablename__ = "letter_signatures"
    document_id: Mapped[int] = mapped_column(ForeignKey("documents.id"), unique=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), index=True)
    signed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    signed_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    signed_as: Mapped[str] = mapped_column(String(200), default="")  # post as it was held that day
    way: Mapped[str] = mapped_column(String(8))  # local, remote
    signed_field: Mapped[str] = mapped_column(String(80), default="")  # a provider brings its own; "": FIELD
    certificate_serial: Mapped[str] = mapped_column(String(64), default="")  # "": by a provider
    certificate_sha256: Mapped[str] = mapped_column(String(64))
    signed_by: Mapped[Person] = relationship()
    meeting: Mapped[Meeting] = relationship(back_populates="letter_signatures")
    FIELD = "tte-1"  # of the letter's one signature block


class CalendarFeed(Row):
    """The secret address of one person's calendar: a new number makes the one before worthless."""

    __tablename__ = "calendar_feeds"
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), unique=True)
    number: Mapped[int] = mapped_column(default=1)
    open: Mapped[bool] = mapped_column(default=True)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    person: Mapped[Person] = relationship()
