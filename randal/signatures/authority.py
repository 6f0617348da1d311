"""The installation's own certificate authority: root → issuing → signers, a timestamp authority, a revocation list.

It is no certified provider (PSrE), and nothing here pretends so: its certificates say who signed inside this
installation, and whoever trusts the exported root can check that without us. A signer's key leaves this module once, as
a PKCS#12 file under the signer's own passphrase, and is not kept here. All times are aware datetimes.
"""

import base64
import hashlib
import json
import secrets
import tempfile
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID as Usage

from randal.signatures.certificates import (
    DOCUMENT_SIGNING,
    EARLIER,
    certificate,
    name_of,
    new_key,
    revocation_list,
)
from randal.signatures.key_files import SCRYPT, derive, write_whole

_PARTS = ("root", "issuing", "tsa")
_STATE = "authority.json"
AUTHORITY_LIFE = timedelta(days=20 * 365)
_SIGNER_LIFE = timedelta(days=5 * 365)
_CRL_LIFE = timedelta(days=30)
_PASSPHRASE_ROUNDS = 100_000  # PBKDF2 and MAC rounds of a signer's PKCS#12


class AuthorityError(Exception):
    """The authority cannot do what was asked; the message is an Indonesian sentence for the operator."""


@dataclass(frozen=True)
class IssuedKey:
    """A signer's new key. ``p12`` opens only with the passphrase given to `Authority.issue`.

    ``serial`` and ``fingerprint`` (SHA-256 of the DER) are lower-case hex; ``not_after`` is an aware UTC datetime.
    """

    p12: bytes = field(repr=False)
    certificate_pem: str = field(repr=False)
    serial: str
    fingerprint: str
    not_after: datetime


class Authority:
    """An opened authority: `create` makes one, `open` finds it. Keys are decrypted at first use and stay in memory."""

    def __init__(self, folder: Path, master: bytes):
        self.folder = folder
        self._master = master
        self._keys: dict[str, rsa.RSAPrivateKey] = {}
        self._certificates = {
            part: x509.load_pem_x509_certificate((folder / f"{part}.pem").read_bytes()) for part in _PARTS
        }

    def __repr__(self) -> str:
        return f"<Authority {self.folder}>"

    @classmethod
    def create(cls, folder: Path, secret: str, name: str, now: datetime, contoh: bool = False) -> "Authority":
        """Make root, issuing and timestamp certificates that hold from a day before ``now`` for 20 years.

        ``secret`` encrypts the private keys at rest. With ``contoh`` every name begins with "CONTOH ".
        All or nothing: the folder appears complete. Raises AuthorityError when the folder holds something already.
        """
        folder = Path(folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
        salt = secrets.token_bytes(16)
        master = derive(secret, salt)
        start = now - EARLIER
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".ca-") as spare:
            making = Path(spare) / "ca"
            making.mkdir(mode=0o700)
            root_key, issuing_key, tsa_key = new_key(3072), new_key(3072), new_key(2048)
            root_name, issuing_name, tsa_name = (
                name_of(f"{name} – {what}", contoh=contoh) for what in ("Akar", "Penerbit", "Stempel Waktu")
            )
            end = start + AUTHORITY_LIFE
            root = certificate(root_name, root_key, root_name, root_key, start, end, authority=1)
            issuing = certificate(issuing_name, issuing_key, root_name, root_key, start, end, authority=0)
            tsa = certificate(
                tsa_name, tsa_key, issuing_name, issuing_key, start, end, usage=[Usage.TIME_STAMPING]
            )
            for part, made, key in zip(
                _PARTS, (root, issuing, tsa), (root_key, issuing_key, tsa_key), strict=True
            ):
                write_whole(making / f"{part}.pem", made.public_bytes(serialization.Encoding.PEM), mode=0o644)
                write_whole(
                    making / f"{part}.key",
                    key.private_bytes(
                        serialization.Encoding.PEM,
                        serialization.PrivateFormat.PKCS8,
                        serialization.BestAvailableEncryption(base64.b64encode(master)),
                    ),
                )
            # The root revokes nothing yet; with this list the root key can be taken offline.
            write_whole(making / "root.crl", revocation_list(root, root_key, (), start, end), mode=0o644)
            state = {"name": name, "contoh": contoh, "salt": salt.hex(), "scrypt": SCRYPT, "revoked": []}
            write_whole(making / _STATE, json.dumps(state, indent=1).encode())
            try:
                making.rename(folder)
            except OSError:
                raise AuthorityError(f"Otoritas sertifikat sudah ada di {folder}.") from None
        authority = cls.open(folder, secret)
        authority.refresh_crl(now)
        return authority

    @classmethod
    def open(cls, folder: Path, secret: str) -> "Authority":
        """The authority in ``folder``, opened once per process.

        Raises AuthorityError when there is none or the secret is wrong.
        """
        folder = Path(folder).resolve()
        try:
            state = json.loads((folder / _STATE).read_text())
        except FileNotFoundError:
            raise AuthorityError(
                "Otoritas sertifikat belum ada; buat dengan: flask randal ca init."
            ) from None
        salt = bytes.fromhex(state["salt"])
        # Renewed by another process: opened anew.
        renewed = tuple((folder / f"{part}.pem").stat().st_mtime_ns for part in _PARTS)
        ticket = (folder, hashlib.sha256(salt + secret.encode()).digest(), renewed)
        if ticket not in _opened:
            authority = cls(folder, derive(secret, salt, **state["scrypt"]))
            authority.key("tsa")  # a wrong secret is noticed now, not at somebody's signature
            _opened.clear()
            _opened[ticket] = authority
        return _opened[ticket]

    # -- what others may see ----------------------------------------------------------------------------------------

    @cached_property
    def contoh(self) -> bool:
        """Whether this authority serves demonstration data only."""
        return bool(self._state()["contoh"])

    @property
    def root(self) -> x509.Certificate:
        return self._certificates["root"]

    @property
    def issuing(self) -> x509.Certificate:
        return self._certificates["issuing"]

    @property
    def tsa(self) -> x509.Certificate:
        return self._certificates["tsa"]

    def chain(self) -> tuple[x509.Certificate, ...]:
        """What a check in ten years needs besides the signers' own certificates."""
        return (self.root, self.issuing, self.tsa)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the root certificate, by which people recognise this authority."""
        return self.root.fingerprint(hashes.SHA256()).hex()

    def root_pem(self) -> bytes:
        """The root certificate, to hand out: whoever trusts it can verify without this machine."""
        return self.root.public_bytes(serialization.Encoding.PEM)

    def crls(self, now: datetime) -> list[bytes]:
        """The revocation lists (DER) as they stand at ``now``: the issuing one is signed afresh, the root's is stored."""
        revoked = [one for one in self._revoked() if one[1] <= now]
        return [
            revocation_list(self.issuing, self.key("issuing"), revoked, now, now + _CRL_LIFE),
            (self.folder / "root.crl").read_bytes(),
        ]

    def is_revoked(self, serial: str, now: datetime) -> bool:
        """Whether the certificate with this serial (hex) was revoked at or before ``now``."""
        return any(number == int(serial, 16) and at <= now for number, at in self._revoked())

    # -- what it does -----------------------------------------------------------------------------------------------

    def issue(
        self,
        subject_name: str,
        post: str,
        organisation: str,
        passphrase: str,
        now: datetime,
        contoh: bool = False,
    ) -> IssuedKey:
        """A new key and certificate for one person, for 5 years (a CONTOH one as long as the authority lasts).

        Names longer than 64 characters are cut, as X.520 demands. Raises AuthorityError when the authority itself is
        not valid at ``now``, ValueError on an empty passphrase.
        """
        if not passphrase:
            raise ValueError("an empty passphrase protects nothing")
        contoh = contoh or self.contoh
        start, end = now - EARLIER, self.issuing.not_valid_after_utc
        if not self.issuing.not_valid_before_utc <= now < end:
            raise AuthorityError(
                "Otoritas sertifikat tidak berlaku pada waktu itu; periksa jam atau perbarui otoritas."
            )
        start = max(start, self.issuing.not_valid_before_utc)
        if not contoh:
            end = min(end, now + _SIGNER_LIFE)
        key = new_key(2048)
        made = certificate(
            name_of(subject_name, post, organisation, contoh=contoh),
            key,
            self.issuing.subject,
            self.key("issuing"),
            start,
            end,
            usage=[Usage.EMAIL_PROTECTION, DOCUMENT_SIGNING],
        )
        lock = (
            serialization.PrivateFormat.PKCS12.encryption_builder()
            .kdf_rounds(_PASSPHRASE_ROUNDS)
            .key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC)
            .hmac_hash(hashes.SHA256())
            .build(passphrase.encode())
        )
        p12 = pkcs12.serialize_key_and_certificates(b"randal", key, made, [self.issuing], lock)
        return IssuedKey(
            p12,
            made.public_bytes(serialization.Encoding.PEM).decode(),
            f"{made.serial_number:x}",
            made.fingerprint(hashes.SHA256()).hex(),
            made.not_valid_after_utc,
        )

    def revoke(self, serial: str, now: datetime) -> None:
        """Put the certificate with this serial (hex) on the list from ``now`` on. Twice is once; the first moment stays."""
        state = self._state()
        number = f"{int(serial, 16):x}"
        if number not in {one["serial"] for one in state["revoked"]}:
            state["revoked"].append({"serial": number, "at": now.isoformat()})
            write_whole(self.folder / _STATE, json.dumps(state, indent=1).encode())
        self.refresh_crl(now)

    def refresh_crl(self, now: datetime) -> Path:
        """Write a new ``issuing.crl`` (DER, 30 days) for those who fetch it, and return where it lies."""
        path = self.folder / "issuing.crl"
        write_whole(path, self.crls(now)[0], mode=0o644)
        return path

    def sign_as_tsa(self, data: bytes, algorithm: hashes.HashAlgorithm) -> bytes:
        """The timestamp authority's RSA signature (PKCS#1 v1.5) over ``data``."""
        return self.key("tsa").sign(data, PKCS1v15(), algorithm)

    def sealed(self, key: rsa.RSAPrivateKey) -> bytes:
        """A private key as it lies in the folder: encrypted under the installation's secret."""
        return key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(base64.b64encode(self._master)),
        )

    def forget(self, part: str) -> None:
        """Let go of a key in memory."""
        self._keys.pop(part, None)

    # -- inside -----------------------------------------------------------------------------------------------------

    def _state(self) -> dict[str, Any]:
        state: dict[str, Any] = json.loads((self.folder / _STATE).read_text())
        return state

    def _revoked(self) -> list[tuple[int, datetime]]:
        # Read each time: another process may have revoked since this one opened the authority.
        return [
            (int(one["serial"], 16), datetime.fromisoformat(one["at"])) for one in self._state()["revoked"]
        ]

    def key(self, part: str) -> rsa.RSAPrivateKey:
        keys = self._keys
        if part not in keys:
            try:
                key = serialization.load_pem_private_key(
                    (self.folder / f"{part}.key").read_bytes(), base64.b64encode(self._master)
                )
            except FileNotFoundError:
                raise AuthorityError(
                    f"Kunci {part} tidak ada di mesin ini (mungkin disimpan terpisah)."
                ) from None
            except ValueError:
                raise AuthorityError(
                    "Kunci otoritas tidak dapat dibuka: rahasia instalasi (RANDAL_SECRET_KEY) berbeda "
                    "dari saat otoritas dibuat."
                ) from None
            if not isinstance(key, rsa.RSAPrivateKey):
                raise AuthorityError(f"Kunci {part} bukan kunci RSA.")
            keys[part] = key
        return keys[part]


_opened: dict[tuple[Path, bytes, tuple[int, ...]], Authority] = {}
