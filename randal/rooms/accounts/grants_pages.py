"""/pengguna/usulan and /pengguna/identitas: what waits for a second person, and how it was decided."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_login import login_required
from sqlalchemy import select

from randal.database.base import db
from randal.models.accounts import Grant
from randal.rooms.accounts.blueprint import bp
from randal.signatures import identities
from randal.signatures.identities import Identity
from randal.web.attempt import seen
from randal.web.pages import actor, add_moves, me, moves_of
from randal.web.timeline import history_of
from workflows.lifecycle import ADMIN, LEADER, SECRETARIAT, Refused

add_moves(bp, Grant, "accounts.grant", prefix="/pengguna/usulan")
add_moves(bp, Identity, "accounts.identity", prefix="/pengguna/identitas")


@bp.get("/pengguna/usulan")
@login_required
def waiting() -> ResponseReturnValue:
    """What waits for a second person: proposals, and people whose identity is to be confirmed."""
    if not actor().has(ADMIN, SECRETARIAT, LEADER):
        raise Refused("role", "Usulan wewenang diputuskan Admin Sistem dan pimpinan.")
    grants = select(Grant).where(Grant.state == "requested").order_by(Grant.id)
    return render_template(
        "accounts/waiting.html",
        grants=list(db.session.scalars(grants)),
        identities=list(db.session.scalars(identities.waiting_for(actor()))),
    )


@bp.get("/pengguna/usulan/<int:id>")
@login_required
def grant(id: int) -> ResponseReturnValue:
    row = seen(Grant, id, actor())
    return render_template(
        "accounts/grant.html", row=row, opened=moves_of(row), history=history_of(row, me())
    )


@bp.get("/pengguna/identitas/<int:id>")
@login_required
def identity(id: int) -> ResponseReturnValue:
    row = seen(Identity, id, actor())
    return render_template(
        "accounts/identity.html", row=row, opened=moves_of(row), history=history_of(row, me())
    )
