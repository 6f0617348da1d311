"""Sessions, objectives, agenda, directives and decisions: rows of a meeting, written by its deeds (workflows/agenda.py).

Every deed holds the meeting's row, so that none slips past a close.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from randal.database.base import db, is_sqlite
from randal.engine.deeds import Unchanged, doing
from randal.engine.transitions import Changed, lock
from randal.l10n.formats import moment
from randal.models.meeting_parts import Part
from randal.models.meetings import AgendaItem, Decision, Directive, Meeting, Objective, Session
from randal.org.people import Person
from randal.rooms.meetings import ordering, sessions
from randal.rooms.meetings.forms import AgendaForm, ObjectiveForm, SessionForm, StatementForm
from randal.schemas import forms
from randal.web.attempt import carry_out
from workflows.lifecycle import Act, Actor
from workflows.meeting import LIFECYCLE
from workflows.meeting_states import LIVE

PLACED = ("position", "session_id")  # where an item of the agenda stands: the others make room
JUDGED = ("assessment", "outcome", "note")


@dataclass(frozen=True)
class Kind:
    """`part` names it in the deeds: add_<part>, change_<part>, remove_<part>; `judge` is the deed that assesses one."""

    model: type[Any]
    form: type[forms.Base]  # as a page draws it
    part: str
    order: str  # the column that counts them; "": nothing does
    collection: str
    label: str
    judge: str = ""
    fitted: Callable[..., dict[str, Any]] | None = None  # what was typed, made to fit the meeting
    let_go: Callable[[Any], None] | None = None  # before one is removed

    @property
    def key(self) -> str:
        return f"{self.part}_id"

    def names(self, deed: str) -> list[str]:
        """The fields that a deed asks for, besides which one."""
        return [ask.name for ask in LIFECYCLE.moves_named(deed)[0].asks if ask.name != self.key]


KINDS = {
    "sessions": Kind(
        Session, SessionForm, "session", "", "sessions", "sesi", "", sessions.fitted, sessions.let_go
    ),
    "objectives": Kind(
        Objective, ObjectiveForm, "objective", "position", "objectives", "sasaran", "assess_objective"
    ),
    "agenda": Kind(
        AgendaItem, AgendaForm, "agenda_item", "position", "agenda_items", "acara", "note_outcome"
    ),
    "directives": Kind(Directive, StatementForm, "directive", "number", "directives", "arahan"),
    "decisions": Kind(Decision, StatementForm, "decision", "number", "decisions", "keputusan"),
}
BY_MODEL = {kind.model: kind for kind in KINDS.values()}


def make_part(name: str, meeting: Meeting, actor: Actor, raw: Mapping[str, Any], now: datetime) -> Any:
    """Add one at the end. Refused: role, the meeting's state, fields."""
    return carry_out(meeting, f"add_{KINDS[name].part}", raw, actor, now=now).made


def edit_part(
    row: Any, actor: Actor, raw: Mapping[str, Any], now: datetime, version: int | None = None
) -> None:
    """Change or assess it, as far as the caller may do what was asked. `version`: refuse (Changed) when another has
    written meanwhile."""
    kind, meeting = BY_MODEL[type(row)], row.meeting
    lock(meeting)
    if not is_sqlite():
        db.session.refresh(row)
    change = f"change_{kind.part}"
    asked = {deed: [n for n in kind.names(deed) if n in raw] for deed in filter(None, (kind.judge, change))}
    deeds = [deed for deed, names in asked.items() if names] or [kind.judge or change]
    for deed in deeds:
        LIFECYCLE.row_for(meeting, deed, actor, now)
    if version is not None and row.version != version:
        raise Changed(changed_by(row))
    for deed in deeds:
        given = {name: raw[name] for name in asked[deed]}
        carry_out(meeting, deed, given | {kind.key: row.id}, actor, now=now)


def remove_part(row: Any, actor: Actor, now: datetime) -> None:
    """Objectives and agenda while planned; an arahan or keputusan written by mistake while it is recorded."""
    kind = BY_MODEL[type(row)]
    carry_out(row.meeting, f"remove_{kind.part}", {kind.key: row.id}, actor, now=now)


# -- what the deeds write ------------------------------------------------------------------------------


def declare(kind: Kind) -> None:
    doing(f"meeting.add_{kind.part}")(lambda meeting, act: add(kind, meeting, act))
    doing(f"meeting.change_{kind.part}")(lambda meeting, act: change(kind, meeting, act))
    doing(f"meeting.remove_{kind.part}")(lambda meeting, act: remove(kind, meeting, act))
    if kind.judge:
        doing(f"meeting.{kind.judge}")(lambda meeting, act: change(kind, meeting, act))


for each in KINDS.values():
    declare(each)


def one_of(kind: Kind, meeting: Meeting, act: Act) -> Any:
    """The row that was meant. Refused (field) when this meeting has none of that number."""
    wanted = act.get(kind.key)
    found = next((row for row in getattr(meeting, kind.collection) if row.id == wanted), None)
    if found is None:
        raise forms.wrong(kind.key, f"{kind.label.capitalize()} ini tidak ada pada rapat ini.")
    return found


def given_of(kind: Kind, act: Act, deed: str) -> dict[str, Any]:
    return filled({name: act.given[name] for name in kind.names(deed) if name in act.given})


def add(kind: Kind, meeting: Meeting, act: Act) -> Any:
    given = given_of(kind, act, f"add_{kind.part}")
    where = {name: given.pop(name, None) for name in PLACED}
    row = kind.model(**(kind.fitted(meeting, given) if kind.fitted else given))
    rows = getattr(meeting, kind.collection)
    if kind.order:
        setattr(row, kind.order, max((getattr(r, kind.order) for r in rows), default=0) + 1)
    row.updated_at, row.updated_by_id = act.now, act.actor.id
    rows.append(row)
    db.session.flush()
    if any(where.values()):
        ordering.place(row, **where)
        db.session.flush()
    written(kind, meeting, row.id, act)
    return row


def change(kind: Kind, meeting: Meeting, act: Act) -> Any:
    row = one_of(kind, meeting, act)
    given = filled({n: v for n, v in act.given.items() if n in (*kind.names(f"change_{kind.part}"), *JUDGED)})
    where = {name: given.pop(name) for name in PLACED if given.get(name)}
    if kind.fitted:
        given = kind.fitted(meeting, given, row)
    changed = {n: v for n, v in given.items() if n not in PLACED and getattr(row, n) != v}
    way = act.given.get("way")
    if where or way:
        reread(meeting)
        if ordering.step(row, way) if way else ordering.place(row, **where):
            changed |= where or {"position": row.position}
    if not changed:
        return Unchanged(row)
    for name in changed.keys() - set(PLACED):
        setattr(row, name, changed[name])
    row.updated_at, row.updated_by_id = act.now, act.actor.id
    db.session.flush()
    act.tell(fields=sorted(changed))
    written(kind, meeting, row.id, act)
    return row


def remove(kind: Kind, meeting: Meeting, act: Act) -> None:
    row = one_of(kind, meeting, act)
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
    written(kind, meeting, part_id, act)


def written(kind: Kind, meeting: Meeting, part_id: int, act: Act) -> None:
    """Sessions stand in everybody's calendar, which takes them only from a newer one."""
    act.tell(**{kind.key: part_id})
    if kind.model is Session and meeting.state in LIVE:
        meeting.sequence += 1


def reread(meeting: Meeting) -> None:
    """The agenda as it is now that this one holds the meeting; SQLite reads only after it has the file."""
    if not is_sqlite():
        rows = select(AgendaItem).where(AgendaItem.meeting_id == meeting.id)
        db.session.scalars(rows.execution_options(populate_existing=True)).all()
        db.session.expire(meeting, ["agenda_items"])


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
