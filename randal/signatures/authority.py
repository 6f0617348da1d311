"""The installation's own certificate authority: root → issuing → signers, a timestamp authority, a revocation list.

It is no certified provider (PSrE), and nothing here pretends so: its certificates say who signed inside this
installation, and whoever trusts the exported root can check that without us. A signer's key leaves this module once, as
a PKCS#12 file under the signer's own passphrase, and is not kept here. All times are aware datetimes. Nothing here
knows where an authority is kept: `keystores` does.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

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
from randal.signatures.kept import SCRYPT, AuthorityError, Kept, lock, pem_of, seal, unseal
from randal.signatures.paths import check_path

__all__ = ["AUTHORITY_LIFE", "PARTS", "Authority", "AuthorityError", "IssuedKey", "Kept"]

PARTS = ("root", "issuing", "tsa")
AUTHORITY_LIFE = timedelta(days=20 * 365)
_SIGNER_LIFE = timedelta(days=5 * 365)
_CRL_LIFE = timedelta(days=30)
_PASSPHRASE_ROUNDS = 100_000  # PBKDF2 and MAC rounds of a signer's PKCS#12


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
    """An opened authority, as it stood when it was read: ``revoked`` are serials with the moment of each.

    Private keys are decrypted at first use and stay in the memory of this process.
    """

    def __init__(self, kept: Kept, secret: str, revoked: Iterable[tuple[int, datetime]] = ()):
        """Raises AuthorityError when this secret does not open it: noticed now, not at somebody's signature."""
        self.kept, self._revoked = kept, tuple(revoked)
        self._lock = lock(secret, kept.salt, **kept.scrypt)
        self._certificates = {
            part: x509.load_pem_x509_certificate(kept.certificates[part].encode()) for part in PARTS
        }
        self.key("tsa")

    def __repr__(self) -> str:
        return f"<Authority {self.fingerprint[:16]}>"

    @classmethod
    def make(cls, secret: str, name: str, now: datetime, contoh: bool = False) -> "Authority":
        """New root, issuing and timestamp certificates that hold from a day before ``now`` for 20 years.

        ``secret`` encrypts the private keys where they are kept. With ``contoh`` every name begins with "CONTOH ".
        """
        start = now - EARLIER
        end = start + AUTHORITY_LIFE
        made = {"root": new_key(3072), "issuing": new_key(3072), "tsa": new_key(2048)}
        root_name, issuing_name, tsa_name = (
            name_of(f"{name} – {what}", contoh=contoh) for what in ("Akar", "Penerbit", "Stempel Waktu")
        )
        root = certificate(root_name, made["root"], root_name, made["root"], start, end, authority=1)
        issuing = certificate(issuing_name, made["issuing"], root_name, made["root"], start, end, authority=0)
        tsa = certificate(
            tsa_name, made["tsa"], issuing_name, made["issuing"], start, end, usage=[Usage.TIME_STAMPING]
        )
        salt = secrets.token_bytes(16).hex()
        kept = Kept(
            name=name,
            contoh=contoh,
            salt=salt,
            scrypt=SCRYPT,
            certificates={"root": pem_of(root), "issuing": pem_of(issuing), "tsa": pem_of(tsa)},
            keys={part: seal(key, lock(secret, salt, **SCRYPT)) for part, key in made.items()},
            # The root revokes nothing yet; with this list the root key can be taken offline.
            root_crl=revocation_list(root, made["root"], (), start, end),
        )
        return cls(kept, secret)

    # -- what others may see ----------------------------------------------------------------------------------------

    @property
    def contoh(self) -> bool:
        """Whether this authority serves demonstration data only."""
        return self.kept.contoh

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

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the root certificate, by which people recognise this authority."""
        return self.kept.fingerprint

    def root_pem(self) -> bytes:
        """The root certificate, to hand out: whoever trusts it can verify without this machine."""
        return self.kept.certificates["root"].encode()

    def crls(self, now: datetime) -> list[bytes]:
        """The revocation lists (DER) as they stand at ``now``: the issuing one is signed afresh, the root's is stored."""
        revoked = [one for one in self._revoked if one[1] <= now]
        return [
            revocation_list(self.issuing, self.key("issuing"), revoked, now, now + _CRL_LIFE),
            self.kept.root_crl,
        ]

    def is_revoked(self, serial: str, now: datetime) -> bool:
        """Whether the certificate with this serial (hex) was revoked at or before ``now``."""
        return any(number == int(serial, 16) and at <= now for number, at in self._revoked)

    # -- what it does -----------------------------------------------------------------------------------------------

    def issue(
        self,
        subject_name: str,
        post: str,
        organisation: str,
        passphrase: str,
        now: datetime,
        contoh: bool = False,
        *,
        until: datetime | None = None,
        notice: str = "",
    ) -> IssuedKey:
        """A new key and certificate for one person, for 5 years (a CONTOH one as long as the authority lasts), but not
        beyond ``until``. ``notice``: how the person was known to be himself.

        Names are cleaned and cut as X.520 demands, and the whole path is checked here: a key that is handed out signs.
        Raises AuthorityError when the authority is not valid at ``now`` or the path is not; ValueError on an empty
        passphrase.
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
        end = min(end, until) if until else end
        key = new_key(2048)
        made = certificate(
            name_of(subject_name, post, organisation, contoh=contoh),
            key,
            self.issuing.subject,
            self.key("issuing"),
            start,
            end,
            usage=[Usage.EMAIL_PROTECTION, DOCUMENT_SIGNING],
            notice=notice,
        )
        check_path(self.root, [self.issuing], made, now)
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

    def sign_as_tsa(self, data: bytes, algorithm: hashes.HashAlgorithm) -> bytes:
        """The timestamp authority's RSA signature (PKCS#1 v1.5) over ``data``."""
        return self.key("tsa").sign(data, PKCS1v15(), algorithm)

    def key(self, part: str) -> rsa.RSAPrivateKey:
        """A private key of its own, opened. Raises AuthorityError: it lies elsewhere, or another secret sealed it."""
        sealed = self.kept.keys.get(part)
        if sealed is None:
            raise AuthorityError(f"Kunci {part} tidak ada di sini (mungkin disimpan terpisah).")
        return unseal(sealed, self._lock)

    def renewed(self, root: rsa.RSAPrivateKey, now: datetime) -> Kept:
        """The same authority with new certificates for issuing and timestamps, as long as the root lasts. The issuing key
        stays, so all signers' certificates and the revocation list go on; the timestamp authority gets a new key.
        Raises AuthorityError when the root has ended."""
        start, end = now - EARLIER, min(now + AUTHORITY_LIFE, self.root.not_valid_after_utc)
        if not start < end:
            raise AuthorityError("Sertifikat akar sudah berakhir: otoritas ini tidak dapat diperbarui lagi.")
        own, clock = self.key("issuing"), new_key(2048)
        issuing = certificate(self.issuing.subject, own, self.root.subject, root, start, end, authority=0)
        tsa = certificate(
            self.tsa.subject, clock, issuing.subject, own, start, end, usage=[Usage.TIME_STAMPING]
        )
        return replace(
            self.kept,
            certificates={**self.kept.certificates, "issuing": pem_of(issuing), "tsa": pem_of(tsa)},
            keys={**self.kept.keys, "tsa": seal(clock, self._lock)},
            root_crl=revocation_list(self.root, root, (), start, end),
        )
