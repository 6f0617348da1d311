"""What the columns of somebody's own list mean: asked once, and remembered for his unit and that set of headers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from difflib import get_close_matches

from sqlalchemy import select

from randal.database.base import db
from randal.models.imports import ColumnMapping
from randal.rooms.imports.heads import Heads, folded, heads_of, known
from randal.spreadsheets import reader
from randal.spreadsheets.importing import Kind
from workflows.lifecycle import Actor


def remembered(kind: Kind, data: bytes, actor: Actor) -> dict[str, str]:
    """What was said of a file with these headers; {} when nobody said anything. Raises sheets.Unreadable."""
    if not kind.mapped:
        return {}
    row = _row(kind, heads_of(reader.read(data)), actor)
    return dict(row.columns) if row else {}


def remember(kind: Kind, heads: Heads, columns: Mapping[str, str], actor: Actor, now: datetime) -> None:
    row = _row(kind, heads, actor)
    if row is None:
        row = ColumnMapping(kind=kind.name, unit_key=actor.unit_id or 0, heads=heads.digest)
        db.session.add(row)
    row.columns, row.by_id, row.at = dict(columns), actor.id, now
    db.session.flush()


def _row(kind: Kind, heads: Heads, actor: Actor) -> ColumnMapping | None:
    query = select(ColumnMapping).where(ColumnMapping.kind == kind.name, ColumnMapping.heads == heads.digest)
    return db.session.scalar(query.where(ColumnMapping.unit_key == (actor.unit_id or 0)))


def proposed(kind: Kind, heads: Heads, before: Mapping[str, str]) -> list[str]:
    """For each header the column it seems to mean: as said before, by a name the kind knows, or by one that is close."""
    names, taken, found = known(kind), set[str](), []
    for header in map(folded, heads.names):
        key = before.get(header, names.get(header, ""))
        if not key and header not in before:
            close = get_close_matches(header, names, 1, 0.75)
            words = [key for name, key in names.items() if set(name.split()) <= set(header.split())]
            key = names[close[0]] if close else words[0] if words else ""
        found.append(key if key not in taken else "")
        taken.add(key)
    return found


def judged(kind: Kind, heads: Heads, chosen: list[str]) -> tuple[dict[str, str], dict[int, str], list[str]]:
    """The mapping, what is wrong by column of the file, and what is wrong with all of it."""
    keys = {column.key for column in kind.read}
    wrong: dict[int, str] = {}
    for at, key in enumerate(chosen):
        if key and key not in keys:
            wrong[at] = "Pilih dari daftar."
        elif key and chosen.index(key) != at:
            wrong[at] = (
                f"Sudah dipakai kolom «{heads.names[chosen.index(key)]}». Pilih yang lain, atau «Tidak dibaca»."
            )
    missing = [c.header for c in kind.read if c.required and c.key not in chosen]
    said = [f"Belum ada kolom untuk: {', '.join(missing)}."] if missing else []
    return dict(zip(map(folded, heads.names), chosen, strict=True)), wrong, said
