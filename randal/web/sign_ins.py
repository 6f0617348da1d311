"""Who is signed in where: a row per session, so that signing out ends it wherever its cookie was copied to.

The cookie holds a secret, the row its hash. A session ends by signing out, by a new password, when the account is closed,
after `IDLE` without a question, and after `LONGEST`. A device is a browser that somebody signed in with before: it is
recognised by a cookie of its own, and trusted with nothing but not being told of again, and being heard while others
guess (tries.py).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import ForeignKey, Index, String, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column, relationship

from randal.database.base import Row, UTCDateTime, apart, db, only_reading
from randal.org.people import Person

IDLE, LONGEST = timedelta(hours=12), timedelta(days=7)
SEEN_EVERY = timedelta(minutes=10)  # so often, at most, a session notes that it is alive
KNOWN_FOR = timedelta(days=180)  # without a sign-in
#: why a session ended → what people read
ENDS = {
    "signed_out": "Keluar",
    "password": "Kata sandi diganti",
    "closed": "Akun dinonaktifkan",
    "stopped": "Dihentikan pemiliknya",
    "ended": "Diakhiri dari tempat lain",
}


#: what else lets somebody in, and how it ends: the rooms add theirs
ALSO_ENDS: list[Callable[[Person, datetime], None]] = []


class Device(Row):
    """A browser that this person signed in with; `name` as it calls itself."""

    __tablename__ = "devices"
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(120), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    last_at: Mapped[datetime] = mapped_column(UTCDateTime)


class SignIn(Row):
    """One session. `address` is a keyed hash: the same for the same address, and no address."""

    __tablename__ = "sign_ins"
    __table_args__ = (Index("ix_sign_ins_person_id_ended_at", "person_id", "ended_at"),)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("devices.id", ondelete="SET NULL"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    address: Mapped[str] = mapped_column(String(64), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_why: Mapped[str] = mapped_column(String(12), default="")
    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)
    device: Mapped[Device | None] = relationship()

    def is_alive(self, now: datetime) -> bool:
        fresh = now - self.seen_at <= IDLE and now - self.created_at <= LONGEST
        return self.ended_at is None and fresh and self.person.active


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def hashed_address(address: str) -> str:
    key = current_app.config["SECRET_KEY"].encode()
    return hmac.new(key, address.encode(), hashlib.sha256).hexdigest()


def begin(person: Person, now: datetime, device: Device | None = None, address: str = "") -> str:
    """A new session of this person: the secret for its cookie. Does not commit."""
    secret = secrets.token_urlsafe(32)
    row = SignIn(person_id=person.id, token_hash=digest(secret), created_at=now, seen_at=now)
    row.address, row.device_id = hashed_address(address) if address else "", device.id if device else None
    db.session.add(row)
    db.session.flush()
    return secret


def of_cookie(secret: str, now: datetime) -> SignIn | None:
    """The session that this secret opens, if it is alive; it notes, now and then, that it is."""
    row = db.session.scalar(select(SignIn).where(SignIn.token_hash == digest(secret)))
    if row is None or not row.is_alive(now):
        return None
    if now - row.seen_at > SEEN_EVERY:
        note_seen(row, seen_at=now)
    return row


def note_seen(row: Row, **at: datetime) -> None:
    """That somebody came with it: with whatever this request writes, or by itself where it only reads."""
    if only_reading():
        with apart() as beside:
            beside.execute(update(type(row)).where(type(row).id == row.id).values(at))
        return
    for name, moment in at.items():
        setattr(row, name, moment)


def end(row: SignIn, why: str, now: datetime) -> None:
    if row.ended_at is None:
        row.ended_at, row.ended_why = now, why
        db.session.flush()


def end_all(person: Person, why: str, now: datetime) -> None:
    """Every session of this person."""
    mine = SignIn.person_id == person.id, SignIn.ended_at.is_(None)
    db.session.execute(update(SignIn).where(*mine).values(ended_at=now, ended_why=why))


# -- devices -----------------------------------------------------------------------------------------


def device_of(secret: str, person: Person | None, now: datetime) -> Device | None:
    """The device whose cookie this is, if this person signed in with it."""
    if not secret or person is None:
        return None
    row = db.session.scalar(
        select(Device).where(Device.token_hash == digest(secret), Device.person_id == person.id)
    )
    return row if row and now - row.last_at <= KNOWN_FOR else None


def remember(person: Person, name: str, now: datetime) -> tuple[Device, str]:
    """A new device of this person, and the secret for its cookie."""
    secret = secrets.token_urlsafe(32)
    row = Device(person_id=person.id, token_hash=digest(secret), name=name[:120], created_at=now, last_at=now)
    db.session.add(row)
    db.session.flush()
    return row, secret


def has_devices(person: Person) -> bool:
    return db.session.scalar(select(Device.id).where(Device.person_id == person.id).limit(1)) is not None


def knows_address(person: Person | None, address: str, now: datetime) -> bool:
    """Did this person sign in from this address of late?"""
    if person is None:
        return False
    mine = SignIn.person_id == person.id, SignIn.address == hashed_address(address)
    recent = SignIn.created_at > now - KNOWN_FOR
    return db.session.scalar(select(SignIn.id).where(*mine, recent).limit(1)) is not None


def forget_devices(person: Person) -> None:
    db.session.execute(delete(Device).where(Device.person_id == person.id))
    db.session.flush()


def tidy(now: datetime) -> list[Any]:
    """The statements that lose what is over: sessions of half a year ago, devices that nobody used since."""
    return [
        delete(SignIn).where(SignIn.created_at < now - KNOWN_FOR - LONGEST),
        delete(Device).where(Device.last_at < now - KNOWN_FOR),
    ]
