"""Looking after the authority: its root key taken away and brought back, its certificates renewed.

The root key is needed for one thing only, to renew. Between renewals it can lie in a safe, under a passphrase of its own.
"""

from __future__ import annotations

import os
from datetime import datetime

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID as Usage

from randal.signatures.authority import AUTHORITY_LIFE, Authority, AuthorityError
from randal.signatures.certificates import EARLIER, certificate, new_key, revocation_list
from randal.signatures.key_files import write_whole

SHORTEST = 12  # characters of the passphrase over a root key outside


def has_root_key(authority: Authority) -> bool:
    return (authority.folder / "root.key").exists()


def root_key_out(authority: Authority, passphrase: str) -> bytes:
    """The root key (PEM, PKCS#8) under this passphrase, to be kept elsewhere. Raises AuthorityError."""
    if len(passphrase) < SHORTEST:
        raise AuthorityError(f"Frasa sandi kunci akar sedikitnya {SHORTEST} karakter.")
    return authority.key("root").private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(passphrase.encode()),
    )


def remove_root_key(authority: Authority, outside: bytes, passphrase: str) -> None:
    """Take the root key off this machine, once the copy outside has been read back. Raises AuthorityError."""
    _opened(authority, outside, passphrase)
    path = authority.folder / "root.key"
    if path.exists():
        with path.open("r+b") as file:  # what a disk keeps of it, is encrypted anyway
            file.write(b"\0" * path.stat().st_size)
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
    authority.forget("root")


def renew(authority: Authority, now: datetime, outside: bytes | None = None, passphrase: str = "") -> None:
    """New certificates for issuing and timestamps, as long as the root lasts. The issuing key stays, so all signers'
    certificates and the revocation list go on; the timestamp authority gets a new key. With `outside`, the root key is
    read from there and not kept. Raises AuthorityError."""
    root_key = _opened(authority, outside, passphrase) if outside else authority.key("root")
    start, end = now - EARLIER, min(now + AUTHORITY_LIFE, authority.root.not_valid_after_utc)
    if not start < end:
        raise AuthorityError(
            "Sertifikat akar sudah berakhir: buat otoritas baru dengan flask randal ca init."
        )
    issuing_key, tsa_key = authority.key("issuing"), new_key(2048)
    root, tsa_name = authority.root, authority.tsa.subject
    issuing = certificate(
        authority.issuing.subject, issuing_key, root.subject, root_key, start, end, authority=0
    )
    tsa = certificate(
        tsa_name, tsa_key, issuing.subject, issuing_key, start, end, usage=[Usage.TIME_STAMPING]
    )
    pem = serialization.Encoding.PEM
    write_whole(authority.folder / "root.crl", revocation_list(root, root_key, (), start, end), mode=0o644)
    write_whole(authority.folder / "tsa.key", authority.sealed(tsa_key))
    write_whole(authority.folder / "tsa.pem", tsa.public_bytes(pem), mode=0o644)
    write_whole(authority.folder / "issuing.pem", issuing.public_bytes(pem), mode=0o644)


def _opened(authority: Authority, outside: bytes, passphrase: str) -> rsa.RSAPrivateKey:
    try:
        key = serialization.load_pem_private_key(outside, passphrase.encode())
    except (ValueError, TypeError):
        raise AuthorityError("Berkas kunci akar tidak terbuka dengan frasa sandi itu.") from None
    if not isinstance(key, rsa.RSAPrivateKey) or key.public_key() != authority.root.public_key():
        raise AuthorityError("Berkas itu bukan kunci akar otoritas ini.")
    return key
