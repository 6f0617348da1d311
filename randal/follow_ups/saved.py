"""Filters that somebody kept under a name: data behind a short link. Who opens it sees what he may see, and no more."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Select, String, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from randal.core import forms
from randal.core.db import Row, UTCDateTime, db
from randal.core.people import Person
from randal.follow_ups.sifting import read_filters
from workflows.lifecycle import Actor, Refused

MOST = 50  # of one person
LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # none that is read for another


class SavedFilter(Row):
    """`params`: the filters as `Filters.given` writes them, read anew each time."""

    __tablename__ = "saved_filters"
    code: Mapped[str] = mapped_column(String(12), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    owner_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    params: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    owner: Mapped[Person] = relationship(lazy="joined", innerjoin=True)

    @classmethod
    def owned_by(cls, actor: Actor) -> Select[Any]:
        """The list of one's own; whoever was given a code reads that one (`by_code`)."""
        return select(cls).where(cls.owner_id == actor.id).order_by(cls.name, cls.id)


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
