"""Signing a PDF (PAdES) with a key of this installation, and what must hold after every signature, whoever made it.

`check_signed`: the output starts with the input's bytes, holds exactly one more signature, in the right field, by the right
certificate, and it verifies. A passphrase lives as an argument of one call. The files are our own; what a provider
answers goes through the limited child first (remote.py).
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import pkcs12
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from randal.signatures.authority import Authority
from randal.signatures.pades import as_asn1, sign_field, signed_until, stamped_at
from randal.signatures.port import MOST_ADDED, SigningFailed, Stamp, StampFailed, WrongPassphrase
from randal.signatures.reading import DIFFERENCES, read
from randal.untrusted.limited.errors import Unreadable


@dataclass(frozen=True)
class LocalSigner:
    """Signs with a key of this installation's authority. ``last`` adds what a check needs in ten years (PAdES B-LTA)."""

    p12: bytes = field(repr=False)
    authority: Authority
    stamp: Stamp
    now: datetime
    last: bool = False
    clock: TimeStamper | None = None  # None: the installation's own timestamp authority
    stamps: tuple[bytes, ...] = ()

    def sign(self, pdf: bytes, field: str, secret: str) -> bytes:
        return sign_local(
            pdf,
            field=field,
            p12=self.p12,
            passphrase=secret,
            authority=self.authority,
            stamp=self.stamp,
            now=self.now,
            last=self.last,
            clock=self.clock,
            stamps=self.stamps,
        )


def sign_local(
    pdf: bytes,
    *,
    field: str,
    p12: bytes,
    passphrase: str,
    authority: Authority,
    stamp: Stamp,
    now: datetime,
    last: bool = False,
    clock: TimeStamper | None = None,
    stamps: Iterable[bytes] = (),
) -> bytes:
    """Sign the empty field ``field`` of ``pdf`` (PAdES B-T, with ``last`` B-LTA) at the aware moment ``now``.

    Raises WrongPassphrase; SigningFailed when the certificate is not this authority's, expired, not yet valid or
    revoked, when the field is missing or signed already, and when the result does not pass `check_signed`.
    """
    key, certificate = _unlock(p12, passphrase)
    del passphrase
    _usable(certificate, authority, now)
    reader = _with_empty_field(pdf, field)
    try:
        signed = asyncio.run(sign_field(reader, field, key, certificate, authority, stamp, now, last, clock))
    except SigningFailed:
        raise
    except StampFailed as error:
        raise SigningFailed(str(error)) from None
    except (
        Exception
    ) as error:  # pyHanko raises many kinds; none of them may leave a half-signed file or an English trace
        raise SigningFailed(
            "Dokumen ini tidak dapat ditandatangani: berkas PDF tidak dapat diolah."
        ) from error
    check_signed(
        pdf, signed, field=field, certificate=certificate, roots=[authority.root_pem()], stamps=stamps
    )
    return signed


def check_signed(
    before: bytes,
    after: bytes,
    *,
    field: str | None = None,
    certificate: x509.Certificate | None = None,
    roots: Iterable[bytes],
    stamps: Iterable[bytes] = (),
) -> tuple[str, x509.Certificate]:
    """What must hold after every signature, whoever made it. Raises SigningFailed with the reason.

    Answers the field that was signed and the certificate. Without `field` (a provider may bring its own) any field will
    do that was not there to be signed by another; without `certificate` the caller judges whose it is.
    `stamps`: PEM roots of foreign timestamp authorities. The earlier signatures are not computed again: their bytes are
    the same, and `verification.verify` judges the whole.
    """
    if not after.startswith(before):
        raise SigningFailed(
            "Penyedia tanda tangan menulis ulang berkas; hasilnya ditolak dan tidak disimpan."
        )
    if len(after) - len(before) > MOST_ADDED:
        raise SigningFailed("Hasilnya memuat lebih dari tanda tangan; ditolak.")
    try:
        # Every earlier signature ends inside the earlier bytes; a new one ends after them.
        reader = read(after)
        new = [one for one in reader.embedded_regular_signatures if signed_until(one) > len(before)]
        if len(new) != 1 or (field is not None and new[0].field_name != field):
            raise SigningFailed(
                "Hasilnya tidak memuat tepat satu tanda tangan baru di kolom yang diminta; ditolak."
            )
        signature = new[0]
        der = signature.signer_cert.dump()
        if certificate is not None and der != certificate.public_bytes(serialization.Encoding.DER):
            raise SigningFailed("Tanda tangan dibuat dengan sertifikat orang lain; hasilnya ditolak.")
        if max(map(signed_until, reader.embedded_signatures)) != len(after):
            raise SigningFailed("Hasilnya memuat lebih dari tanda tangan; ditolak.")
        moment = stamped_at(signature.signer_info) or signature.self_reported_timestamp
        trust, stamping = (
            ValidationContext(
                trust_roots=[as_asn1(x509.load_pem_x509_certificate(one)) for one in several],
                allow_fetching=False,
                moment=moment,
            )
            for several in ([*roots], [*roots, *stamps])
        )
        status = asyncio.run(
            async_validate_pdf_signature(
                signature, trust, ts_validation_context=stamping, diff_policy=DIFFERENCES
            )
        )
        stamp = status.timestamp_validity
        good = (
            (stamp is None or (stamp.valid and stamp.intact and stamp.trusted))
            and status.valid
            and status.intact
            and status.trusted
            and (
                status.coverage == SignatureCoverageLevel.ENTIRE_FILE
                or status.modification_level == ModificationLevel.LTA_UPDATES
            )
        )
    except SigningFailed:
        raise
    except Exception as error:
        raise SigningFailed(
            "Tanda tangan yang baru dibuat tidak dapat diperiksa; hasilnya ditolak."
        ) from error
    if not good:
        raise SigningFailed("Tanda tangan yang baru dibuat tidak lulus pemeriksaan; hasilnya ditolak.")
    return str(signature.field_name), x509.load_der_x509_certificate(der)


def checked(after: bytes, *, size: int, same: bool, **given: Any) -> dict[str, Any]:
    """What the child runs on a provider's answer: `check_signed`, with words that travel. `same`: its first `size` bytes
    are the file that was sent. Raises Unreadable."""
    try:
        field, certificate = check_signed(after[:size] if same else b"other", after, **given)
    except SigningFailed as failed:
        raise Unreadable(str(failed)) from None
    return {"field": field, "certificate": certificate.public_bytes(serialization.Encoding.DER)}


def _unlock(p12: bytes, passphrase: str) -> tuple[RSAPrivateKey, x509.Certificate]:
    try:
        key, certificate, _ = pkcs12.load_key_and_certificates(p12, passphrase.encode())
    except ValueError:
        raise WrongPassphrase from None  # the cause might quote what was typed
    if not isinstance(key, RSAPrivateKey) or certificate is None:
        raise SigningFailed("Berkas kunci penanda tangan tidak lengkap; daftarkan kunci baru.")
    return key, certificate


def _usable(certificate: x509.Certificate, authority: Authority, now: datetime) -> None:
    try:
        certificate.verify_directly_issued_by(authority.issuing)
    except Exception:
        raise SigningFailed(
            "Sertifikat Anda bukan dari otoritas instalasi ini; daftarkan kunci baru."
        ) from None
    if now < certificate.not_valid_before_utc:
        raise SigningFailed("Sertifikat Anda belum berlaku pada waktu ini; periksa jam mesin.")
    if now > certificate.not_valid_after_utc:
        raise SigningFailed("Sertifikat Anda sudah berakhir; daftarkan kunci baru.")
    if authority.is_revoked(f"{certificate.serial_number:x}", now):
        raise SigningFailed("Sertifikat Anda sudah dicabut; daftarkan kunci baru.")


def _with_empty_field(pdf: bytes, field: str) -> PdfFileReader:
    try:
        reader = read(pdf)
        found = {name: value for name, value, _ in enumerate_sig_fields(reader)}
    except Unreadable as error:
        raise SigningFailed(f"Dokumen ini tidak dapat ditandatangani. {error}") from error
    except Exception as error:
        raise SigningFailed("Dokumen ini tidak dapat ditandatangani: kolom tanda tangannya rusak.") from error
    if field not in found:
        raise SigningFailed("Kolom tanda tangan Anda tidak ada di dokumen ini.")
    if found[field] is not None:
        raise SigningFailed("Kolom tanda tangan Anda sudah berisi tanda tangan.")
    return reader
