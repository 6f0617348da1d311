"""One authority after another: the present one ended and a new one made, or a second one acknowledged as an earlier one.

What was signed under an authority that ended stays trusted; its certificates are all on its last list, and its keys gone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from sqlalchemy import select

from randal.database.base import db
from randal.settings import Settings
from randal.signatures import folders, installed, keystores
from randal.signatures.authority import Authority, AuthorityError
from randal.signatures.held_keys import SigningKey, note_use
from randal.signatures.keystores import Keystore
from workflows.lifecycle import MACHINE


def replace(settings: Settings, now: datetime, *, contoh: bool | None = None) -> Authority:
    """A new authority in place of the present one, if any. No commit."""
    row = keystores.in_force(db.session, lock=True)
    if row is not None:
        _end(row, settings.secret_key, now)
    return installed.new_authority(settings, now, contoh=contoh)


def adopt(settings: Settings, files: Mapping[str, bytes], secret: str, now: datetime) -> str:
    """Acknowledge another authority that has signed for this installation (a second machine once made its own, in these
    files): what it signed is trusted, nobody signs under it any more. `secret` sealed its keys. Its fingerprint.
    No commit. Raises AuthorityError."""
    ours = installed.open_authority(settings)
    kept, revoked = folders.read(files)
    if db.session.get(Keystore, kept.fingerprint) is not None:
        raise AuthorityError("Otoritas itu sudah dikenal basis data.")
    Authority(kept, secret)
    row = Keystore(in_force=None, revoked=revoked, created_at=now, last_crl=b"")
    row.put(kept)
    db.session.add(row)
    _end(row, secret, now)
    note_use(ours.fingerprint, "adopted", True, MACHINE, now, f"SHA-256 {kept.fingerprint}")
    return kept.fingerprint


def _end(row: Keystore, secret: str, now: datetime) -> None:
    under = row.certificates["issuing"]
    for key in db.session.scalars(select(SigningKey).where(SigningKey.revoked_at.is_(None))):
        if _issued(key, under):
            key.revoked_at, key.revoked_why = now, "superseded"
            note_use(row.fingerprint, "revoked_key_id", key.id, MACHINE, now)
    try:
        last = Authority(row.kept(), secret, keystores.revoked_under(db.session, row)).crls(now)[0]
    except AuthorityError:  # the secret is lost: no last list, and what was signed is trusted all the same
        last = b""
    row.last_crl, row.keys, row.in_force = last, {}, None
    db.session.flush()


def _issued(key: SigningKey, issuing: str) -> bool:
    try:
        certificate = x509.load_pem_x509_certificate(key.certificate_pem.encode())
        certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(issuing.encode()))
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True
