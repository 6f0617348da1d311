"""Certificates and revocation lists as this installation makes them: X.509 only, no files and no secrets.

All times are aware datetimes; serials are integers here and lower-case hex outside.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID as Usage
from cryptography.x509.oid import NameOID

CONTOH = "CONTOH "
EARLIER = timedelta(days=1)  # certificates start before the moment that asks for them: clocks differ
DOCUMENT_SIGNING = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")  # RFC 9336
_LONGEST = 64  # X.520 upper bound of a common name, a title, an organisation


def new_key(bits: int) -> rsa.RSAPrivateKey:
    # RSA, not elliptic curves: pdfsig, older openssl and every PDF reader in the offices check it.
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def name_of(common: str, post: str = "", organisation: str = "", *, contoh: bool) -> x509.Name:
    parts = [
        (NameOID.COUNTRY_NAME, "ID"),
        (NameOID.ORGANIZATION_NAME, organisation),
        (NameOID.TITLE, post),
        (NameOID.COMMON_NAME, (CONTOH if contoh and not common.startswith(CONTOH) else "") + common),
    ]
    return x509.Name([x509.NameAttribute(oid, _cut(text)) for oid, text in parts if text.strip()])


def _cut(text: str) -> str:
    text = " ".join(text.split())
    while len(text.encode()) > _LONGEST:  # the library counts bytes
        text = text.rstrip("…")[:-1].rstrip() + "…"
    return text


def certificate(
    subject: x509.Name,
    key: rsa.RSAPrivateKey,
    issuer: x509.Name,
    issuer_key: rsa.RSAPrivateKey,
    start: datetime,
    end: datetime,
    *,
    authority: int | None = None,
    usage: Iterable[x509.ObjectIdentifier] = (),
) -> x509.Certificate:
    """``authority`` is the allowed length of the path below it, None for an end certificate."""
    is_ca, usage = authority is not None, list(usage)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=authority), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
        )
        .add_extension(
            x509.KeyUsage(
                digital_signature=not is_ca,
                content_commitment=not is_ca,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=is_ca,
                crl_sign=is_ca,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
    )
    if usage:
        builder = builder.add_extension(x509.ExtendedKeyUsage(usage), critical=usage == [Usage.TIME_STAMPING])
    return builder.sign(issuer_key, hashes.SHA256())


def revocation_list(
    issuer: x509.Certificate,
    key: rsa.RSAPrivateKey,
    revoked: Iterable[tuple[int, datetime]],
    start: datetime,
    end: datetime,
) -> bytes:
    """A list (DER) of the revoked serials, each with its moment."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.subject)
        .last_update(start)
        .next_update(end)
        .add_extension(
            x509.CRLNumber(int(start.timestamp())), critical=False
        )  # grows with time, needs no counter
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
    )
    for serial, at in revoked:
        builder = builder.add_revoked_certificate(
            x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(at).build()
        )
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def is_revoked_in(crl: bytes, certificate: x509.Certificate, issuer: x509.Certificate) -> datetime | None:
    """When ``certificate`` was revoked according to this list (DER or PEM), or None.

    A list that ``issuer`` did not sign, or that cannot be read, says nothing.
    """
    try:
        load = x509.load_pem_x509_crl if crl.lstrip().startswith(b"-----") else x509.load_der_x509_crl
        found = load(crl)
        if found.issuer != issuer.subject or not found.is_signature_valid(issuer.public_key()):  # type: ignore[arg-type]
            return None
    except (ValueError, TypeError, InvalidSignature):
        return None
    entry = found.get_revoked_certificate_by_serial_number(certificate.serial_number)
    return entry.revocation_date_utc if entry else None
