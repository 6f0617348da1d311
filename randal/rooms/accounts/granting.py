"""Roles: given at once by who may, else proposed, and given when a second person lets them count."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from randal.database.base import db
from randal.engine.transitions import make
from randal.models.accounts import Grant
from randal.org.people import Person
from randal.web import access
from workflows.account import NO_ROLE, gives_alone
from workflows.lifecycle import ADMIN, KEEPERS, ROLES, Actor, Refused

CODES = {"role": "choice"}
OWN_ROLE = (
    "Tidak seorang pun mengubah peran, satuan kerja, atau masa aksesnya sendiri. Mintalah kepada yang lain."
)
ALONE = "hanya ada satu Admin Sistem, jadi tanpa persetujuan orang kedua"


def require_office(actor: Actor) -> None:
    if not actor.has(*KEEPERS):
        raise Refused("role", "Hanya Admin Sistem dan Sekretariat yang mengelola pengguna.")


def other_admins(actor: Actor, but: Person | None = None) -> bool:
    """Is there an active Admin Sistem besides this actor (and besides the person in question)?"""
    others = [i for i in (actor.id, but.id if but else None) if i is not None]
    query = select(func.count()).where(Person.role == ADMIN, Person.active, Person.id.not_in(others))
    return bool(db.session.scalar(query))


def role_alone(actor: Actor, role: str, person: Person | None = None) -> bool:
    """May this actor give the role without a second person? From the shell: yes, the machine is his."""
    return actor.id is None or gives_alone(
        actor, role, other_admins=role == ADMIN and other_admins(actor, person)
    )


def set_role(
    person: Person, role: str, actor: Actor, now: datetime, *, reopens: bool = False, alone: bool = False
) -> None:
    """Write the role (and with `reopens` let the account in again); told. `alone`: the only Admin Sistem did it alone."""
    before, changed = person.state, person.role != role
    person.role, person.active = role, person.active or reopens
    db.session.flush()
    about = role_name(role)
    more: dict[str, Any] = {"alone": True} if alone else {}
    if alone:
        about += f"; {ALONE}"
    deed = "role_changed" if changed else "reopened"
    access.happened(person, deed, actor, now, about=about, before=before, role=role, **more)


def propose(person: Person, actor: Actor, now: datetime, **what: Any) -> Grant:
    """What waits for a second person; the owner and the heads hear that it was proposed. The same twice is once."""
    row = Grant(person=person, **what)
    open_ = select(Grant).where(Grant.person_id == person.id, Grant.state == "requested")
    with db.session.no_autoflush:
        for earlier in db.session.scalars(open_).all():
            if (
                earlier.what == row.what
                and earlier.from_date == row.from_date
                and earlier.to_date == row.to_date
            ):
                return earlier
    make(row, actor, now=now, person_id=person.id)
    access.happened(person, "proposed", actor, now, about=row.what, grant_id=row.id)
    return row


def role_name(role: str) -> str:
    return ROLES.get(role, "Tanpa peran" if role == NO_ROLE else role)
