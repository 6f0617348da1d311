"""One-time links: made by who keeps accounts, for a stated time, used once, told of to the owner and to the heads."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from randal.database.base import db
from randal.l10n.formats import moment
from randal.models.accounts import OneTimeLink
from randal.notifications import notices
from randal.org.people import Person, actor_of
from randal.rooms.accounts.ending import end_access, end_links
from randal.schemas import forms
from randal.signatures import identities, keys
from randal.web import access, passwords
from randal.web.sign_ins import digest
from workflows.account import LINK_REASONS, may_make_link
from workflows.identity import WAITING
from workflows.lifecycle import ADMIN, Actor, Refused

LINK_LIVES = timedelta(days=7)  # of a new account; of one that is in use a day
LINK_LIVES_AGAIN = timedelta(days=1)


class LinkForm(forms.Base):
    """Why a link is made for an account that is there."""

    why = forms.choice("Mengapa tautan ini dibuat", LINK_REASONS)


def require_maker(actor: Actor, person: Person, now: datetime) -> None:
    """Refused (role): who keeps no accounts; for an Admin Sistem all but another one; oneself."""
    if person.id == actor.id:
        raise Refused(
            "role", "Tautan masuk bagi akun sendiri dibuat oleh orang lain. Kata sandi diganti di Profil."
        )
    if not may_make_link(actor, {person.role} | actor_of(person, now).roles):
        raise Refused(
            "role",
            "Tautan masuk dibuat Admin Sistem atau Sekretariat; bagi Admin Sistem hanya oleh Admin Sistem.",
        )
    if not person.active:
        raise Refused("state", "Akun ini tidak aktif. Aktifkan dahulu, lalu buat tautannya.")


def make_link(person: Person, by: Actor, now: datetime, *, why: str = "new", told: bool = True) -> str:
    """A one-time link's secret; earlier links of this person end. Only its hash is kept. The account's history tells of it,
    and with `told` its owner and the heads of the unit hear of it."""
    end_links(person, now)
    token = secrets.token_urlsafe(32)
    link = OneTimeLink(person_id=person.id, token_hash=digest(token), made_by_id=by.id, why=why)
    link.created_at, link.expires_at = now, now + (LINK_LIVES_AGAIN if person.password_hash else LINK_LIVES)
    db.session.add(link)
    db.session.flush()
    about = f"{LINK_REASONS[why].lower()}; berlaku sampai {moment(link.expires_at, person.zone)}"
    access.happened(person, "link_made", by, now, about=about, why=why, told=told, link_id=link.id)
    return token


def send(person: Person, address: str, now: datetime) -> None:
    """The link by mail: its text is forgotten here once it was handed to the server."""
    body = (
        f"Yth. {person.name},\n\nTautan masuk sekali pakai Anda:\n{address}\n\n"
        "Tautan ini hanya untuk Anda. Jangan meneruskannya kepada siapa pun, juga tidak kepada yang membuatnya."
    )
    key = f"link:{digest(address)[:24]}"
    notices.write(person, key, "Tautan masuk ke Randal", body, now=now, secret=True)


def find_link(token: str, now: datetime) -> OneTimeLink | None:
    """The link that this secret opens, unless it was used, has ended or is too old."""
    query = select(OneTimeLink).where(
        OneTimeLink.token_hash == digest(token),
        OneTimeLink.used_at.is_(None),
        OneTimeLink.ended_at.is_(None),
        OneTimeLink.expires_at > now,
    )
    found = db.session.scalar(query)
    return found if found and found.person.active else None


def use(link: OneTimeLink, hashed: str, now: datetime) -> Person:
    """The password that was chosen is kept (hashed already); whatever let somebody in before ends. Whoever has a link that
    another made may be anybody: he is known to be himself only by the first link of an account, from an Admin Sistem."""
    person, maker = link.person, Actor(link.made_by_id)
    known = identities.of(person)
    fresh = person.password_hash is None and keys.key_of(person.id) is None
    by_admin = link.made_by is None or link.made_by.role == ADMIN
    link.used_at = now
    end_access(person, "password", now)
    person.password_hash = hashed
    db.session.flush()
    stop = ""
    if not (fresh and known is not None and known.state == WAITING) and not (fresh and by_admin):
        known = identities.begin(person, maker, now)
        stop = identities.stop_address(known)
    if known is not None and known.state == WAITING and keys.can_sign(person, now):
        identities.ask(known, now)
    about = f"tautan dibuat {access.doer(person, maker)}"
    access.happened(person, "link_used", Actor(person.id), now, about=about, stop=stop, link_id=link.id)
    return person


def chosen(raw: Mapping[str, Any], schema: type[forms.Base], person: Person) -> str:
    """The new password of a form that asks for it twice. Refused: fields."""
    given = forms.load(schema, raw)
    if given["password"] != given["again"]:
        raise forms.wrong("again", "Kedua kata sandi tidak sama.")
    if said := passwords.complaint(given["password"], person.name, person.email):
        raise forms.wrong("password", said)
    return str(given["password"])
