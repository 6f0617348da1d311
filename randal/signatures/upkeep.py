"""Looking after the authority: its root key taken away and brought back, its certificates renewed.

The root key is needed for one thing only, to renew. Between renewals it can lie in a safe, under a passphrase of its own.
Each function answers what is kept of the authority from then on; `store` puts it into the database. No commit.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from randal.database.base import db
from randal.signatures import keystores
from randal.signatures.authority import Authority, AuthorityError, Kept
from randal.signatures.kept import SCRYPT, lock, seal

SHORTEST = 12  # characters of the passphrase over a root key outside


def store(kept: Kept, before: Kept) -> None:
    """Keep this of the authority in force, if it still is as it was `before`. Raises AuthorityError."""
    row = keystores.in_force(db.session, lock=True)
    if row is None or row.kept() != before:
        raise AuthorityError("Otoritas sertifikat berubah oleh orang lain pada saat yang sama; ulangi.")
    row.put(kept)
    db.session.flush()


def has_root_key(authority: Authority) -> bool:
    return "root" in authority.kept.keys


def root_key_out(authority: Authority, passphrase: str) -> bytes:
    """The root key (PEM, PKCS#8) under this passphrase, to be kept elsewhere. Raises AuthorityError."""
    if len(passphrase) < SHORTEST:
        raise AuthorityError(f"Frasa sandi kunci akar sedikitnya {SHORTEST} karakter.")
    return authority.key("root").private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(passphrase.encode()),
    )


def without_root_key(authority: Authority, outside: bytes, passphrase: str) -> Kept:
    """The authority without its root key, once the copy outside has been read back. Raises AuthorityError."""
    _opened(authority, outside, passphrase)
    keys = {part: sealed for part, sealed in authority.kept.keys.items() if part != "root"}
    return replace(authority.kept, keys=keys)


def renewed(authority: Authority, now: datetime, outside: bytes | None = None, passphrase: str = "") -> Kept:
    """New certificates for issuing and timestamps, as `Authority.renewed` says. With `outside`, the root key is read from
    there and not kept. Raises AuthorityError."""
    return authority.renewed(
        _opened(authority, outside, passphrase) if outside else authority.key("root"), now
    )


def resealed(kept: Kept, old: str, new: str) -> Kept:
    """The same authority with its keys under another secret of the installation. Raises AuthorityError."""
    before, salt = Authority(kept, old), secrets.token_hex(16)
    under = lock(new, salt, **SCRYPT)
    keys = {part: seal(before.key(part), under) for part in kept.keys}
    return replace(kept, keys=keys, salt=salt, scrypt=SCRYPT)


def _opened(authority: Authority, outside: bytes, passphrase: str) -> rsa.RSAPrivateKey:
    try:
        key = serialization.load_pem_private_key(outside, passphrase.encode())
    except (ValueError, TypeError):
        raise AuthorityError("Berkas kunci akar tidak terbuka dengan frasa sandi itu.") from None
    if not isinstance(key, rsa.RSAPrivateKey) or key.public_key() != authority.root.public_key():
        raise AuthorityError("Berkas itu bukan kunci akar otoritas ini.")
    return key
