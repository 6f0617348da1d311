"""API tokens: made once shown, used by a script, ended by their owner, an administrator, a closed account, or their time."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import select

from randal.database.base import db
from randal.models.accounts import ApiToken
from randal.org.people import Person
from randal.web import access
from randal.web.sign_ins import digest, note_seen
from workflows.lifecycle import Actor

TOKEN_LIVES = timedelta(days=365)
USED_EVERY = timedelta(hours=1)  # so often, at most, a token notes that it was used


def make_token(person: Person, *, write: bool, now: datetime, lives: timedelta = TOKEN_LIVES) -> str:
    """An API token; shown once."""
    token = "rdl_" + secrets.token_urlsafe(32)
    row = ApiToken(person_id=person.id, token_hash=digest(token), write=write, created_at=now)
    row.expires_at = now + lives
    db.session.add(row)
    db.session.flush()
    return token


def token_with(secret: str, now: datetime) -> ApiToken | None:
    """The token that this secret is, if it opens; it notes, now and then, that it was used."""
    row = db.session.scalar(select(ApiToken).where(ApiToken.token_hash == digest(secret)))
    if row is None or not row.opens(now):
        return None
    if row.last_used_at is None or now - row.last_used_at >= USED_EVERY:
        note_seen(row, last_used_at=now)
    return row


def live_tokens(person: Person, now: datetime) -> list[ApiToken]:
    """Tokens that still open, the newest first."""
    query = select(ApiToken).where(ApiToken.person_id == person.id, ApiToken.revoked_at.is_(None))
    return [t for t in db.session.scalars(query.order_by(ApiToken.id.desc())).unique() if t.opens(now)]


def revoke_token(token: ApiToken, actor: Actor, now: datetime) -> None:
    """Once and for ever; its owner hears of it. Twice is once."""
    if token.revoked_at is not None:
        return
    token.revoked_at = now
    db.session.flush()
    access.happened(token.person, "token_revoked", actor, now, about=f"nomor {token.id}", token_id=token.id)
