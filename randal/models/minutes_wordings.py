"""What was handed in for review, kept word by word with its hash: a reviewer agrees to that, and that is what gets frozen.

The tables of a draft follow the meeting. From `submit` on they stand still: what changes in the data afterwards is named
on the page, and enters the minutes only by the deed `renew`, after which everybody who agreed is asked again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column

from randal.database.base import Row, UTCDateTime, db
from randal.history.chain import canonical

if TYPE_CHECKING:
    from randal.models.minutes import Minutes

# Beside the tables that its sections print.
ALWAYS = ("meeting", "sections", "photos", "amends")
WITH = {"attendance": ("guests",), "agenda": ("meeting",)}
NAMES = {
    "meeting": "Waktu, tempat, dan acara rapat",
    "photos": "Foto",
    "guests": "Kehadiran",
    "amends": "Ralat",
}


#: how the paper of minutes would be drawn as a draft now: filled by the room that draws it
PAPER: dict[str, Callable[[Minutes, datetime], dict[str, Any]]] = {}


class MinutesWording(Row):
    """One text as it was handed in: `body` holds the part of the paper that people agree to (documents/snapshots.Minutes)."""

    __tablename__ = "minutes_wordings"
    minutes_id: Mapped[int] = mapped_column(ForeignKey("minutes.id"), index=True)
    version_no: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(UTCDateTime)


def agreed_part(paper: dict[str, Any]) -> dict[str, Any]:
    """The words and tables of a paper: without what only approval gives it (number, day, code, who signs)."""
    printed = [name for section in paper["sections"] for name in section["facts"]]
    wanted = {*ALWAYS, *printed, *(more for name in printed for more in WITH.get(name, ()))}
    return {name: paper[name] for name in sorted(wanted) if name in paper}


def keep(minutes: Minutes, paper: dict[str, Any], now: datetime) -> MinutesWording:
    body = agreed_part(paper)
    digest = sha256(canonical(body)).hexdigest()  # of every word: what people agree to is not masked
    row = MinutesWording(
        minutes_id=minutes.id, version_no=minutes.version_no, sha256=digest, body=body, at=now
    )
    db.session.add(row)
    db.session.flush()
    return row


def of(minutes: Minutes) -> MinutesWording | None:
    """The text under review or frozen; None while it is written, or when it was handed in before texts were kept."""
    if minutes.state == "drafting":
        return None
    mine = MinutesWording.minutes_id == minutes.id, MinutesWording.version_no == minutes.version_no
    query = select(MinutesWording).where(*mine).order_by(MinutesWording.id.desc()).limit(1)
    return db.session.scalar(query)


def sha256_of(minutes: Minutes) -> str:
    kept = of(minutes)
    return kept.sha256 if kept else ""


def changed_parts(minutes: Minutes) -> list[str]:
    """In which parts a paper of the meeting as it is now would differ from what was handed in, as people call them."""
    if (row := of(minutes)) is None:
        return []
    paper = PAPER["draft"](minutes, row.at)
    body = agreed_part(paper)
    titles = {name: section["title"] for section in reversed(paper["sections"]) for name in section["facts"]}
    names = (n for n in sorted({*body, *row.body}) if body.get(n) != row.body.get(n))
    return list(dict.fromkeys(titles.get(n) or NAMES.get(n, "Isi bagian") for n in names))
