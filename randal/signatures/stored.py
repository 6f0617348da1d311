"""Signing the newest stored file of a paper with what the signer just typed, outside any transaction."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives import hashes
from flask import current_app

from randal.database.base import db
from randal.documents import model
from randal.documents.model import Document
from randal.engine.transitions import Changed
from randal.l10n import formats
from randal.org import app_settings
from randal.org.people import Person
from randal.schemas.forms import wrong
from randal.signatures import keys
from randal.signatures.held_keys import SigningKey
from randal.signatures.installed import stamp_roots
from randal.signatures.keys import key_of
from randal.signatures.port import SENTENCE, PdfSigner, SigningFailed, Stamp, WrongPassphrase
from randal.signatures.provider import Provider, read_provider
from randal.storage import files
from randal.storage.files import StoredFile
from randal.web import tries
from randal.web.tries import Limit
from workflows.lifecycle import Actor, Refused

NO_KEY = (
    "Anda belum mempunyai kunci tanda tangan. Daftarkan dahulu di halaman «Kunci tanda tangan» pada profil Anda, "
    "lalu tandatangani."
)
# Wrong passphrases of one person, wherever they were typed.
PASSPHRASE = Limit(
    "passphrase", free=10, first=timedelta(minutes=15), most=timedelta(hours=1), rest=timedelta(hours=2)
)


def brake(person_id: int | None, now: datetime) -> None:
    """Count a try. Refused when they are too many: a passphrase is not to be guessed. Outside a transaction."""
    if wait := tries.take(PASSPHRASE, person_id, now):
        raise refused(
            f"Terlalu banyak frasa sandi yang keliru. Tunggu {tries.in_words(wait)}, lalu coba lagi."
        )


def sign_newest(
    document: Document | None,
    field: str,
    actor: Actor,
    given: dict[str, Any],
    now: datetime,
    *,
    stamp: Stamp,
    last: bool,
    paper: str,
) -> dict[str, Any]:
    """Sign the newest stored file of this `paper` (its name in a sentence); ids only, which `add_signed` checks and adds.

    With the key of the person acting (a stand-in signs as himself), or, where a NIK is given, by the remote provider.
    The passphrase and the NIK end with this call. It ends the transaction; the signed file is kept in the next one.
    Refused: need; field `passphrase`.
    """
    # pyHanko: tens of MB that only a process spends in which somebody signs.
    from randal.signatures.remote import RemoteSigner, added_by
    from randal.signatures.signing import LocalSigner
    from randal.signatures.stamping import stamper

    key, nik = key_of(actor.id), given.get("nik") or ""
    provider = provider_here() if nik else None
    if nik and provider is None:
        raise refused("Pemasangan ini tidak terhubung ke penyelenggara sertifikasi: kosongkan NIK.")
    if not nik and key is None:
        raise refused(NO_KEY)
    if document is None or document.newest is None:
        raise refused(f"Berkas PDF {paper} belum siap.")
    authority = keys.authority()
    settings = current_app.config["RANDAL"]
    number, name = document.versions[-1].number, document.versions[-1].file.name
    pdf, key_id = document.newest.read(), key.id if key else None
    common: dict[str, Any] = {
        "authority": authority,
        "now": now,
        "last": last,
        "clock": stamper(settings),
        "stamps": stamp_roots(settings),
    }
    signer: PdfSigner
    if provider:
        signer = RemoteSigner(provider, nik, known_of(actor), reason=SENTENCE, **common)
    else:
        assert key is not None  # noqa: S101 - asked above
        signer = LocalSigner(key.p12, stamp=stamp, **common)
    db.session.rollback()
    brake(actor.id, now)
    try:
        signed = signer.sign(pdf, field, given["passphrase"])
    except WrongPassphrase as error:
        raise wrong("passphrase", str(error)) from None
    except SigningFailed as error:
        tries.forgive(PASSPHRASE, actor.id, all=False)  # the passphrase was not what failed
        raise refused(str(error)) from None
    tries.forgive(PASSPHRASE, actor.id)
    used, certificate = added_by(pdf, signed)
    return {
        "signed": (name, signed),
        "key_id": None if provider else key_id,
        "signed_version": number,
        "way": "remote" if provider else "local",
        "signed_field": used if used != field else "",
        "certificate_sha256": certificate.fingerprint(hashes.SHA256()).hex(),
    }


def keep(made: dict[str, Any], actor: Actor, now: datetime) -> dict[str, Any]:
    """What `sign_newest` answered with its bytes stored: `file_id` in their place. Call it under the paper's own lock."""
    name, signed = made.pop("signed")
    return made | {"file_id": keep_pdf(name, signed, actor, now)}


def serial_of(data: dict[str, Any], way: str | None) -> str:
    """The serial of the certificate that signed ("" by a provider). Changed: the key was exchanged meanwhile."""
    key = db.session.get(SigningKey, data["key_id"]) if data.get("key_id") else None
    if way != "remote" and (key is None or key.revoked_at is not None):
        raise Changed("Kunci tanda tangan Anda berubah. Muat ulang, lalu tandatangani lagi.")
    return key.serial if key else ""


def add_signed(document: Document | None, data: dict[str, Any], now: datetime, *, paper: str) -> None:
    """The signed file becomes the next version of the same paper, if what was signed is still the newest."""
    stored = db.session.get(StoredFile, data["file_id"])
    if document is None or document.versions[-1].number != data["signed_version"]:
        raise Changed(
            f"Berkas {paper} berubah selagi Anda menandatangani. Muat ulang, baca lagi, lalu tandatangani."
        )
    if stored is None:
        raise Changed("Berkas bertanda tangan tidak tersimpan. Coba lagi.")
    model.add_version(document, stored, now=now)


def stamp_for(actor: Actor, zone: str, now: datetime, posts: dict[int, str] | None = None) -> Stamp:
    """What the visible stamp says: who signs, as what (`posts`: by person, else as appointed today), when in this zone."""
    person = db.session.get(Person, actor.id)
    if person is None:
        raise refused("Akun penanda tangan tidak ada.")
    day: date = formats.local(now, zone).date()
    post = (posts or {}).get(person.id)
    when = f"{formats.long_date(formats.local_date(now, zone))} pukul {formats.clock(now, zone)}"
    note = "CONTOH, tidak berlaku" if app_settings.is_demo() else ""
    return Stamp(
        name=person.name, post=person.post_title(day) if post is None else post, at_text=when, note=note
    )


def provider_here() -> Provider | None:
    return read_provider(current_app.config["RANDAL"].provider_file)


def known_of(actor: Actor) -> dict[str, str]:
    """What the provider's certificate of this person is recognised by."""
    person = db.session.get_one(Person, actor.id)
    return {"name": person.name, "nip": person.nip, "email": person.email}


def keep_pdf(name: str, pdf: bytes, actor: Actor, now: datetime) -> int:
    checked = files.Checked(name, "application/pdf", pdf, hashlib.sha256(pdf).hexdigest())
    return files.keep(checked, by=actor.id, now=now).id


def refused(sentence: str) -> Refused:
    return Refused("need", sentence, {"": [sentence]})
