"""The installation's authority as the application opens it, and enrolling a signer's key.

A passphrase is an argument here and nothing else: it enters no row, no log line, no session, no job.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import select

from randal.core import forms, installation
from randal.core.clock import local_date
from randal.core.db import db
from randal.core.people import Person, actor_of
from randal.signatures.authority import Authority, AuthorityError
from randal.signatures.held_keys import REASONS, SigningKey, note_use
from randal.signatures.installed import open_authority
from workflows.lifecycle import Actor, Refused


class SigningKeyForm(forms.Base):
    passphrase = forms.password(
        "Frasa sandi",
        min=8,
        help="Sedikitnya 8 karakter; beberapa kata lebih mudah diingat. Tidak disimpan dan tidak dapat dipulihkan.",
    )


def authority() -> Authority:
    """The opened authority. Refused (need) with a sentence when there is none, or its keys do not open."""
    try:
        return open_authority(current_app.config["RANDAL"])
    except AuthorityError as error:
        raise _refused(str(error)) from None


def enrol(person: Person, raw: Mapping[str, Any], now: datetime, why: str = "superseded") -> SigningKey:
    """A new key for this person under the passphrase given; an earlier one is revoked (`why`: a code of
    `held_keys.REASONS`). Ends the transaction first (a key takes its time to make). Refused: fields; need, when there
    is no authority."""
    passphrase = forms.load(SigningKeyForm(only=("passphrase",)), raw)["passphrase"]
    person_id, name, himself = person.id, person.name, actor_of(person, now)
    post = person.post_title(local_date(now, person.zone))
    organisation = person.unit.name if person.unit else installation.setting("kop")["office"]
    contoh = installation.is_demo()
    db.session.rollback()
    issuer = authority()
    try:
        issued = issuer.issue(name, post, organisation, passphrase, now, contoh=contoh)
        del passphrase
    except AuthorityError as error:
        raise _refused(str(error)) from None
    for old in db.session.scalars(
        select(SigningKey).where(SigningKey.person_id == person_id, SigningKey.revoked_at.is_(None))
    ).all():
        revoke(old, why, himself, now)
    key = SigningKey(person_id=person_id, p12=issued.p12, certificate_pem=issued.certificate_pem)
    key.serial, key.created_at, key.not_after = issued.serial, now, issued.not_after
    db.session.add(key)
    db.session.flush()
    note_use(issuer.fingerprint, "issued_key_id", key.id, himself, now)
    return key


def revoke(key: SigningKey, why: str, actor: Actor, now: datetime, reason: str = "") -> None:
    """Put a signer's certificate on the revocation list from now on; what it signed before stays good. Once is enough.
    Refused: field, for a reason that is none; need, when there is no authority."""
    if why not in REASONS:
        raise forms.wrong("why", "Pilih alasan pencabutan dari daftar.")
    if key.revoked_at is not None:
        return
    issuer = authority()
    try:
        issuer.revoke(key.serial, now)
    except AuthorityError as error:
        raise _refused(str(error)) from None
    key.revoked_at, key.revoked_why = now, why
    db.session.flush()
    note_use(issuer.fingerprint, "revoked_key_id", key.id, actor, now, reason)


def note(what: str, actor: Actor, now: datetime, reason: str = "") -> None:
    """Another use of the authority's keys (a name of `held_keys.USES`), for its history."""
    note_use(authority().fingerprint, what, True, actor, now, reason)


def key_of(person_id: int | None) -> SigningKey | None:
    """The key this person signs with now."""
    query = select(SigningKey).where(SigningKey.person_id == person_id, SigningKey.revoked_at.is_(None))
    return db.session.scalar(query.order_by(SigningKey.id.desc()))


def _refused(sentence: str) -> Refused:
    return Refused("need", sentence, {"": [sentence]})
