"""One thing that waits for a person; and what waits for a second one, whom it takes to let a role or an identity count."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from sqlalchemy import or_, select, true

from randal.database.base import db
from randal.models.accounts import Grant
from randal.signatures import identities
from workflows.lifecycle import ADMIN, LEADER, Actor

SHOWN = 8


@dataclass(frozen=True)
class Waiting:
    """One thing to do: a sentence, where, and since or until when."""

    icon: str
    text: str
    detail: str
    url: str
    late: bool = False


def second_person(actor: Actor) -> list[Waiting]:
    """Roles, appointments and identities that this actor, as the second person, can let count."""
    if not actor.has(ADMIN, LEADER):
        return []
    others = or_(Grant.created_by_id.is_(None), Grant.created_by_id != actor.id), Grant.person_id != actor.id
    mine = Grant.role != ADMIN if not actor.has(ADMIN) else true()
    asked = select(Grant).where(Grant.state == "requested", *others, mine).order_by(Grant.id).limit(SHOWN)
    grants = [
        Waiting("users-group", f"Setujui usulan: {g.person.name}", g.what, url_for("accounts.grant", id=g.id))
        for g in db.session.scalars(asked)
    ]
    return grants + [
        Waiting(
            "user-check",
            f"Pastikan identitas: {i.person.name}",
            "masuk lewat tautan orang lain, hendak menandatangani",
            url_for("accounts.identity", id=i.id),
        )
        for i in db.session.scalars(identities.waiting_for(actor).limit(SHOWN))
    ]
