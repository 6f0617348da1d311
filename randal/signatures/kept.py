"""An authority as it is kept: certificates open, private keys encrypted under the installation's secret."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

SCRYPT = {"n": 2**15, "r": 8, "p": 1}


class AuthorityError(Exception):
    """The authority cannot do what was asked; the message is an Indonesian sentence for the operator."""


@dataclass(frozen=True)
class Kept:
    """An authority as it is stored. ``certificates``: PEM by part (root, issuing, tsa). ``keys``: PEM by part, encrypted
    under a key made from the installation's secret; without the root's while that lies elsewhere. ``salt``: hex."""

    name: str
    contoh: bool
    salt: str
    scrypt: Mapping[str, int]
    certificates: Mapping[str, str] = field(repr=False)
    keys: Mapping[str, str] = field(repr=False)
    root_crl: bytes = field(repr=False)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the root certificate (hex), by which people recognise this authority."""
        return (
            x509.load_pem_x509_certificate(self.certificates["root"].encode())
            .fingerprint(hashes.SHA256())
            .hex()
        )


def pem_of(one: x509.Certificate) -> str:
    return one.public_bytes(serialization.Encoding.PEM).decode()


@lru_cache(maxsize=8)
def lock(secret: str, salt: str, **scrypt: int) -> bytes:
    """What the private keys are encrypted under."""
    return base64.b64encode(Scrypt(salt=bytes.fromhex(salt), length=32, **scrypt).derive(secret.encode()))


def seal(key: rsa.RSAPrivateKey, under: bytes) -> str:
    """The key as PEM, encrypted."""
    how = serialization.BestAvailableEncryption(under)
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, how).decode()


@lru_cache(maxsize=24)
def unseal(sealed: str, under: bytes) -> rsa.RSAPrivateKey:
    """Open what `seal` made, once per process. Raises AuthorityError when it was made under another secret."""
    try:
        key = serialization.load_pem_private_key(sealed.encode(), under)
    except ValueError:
        raise AuthorityError(
            "Kunci otoritas tidak dapat dibuka: rahasia instalasi (RANDAL_SECRET_KEY) berbeda "
            "dari saat otoritas dibuat."
        ) from None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise AuthorityError("Kunci otoritas bukan kunci RSA.")
    return key
