"""Housekeeping, once a day: what was kept for a while goes."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, or_

from randal.accounts.models import KeptAnswer, OneTimeLink, SignInAttempt
from randal.core.db import db
from randal.core.tick import daily, rule

ATTEMPTS = timedelta(days=2)  # they are counted over a quarter of an hour
ANSWERS = timedelta(days=7)  # for a client that repeats its request
LINKS = timedelta(days=30)  # used or expired


@rule(
    "accounts.housekeeping", find=daily, label="Percobaan masuk, jawaban tersimpan, dan tautan lama dihapus."
)
def tidy(_subject: int, now: datetime) -> None:
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.at < now - ATTEMPTS))
    db.session.execute(delete(KeptAnswer).where(KeptAnswer.created_at < now - ANSWERS))
    over = now - LINKS
    db.session.execute(
        delete(OneTimeLink).where(or_(OneTimeLink.used_at < over, OneTimeLink.expires_at < over))
    )
