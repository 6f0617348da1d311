"""Once a day: what was kept for a while goes, and so do the keys of who can be no signer any more."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select

from randal.database.base import db
from randal.models.accounts import OneTimeLink
from randal.org.people import actor_of
from randal.schedule.scheduler import daily, rule
from randal.signatures import keys
from randal.signatures.held_keys import SigningKey
from randal.web import sign_ins, tries
from randal.web.once import KeptAnswer
from workflows.lifecycle import MACHINE

TRIES = timedelta(days=2)  # they rest within an hour or two
ANSWERS = timedelta(days=7)  # for a client that repeats its request
LINKS = timedelta(days=400)  # used or expired: who let whom in stays to be read for a year


@rule(
    "accounts.housekeeping",
    find=daily,
    label="Percobaan masuk, sesi, perangkat, jawaban tersimpan, dan tautan lama dihapus.",
)
def tidy(_subject: int, now: datetime) -> None:
    for statement in (tries.forget(now - TRIES), *sign_ins.tidy(now)):
        db.session.execute(statement)
    db.session.execute(delete(KeptAnswer).where(KeptAnswer.created_at < now - ANSWERS))
    over = now - LINKS
    db.session.execute(
        delete(OneTimeLink).where(or_(OneTimeLink.used_at < over, OneTimeLink.expires_at < over))
    )


@rule(
    "accounts.keys_end",
    find=daily,
    label="Kunci tanda tangan dicabut bila pemiliknya tidak lagi berperan, menjabat, atau ditetapkan sebagai penanda tangan.",
)
def end_keys(_subject: int, now: datetime) -> None:
    """Certificates follow the role and the post, also those that ended earlier than the certificate says. What was signed
    before stays good. Whoever keeps a role (staff, who was named once) keeps the key until its own end; and so does one that
    has signed, as a note-taker's: revoked, it would put a remark on every paper, and it opens nothing without a naming."""
    live = select(SigningKey).where(SigningKey.revoked_at.is_(None), SigningKey.not_after > now)
    for key in db.session.scalars(live).all():
        gone = not actor_of(key.person, now).roles and not keys.can_sign(key.person, now)
        if gone and not keys.has_signed(key):
            keys.revoke(key, "left", MACHINE, now)
