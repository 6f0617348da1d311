"""Files of strangers that wait for their turn to be verified. Nobody's thread waits: the page asks again, and whoever asks
when a slot is free has his file judged in that very request.

A file is kept until it was judged, ten minutes at most. Whoever no longer asks holds nobody up: he only stands in the count.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update

from randal.database.base import db
from randal.models.verifications import Turn
from randal.schedule.rules import Due, When, rule

KEPT = timedelta(minutes=10)
MOST, MOST_EACH = 40, 5  # files that wait at once, and of one address
MOST_BYTES = 300_000_000
FIRST = 3  # so many may try at the same time …
PASSED_OVER = timedelta(seconds=20)  # … and whoever has waited longer: those before him may have gone
FULL = (
    "Antrean pemeriksaan sedang penuh. Coba lagi beberapa menit lagi, atau periksa di komputer sendiri dengan "
    "«flask randal verify»."
)
OVER = "Giliran ini sudah lewat. Kirim berkasnya lagi."


def take(data: bytes, code: str, address: str, now: datetime) -> Turn | None:
    """A turn for this file; None when too many wait."""
    forget_old(now)
    asker = hashlib.sha256(address.encode()).hexdigest()
    waiting = select(func.count(Turn.id), func.coalesce(func.sum(Turn.size), 0)).where(Turn.answer.is_(None))
    count, size = db.session.execute(waiting).one()
    mine = db.session.execute(waiting.where(Turn.asker == asker)).one()[0]
    if count >= MOST or mine >= MOST_EACH or size + len(data) > MOST_BYTES:
        return None
    row = Turn(
        token=secrets.token_urlsafe(32), asker=asker, code=code[:24], file=data, size=len(data), made_at=now
    )
    db.session.add(row)
    db.session.flush()
    return row


def find(token: str, now: datetime) -> Turn | None:
    return db.session.scalar(select(Turn).where(Turn.token == token[:43], Turn.made_at > now - KEPT))


def place(turn: Turn) -> int:
    """1 for who is next."""
    before = select(func.count(Turn.id)).where(Turn.answer.is_(None), Turn.id < turn.id)
    return (db.session.scalar(before) or 0) + 1


def may_try(turn: Turn, now: datetime) -> bool:
    return place(turn) <= FIRST or now - turn.made_at > PASSED_OVER


def keep(turn_id: int, answer: dict[str, Any]) -> None:
    """What was said of the file, for whoever looks once more; the file itself goes."""
    mine = update(Turn).where(Turn.id == turn_id).values(answer=answer, file=None)
    db.session.execute(mine.execution_options(synchronize_session=False))


def forget_old(now: datetime) -> None:
    db.session.execute(
        delete(Turn).where(Turn.made_at < now - KEPT).execution_options(synchronize_session=False)
    )


def anything_old(when: When) -> list[Due]:
    old = db.session.scalar(select(Turn.id).where(Turn.made_at < when.now - KEPT).limit(1))
    return [Due(0, f"{when.now:%Y%m%d%H%M}")] if old else []


@rule(
    "verification.forget",
    find=anything_old,
    label="Menghapus berkas yang mengantre di /verifikasi lebih dari 10 menit.",
)
def forget(_subject_id: int, now: datetime) -> None:
    forget_old(now)
