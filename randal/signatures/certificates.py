"""Certificates and revocation lists as this installation makes them: X.509 only, no files and no secrets.

All times are aware datetimes; serials are integers here and lower-case hex outside.
"""

import stringprep
import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID as Usage
from cryptography.x509.oid import NameOID

CONTOH = "CONTOH "
NAMELESS = "Penanda Tangan"  # whose own name has no letter that a certificate can say
EARLIER = timedelta(days=1)  # certificates start before the moment that asks for them: clocks differ
DOCUMENT_SIGNING = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")  # RFC 9336
# 2.25: an arc for who has no other, under a UUID (X.667). Below it this authority says how a subject was known.
IDENTITY_POLICY = x509.ObjectIdentifier("2.25.228405377163211018432417843951214216801")
LONGEST_NOTICE = 200  # RFC 5280
_LONGEST = 64  # X.520 upper bound of a common name, a title, an organisation


def new_key(bits: int) -> rsa.RSAPrivateKey:
    # RSA, not elliptic curves: pdfsig, older openssl and every PDF reader in the offices check it.
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def name_of(common: str, post: str = "", organisation: str = "", *, contoh: bool) -> x509.Name:
    mark = CONTOH if contoh and not common.startswith(CONTOH) else ""
    called = _said(mark + common)
    parts = [
        (NameOID.COUNTRY_NAME, "ID"),
        (NameOID.ORGANIZATION_NAME, _said(organisation)),
        (NameOID.TITLE, _said(post)),
        (NameOID.COMMON_NAME, mark + NAMELESS if called in ("", mark.strip()) else called),
    ]
    return x509.Name([x509.NameAttribute(oid, text) for oid, text in parts if text])


def _said(text: str) -> str:
    """What X.520 lets a name say, cut to its longest; "" when no letter is left. Verifiers refuse to compare a name with
    an emoji, a script younger than Unicode 3.2, a character of somebody's own font, or both directions of writing: the
    first three fall out, and beside Latin letters the words from right to left. The paper and the database have it whole."""
    text = "".join(
        one for one in unicodedata.normalize("NFKC", " ".join(text.split())) if not _unsayable(one)
    )
    leftwards = any(map(stringprep.in_table_d1, text)) and not any(map(stringprep.in_table_d2, text))
    if not leftwards:
        text = "".join(one for one in text if not stringprep.in_table_d1(one))
    text = " ".join(text.split())
    while len(text.encode()) > _LONGEST:  # the library counts bytes
        text = text.rstrip("…")[:-1].rstrip() + ("" if leftwards else "…")
    while leftwards and not stringprep.in_table_d1(text[-1]):
        text = text[:-1]
    while leftwards and not stringprep.in_table_d1(text[0]):
        text = text[1:]
    return text if any(map(str.isalnum, text)) else ""


def _unsayable(one: str) -> bool:
    tables = (
        stringprep.in_table_a1,  # not assigned in Unicode 3.2
        stringprep.in_table_c3,  # private use
        stringprep.in_table_c4,
        stringprep.in_table_c5,
        stringprep.in_table_c8,  # changes of display
    )
    return one == "\ufffd" or unicodedata.category(one) in ("Cc", "Cf") or any(has(one) for has in tables)


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
    notice: str = "",
) -> x509.Certificate:
    """``authority`` is the allowed length of the path below it, None for an end certificate; ``notice``: what is said of
    how its subject was known (a user notice, at most 200 characters)."""
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
    if notice:
        said = x509.UserNotice(None, notice[:LONGEST_NOTICE])
        policy = x509.PolicyInformation(IDENTITY_POLICY, [said])
        builder = builder.add_extension(x509.CertificatePolicies([policy]), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def notice_of(made: x509.Certificate) -> str:
    """How the subject was known, as the certificate says it; "" when it says nothing."""
    try:
        policies = made.extensions.get_extension_for_class(x509.CertificatePolicies).value
    except (x509.ExtensionNotFound, ValueError):
        return ""
    for policy in policies:
        for said in policy.policy_qualifiers or () if policy.policy_identifier == IDENTITY_POLICY else ():
            if isinstance(said, x509.UserNotice) and said.explicit_text:
                return str(said.explicit_text)
    return ""


def notice_of_pem(pem: str) -> str:
    return notice_of(x509.load_pem_x509_certificate(pem.encode()))


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
