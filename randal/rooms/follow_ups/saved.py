"""Filters that somebody kept under a name: data behind a short link. Who opens it sees what he may see, and no more."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from randal.database.base import db
from randal.models.saved_filters import SavedFilter
from randal.rooms.follow_ups.sifting import read_filters
from randal.schemas import forms
from workflows.lifecycle import Actor, Refused

MOST = 50  # of one person
LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # none that is read for another


class SaveForm(forms.Base):
    name = forms.text("Nama saringan", max=80)


def by_code(code: str, actor: Actor) -> SavedFilter | None:
    """One's own, or what a colleague gave the code of."""
    found: SavedFilter | None = db.session.scalar(select(SavedFilter).where(SavedFilter.code == code[:12]))
    return found if found and (actor.roles or found.owner_id == actor.id) else None


def save(actor: Actor, raw: Mapping[str, Any], now: datetime) -> SavedFilter:
    """Keep the filters in `raw` under `name`; the same name of the same person is written over. Refused: fields."""
    name = forms.load(SaveForm, {"name": raw.get("name")})["name"]
    given = read_filters({k: v for k, v in raw.items() if k != "name"}, now).given
    if not given:
        raise forms.wrong("name", "Pilih saringan dahulu, lalu simpan.")
    mine = list(db.session.scalars(SavedFilter.owned_by(actor)))
    row = next((r for r in mine if r.name.casefold() == name.casefold()), None)
    if row is None:
        if len(mine) >= MOST:
            raise forms.wrong("name", f"Paling banyak {MOST} saringan: hapus yang tidak dipakai lagi.")
        code = "".join(secrets.choice(LETTERS) for _ in range(8))
        row = SavedFilter(code=code, owner_id=actor.id, created_at=now)
        db.session.add(row)
    row.name, row.params = name, given
    db.session.flush()
    return row


def forget(actor: Actor, code: str) -> None:
    """Refused: role, when it is another's."""
    row = by_code(code, actor)
    if row is None:
        return
    if row.owner_id != actor.id:
        raise Refused("role", "Saringan ini dihapus oleh yang menyimpannya.")
    db.session.delete(row)
    db.session.flush()
