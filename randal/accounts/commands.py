"""Accounts: making people, appointments, one-time links, tokens; signing in with limits and without hints."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import delete, func, select

from randal.accounts.forms import AppointmentForm, PersonForm
from randal.accounts.models import ApiToken, OneTimeLink, SignInAttempt
from randal.core import forms
from randal.core.clock import local_date
from randal.core.db import db
from randal.core.people import NO_ROLE, Appointment, Person, Post
from randal.core.places import Unit
from randal.core.transitions import record
from workflows.lifecycle import ADMIN, LEADER, PPK, PPK_STAFF, SECRETARIAT, Actor, Refused

hasher = PasswordHasher()
NOBODY = hasher.hash(secrets.token_hex(16))  # verified when there is no account, so that time tells nothing
LINK_LIVES = timedelta(days=7)
WINDOW = timedelta(minutes=15)
PER_ACCOUNT, PER_ADDRESS = 8, 60
MIN_PASSWORD = 10
CODES = {"role": "choice"}


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


# -- signing in --------------------------------------------------------------------------------------


def too_many(email: str, address: str, now: datetime) -> bool:
    """Did this account, or this address, fail too often in the last quarter of an hour?"""
    recent = select(func.count()).select_from(SignInAttempt).where(SignInAttempt.at > now - WINDOW)
    by_account = db.session.scalar(recent.where(SignInAttempt.account == digest(email.lower()))) or 0
    by_address = db.session.scalar(recent.where(SignInAttempt.address == address)) or 0
    return by_account >= PER_ACCOUNT or by_address >= PER_ADDRESS


def note_failure(email: str, address: str, now: datetime) -> None:
    db.session.add(SignInAttempt(account=digest(email.lower()), address=address[:64], at=now))
    db.session.flush()


def check_password(kept: str | None, password: str) -> bool:
    """Costs the same whether or not there is an account. Call it outside a transaction."""
    try:
        return hasher.verify(kept or NOBODY, password) and kept is not None
    except (VerifyMismatchError, InvalidHashError):
        return False


def set_password(person: Person, hashed: str) -> None:
    """Keep a new password (already hashed) and end every session of this person."""
    person.password_hash = hashed
    person.sessions += 1
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.account == digest(person.email)))
    db.session.flush()


# -- one-time links and tokens -----------------------------------------------------------------------


def make_link(person: Person, by: Actor | None, now: datetime) -> str:
    """A one-time link's secret; earlier links of this person end. Only its hash is kept."""
    db.session.execute(
        delete(OneTimeLink).where(OneTimeLink.person_id == person.id, OneTimeLink.used_at.is_(None))
    )
    token = secrets.token_urlsafe(32)
    link = OneTimeLink(person_id=person.id, token_hash=digest(token), made_by_id=by.id if by else None)
    link.created_at, link.expires_at = now, now + LINK_LIVES
    db.session.add(link)
    db.session.flush()
    return token


def find_link(token: str, now: datetime) -> OneTimeLink | None:
    """The link that this secret opens, unless it was used or is too old."""
    query = select(OneTimeLink).where(
        OneTimeLink.token_hash == digest(token), OneTimeLink.used_at.is_(None), OneTimeLink.expires_at > now
    )
    found = db.session.scalar(query)
    return found if found and found.person.active else None


def make_token(person: Person, *, write: bool, now: datetime) -> str:
    """An API token; shown once."""
    token = "rdl_" + secrets.token_urlsafe(32)
    db.session.add(ApiToken(person_id=person.id, token_hash=digest(token), write=write, created_at=now))
    db.session.flush()
    return token


# -- people ------------------------------------------------------------------------------------------


def require_office(actor: Actor) -> None:
    if not actor.has(ADMIN, SECRETARIAT):
        raise Refused("role", "Hanya Admin Sistem dan Sekretariat yang mengelola pengguna.")


def make_person(actor: Actor, raw: Mapping[str, Any], now: datetime) -> Person:
    """A new account without a password; a leader gets the dated appointment that makes one."""
    require_office(actor)
    errors: dict[str, list[str]] = {}
    try:
        given = forms.load(PersonForm, raw)
    except Refused as refused:
        given, errors = {}, dict(refused.errors)
    role = given.get("role", "")
    if role == ADMIN and not actor.has(ADMIN):
        raise Refused("role", "Hanya Admin Sistem yang membuat Admin Sistem.")
    unit = db.session.get(Unit, given["unit_id"]) if given.get("unit_id") else None
    if given.get("unit_id") and unit is None:
        errors["unit_id"] = ["Satuan kerja ini tidak dikenal."]
    if role in (PPK, PPK_STAFF, LEADER) and not given.get("unit_id"):
        errors["unit_id"] = ["Pilih satuan kerja."]
    if role == LEADER and not given.get("post"):
        errors["post"] = ["Tulis jabatan pimpinan."]
    if given.get("email") and taken(given["email"]):
        errors["email"] = ["Surel ini sudah dipakai akun lain."]
    if errors:
        raise Refused("field", forms.TOO_MUCH, errors)
    person = Person(
        name=given["name"],
        email=given["email"].lower(),
        role=role,
        unit_id=unit.id if unit else None,
        phone=given.get("phone") or "",
        nip=given.get("nip") or "",
        until=given.get("until"),
        created_at=now,
    )
    db.session.add(person)
    db.session.flush()
    record(
        person,
        "create",
        actor,
        now=now,
        before=None,
        given={"role": role, "unit_id": person.unit_id},
        kinds=CODES,
    )
    if given.get("post"):
        start = given.get("from") or local_date(now, person.zone)
        appoint(person, given["post"], unit, "definitive", start, given.get("to"), heads=role == LEADER)
    return person


def taken(email: str, but: Person | None = None) -> bool:
    found = db.session.scalar(select(Person.id).where(Person.email == email.lower()))
    return found is not None and (but is None or found != but.id)


def edit_person(person: Person, actor: Actor, raw: Mapping[str, Any], now: datetime) -> None:
    """Change name, e-mail, phone, NIP, role, unit, or switch the account off (which ends its sessions)."""
    require_office(actor)
    if ADMIN in (person.role, raw.get("role")) and not actor.has(ADMIN):
        raise Refused("role", "Hanya Admin Sistem yang mengubah Admin Sistem.")
    given = forms.load(PersonForm, raw, partial=True)
    if given.get("email") and taken(given["email"], person):
        raise forms.wrong("email", "Surel ini sudah dipakai akun lain.")
    if given.get("unit_id") is not None and db.session.get(Unit, given["unit_id"]) is None:
        raise forms.wrong("unit_id", "Satuan kerja ini tidak dikenal.")
    if given.get("active") is False and person.id == actor.id:
        raise forms.wrong("active", "Anda tidak dapat menonaktifkan akun sendiri.")
    wanted: dict[str, Any] = {
        name: given[name] if given[name] is not None or name in ("unit_id", "until") else ""
        for name in ("name", "phone", "nip", "role", "unit_id", "until", "active")
        if name in given and name in raw
    }
    if given.get("email"):
        wanted["email"] = given["email"].lower()
    before = person.state
    changed = {name: value for name, value in wanted.items() if getattr(person, name) != value}
    for name, value in changed.items():
        setattr(person, name, value)
    if not person.active:
        person.sessions += 1
    db.session.flush()
    if changed:
        # Which fields, and what is no personal data of them; the words themselves only stand on the account.
        facts = {name: changed[name] for name in ("role", "unit_id", "until", "active") if name in changed}
        given = {"fields": list(changed)} | facts
        record(person, "edit", actor, now=now, before=before, given=given, kinds=CODES)


def add_appointment(person: Person, actor: Actor, raw: Mapping[str, Any], now: datetime) -> Appointment:
    """A further post for this person. A Plt., Plh., Pj., a.n. or u.b. of a head post heads the unit as well."""
    require_office(actor)
    given = forms.load(AppointmentForm, raw)
    unit = db.session.get(Unit, given["unit_id"])
    if unit is None:
        raise forms.wrong("unit_id", "Satuan kerja ini tidak dikenal.")
    if given.get("to") and given["to"] < given["from"]:
        raise forms.wrong("to", "Tanggal akhir harus setelah tanggal mulai.")
    made = appoint(
        person, given["post"], unit, given["kind"], given["from"], given.get("to"), heads=given["is_head"]
    )
    facts = {"appointment_id": made.id, "post_id": made.post_id, "from": made.from_date, "to": made.to_date}
    record(person, "edit", actor, now=now, before=person.state, given=facts)
    return made


def appoint(
    person: Person,
    post: str,
    unit: Unit | None,
    kind: str,
    start: date,
    end: date | None,
    *,
    heads: bool = False,
) -> Appointment:
    row = db.session.scalar(
        select(Post).where(Post.name == post, Post.unit_id == (unit.id if unit else None))
    )
    if row is None:
        row = Post(name=post, unit_id=unit.id if unit else None, is_head=heads)
        db.session.add(row)
        db.session.flush()
    row.is_head = row.is_head or heads
    found = Appointment(post=row, kind=kind, from_date=start, to_date=end)
    person.appointments.append(found)
    db.session.flush()
    return found


def role_name(role: str) -> str:
    from workflows.lifecycle import ROLES

    return ROLES.get(role, "Tanpa peran" if role == NO_ROLE else role)
