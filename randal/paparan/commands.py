"""Adding a paparan, a newer version of it, taking it back; and saying that one has read it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from werkzeug.datastructures import FileStorage

from randal.core import files, forms, notices
from randal.core.db import db
from randal.core.history import EDITS
from randal.core.people import Person, people_with_role
from randal.core.transitions import lock, record
from randal.meetings.models import Meeting, office
from randal.paparan.forms import KINDS, PaparanForm, VersionForm
from randal.paparan.models import Paparan, PaparanVersion, Reading, reach_of
from workflows.lifecycle import PPK, PPK_STAFF, SECRETARIAT, Actor, Refused

AGAIN_AFTER = timedelta(hours=1)


def own_unit(meeting: Meeting, actor: Actor) -> int | None:
    """The invited unit that this actor speaks for."""
    if not actor.has(PPK, PPK_STAFF) or actor.unit_id is None:
        return None
    return next((row.unit_id for row in meeting.invitees if row.unit_id == actor.unit_id), None)


def leads(meeting: Meeting, actor: Actor) -> bool:
    return actor.has(SECRETARIAT) or bool(office(meeting, actor))


def may_add(meeting: Meeting, actor: Actor) -> bool:
    """The secretariat, the chair, the minute-taker; and an invited PPK for its own unit."""
    who = leads(meeting, actor) or (meeting.state != "draft" and own_unit(meeting, actor) is not None)
    return meeting.state != "cancelled" and who


def may_change(row: Paparan, actor: Actor) -> bool:
    return may_add(row.meeting, actor) and (
        leads(row.meeting, actor) or row.unit_id == own_unit(row.meeting, actor) is not None
    )


def add_paparan(meeting: Meeting, actor: Actor, raw: Mapping[str, Any], now: datetime) -> Paparan:
    """A new paparan with its first version. Refused: role, state, every wrong field at once."""
    require(may_add(meeting, actor), meeting)
    given, errors = sifted(PaparanForm, raw)
    item_id = given.get("agenda_item_id")
    if item_id and item_id not in {item.id for item in meeting.agenda_items}:
        errors["agenda_item_id"] = ["Acara ini tidak ada pada rapat ini."]
    kept = checked(given.get("file"), errors)
    if errors or kept is None:
        raise refusal(errors)
    lock(meeting)
    row = Paparan(
        meeting=meeting,
        agenda_item_id=item_id,
        unit_id=None if leads(meeting, actor) else own_unit(meeting, actor),
        title=given["title"],
        speaker=given.get("speaker") or "",
        created_at=now,
        created_by_id=actor.id,
    )
    db.session.add(row)
    db.session.flush()
    append(row, kept, actor, now)
    note(row, actor, now, "paparan_added")
    return row


def add_version(row: Paparan, actor: Actor, raw: Mapping[str, Any], now: datetime) -> PaparanVersion:
    """A newer file; whoever had read the old one is asked again. Refused: role, fields; the same file once more."""
    require(may_change(row, actor), row.meeting)
    given, errors = sifted(VersionForm, raw)
    kept = checked(given.get("file"), errors)
    if kept and kept.sha256 == row.newest.file.sha256:
        errors["file"] = [f"Berkas ini sama persis dengan versi {row.newest.number}."]
    if errors or kept is None:
        raise refusal(errors)
    lock(row.meeting)
    db.session.refresh(row, ["versions"])
    made = append(row, kept, actor, now)
    note(row, actor, now, "paparan_version")
    return made


def withdraw(row: Paparan, actor: Actor, now: datetime) -> None:
    """Taken off the meeting's list; what was read stays in the tables."""
    require(may_change(row, actor), row.meeting)
    lock(row.meeting)
    row.withdrawn_at = now
    note(row, actor, now, "paparan_withdrawn")


def acknowledge(row: Paparan, actor: Actor, now: datetime, number: int | None = None) -> Reading:
    """ "Sudah saya baca", for the actor's unit, of the newest version; saying it twice is saying it once.

    `number`: the version that the reader had before him. Refused: role; state when there is a newer one.
    """
    unit_id = own_unit(row.meeting, actor)
    if unit_id is None:
        raise Refused("role", "Yang menyatakan sudah membaca ialah PPK yang diundang, atau stafnya.")
    lock(row.meeting)
    db.session.refresh(row, ["versions"])
    if number is not None and number != row.newest.number:
        raise Refused("state", f"Sudah ada versi {row.newest.number}. Buka dan baca versi itu dahulu.")
    for found in row.newest.readings:
        if found.unit_id == unit_id:
            return found
    made = Reading(unit_id=unit_id, person_id=actor.id, at=now)
    row.newest.readings.append(made)
    db.session.flush()
    return made


def remind(row: Paparan, actor: Actor, now: datetime) -> int:
    """Tell the PPK that have not read it; how many units. Refused: role, state within an hour of the last time."""
    if not leads(row.meeting, actor):
        raise Refused("role", "Pengingat dikirim oleh sekretariat, pimpinan rapat, atau notulis.")
    if row.reminded_at and now - row.reminded_at < AGAIN_AFTER:
        raise Refused("state", "Pengingat baru saja dikirim. Tunggu satu jam sebelum mengingatkan lagi.")
    lock(row.meeting)
    missing = reach_of(row.meeting, [row]).missing
    row.reminded_at = now
    people: list[Person] = []
    for unit in missing:
        people += people_with_role(PPK, unit_id=unit.id) + people_with_role(PPK_STAFF, unit_id=unit.id)
    key = f"paparan:{row.id}:{row.newest.number}:{now:%Y%m%d%H%M}"
    notices.tell(people, key, f"Belum dibaca: paparan «{row.title}».", f"/paparan/{row.id}", now=now)
    return len(missing)


# -- small parts -------------------------------------------------------------------------------------


def require(allowed: bool, meeting: Meeting) -> None:
    if meeting.state == "cancelled":
        raise Refused("state", "Rapat ini dibatalkan; paparannya tidak dapat diubah.")
    if not allowed:
        raise Refused("role", "Paparan ditambah oleh sekretariat, pimpinan, notulis, atau PPK yang diundang.")


def sifted(form: type[forms.Base], raw: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """What is right, and the sentences about the rest."""
    upload = raw.get("file")
    if not isinstance(upload, FileStorage) or not upload.filename:
        raw = {name: value for name, value in raw.items() if name != "file"}
    try:
        return forms.load(form, raw), {}
    except Refused as refused:
        right = {name: raw.get(name) for name in form().fields if name not in refused.errors and name in raw}
        return {k: v for k, v in right.items() if k == "file"}, dict(refused.errors)


def checked(upload: Any, errors: dict[str, list[str]]) -> files.Checked | None:
    """The upload after a look at its bytes; what is wrong with it stands in `errors`."""
    if "file" in errors or not isinstance(upload, FileStorage):
        return None
    try:
        return files.check(upload.filename or "", upload.read(files.MAX_BYTES + 1), KINDS)
    except files.BadFile as bad:
        errors["file"] = [str(bad)]
        return None


def refusal(errors: dict[str, list[str]]) -> Refused:
    return Refused("field", forms.TOO_MUCH, errors)


def append(row: Paparan, kept: files.Checked, actor: Actor, now: datetime) -> PaparanVersion:
    stored = files.keep(kept, by=actor.id, now=now)
    number = row.versions[-1].number + 1 if row.versions else 1
    made = PaparanVersion(number=number, file=stored, added_at=now, added_by_id=actor.id)
    row.versions.append(made)
    db.session.flush()
    return made


EDITS.update(
    paparan_added="menambah paparan",
    paparan_version="mengunggah versi baru paparan",
    paparan_withdrawn="menarik paparan",
)


def note(row: Paparan, actor: Actor, now: datetime, what: str) -> None:
    """The meeting's history says so."""
    given = {what: row.id, "version": row.newest.number}
    record(row.meeting, "edit", actor, now=now, before=row.meeting.state, given=given)
