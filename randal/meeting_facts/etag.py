"""The pulse of a meeting: a short mark that is another one after anything its pages show has changed.

Open pages and the room's screen ask for it every few seconds. It is read in one statement, which also says whether the
asker may see the meeting at all, and a page that has the present mark is answered 304 before anything else is read.
Derived from what is there, not counted up by those who write: nobody can forget to, and 500 who check in at once do not
wait for each other's turn at one row.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import cache
from typing import Any

from flask import Response, abort, request
from sqlalchemy import Select, func, select

from randal.database.base import db
from randal.history.events import Event
from randal.l10n import clock
from randal.models.attendance import Attendance, Presence
from randal.models.findings import ProposalDecision
from randal.models.meetings import AgendaItem, Decision, Directive, Meeting, Objective, Session
from randal.models.paparan import Paparan, PaparanVersion, Reading
from workflows.lifecycle import Actor

#: Rows of a meeting that change without an event: counted, with their versions.
WATCHED: list[Any] = [Session, Objective, AgendaItem, Directive, Decision]


def mark_of(meeting_id: int, actor: Actor, now: datetime, *also: object) -> str:
    """The mark, for whom it may concern; 404 when the meeting is not to be seen. `also`: what else the page shows."""
    query = Meeting.visible_to(actor).where(Meeting.id == meeting_id)
    query = query.with_only_columns(*_facts())
    row = db.session.execute(query).one_or_none()
    if row is None:
        abort(404)
    return _mark(row, now, also)


def told(meeting_id: int, now: datetime, *also: object) -> str:
    """The same mark, for who was let in by another right (a signer of the minutes)."""
    return _mark(db.session.execute(select(*_facts()).where(Meeting.id == meeting_id)).one(), now, also)


def _mark(row: Any, now: datetime, also: tuple[object, ...]) -> str:
    zone, *facts = row
    return digest([*facts, clock.local_date(now, zone), *also])  # at midnight what was due today is late


def digest(facts: list[Any]) -> str:
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:20]


@cache
def _facts() -> tuple[Any, ...]:
    """Built once: putting it together takes longer than asking it."""
    happened = select(func.max(Event.id)).where(Event.meeting_id == Meeting.id)
    # Reports and follow-ups of the invited units: the last event of each, found at the end of an index.
    last = select(func.max(Event.id)).where(Event.unit_id == Attendance.unit_id).scalar_subquery()
    asked: list[Select[Any]] = [happened, select(func.max(last)).where(Attendance.meeting_id == Meeting.id)]
    for model in WATCHED:
        for fact in (func.count(), func.max(model.id), func.sum(model.version)):
            asked.append(select(fact).where(model.meeting_id == Meeting.id))
    for fact in (func.count(Presence.id), func.max(Presence.id), func.count(Presence.left_at)):
        mine = select(fact).join(Attendance, Presence.attendance_id == Attendance.id)
        asked.append(mine.where(Attendance.meeting_id == Meeting.id))
    read = select(func.max(Reading.id)).join(PaparanVersion).join(Paparan)
    asked.append(read.where(Paparan.meeting_id == Meeting.id))
    for fact in (func.count(), func.max(Paparan.id), func.count(Paparan.withdrawn_at)):
        asked.append(select(fact).where(Paparan.meeting_id == Meeting.id))
    versions = select(func.max(PaparanVersion.id)).join(Paparan, PaparanVersion.paparan_id == Paparan.id)
    readings = select(func.max(Reading.id)).join(PaparanVersion, Reading.version_id == PaparanVersion.id)
    asked.append(versions.where(Paparan.meeting_id == Meeting.id))
    asked.append(readings.join(Paparan).where(Paparan.meeting_id == Meeting.id))
    asked.append(select(func.max(ProposalDecision.id)).where(ProposalDecision.meeting_id == Meeting.id))
    facts = tuple(each.correlate(Meeting).scalar_subquery() for each in asked)
    return (Meeting.timezone, Meeting.seq, Meeting.version, *facts)


def has(mark: str) -> bool:
    """Does the asker's page show this already?"""
    return request.if_none_match.contains(mark)


def same(mark: str) -> Response:
    made = Response(status=304)
    made.set_etag(mark)
    return made
