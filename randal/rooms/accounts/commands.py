"""Accounts: making and changing people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from randal.database.base import db
from randal.engine.transitions import record
from randal.l10n.clock import local_date
from randal.models.accounts import Grant
from randal.org.people import Person
from randal.org.places import Unit
from randal.rooms.accounts import appointing, granting
from randal.rooms.accounts.ending import end_access
from randal.rooms.accounts.forms import PersonForm
from randal.rooms.accounts.granting import ALONE, CODES, OWN_ROLE, require_office, role_alone, role_name
from randal.schemas import forms
from randal.signatures import identities, keys
from randal.web import access
from workflows.account import NO_ROLE, WEIGHTY
from workflows.lifecycle import ADMIN, IN_A_UNIT, LEADER, Actor, Refused

OWN = ("role", "unit_id", "until")  # what nobody changes of himself


def make_person(actor: Actor, raw: Mapping[str, Any], now: datetime) -> Person:
    """A new account without a password; a leader gets the dated appointment that makes one. A weighty role (or post) that
    a secretariat gives waits for a second person; until then the account has none."""
    require_office(actor)
    given, unit = _judged(actor, raw)
    role = given["role"]
    alone = role_alone(actor, role)
    person = Person(
        name=given["name"],
        email=given["email"].lower(),
        role=role if alone else NO_ROLE,
        unit_id=unit.id if unit else None,
        phone=given.get("phone") or "",
        nip=given.get("nip") or "",
        until=given.get("until"),
        created_at=now,
    )
    db.session.add(person)
    db.session.flush()
    facts = {"role": person.role, "unit_id": person.unit_id}
    event = record(person, "create", actor, now=now, before=None, given=facts, kinds=CODES)
    # Who is vouched for by an Admin Sistem (or from the shell) is known; whom a secretariat adds, a second person confirms.
    identities.begin(
        person, actor, now, how="shell" if actor.id is None else "made" if actor.has(ADMIN) else ""
    )
    if alone and role in WEIGHTY:
        said = role_name(role) + (f"; {ALONE}" if role == ADMIN and actor.id is not None else "")
        access.tell_of(person, "created", event, actor, now, about=said, owner=False)
    post: dict[str, Any] = {}
    if given.get("post"):
        start = given.get("from") or local_date(now, person.zone)
        post = {"post": given["post"], "unit": unit, "kind": "definitive", "is_head": role == LEADER}
        post |= {"from_date": start, "to_date": given.get("to")}
    if not alone:
        granting.propose(person, actor, now, role=role, **post)
    elif post and appointing.alone(
        actor, weighty=appointing.is_weighty(appointing.named(given["post"], unit), role == LEADER)
    ):
        appointing.appoint(person, **post)
    elif post:
        granting.propose(person, actor, now, **post)
    return person


def _judged(actor: Actor, raw: Mapping[str, Any]) -> tuple[dict[str, Any], Unit | None]:
    """The clean fields of a new account and its unit. Refused: role, then all wrong fields at once."""
    errors: dict[str, list[str]] = {}
    try:
        given = forms.load(PersonForm, raw)
    except Refused as refused:
        given, errors = {}, dict(refused.errors)
    role = given.get("role", "")
    if ADMIN in (role, raw.get("role")) and not actor.has(ADMIN):
        raise Refused("role", "Hanya Admin Sistem yang membuat Admin Sistem.")
    unit = db.session.get(Unit, given["unit_id"]) if given.get("unit_id") else None
    if given.get("unit_id") and unit is None:
        errors["unit_id"] = ["Satuan kerja ini tidak dikenal."]
    if role in IN_A_UNIT and not given.get("unit_id"):
        errors["unit_id"] = ["Pilih satuan kerja."]
    if role == LEADER and not given.get("post"):
        errors["post"] = ["Tulis jabatan pimpinan."]
    if given.get("email") and taken(given["email"]):
        errors["email"] = ["Surel ini sudah dipakai akun lain."]
    if given.get("to") and given.get("from") and given["to"] < given["from"]:
        errors["to"] = ["Tanggal akhir harus setelah tanggal mulai."]
    if errors:
        raise Refused("field", forms.TOO_MUCH, errors)
    return given, unit


def taken(email: str, but: Person | None = None) -> bool:
    found = db.session.scalar(select(Person.id).where(Person.email == email.lower()))
    return found is not None and (but is None or found != but.id)


def edit_person(person: Person, actor: Actor, raw: Mapping[str, Any], now: datetime) -> list[Grant]:
    """Change name, e-mail, phone, NIP, role, unit, or switch the account off (which ends all that lets somebody in) or on.
    Answers what waits for a second person instead of being changed."""
    require_office(actor)
    if ADMIN in (person.role, raw.get("role")) and not actor.has(ADMIN):
        raise Refused("role", "Hanya Admin Sistem yang mengubah Admin Sistem.")
    if person.id == actor.id and raw.get("role", person.role) != person.role:
        raise Refused("role", OWN_ROLE)
    given = forms.load(PersonForm, raw, partial=True)
    wanted: dict[str, Any] = {
        name: given[name] if given[name] is not None or name in ("unit_id", "until") else ""
        for name in ("name", "phone", "nip", "role", "unit_id", "until", "active")
        if name in given and name in raw
    }
    if given.get("email"):
        wanted["email"] = given["email"].lower()
    changed = {name: value for name, value in wanted.items() if getattr(person, name) != value}
    if person.id == actor.id and any(name in changed for name in OWN):
        raise Refused("role", OWN_ROLE)
    if given.get("email") and taken(given["email"], person):
        raise forms.wrong("email", "Surel ini sudah dipakai akun lain.")
    if given.get("unit_id") is not None and db.session.get(Unit, given["unit_id"]) is None:
        raise forms.wrong("unit_id", "Satuan kerja ini tidak dikenal.")
    if given.get("active") is False and person.id == actor.id:
        raise forms.wrong("active", "Anda tidak dapat menonaktifkan akun sendiri.")
    asked = _rights(person, actor, changed, now)
    _facts(person, actor, changed, now)
    return asked


def _rights(person: Person, actor: Actor, changed: dict[str, Any], now: datetime) -> list[Grant]:
    """The role, and whether the account lets anybody in: taken out of `changed`. Answers what is proposed instead."""
    role, active = changed.pop("role", None), changed.pop("active", None)
    asked: list[Grant] = []
    if role is not None or active is True:
        new = role if role is not None else person.role
        if role_alone(actor, new, person):
            alone = new == ADMIN and actor.id is not None
            granting.set_role(person, new, actor, now, reopens=active is True, alone=alone)
        else:
            asked.append(granting.propose(person, actor, now, role=role or "", reopens=active is True))
    if active is False:
        before = person.state
        person.active = False
        end_access(person, "closed", now)
        access.happened(person, "closed", actor, now, before=before)
        keys.revoke_all(person, "left", actor, now)
    return asked


def _facts(person: Person, actor: Actor, changed: dict[str, Any], now: datetime) -> None:
    """Whatever else changed: written once, and told where it names or reaches somebody."""
    if not changed:
        return
    if "email" in changed:
        person.former_email, person.email_changed_at = person.email, now
    for name, value in changed.items():
        setattr(person, name, value)
    db.session.flush()
    told = {"email": "address_changed", "name": "name_changed"}
    for name in told.keys() & changed.keys():
        access.happened(person, told[name], actor, now)
    if plain := [name for name in changed if name not in told]:
        # Which fields, and what is no personal data of them; the words themselves only stand on the account.
        facts = {name: changed[name] for name in ("unit_id", "until") if name in changed}
        record(person, "edit", actor, now=now, before=person.state, given={"fields": plain} | facts)
    in_use = person.password_hash is not None or keys.key_of(person.id) is not None
    if "name" in changed and in_use and not actor.has(ADMIN):
        # A certificate would bear the new name: a second person says that it is his.
        row = identities.begin(person, actor, now)
        if keys.can_sign(person, now):
            identities.ask(row, now)
