"""The agenda in the room: take up, finish, put off, put in another order. By chair, minute-taker and secretariat.

`version` and `order`: what the caller saw; Changed when it is no longer so.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from randal.database.base import db
from randal.engine.deeds import Unchanged, doing
from randal.engine.transitions import Changed, lock, run
from randal.l10n.formats import moment
from randal.models.meetings import AgendaItem, Meeting
from randal.org.people import Person
from randal.rooms.meetings import ordering, parts
from randal.rooms.meetings.timetable import is_running
from randal.schemas import forms
from randal.schemas.moves import ask_schema
from randal.web.attempt import carry_out
from workflows.lifecycle import Act, Actor
from workflows.meeting import LIFECYCLE

REASON = LIFECYCLE.moves_named("defer_agenda_item")[0].asks[1:]
DEFERRED = "Ditunda: "


def start(row: AgendaItem, actor: Actor, now: datetime, version: int | None = None) -> None:
    """Take it up; the running one ends with it. What had ended (or was put off) is taken up again."""
    _make(row, "start_agenda_item", {}, actor, now, version)


def finish(row: AgendaItem, actor: Actor, now: datetime, version: int | None = None) -> None:
    _make(row, "finish_agenda_item", {}, actor, now, version)


def defer(
    row: AgendaItem, actor: Actor, raw: Mapping[str, Any], now: datetime, version: int | None = None
) -> None:
    """Put it off to a later meeting; the reason joins its note."""
    given = {"reason": raw["reason"]} if "reason" in raw else {}
    _make(row, "defer_agenda_item", given, actor, now, version)


def _make(
    row: AgendaItem, name: str, given: Mapping[str, Any], actor: Actor, now: datetime, version: int | None
) -> None:
    meeting = row.meeting
    lock(meeting)
    parts.reread(meeting)
    LIFECYCLE.row_for(meeting, name, actor, now)
    if version is not None and row.version != version:
        raise Changed(parts.changed_by(row))
    carry_out(meeting, name, {**given, "agenda_item_id": row.id}, actor, now=now)


@doing("meeting.start_agenda_item")
def take_up(meeting: Meeting, act: Act) -> AgendaItem | Unchanged:
    row = _item(meeting, act)
    if is_running(row):
        return Unchanged(row)
    for other in meeting.agenda_items:
        if is_running(other):
            _touch(other, act, ended_at=act.now)
    return _touch(row, act, started_at=row.started_at or act.now, ended_at=None, outcome="discussed")


@doing("meeting.finish_agenda_item")
def end(meeting: Meeting, act: Act) -> AgendaItem:
    row = _item(meeting, act)
    return _touch(row, act, ended_at=act.now)


@doing("meeting.defer_agenda_item")
def put_off(meeting: Meeting, act: Act) -> AgendaItem:
    row = _item(meeting, act)
    note = "\n".join(filter(None, [row.note, DEFERRED + act.get("reason").strip()]))
    return _touch(
        row, act, outcome="deferred", note=note, ended_at=act.now if is_running(row) else row.ended_at
    )


def _item(meeting: Meeting, act: Act) -> AgendaItem:
    row: AgendaItem = parts.one_of(parts.KINDS["agenda"], meeting, act)
    return row


def _touch(row: AgendaItem, act: Act, **written: Any) -> AgendaItem:
    for name, value in written.items():
        setattr(row, name, value)
    row.updated_at, row.updated_by_id = act.now, act.actor.id
    db.session.flush()
    return row


def defer_form(
    given: Mapping[str, Any] | None = None, errors: Mapping[str, list[str]] | None = None
) -> forms.Form:
    """The reason as its page asks for it."""
    schema = ask_schema(REASON)
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
    meeting = row.meeting
    lock(meeting)
    parts.reread(meeting)
    LIFECYCLE.row_for(meeting, "change_agenda_item", actor, now)
    if order is not None and order != ordering.order_of(meeting):
        raise Changed(order_changed(meeting))
    given = {"agenda_item_id": row.id, "way": way, "position": position, "session_id": session_id}
    run(meeting, "change_agenda_item", actor, {n: v for n, v in given.items() if v}, now=now)


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
