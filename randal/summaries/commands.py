"""Drafting, editing, publishing and withdrawing the account of a meeting."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from randal.core import forms
from randal.core.db import db
from randal.core.history import EDITS
from randal.core.people import Person
from randal.core.transitions import Changed, lock, record
from randal.meetings.models import Meeting, office
from randal.summaries.drafting import draft
from randal.summaries.models import Summary
from randal.summaries.personal import Trace, traces
from workflows.lifecycle import CHAIR, SECRETARIAT, Actor, Refused

PERSONAL = "Ada data pribadi di dalam ringkasan. Ganti dengan jabatan, atau nyatakan memang perlu."
AFTER = ("closed", "concluded")
EDITS.update(
    summary_published="menerbitkan ringkasan publik",
    summary_withdrawn="menarik ringkasan publik",
    summary_written="menyunting ringkasan publik",
)


class SummaryForm(forms.Base):
    title = forms.text("Judul")
    text = forms.prose(
        "Ringkasan",
        max=8000,
        help="Baris kosong memisahkan paragraf. Sebut jabatan dan instansi, bukan nama orang.",
    )


def may_write(meeting: Meeting, actor: Actor) -> bool:
    return actor.has(SECRETARIAT) or CHAIR in office(meeting, actor)


def require(meeting: Meeting, actor: Actor) -> None:
    if not may_write(meeting, actor):
        raise Refused("role", "Ringkasan publik disusun oleh sekretariat atau pimpinan rapat.")
    if meeting.state not in AFTER:
        raise Refused("state", "Ringkasan publik disusun setelah rapat ditutup.")


def summary_of(meeting: Meeting) -> Summary | None:
    return db.session.scalar(select(Summary).where(Summary.meeting_id == meeting.id))


def start(meeting: Meeting, actor: Actor, now: datetime) -> Summary:
    """The meeting's account, drafted from the facts at the first call. Refused: role, state."""
    require(meeting, actor)
    lock(meeting)
    if found := summary_of(meeting):
        return found
    made = Summary(meeting=meeting, slug=slug_of(meeting), title=meeting.title, text=draft(meeting))
    made.updated_at, made.updated_by_id = now, actor.id
    db.session.add(made)
    db.session.flush()
    note(made, actor, now, "summary_written")
    return made


def write(
    row: Summary, actor: Actor, raw: Mapping[str, Any], now: datetime, version: int | None = None
) -> None:
    """Title and text. Refused: role, state, fields; Changed when another wrote meanwhile."""
    require(row.meeting, actor)
    lock(row.meeting)
    db.session.refresh(row)
    if version is not None and version != row.version:
        raise Changed(
            "Ringkasan ini sudah disunting orang lain. Salin tulisan Anda, muat ulang, lalu padukan."
        )
    given = forms.load(SummaryForm, raw)
    row.title, row.text = given["title"], given["text"].replace("\r\n", "\n")
    row.updated_at, row.updated_by_id = now, actor.id
    db.session.flush()
    note(row, actor, now, "summary_written")


def draft_again(row: Summary, actor: Actor, now: datetime) -> None:
    """The facts once more, in place of what was written."""
    write(row, actor, {"title": row.meeting.title, "text": draft(row.meeting)}, now)


def publish(row: Summary, actor: Actor, now: datetime, *, confirmed: bool = False) -> None:
    """Put it before the public. Refused (need) while words in it point at a person and nobody said that this is meant."""
    require(row.meeting, actor)
    lock(row.meeting)
    found = points_at(row)
    if found and not confirmed:
        said = [f"«{each.words}»: {each.what}." for each in found]
        raise Refused(
            "need",
            "Ada data pribadi di dalam ringkasan. Ganti dengan jabatan, atau nyatakan memang perlu.",
            {"confirm": said},
        )
    row.published_at, row.withdrawn_at = now, None
    note(row, actor, now, "summary_published")


def withdraw(row: Summary, actor: Actor, now: datetime) -> None:
    """Its address then says that it was taken back."""
    require(row.meeting, actor)
    lock(row.meeting)
    if not row.public:
        raise Refused("state", "Ringkasan ini sedang tidak terbit.")
    row.withdrawn_at = now
    note(row, actor, now, "summary_withdrawn")


def points_at(row: Summary) -> list[Trace]:
    """Traces of people in title and text: names of everybody who had to do with the meeting, numbers, addresses."""
    meeting = row.meeting
    names = {a.name_attending for a in meeting.attendance} | {
        a.person.name for a in meeting.attendance if a.person
    }
    names |= {person.name for person in (meeting.chair, meeting.minute_taker) if person}
    names |= {each.speaker for each in meeting.directives} | {each.speaker for each in meeting.decisions}
    units = [a.unit_id for a in meeting.attendance if a.unit_id]
    names |= set(db.session.scalars(select(Person.name).where(Person.unit_id.in_(units))))
    return traces(f"{row.title}\n{row.text}", sorted(name for name in names if name))


def slug_of(meeting: Meeting) -> str:
    plain = unicodedata.normalize("NFKD", meeting.title).encode("ascii", "ignore").decode().lower()
    return f"{re.sub(r'[^a-z0-9]+', '-', plain).strip('-')[:90]}-{meeting.id}"


def note(row: Summary, actor: Actor, now: datetime, what: str) -> None:
    record(row.meeting, "edit", actor, now=now, before=row.meeting.state, given={what: row.id})
