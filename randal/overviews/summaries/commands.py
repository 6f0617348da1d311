"""Drafting, editing, publishing and withdrawing the account of a meeting."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from randal.database.base import db
from randal.engine.deeds import doing
from randal.engine.transitions import Changed, lock, run
from randal.models.meetings import Meeting
from randal.models.summaries import Summary
from randal.org.people import Person
from randal.overviews.summaries.drafting import draft
from randal.overviews.summaries.personal import Trace, traces
from randal.schemas.moves import ask_schema
from randal.web.attempt import carry_out
from workflows.lifecycle import Act, Actor, Refused
from workflows.material import SUMMARY
from workflows.meeting import LIFECYCLE

PERSONAL = "Ada data pribadi di dalam ringkasan. Ganti dengan jabatan, atau nyatakan memang perlu."


SummaryForm = ask_schema(SUMMARY, "SummaryForm")


def summary_of(meeting: Meeting) -> Summary | None:
    return db.session.scalar(select(Summary).where(Summary.meeting_id == meeting.id))


def start(meeting: Meeting, actor: Actor, now: datetime) -> Summary:
    """The meeting's account, drafted from the facts at the first call. Refused: role, state."""
    LIFECYCLE.row_for(meeting, "draft_summary", actor, now)
    lock(meeting)
    return summary_of(meeting) or draft_again(meeting, actor, now)


def draft_again(meeting: Meeting, actor: Actor, now: datetime) -> Summary:
    """The facts once more, in place of what was written."""
    made: Summary = run(meeting, "draft_summary", actor, {}, now=now).made
    return made


@doing("meeting.draft_summary")
def keep_draft(meeting: Meeting, act: Act) -> Summary:
    row = summary_of(meeting)
    if row is None:
        row = Summary(meeting_id=meeting.id, slug=slug_of(meeting))
    return put(row, meeting.title, draft(meeting), act)


def put(row: Summary, title: str, text: str, act: Act) -> Summary:
    row.title, row.text, row.updated_at, row.updated_by_id = title, text, act.now, act.actor.id
    db.session.add(row)
    db.session.flush()
    act.tell(summary_id=row.id)
    return row


def write(
    row: Summary, actor: Actor, raw: Mapping[str, Any], now: datetime, version: int | None = None
) -> None:
    """Title and text. Refused: role, state, fields; Changed when another wrote meanwhile."""
    LIFECYCLE.row_for(row.meeting, "write_summary", actor, now)
    lock(row.meeting)
    db.session.refresh(row)
    if version is not None and version != row.version:
        raise Changed(
            "Ringkasan ini sudah disunting orang lain. Salin tulisan Anda, muat ulang, lalu padukan."
        )
    carry_out(row.meeting, "write_summary", raw, actor, now=now)


@doing("meeting.write_summary")
def keep_words(meeting: Meeting, act: Act) -> Summary:
    return put(there(meeting), act.get("title"), act.get("text").replace("\r\n", "\n"), act)


def publish(row: Summary, actor: Actor, now: datetime, *, confirmed: bool = False) -> None:
    """Put it before the public. Refused (need) while words in it point at a person and nobody said that this is meant."""
    run(row.meeting, "publish_summary", actor, {"confirm": confirmed}, now=now)


@doing("meeting.publish_summary")
def put_before_the_public(meeting: Meeting, act: Act) -> Summary:
    row = there(meeting)
    found = points_at(row)
    if found and not act.get("confirm"):
        said = [f"«{each.words}»: {each.what}." for each in found]
        raise Refused("need", PERSONAL, {"confirm": said})
    row.published_at, row.withdrawn_at = act.now, None
    return row


def withdraw(row: Summary, actor: Actor, now: datetime) -> None:
    """Its address then says that it was taken back."""
    run(row.meeting, "withdraw_summary", actor, {}, now=now)


@doing("meeting.withdraw_summary")
def take_back(meeting: Meeting, act: Act) -> Summary:
    row = there(meeting)
    if not row.public:
        raise Refused("state", "Ringkasan ini sedang tidak terbit.")
    row.withdrawn_at = act.now
    return row


def there(meeting: Meeting) -> Summary:
    if row := summary_of(meeting):
        return row
    raise Refused("state", "Ringkasan publik rapat ini belum disusun.")


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
