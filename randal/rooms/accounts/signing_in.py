"""Signing in: slowed down where somebody guesses, never shut for a whole office, and the same words for everybody.

Counted are wrong passwords of an account from an address, of an account, and of an address. Each is free at first, then
waits longer and longer. Whoever signed in on this device before is counted by himself: he gets in while others guess his
password, or stand behind the same address.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from randal.database.base import db
from randal.org.people import Person
from randal.web import access, sign_ins, tries
from randal.web.passwords import check_password
from randal.web.sign_ins import Device
from randal.web.tries import Limit
from workflows.lifecycle import Actor

MINUTE, QUARTER = timedelta(minutes=1), timedelta(minutes=15)
HERE = Limit("account at address", free=5, first=MINUTE, most=QUARTER)
DEVICE = Limit("account on device", free=8, first=MINUTE, most=QUARTER)
ACCOUNT = Limit("account", free=20, first=MINUTE / 2, most=QUARTER)
ADDRESS = Limit("address", free=60, first=timedelta(seconds=5), most=MINUTE)


@dataclass(frozen=True)
class Outcome:
    """`person` when the password was right; else `wait`, when it was not even looked at."""

    person: Person | None = None
    device: Device | None = None
    wait: timedelta | None = None


def attempt(email: str, password: str, address: str, cookie: str, now: datetime) -> Outcome:
    """One try. `cookie`: the secret of the device, if it has one. Ends the transaction."""
    email = email.lower()
    person = db.session.scalar(select(Person).where(Person.email == email))
    device = sign_ins.device_of(cookie, person, now)
    at_home = device is not None or sign_ins.knows_address(person, address, now)
    kept, number = (person.password_hash, person.id) if person and person.active else (None, None)
    device_id = device.id if device else None
    db.session.rollback()  # Argon2 takes its time: not inside a transaction
    counted = {DEVICE: f"{email} {device_id}"} if device_id else {HERE: f"{email} {address}", ACCOUNT: email}
    if not at_home:
        counted |= {ADDRESS: address}
    waits = [wait for limit, value in counted.items() if (wait := tries.waits(limit, value, now))]
    waits = waits or [wait for limit, value in counted.items() if (wait := tries.take(limit, value, now))]
    if waits:
        return Outcome(wait=max(waits))
    if not check_password(kept, password):
        return Outcome()
    for limit, value in counted.items():
        tries.forgive(limit, value, all=limit is not ADDRESS)
    return Outcome(db.session.get(Person, number), db.session.get(Device, device_id) if device_id else None)


def enter(
    person: Person, device: Device | None, agent: str, address: str, now: datetime
) -> tuple[str, str | None]:
    """A new session: its secret, and that of a device not known before, of which the owner and the heads hear."""
    made: str | None = None
    if device is None:
        first = not sign_ins.has_devices(person)
        device, made = sign_ins.remember(person, name_of(agent), now)
        if not first:
            access.happened(
                person, "device_new", Actor(person.id), now, about=device.name, device_id=device.id
            )
    else:
        device.last_at = now
    return sign_ins.begin(person, now, device, address), made


BROWSERS = {"Edg": "Edge", "OPR": "Opera", "SamsungBrowser": "Samsung Internet", "Firefox": "Firefox", "Chrome": "Chrome",
            "Safari": "Safari"}  # fmt: skip
SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS": "Mac",
    "Linux": "Linux",
}


def name_of(agent: str) -> str:
    """What a browser calls itself, in words: "Firefox di Windows"."""
    browser = next((name for mark, name in BROWSERS.items() if f"{mark}/" in agent), "peramban lain")
    system = next((name for mark, name in SYSTEMS.items() if mark in agent), "")
    return f"{browser} di {system}" if system else browser
