"""Who writes in which section of the live minutes, or of the minutes themselves, just now.

A row per person and meeting, in the database (requests never touch Redis), carried by the question that an open page asks
anyway: written at most once in ten seconds by each, and forgotten a minute after its person fell silent.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from randal.database.base import db, is_sqlite
from randal.models.meeting_parts import Writer
from randal.org.people import Person

SECTIONS = ("acara", "sasaran", "arahan", "keputusan", "temuan", "kendala", "rtl")
OF_MINUTES = re.compile(r"[nbl]-[a-z_]{1,18}")  # a section of the notula, berita acara or laporan, by its key
WRITE_EVERY = timedelta(seconds=10)
SHOWN = timedelta(seconds=25)  # two turns of a page may be lost
KEPT = timedelta(minutes=1)


class Seen(NamedTuple):
    """One of those at work: for the page, and for its mark."""

    person_id: int
    name: str
    section: str


def at_work(meeting_id: int, now: datetime) -> list[tuple[Seen, datetime]]:
    """Who is seen at work in this meeting, each with when that was noted."""
    query = select(Writer.person_id, Person.name, Writer.section, Writer.at).join(
        Person, Person.id == Writer.person_id
    )
    query = query.where(Writer.meeting_id == meeting_id, Writer.at > now - KEPT).order_by(Writer.person_id)
    return [(Seen(*row[:3]), row.at) for row in db.session.execute(query)]


def is_due(rows: list[tuple[Seen, datetime]], person_id: int | None, now: datetime) -> bool:
    """Is this person's place to be written again?"""
    return not any(seen.person_id == person_id and at > now - WRITE_EVERY for seen, at in rows)


def others(rows: list[tuple[Seen, datetime]], person_id: int | None, now: datetime) -> list[Seen]:
    return [seen for seen, at in rows if seen.person_id != person_id and at > now - SHOWN]


def note(meeting_id: int, person_id: int, section: str, now: datetime) -> None:
    """Write where this person is at work, and forget who fell silent, in whichever meeting."""
    db.session.execute(delete(Writer).where(Writer.at <= now - KEPT))
    insert = sqlite.insert if is_sqlite() else postgresql.insert
    row = insert(Writer).values(meeting_id=meeting_id, person_id=person_id, section=section, at=now)
    keys = [Writer.meeting_id, Writer.person_id]
    db.session.execute(row.on_conflict_do_update(index_elements=keys, set_={"section": section, "at": now}))
