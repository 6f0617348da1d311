"""Adding photos, saying what they show, choosing which go on paper, taking one off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage

from randal.database.base import db
from randal.engine.deeds import Unchanged, doing
from randal.engine.transitions import lock, require_version
from randal.models.meetings import Meeting
from randal.models.photos import Photo
from randal.rooms.photos.developing import develop
from randal.schemas import forms
from randal.schemas.moves import ask_schema
from randal.storage import files
from randal.web.attempt import before, carry_out
from workflows.lifecycle import Act, Actor, Refused
from workflows.meeting import LIFECYCLE

AT_ONCE, MOST = 20, 100


PhotoForm = ask_schema(
    LIFECYCLE.moves_named("caption_photo")[0].asks[1:], "PhotoForm"
)  # which one, says the address


def add_photos(
    meeting: Meeting, actor: Actor, uploads: Sequence[Any], raw: Mapping[str, Any], now: datetime
) -> list[Photo]:
    """All of them or none. Refused: role, state; fields, with a sentence for each file that is no photo."""
    given = {"file": list(uploads), "caption": raw.get("caption", "")}
    made: list[Photo] = carry_out(meeting, "add_photos", given, actor, now=now).made
    return made


@before("meeting.add_photos")
def develop_all(meeting: Meeting, actor: Actor, raw: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Slow, so before the meeting is held."""
    uploads = raw.get("file") or []
    given = [one for one in uploads if isinstance(one, FileStorage) and one.filename]
    wrong: list[str] = []
    if not given:
        wrong.append("Pilih satu foto atau lebih (JPEG, PNG, atau HEIC).")
    if len(given) > AT_ONCE:
        wrong.append(f"Paling banyak {AT_ONCE} foto sekali unggah.")
    developed = []
    for one in given[:AT_ONCE]:
        try:
            developed.append(develop(one.filename or "", one.read(files.MAX_BYTES + 1)))
        except files.BadFile as bad:
            wrong.append(f"{one.filename}: {bad}")
    if wrong:
        raise Refused("field", forms.TOO_MUCH, {"file": wrong})
    return {"_developed": developed}


@doing("meeting.add_photos")
def keep_photos(meeting: Meeting, act: Act) -> list[Photo]:
    actor, now, developed = act.actor, act.now, act.given["_developed"]
    caption = act.get("caption") or ""
    there = select(func.count()).where(Photo.meeting_id == meeting.id, Photo.withdrawn_at.is_(None))
    if (db.session.scalar(there) or 0) + len(developed) > MOST:
        raise forms.wrong("file", f"Satu rapat paling banyak {MOST} foto. Tarik yang tidak perlu dahulu.")
    rows = []
    for each in developed:
        large = files.keep(each.large, by=actor.id, now=now)
        small = files.keep(each.small, by=actor.id, now=now)
        row = Photo(
            meeting=meeting, file=large, small=small, width=each.width, height=each.height, caption=caption
        )
        row.added_at, row.added_by_id = now, actor.id
        rows.append(row)
    db.session.add_all(rows)
    db.session.flush()
    act.tell(photos=len(rows))
    return rows


def change_photo(
    row: Photo, actor: Actor, raw: Mapping[str, Any], now: datetime, version: int | None = None
) -> None:
    """Caption, and whether it goes on paper. Refused: role, state, Changed, fields."""
    LIFECYCLE.row_for(row.meeting, "caption_photo", actor, now)
    lock(row)
    require_version(row, version)
    given = {name: raw[name] for name in ("caption", "on_paper") if name in raw}
    carry_out(row.meeting, "caption_photo", given | {"photo_id": row.id}, actor, now=now)


@doing("meeting.caption_photo")
def keep_caption(meeting: Meeting, act: Act) -> Photo | Unchanged:
    row = one_of(meeting, act)
    if "caption" in act.given:
        row.caption = act.given["caption"] or ""
    if act.given.get("on_paper") is not None:
        row.on_paper = bool(act.given["on_paper"])
    if not db.session.is_modified(row):
        return Unchanged(row)
    db.session.flush()
    return row


def withdraw(row: Photo, actor: Actor, now: datetime) -> None:
    carry_out(row.meeting, "withdraw_photo", {"photo_id": row.id}, actor, now=now)


@doing("meeting.withdraw_photo")
def take_off(meeting: Meeting, act: Act) -> None:
    one_of(meeting, act).withdrawn_at = act.now


def one_of(meeting: Meeting, act: Act) -> Photo:
    row = db.session.get(Photo, act.get("photo_id"))
    if row is None or row.meeting_id != meeting.id or row.withdrawn_at:
        raise forms.wrong("photo_id", "Foto ini tidak ada pada rapat ini.")
    return row
