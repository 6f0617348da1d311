"""Adding photos, saying what they show, choosing which go on paper, taking one off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage

from randal.core import files, forms
from randal.core.db import db
from randal.core.history import EDITS
from randal.core.transitions import lock, record, require_version
from randal.meetings.models import Meeting, office
from randal.photos.developing import develop
from randal.photos.models import Photo
from workflows.lifecycle import SECRETARIAT, Actor, Refused

AT_ONCE, MOST = 20, 100
EDITS.update(
    photos_added="menambah foto", photo_changed="mengubah keterangan foto", photo_withdrawn="menarik foto"
)


class PhotoForm(forms.Base):
    caption = forms.text(
        "Keterangan", required=False, max=250, help="Apa yang tampak dan siapa, misalnya: pembukaan."
    )
    on_paper = forms.flag("Lampirkan pada notula dan paket rapat")


def may_add(meeting: Meeting, actor: Actor) -> bool:
    """The secretariat, the chair, the minute-taker; once there is something to photograph."""
    return meeting.state not in ("draft", "cancelled") and (
        actor.has(SECRETARIAT) or bool(office(meeting, actor))
    )


def require(meeting: Meeting, actor: Actor) -> None:
    if not (actor.has(SECRETARIAT) or office(meeting, actor)):
        raise Refused("role", "Foto ditambah oleh sekretariat, pimpinan rapat, atau notulis.")
    if not may_add(meeting, actor):
        raise Refused("state", f"Foto tidak dapat diubah: rapat «{meeting.state_label}».")


def add_photos(
    meeting: Meeting, actor: Actor, uploads: Sequence[Any], raw: Mapping[str, Any], now: datetime
) -> list[Photo]:
    """All of them or none. Refused: role, state; fields, with a sentence for each file that is no photo."""
    require(meeting, actor)
    caption = forms.load(PhotoForm, {"caption": raw.get("caption", "")}).get("caption") or ""
    given = [one for one in uploads if isinstance(one, FileStorage) and one.filename]
    wrong: list[str] = []
    if not given:
        wrong.append("Pilih satu foto atau lebih (JPEG atau PNG).")
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
    lock(meeting)
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
    note(meeting, actor, now, photos_added=len(rows))
    return rows


def change_photo(
    row: Photo, actor: Actor, raw: Mapping[str, Any], now: datetime, version: int | None = None
) -> None:
    """Caption, and whether it goes on paper. Refused: role, state, Changed, fields."""
    require(row.meeting, actor)
    lock(row)
    require_version(row, version)
    given = forms.load(PhotoForm, raw, partial=True)
    if "caption" in given:
        row.caption = given["caption"] or ""
    if "on_paper" in given:
        row.on_paper = bool(given["on_paper"])
    if db.session.is_modified(row):
        db.session.flush()
        note(row.meeting, actor, now, photo_changed=row.id)


def withdraw(row: Photo, actor: Actor, now: datetime) -> None:
    require(row.meeting, actor)
    row.withdrawn_at = now
    db.session.flush()
    note(row.meeting, actor, now, photo_withdrawn=row.id)


def note(meeting: Meeting, actor: Actor, now: datetime, **what: int) -> None:
    """The meeting's history says so, and the open pages of it hear of it."""
    record(meeting, "edit", actor, now=now, before=meeting.state, given=what)
