"""The agenda in the room: take up, finish, put off, put in another order. By chair, minute-taker and secretariat.

Each locks the meeting's row first. `version` and `order`: what the caller saw; Changed when it is no longer so.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from randal.core import forms
from randal.core.db import db
from randal.core.people import Person
from randal.core.transitions import Changed, lock, record
from randal.core.words import moment
from randal.meetings import ordering, parts
from randal.meetings.models import AgendaItem, Meeting
from randal.meetings.timetable import is_running
from workflows.lifecycle import REASON_LENGTH, Actor, Ask, Refused

REASON = [Ask("reason", "Alasan", "reason")]
DEFERRED = "Ditunda: "


def start(row: AgendaItem, actor: Actor, now: datetime, version: int | None = None) -> None:
    """Take it up; the running one ends with it. What had ended (or was put off) is taken up again."""
    _hold(row, actor, version)
    if is_running(row):
        return
    for other in row.meeting.agenda_items:
        if is_running(other):
            _end(other, actor, now)
    row.started_at, row.ended_at = row.started_at or now, None
    row.outcome = "discussed"
    _written(row, actor, now, "started_at")


def finish(row: AgendaItem, actor: Actor, now: datetime, version: int | None = None) -> None:
    _hold(row, actor, version)
    if not is_running(row):
        raise Refused("state", "Acara ini tidak sedang berlangsung.")
    _end(row, actor, now)
    _written(row, actor, now, "ended_at")


def defer(
    row: AgendaItem, actor: Actor, raw: Mapping[str, Any], now: datetime, version: int | None = None
) -> None:
    """Put it off to a later meeting; the reason joins its note. Refused (field) without one of ten letters."""
    _hold(row, actor, version)
    reason = (forms.load(forms.ask_schema(REASON), raw).get("reason") or "").strip()
    if len(reason) < REASON_LENGTH:
        raise forms.wrong("reason", f"Tulis alasan sedikitnya {REASON_LENGTH} karakter.")
    if is_running(row):
        row.ended_at = now
    row.outcome = "deferred"
    row.note = "\n".join(filter(None, [row.note, DEFERRED + reason]))
    _written(row, actor, now, "outcome")


def defer_form(
    given: Mapping[str, Any] | None = None, errors: Mapping[str, list[str]] | None = None
) -> forms.Form:
    """The reason as its page asks for it."""
    schema = forms.ask_schema(REASON)
    return forms.Form(schema, given or {}, errors or {}, required=["reason"])


def reorder(
    row: AgendaItem,
    actor: Actor,
    now: datetime,
    *,
    way: str | None = None,
    position: int | None = None,
    session_id: int | None = None,
    order: str | None = None,
) -> None:
    """`way`: one place up or down; else to `position`, into `session_id`. `order`: the numbers as the caller saw them."""
    lock(row.meeting)
    parts.reread(row.meeting)
    parts.require_planning(row.meeting, actor, "acara")
    if order is not None and order != ordering.order_of(row.meeting):
        raise Changed(order_changed(row.meeting))
    if ordering.step(row, way) if way else ordering.place(row, position, session_id):
        _written(row, actor, now, "position")


def close(meeting: Meeting, now: datetime) -> None:
    """The meeting is over, and with it what was running."""
    for row in meeting.agenda_items:
        if is_running(row):
            row.ended_at, row.updated_at = now, now


def order_changed(meeting: Meeting) -> str:
    last = max(meeting.agenda_items, key=lambda row: row.updated_at, default=None)
    who = db.session.get(Person, last.updated_by_id) if last and last.updated_by_id else None
    when = f" pada {moment(last.updated_at, meeting.timezone)}" if last else ""
    return f"Susunan acara sudah diubah oleh {who.name if who else 'orang lain'}{when}. Periksa susunan yang terbaru."


def _hold(row: AgendaItem, actor: Actor, version: int | None) -> None:
    meeting = row.meeting
    lock(meeting)
    parts.reread(meeting)
    if parts.hats(meeting, actor).isdisjoint(parts.WRITERS):
        raise Refused("role", "Acara dijalankan oleh pimpinan rapat, notulis, atau sekretariat.")
    if meeting.state != "in_session":
        raise Refused(
            "state", f"Acara dijalankan selama rapat berlangsung; rapat ini «{meeting.state_label}»."
        )
    if version is not None and row.version != version:
        raise Changed(parts.changed_by(row))


def _end(row: AgendaItem, actor: Actor, now: datetime) -> None:
    row.ended_at, row.updated_at, row.updated_by_id = now, now, actor.id


def _written(row: AgendaItem, actor: Actor, now: datetime, what: str) -> None:
    row.updated_at, row.updated_by_id = now, actor.id
    db.session.flush()
    given = {"part": row.id, "fields": [what]}
    record(row.meeting, "edit", actor, now=now, before=row.meeting.state, given=given)
