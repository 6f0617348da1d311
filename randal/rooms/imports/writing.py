"""Keeping a preview, and writing exactly what it showed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import PurePosixPath

from sqlalchemy import update

from randal.database.base import db
from randal.engine.transitions import Changed, lock
from randal.models.imports import KEPT_FOR, Import
from randal.rooms.imports.checking import Outcome, check
from randal.spreadsheets.importing import KINDS, Desk, Kind
from workflows.lifecycle import ROLES, Actor, Refused

GONE = "Pratinjau ini sudah dipakai atau lewat sehari. Unggah berkasnya lagi."
MOVED_ON = (
    "Data di sistem berubah sejak pratinjau dibuat. Inilah pratinjau yang baru: periksa, lalu terapkan."
)


def kind_for(name: str, actor: Actor) -> Kind | None:
    """The kind of this name; None when there is none. Refused when it is not this actor's business."""
    kind = KINDS.get(name)
    if kind and not actor.has(*kind.who):
        raise Refused(
            "role", f"Impor «{kind.title}» adalah tugas {', '.join(ROLES[role] for role in kind.who)}."
        )
    return kind


def named(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/")).name.replace("\x00", "").strip()[:200] or "berkas"


def keep(outcome: Outcome, data: bytes, desk: Desk, batch: str = "") -> Import:
    """Keep the file and its preview."""
    row = _row(outcome.kind, data, desk, batch)
    row.file = data
    fill(row, outcome)
    return _kept(row)


def keep_unmapped(kind: Kind, data: bytes, desk: Desk) -> Import:
    """Keep the file until somebody has said what its columns mean."""
    row = _row(kind, data, desk, "")
    row.file, row.digest, row.rows, row.wrong = data, "", 0, 0
    row.created = row.updated = row.unchanged = 0
    return _kept(row)


def keep_unread(kind: Kind, problem: str, data: bytes, desk: Desk, batch: str) -> Import:
    """Keep why this file of several could not be read; the file itself is of no use."""
    row = _row(kind, data, desk, batch)
    row.problem, row.digest, row.rows, row.wrong = problem, "", 0, 0
    row.created = row.updated = row.unchanged = 0
    return _kept(row)


def _row(kind: Kind, data: bytes, desk: Desk, batch: str) -> Import:
    return Import(
        kind=kind.name, meeting_id=desk.meeting_id, name=named(desk.name), sha256=hashlib.sha256(data).hexdigest(),
        batch=batch, made_at=desk.now, made_by_id=desk.actor.id, mapping=dict(desk.mapping),
    )  # fmt: skip


def _kept(row: Import) -> Import:
    db.session.add(row)
    db.session.flush()
    return row


def fill(row: Import, outcome: Outcome) -> None:
    errors: dict[int, dict[str, str]] = {}
    for error in outcome.errors:
        errors.setdefault(error.row, {}).setdefault(error.key, error.message)
    row.found = outcome.preview
    row.said = {
        "errors": errors,
        "unused": outcome.unused,
        "keys": outcome.keys,
        "notes": outcome.notes,
    }
    row.digest, row.rows, row.wrong = outcome.digest, outcome.total, outcome.wrong
    row.wrong_rows, row.asked = outcome.tally["wrong"], outcome.asked
    row.created, row.updated, row.unchanged = outcome.counts.values()


def write(outcome: Outcome) -> None:
    """Write every row, or raise Refused: then the caller rolls all of it back. Cells are all right, or nothing is."""
    if outcome.wrong:
        raise Refused("field", f"{outcome.wrong} sel harus diperbaiki dahulu; tidak ada yang disimpan.")
    for number, deed in outcome.writes:
        try:
            deed()
        except Refused as refused:
            said = " ".join(s for several in refused.errors.values() for s in several) or refused.detail
            raise Refused(refused.kind, f"Baris {number}: {said} Tidak ada yang disimpan.") from None
    if outcome.kind.finish:
        outcome.kind.finish(outcome.known)


def apply(row: Import, actor: Actor, now: datetime) -> bool:
    """Write what this preview showed; False when the data moved on meanwhile: then the preview is made anew, and nothing
    else written. Raises Changed when it was written already or is forgotten, Refused for wrong cells."""
    lock(row)
    if not row.open or row.file is None or hashlib.sha256(row.file).hexdigest() != row.sha256:
        raise Changed(GONE)
    desk = Desk(actor, now, row.meeting_id, row.name, writing=True, mapping=row.mapping)
    outcome = check(row.of, row.file, desk)
    if outcome.digest != row.digest:
        fill(row, check(row.of, row.file, replace(desk, writing=False)))
        return False
    write(outcome)
    row.written_at, row.file, row.found, row.said = now, None, None, None
    return True


def forget(row: Import) -> None:
    row.file = row.found = row.said = None


def forget_old(now: datetime) -> None:
    """What nobody wrote within a day goes: it holds personal data."""
    old = update(Import).where(Import.made_at < now - KEPT_FOR).values(file=None, found=None, said=None)
    db.session.execute(old.execution_options(synchronize_session=False))


def told(outcome: Outcome) -> dict[str, object]:
    """The answer of the API."""
    return {"rows": outcome.total, **outcome.counts, "errors": [e.json() for e in outcome.errors], "wrong": outcome.wrong,
            "asked": outcome.asked, "unused_columns": outcome.unused, "notes": outcome.notes}  # fmt: skip


def lines(outcome: Outcome) -> Iterable[str]:
    """For the shell: one wrong cell each."""
    for error in outcome.errors:
        yield f"{error.cell}\t{error.column}\t{error.value}\t{error.message}"
    if outcome.wrong > len(outcome.errors):
        yield f"… dan {outcome.wrong - len(outcome.errors)} lagi"
