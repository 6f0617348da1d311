"""The installation's authority as the application opens it, and enrolling a signer's key.

A passphrase is an argument here and nothing else: it enters no row, no log line, no session, no job.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from typing import Any

from cryptography.hazmat.primitives.serialization import pkcs12
from flask import current_app
from sqlalchemy import exists, func, select
from sqlalchemy.orm import InstrumentedAttribute

from randal.database.base import db
from randal.l10n.clock import local_date, to_instant
from randal.org import app_settings
from randal.org.people import Person, actor_of
from randal.schemas import forms
from randal.signatures import identities
from randal.signatures.authority import Authority, AuthorityError
from randal.signatures.held_keys import REASONS, SigningKey, note_use
from randal.signatures.installed import open_authority
from randal.web import access
from workflows.account import may_hold_key
from workflows.grant import sure_of_himself
from workflows.lifecycle import Act, Actor, Refused

SOON = timedelta(days=30)  # a key that ends sooner is replaced although its passphrase is known
BY_ROLE, BY_NAME = timedelta(days=730), timedelta(days=366)  # of a certificate, where no post says until when
MOST, WITHIN = 3, timedelta(days=30)  # new keys of one person
NOT_A_SIGNER = (
    "Kunci tanda tangan hanya bagi yang dapat menjadi penanda tangan: karena perannya, karena memegang jabatan, atau karena "
    "ditetapkan sebagai pimpinan, notulis, atau penanda tangan suatu rapat."
)
TOO_OFTEN = (
    f"Sudah {MOST} kunci didaftarkan dalam {WITHIN.days} hari terakhir. Pakai kunci yang ada, atau minta Admin Sistem "
    "memeriksa apa yang terjadi."
)
#: the rooms say who is named as chair, minute-taker or signer of something that is still to be signed
NAMED: list[Callable[[Person], bool]] = []
#: the rooms' columns of the serial of the certificate that something was signed with
SIGNED: list[InstrumentedAttribute[str]] = []


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


def can_sign(person: Person, now: datetime) -> bool:
    """Can this person be a signer now? (`workflows.account.may_hold_key`)"""
    return may_hold_key(person.role, actor_of(person, now), named=any(asks(person) for asks in NAMED))


def has_signed(key: SigningKey) -> bool:
    return any(db.session.scalar(select(exists().where(serial == key.serial))) for serial in SIGNED)


def require_signer(person: Person, now: datetime) -> None:
    """Refused: role, for who can be no signer; need, before he is known to be himself."""
    if not can_sign(person, now):
        raise Refused("role", NOT_A_SIGNER)
    if said := sure_of_himself(None, Act(actor_of(person, now), now)):
        raise _refused(str(said))


def ends(person: Person, now: datetime) -> datetime | None:
    """Until when a certificate of this person may hold: as long as his posts, else as long as a role or a naming is taken for
    granted. None: a post without an end."""
    held = person.held(local_date(now, person.zone))
    days = [a.to_date for a in held]
    if held and None in days:
        return None
    if held:
        last = max(day for day in days if day) + timedelta(days=1)
        return to_instant(datetime.combine(last, time()), person.zone)
    return now + (BY_ROLE if actor_of(person, now).roles else BY_NAME)


def enrol(
    person: Person, raw: Mapping[str, Any], now: datetime, why: str = "superseded"
) -> tuple[SigningKey, bool]:
    """A key for this person under the passphrase given, and whether it is new: one that this passphrase opens stays, unless
    it is to go. An earlier one is revoked (`why`: a code of `held_keys.REASONS`). Ends the transaction first (a key takes
    its time to make). Refused: role; need, also when there is no authority; fields."""
    require_signer(person, now)
    passphrase = forms.load(SigningKeyForm(only=("passphrase",)), raw)["passphrase"]
    present = key_of(person.id)
    good = why == "superseded" and present and present.not_after > now + SOON
    if good and present and opens(present.p12, passphrase):
        return present, False
    recent = select(func.count()).where(
        SigningKey.person_id == person.id, SigningKey.created_at > now - WITHIN
    )
    if (db.session.scalar(recent) or 0) >= MOST:
        raise _refused(TOO_OFTEN)
    person_id, name, himself, until = person.id, person.name, actor_of(person, now), ends(person, now)
    post = person.post_title(local_date(now, person.zone))
    organisation = person.unit.name if person.unit else app_settings.setting("kop")["office"]
    identity = identities.of(person)
    identity_id, notice = identity.id if identity else None, identities.said_of(identity, person.zone)
    contoh, issuer = app_settings.is_demo(), authority()
    db.session.rollback()
    try:
        issued = issuer.issue(
            name, post, organisation, passphrase, now, contoh=contoh, until=until, notice=notice
        )
        del passphrase
    except AuthorityError as error:
        raise _refused(str(error)) from None
    # Whoever enrols twice at once ends with one key; and is still who may have one, in the transaction that keeps it.
    person = db.session.get_one(Person, person_id, populate_existing=True, with_for_update={"of": Person})
    require_signer(person, now)
    revoke_all(person, why, himself, now, told=False)
    key = SigningKey(person_id=person_id, p12=issued.p12, certificate_pem=issued.certificate_pem)
    key.serial, key.created_at, key.not_after = issued.serial, now, issued.not_after
    key.identity_id = identity_id
    db.session.add(key)
    db.session.flush()
    note_use(issuer.fingerprint, "issued_key_id", key.id, himself, now)
    said = f"{REASONS[why]}: yang lama dicabut" if present else ""
    access.happened(person, "key_enrolled", himself, now, about=said, key_id=key.id)
    return key, True


def opens(p12: bytes, passphrase: str) -> bool:
    try:
        return pkcs12.load_key_and_certificates(p12, passphrase.encode())[0] is not None
    except ValueError:
        return False


def revoke(
    key: SigningKey, why: str, actor: Actor, now: datetime, reason: str = "", *, told: bool = True
) -> None:
    """Put a signer's certificate on the revocation list from now on; what it signed before stays good. Once is enough.
    Its owner hears of it, unless a new key says so. Refused: field, for a reason that is none; need, when there is no
    authority."""
    if why not in REASONS:
        raise forms.wrong("why", "Pilih alasan pencabutan dari daftar.")
    if key.revoked_at is not None:
        return
    fingerprint = authority().fingerprint
    key.revoked_at, key.revoked_why = now, why  # the list is made of these rows
    db.session.flush()
    note_use(fingerprint, "revoked_key_id", key.id, actor, now, reason)
    if told:
        access.happened(key.person, "key_revoked", actor, now, about=REASONS[why], key_id=key.id)


def revoke_all(
    person: Person, why: str, actor: Actor, now: datetime, since: datetime | None = None, *, told: bool = True
) -> None:
    """Every key of this person that is not revoked (with `since`: that was enrolled from then on)."""
    mine = select(SigningKey).where(SigningKey.person_id == person.id, SigningKey.revoked_at.is_(None))
    if since is not None:
        mine = mine.where(SigningKey.created_at >= since)
    for key in db.session.scalars(mine).all():
        revoke(key, why, actor, now, told=told)


def note(what: str, actor: Actor, now: datetime, reason: str = "") -> None:
    """Another use of the authority's keys (a name of `held_keys.USES`), for its history."""
    note_use(authority().fingerprint, what, True, actor, now, reason)


def key_of(person_id: int | None) -> SigningKey | None:
    """The key this person signs with now."""
    query = select(SigningKey).where(SigningKey.person_id == person_id, SigningKey.revoked_at.is_(None))
    return db.session.scalar(query.order_by(SigningKey.id.desc()))


def _refused(sentence: str) -> Refused:
    return Refused("need", sentence, {"": [sentence]})
