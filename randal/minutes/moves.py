"""What is slow before a signature's move: signing the stored PDF with the signer's own key, outside any transaction."""

from __future__ import annotations

import asyncio
import hashlib
from collections import deque
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from flask import current_app

from randal.core import clock, files, installation, words
from randal.core.db import db
from randal.core.forms import wrong
from randal.core.moving import before
from randal.core.people import Person
from randal.core.transitions import lock
from randal.minutes import keys
from randal.minutes.models import Minutes, Signature
from randal.minutes.pades import seal
from randal.minutes.provider import Provider, read_provider
from randal.minutes.queries import key_of
from randal.minutes.remote import RemoteSigner, added_by
from randal.minutes.signing import LocalSigner, PdfSigner, SigningFailed, Stamp, WrongPassphrase
from randal.minutes.stamping import StampFailed, stamp_roots, stamper
from randal.minutes.stamps import SENTENCE
from workflows.lifecycle import Act, Actor, Refused

NO_KEY = (
    "Anda belum mempunyai kunci tanda tangan. Daftarkan dahulu di halaman «Kunci tanda tangan» pada profil Anda, "
    "lalu tandatangani."
)


MOST_WRONG, WINDOW = 10, 15 * 60  # wrong passphrases of one person, in seconds, per process
TOO_MANY = "Terlalu banyak frasa sandi yang keliru. Tunggu 15 menit, lalu coba lagi."
_wrong: dict[int | None, deque[float]] = {}


def brake(person_id: int | None) -> deque[float]:
    """The late wrong tries of this person. Refused when they are too many: a passphrase is not to be guessed."""
    tries, at = _wrong.setdefault(person_id, deque()), clock.monotonic()
    while tries and at - tries[0] > WINDOW:
        tries.popleft()
    if len(tries) >= MOST_WRONG:
        raise refused(TOO_MANY)
    return tries


@before("signature.sign")
def sign_stored_file(item: Signature, actor: Actor, given: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Sign the newest stored file of the paper; answers ids only, which `reactions.keep_signed` checks and adds.

    With the key of the person acting (a stand-in signs as himself), or, where a NIK is given, by the remote provider.
    The passphrase and the NIK end with this call.
    """
    item.lifecycle().decide(item, "sign", Act(actor, now, given))
    document, key, nik = item.document, key_of(actor.id), given.get("nik") or ""
    provider = provider_here() if nik else None
    if nik and provider is None:
        raise refused("Pemasangan ini tidak terhubung ke penyelenggara sertifikasi: kosongkan NIK.")
    if not nik and key is None:
        raise refused(NO_KEY)
    if document is None or document.newest is None:
        raise refused("Berkas PDF notula belum siap.")
    authority, tries = keys.authority(), brake(actor.id)
    settings = current_app.config["RANDAL"]
    stored, number, name = document.newest, document.versions[-1].number, document.versions[-1].file.name
    pdf, field, minutes_id, key_id = stored.read(), item.field, item.minutes_id, key.id if key else None
    common: dict[str, Any] = {
        "authority": authority,
        "now": now,
        "last": is_last(item),
        "clock": stamper(settings),
        "stamps": stamp_roots(settings),
    }
    signer: PdfSigner
    if provider:
        signer = RemoteSigner(provider, nik, known_of(actor), reason=SENTENCE, **common)
    else:
        assert key is not None  # noqa: S101 - asked above
        signer = LocalSigner(key.p12, stamp=stamp_of(item, actor, now), **common)
    db.session.rollback()
    try:
        signed = signer.sign(pdf, field, given["passphrase"])
    except WrongPassphrase as error:
        tries.append(clock.monotonic())
        raise wrong("passphrase", str(error)) from None
    except SigningFailed as error:
        raise refused(str(error)) from None
    used, certificate = added_by(pdf, signed)
    lock_minutes(minutes_id)
    return {
        "file_id": keep_pdf(name, signed, actor, now),
        "key_id": None if provider else key_id,
        "signed_version": number,
        "way": "remote" if provider else "local",
        "signed_field": used if used != field else "",
        "certificate_sha256": certificate.fingerprint(hashes.SHA256()).hex(),
    }


def provider_here() -> Provider | None:
    return read_provider(current_app.config["RANDAL"].provider_file)


def known_of(actor: Actor) -> dict[str, str]:
    """What the provider's certificate of this person is recognised by."""
    person = db.session.get_one(Person, actor.id)
    return {"name": person.name, "nip": person.nip, "email": person.email}


def keep_pdf(name: str, pdf: bytes, actor: Actor, now: datetime) -> int:
    checked = files.Checked(name, "application/pdf", pdf, hashlib.sha256(pdf).hexdigest())
    return files.keep(checked, by=actor.id, now=now).id


def is_last(item: Signature) -> bool:
    return all(s.state == "signed" for s in item.minutes.signatures if s.id != item.id)


@before("signature.sign_on_paper")
def seal_what_is_signed(
    item: Signature, actor: Actor, given: dict[str, Any], now: datetime
) -> dict[str, Any]:
    """Ink as the last signature: the electronic ones in the file get their long-term seal (B-LTA) all the same."""
    item.lifecycle().decide(item, "sign_on_paper", Act(actor, now, given))
    document, minutes_id = item.document, item.minutes_id
    electronic = [s for s in item.minutes.signatures if s.state == "signed" and s.way != "paper"]
    if document is None or document.newest is None or not electronic or not is_last(item):
        return lock_first(item, actor, given, now)
    settings = current_app.config["RANDAL"]
    number, name, pdf = document.versions[-1].number, document.versions[-1].file.name, document.newest.read()
    authority, clock_, provider = keys.authority(), stamper(settings), provider_here()
    issuers = map(x509.load_pem_x509_certificate, provider.roots if provider else ())
    db.session.rollback()
    try:
        sealed = asyncio.run(seal(pdf, authority, now, clock_, issuers))
    except StampFailed as error:
        raise refused(str(error)) from None
    lock_minutes(minutes_id)
    return {"file_id": keep_pdf(name, sealed, actor, now), "signed_version": number}


@before("signature.decline")
def lock_first(item: Signature, actor: Actor, given: dict[str, Any], now: datetime) -> dict[str, Any]:
    """The minutes before their signatures, always: two who act at once wait for each other, and neither is killed."""
    lock_minutes(item.minutes_id)
    return {}


def lock_minutes(minutes_id: int) -> None:
    lock(db.session.get(Minutes, minutes_id))


def stamp_of(item: Signature, actor: Actor, now: datetime) -> Stamp:
    """What the visible stamp says: who signs, as what, when in the meeting's zone."""
    person, zone = db.session.get(Person, actor.id), item.minutes.meeting.timezone
    if person is None:
        raise refused("Akun penanda tangan tidak ada.")
    post = item.signs_as if person.id == item.signer_id else person.post_title(words.local(now, zone).date())
    when = f"{words.long_date(words.local_date(now, zone))} pukul {words.clock(now, zone)}"
    note = "CONTOH, tidak berlaku" if installation.is_demo() else ""
    return Stamp(name=person.name, post=post, at_text=when, note=note)


def refused(sentence: str) -> Refused:
    return Refused("need", sentence, {"": [sentence]})
