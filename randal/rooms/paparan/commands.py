"""Adding a paparan, a newer version of it, taking it back; and saying that one has read it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from randal.database.base import db
from randal.engine.deeds import Unchanged, doing
from randal.engine.transitions import run
from randal.models.meetings import Meeting
from randal.models.paparan import Paparan, PaparanVersion, Reading, reach_of
from randal.notifications import notices
from randal.org.people import Person, people_with_role
from randal.schemas import forms
from randal.storage.files import StoredFile
from randal.web.attempt import carry_out
from workflows.lifecycle import PPK, PPK_STAFF, UNIT_HATS, Act, Actor, Refused
from workflows.material import LEADING
from workflows.meeting import LIFECYCLE

AGAIN_AFTER = timedelta(hours=1)


def own_unit(meeting: Meeting, actor: Actor) -> int | None:
    """The invited unit that this actor speaks for."""
    return actor.unit_id if not meeting.relations(actor).isdisjoint(UNIT_HATS) else None


def leads(meeting: Meeting, actor: Actor) -> bool:
    return not LIFECYCLE.hats(meeting, actor).isdisjoint(LEADING)


def may_change(row: Paparan, actor: Actor) -> bool:
    """Whoever leads the meeting; a PPK only what is its own."""
    own = leads(row.meeting, actor) or row.unit_id == own_unit(row.meeting, actor) is not None
    return own and LIFECYCLE.may(row.meeting, "renew_paparan", actor)


def add_paparan(meeting: Meeting, actor: Actor, raw: Mapping[str, Any], now: datetime) -> Paparan:
    """A new paparan with its first version. Refused: role, state, every wrong field at once."""
    made: Paparan = carry_out(meeting, "add_paparan", raw, actor, now=now).made
    return made


@doing("meeting.add_paparan")
def keep_paparan(meeting: Meeting, act: Act) -> Paparan:
    item_id = act.get("agenda_item_id")
    if item_id and item_id not in {item.id for item in meeting.agenda_items}:
        raise forms.wrong("agenda_item_id", "Acara ini tidak ada pada rapat ini.")
    row = Paparan(
        meeting=meeting,
        agenda_item_id=item_id,
        unit_id=None if leads(meeting, act.actor) else own_unit(meeting, act.actor),
        title=act.get("title"),
        speaker=act.get("speaker") or "",
        created_at=act.now,
        created_by_id=act.actor.id,
    )
    db.session.add(row)
    db.session.flush()
    append(row, act)
    act.tell(paparan_id=row.id)
    return row


def add_version(row: Paparan, actor: Actor, raw: Mapping[str, Any], now: datetime) -> PaparanVersion:
    """A newer file; whoever had read the old one is asked again. Refused: role, fields; the same file once more."""
    given = {"paparan_id": row.id} | ({"file": raw["file"]} if "file" in raw else {})
    made: PaparanVersion = carry_out(row.meeting, "renew_paparan", given, actor, now=now).made
    return made


@doing("meeting.renew_paparan")
def keep_version(meeting: Meeting, act: Act) -> PaparanVersion:
    row = own(meeting, act)
    db.session.refresh(row, ["versions"])
    file = db.session.get_one(StoredFile, act.get("file"))
    if file.sha256 == row.newest.file.sha256:
        raise forms.wrong("file", f"Berkas ini sama persis dengan versi {row.newest.number}.")
    made = append(row, act)
    act.tell(version=made.number)
    return made


def withdraw(row: Paparan, actor: Actor, now: datetime) -> None:
    """Taken off the meeting's list; what was read stays in the tables."""
    carry_out(row.meeting, "withdraw_paparan", {"paparan_id": row.id}, actor, now=now)


@doing("meeting.withdraw_paparan")
def take_off(meeting: Meeting, act: Act) -> None:
    own(meeting, act).withdrawn_at = act.now


def acknowledge(row: Paparan, actor: Actor, now: datetime, number: int | None = None) -> Reading:
    """ "Sudah saya baca", for the actor's unit, of the newest version; saying it twice is saying it once.

    `number`: the version that the reader had before him. Refused: role; state when there is a newer one.
    """
    given = {"paparan_id": row.id} | ({"number": number} if number is not None else {})
    made: Reading = run(row.meeting, "acknowledge_paparan", actor, given, now=now).made
    return made


@doing("meeting.acknowledge_paparan")
def keep_reading(meeting: Meeting, act: Act) -> Reading | Unchanged:
    row, unit_id, number = one_of(meeting, act), act.actor.unit_id, act.given.get("number")
    db.session.refresh(row, ["versions"])
    if number is not None and number != row.newest.number:
        raise Refused("state", f"Sudah ada versi {row.newest.number}. Buka dan baca versi itu dahulu.")
    for found in row.newest.readings:
        if found.unit_id == unit_id:
            return Unchanged(found)
    made = Reading(unit_id=unit_id, person_id=act.actor.id, at=act.now)
    row.newest.readings.append(made)
    db.session.flush()
    act.tell(version=row.newest.number)
    return made


def remind(row: Paparan, actor: Actor, now: datetime) -> int:
    """Tell the PPK that have not read it; how many units. Refused: role, state within an hour of the last time."""
    units: int = run(row.meeting, "remind_paparan", actor, {"paparan_id": row.id}, now=now).made
    return units


@doing("meeting.remind_paparan")
def remind_units(meeting: Meeting, act: Act) -> int | Unchanged:
    row, now = one_of(meeting, act), act.now
    if row.reminded_at and now - row.reminded_at < AGAIN_AFTER:
        raise Refused("state", "Pengingat baru saja dikirim. Tunggu satu jam sebelum mengingatkan lagi.")
    missing = reach_of(meeting, [row]).missing
    if not missing:
        return Unchanged(0)
    row.reminded_at = now
    people: list[Person] = []
    for unit in missing:
        people += people_with_role(PPK, unit_id=unit.id) + people_with_role(PPK_STAFF, unit_id=unit.id)
    key = f"paparan:{row.id}:{row.newest.number}:{now:%Y%m%d%H%M}"
    notices.tell(people, key, f"Belum dibaca: paparan «{row.title}».", f"/paparan/{row.id}", now=now)
    act.tell(units=len(missing))
    return len(missing)


# -- small parts -------------------------------------------------------------------------------------


def one_of(meeting: Meeting, act: Act) -> Paparan:
    row = db.session.get(Paparan, act.get("paparan_id"))
    if row is None or row.meeting_id != meeting.id or row.withdrawn_at:
        raise forms.wrong("paparan_id", "Paparan ini tidak ada pada rapat ini.")
    return row


def own(meeting: Meeting, act: Act) -> Paparan:
    row = one_of(meeting, act)
    if not may_change(row, act.actor):
        raise Refused("role", "Paparan PPK lain diubah oleh PPK itu sendiri, atau yang memimpin rapat.")
    return row


def append(row: Paparan, act: Act) -> PaparanVersion:
    number = row.versions[-1].number + 1 if row.versions else 1
    file = db.session.get_one(StoredFile, act.get("file"))
    made = PaparanVersion(number=number, file=file, added_at=act.now, added_by_id=act.actor.id)
    row.versions.append(made)
    db.session.flush()
    return made
