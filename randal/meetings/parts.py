"""Sessions, objectives, agenda, directives and decisions: what is planned, what is assessed, what is recorded.

Planned (text, title …): by the secretariat before the meeting; in the session by the minute-taker and the chair too.
Assessed (outcome, assessment, note) and recorded (arahan, keputusan): from the session on, until the minutes are
submitted. Every change locks the meeting's row first, so that none slips past a close.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from randal.core import forms
from randal.core.db import db, is_sqlite
from randal.core.people import Person
from randal.core.transitions import Changed, lock, record
from randal.core.words import moment
from randal.meetings import ordering, sessions
from randal.meetings.forms import AgendaForm, ObjectiveForm, SessionForm, StatementForm
from randal.meetings.models import (
    AgendaItem,
    Decision,
    Directive,
    Meeting,
    Objective,
    Part,
    Session,
    office,
)
from workflows.lifecycle import CHAIR, EVALUATOR, MINUTE_TAKER, SECRETARIAT, Actor, Refused

ASSESSED = ("assessment", "outcome", "note")
PLACED = ("position", "session_id")  # where an item of the agenda stands: the others make room
WRITERS = {SECRETARIAT, CHAIR, MINUTE_TAKER}
ASSESSORS = WRITERS | {EVALUATOR}
ANNOUNCED_IN = ("scheduled", "in_session")  # when people have it in their calendars


@dataclass(frozen=True)
class Kind:
    model: type[Any]
    form: type[forms.Base]
    order: str  # the column that counts them; "": nothing does
    collection: str
    label: str
    fitted: Callable[..., dict[str, Any]] | None = None  # what was typed, made to fit the meeting
    let_go: Callable[[Any], None] | None = None  # before one is removed

    @property
    def recorded(self) -> bool:
        return self.model in (Directive, Decision)


KINDS = {
    "sessions": Kind(Session, SessionForm, "", "sessions", "sesi", sessions.fitted, sessions.let_go),
    "objectives": Kind(Objective, ObjectiveForm, "position", "objectives", "sasaran"),
    "agenda": Kind(AgendaItem, AgendaForm, "position", "agenda_items", "acara"),
    "directives": Kind(Directive, StatementForm, "number", "directives", "arahan"),
    "decisions": Kind(Decision, StatementForm, "number", "decisions", "keputusan"),
}
BY_MODEL = {kind.model: kind for kind in KINDS.values()}


def make_part(name: str, meeting: Meeting, actor: Actor, raw: Mapping[str, Any], now: datetime) -> Any:
    """Add one at the end. Refused: role, the meeting's state, fields."""
    kind = KINDS[name]
    lock(meeting)
    require_recording(meeting, actor, kind.label) if kind.recorded else require_planning(
        meeting, actor, kind.label
    )
    given = filled(forms.load(kind.form, {k: v for k, v in raw.items() if k not in ASSESSED}))
    where = {name: given.pop(name, None) for name in PLACED}
    row = kind.model(**(kind.fitted(meeting, given) if kind.fitted else given))
    rows = getattr(meeting, kind.collection)
    if kind.order:
        setattr(row, kind.order, max((getattr(r, kind.order) for r in rows), default=0) + 1)
    row.updated_at, row.updated_by_id = now, actor.id
    rows.append(row)
    db.session.flush()
    if any(where.values()):
        ordering.place(row, **where)
        db.session.flush()
    if not kind.recorded:
        _written(meeting, kind, actor, now, added=name, part=row.id)
    return row


def edit_part(
    row: Any, actor: Actor, raw: Mapping[str, Any], now: datetime, version: int | None = None
) -> None:
    """Change what the caller may change. `version`: refuse (Changed) when another has written meanwhile."""
    kind, meeting = BY_MODEL[type(row)], row.meeting
    lock(meeting)
    if not is_sqlite():
        db.session.refresh(row)
    asked = [name for name in kind.form().fields if name in raw]
    if kind.recorded:
        require_recording(meeting, actor, kind.label)
    else:
        if not asked or any(name in ASSESSED for name in asked):
            require_assessing(meeting, actor)
        if any(name not in ASSESSED for name in asked):
            require_planning(meeting, actor, kind.label)
    if version is not None and row.version != version:
        raise Changed(changed_by(row))
    given = filled(forms.load(kind.form, raw, partial=True))
    where = {name: given.pop(name) for name in PLACED if given.get(name)}
    if kind.fitted:
        given = kind.fitted(meeting, given, row)
    changed = {
        name: value for name, value in given.items() if name not in PLACED and getattr(row, name) != value
    }
    if where:
        reread(meeting)
        if ordering.place(row, **where):
            changed |= where
    if not changed:
        return
    for name in changed.keys() - set(PLACED):
        setattr(row, name, changed[name])
    row.updated_at, row.updated_by_id = now, actor.id
    db.session.flush()
    if not kind.recorded and any(name not in ASSESSED for name in changed):
        _written(meeting, kind, actor, now, part=row.id, fields=list(changed))


def _written(meeting: Meeting, kind: Kind, actor: Actor, now: datetime, **given: Any) -> None:
    """The meeting's history tells of it. Sessions stand in everybody's calendar, which takes them only from a newer one."""
    if kind.model is Session:
        given["fields"] = ["sessions"]
        if meeting.state in ANNOUNCED_IN:
            meeting.sequence += 1
    record(meeting, "edit", actor, now=now, before=meeting.state, given=given)


def reread(meeting: Meeting) -> None:
    """The agenda as it is now that this one holds the meeting; SQLite reads only after it has the file."""
    if not is_sqlite():
        rows = select(AgendaItem).where(AgendaItem.meeting_id == meeting.id)
        db.session.scalars(rows.execution_options(populate_existing=True)).all()
        db.session.expire(meeting, ["agenda_items"])


def remove_part(row: Any, actor: Actor, now: datetime) -> None:
    """Objectives and agenda while planned; an arahan or keputusan written by mistake while it is recorded."""
    kind, meeting = BY_MODEL[type(row)], row.meeting
    lock(meeting)
    if kind.recorded:
        require_recording(meeting, actor, kind.label)
    else:
        require_planning(meeting, actor, kind.label, states=("draft", "scheduled"))
    gone, part_id = getattr(row, kind.order or "id"), row.id
    if kind.let_go:
        kind.let_go(row)
    db.session.delete(row)
    db.session.flush()
    rows = getattr(meeting, kind.collection)
    if row in rows:
        rows.remove(row)
    for later in sorted(rows, key=lambda r: getattr(r, kind.order)) if kind.order else ():
        if getattr(later, kind.order) > gone:
            setattr(later, kind.order, getattr(later, kind.order) - 1)
            db.session.flush()  # one by one: their numbers are unique
    if not kind.recorded:
        _written(meeting, kind, actor, now, removed=kind.label, part=part_id)


# -- who may -----------------------------------------------------------------------------------------


def hats(meeting: Meeting, actor: Actor) -> set[str]:
    return set(actor.roles) | office(meeting, actor)


def require_planning(
    meeting: Meeting,
    actor: Actor,
    label: str,
    states: tuple[str, ...] = ("draft", "scheduled", "in_session"),
) -> None:
    allowed = WRITERS if meeting.state == "in_session" else {SECRETARIAT}
    if hats(meeting, actor).isdisjoint(allowed):
        raise Refused("role", f"Anda tidak berwenang mengubah {label} rapat ini.")
    if meeting.state not in states:
        raise Refused("state", f"Daftar {label} tidak dapat diubah lagi: rapat «{meeting.state_label}».")


def require_recording(meeting: Meeting, actor: Actor, label: str) -> None:
    if hats(meeting, actor).isdisjoint(WRITERS):
        raise Refused("role", f"Anda tidak berwenang mencatat {label} rapat ini.")
    require_open_book(meeting, f"{label.capitalize()} dicatat")


def require_assessing(meeting: Meeting, actor: Actor) -> None:
    if hats(meeting, actor).isdisjoint(ASSESSORS):
        raise Refused("role", "Anda tidak berwenang menilai acara dan sasaran rapat ini.")
    require_open_book(meeting, "Acara dan sasaran dinilai")


def require_open_book(meeting: Meeting, what: str) -> None:
    if not is_open_book(meeting):
        raise Refused("state", f"{what} sejak rapat dimulai sampai notulanya diajukan.")


def is_open_book(meeting: Meeting) -> bool:
    """From the session on, until the minutes are submitted."""
    minutes = meeting.minutes
    return meeting.state in ("in_session", "closed") and (minutes is None or minutes.state == "drafting")


def may_plan(meeting: Meeting, actor: Actor) -> bool:
    allowed = WRITERS if meeting.state == "in_session" else {SECRETARIAT}
    return meeting.state in ("draft", "scheduled", "in_session") and not hats(meeting, actor).isdisjoint(
        allowed
    )


def may_record(meeting: Meeting, actor: Actor) -> bool:
    return is_open_book(meeting) and not hats(meeting, actor).isdisjoint(WRITERS)


def may_assess(meeting: Meeting, actor: Actor) -> bool:
    return is_open_book(meeting) and not hats(meeting, actor).isdisjoint(ASSESSORS)


# -- words -------------------------------------------------------------------------------------------


def filled(given: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value or "" if name in ("note", "speaker", "place") else value or None
        for name, value in given.items()
    }


def writer_of(row: Part) -> str:
    who = db.session.get(Person, row.updated_by_id) if row.updated_by_id else None
    return who.name if who else "Sistem"


def changed_by(row: Any) -> str:
    when = moment(row.updated_at, row.meeting.timezone)
    return f"Sudah diubah oleh {writer_of(row)} pada {when}. Muat ulang untuk melihat yang terbaru."
