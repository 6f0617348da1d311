"""Checking a timestamp token (RFC 3161): over which digest, from when, by whom, and trusted by which root.

Needs cryptography and asn1crypto alone, no framework and no network: an auditor runs it on his own machine. What
`openssl ts -verify -token_in` says of the same token must agree (tests/audit/test_tokens.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from asn1crypto import cms, tsp  # type: ignore[import-untyped]
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512(),
}  # fmt: skip
LONGEST_PATH = 6


class BadToken(Exception):
    """The token proves nothing; the message is an Indonesian clause ("ditandatangani …")."""


def stamped(token: bytes, digest: bytes, roots: Iterable[bytes]) -> datetime:
    """When the authority saw this SHA-256 `digest`. `roots`: certificates (PEM) to trust; without any, the signature is
    checked and whose it is stays open. Raises BadToken."""
    try:
        return _stamped(token, digest, [x509.load_pem_x509_certificate(one) for one in roots])
    except BadToken:
        raise
    except InvalidSignature:
        raise BadToken("tanda tangannya tidak cocok") from None
    except Exception as error:  # whatever a bent token makes the parsers raise, it is no token
        raise BadToken("tidak dapat dibaca") from error


def _stamped(token: bytes, digest: bytes, roots: list[x509.Certificate]) -> datetime:
    content = cms.ContentInfo.load(token, strict=True)
    if content["content_type"].native != "signed_data":
        raise BadToken("bukan cap waktu")
    signed = content["content"]
    inside = signed["encap_content_info"]
    if inside["content_type"].native != "tst_info" or len(signed["signer_infos"]) != 1:
        raise BadToken("bukan cap waktu")
    info = tsp.TSTInfo.load(bytes(inside["content"]), strict=True)
    imprint = info["message_imprint"]
    if (
        imprint["hash_algorithm"]["algorithm"].native != "sha256"
        or imprint["hashed_message"].native != digest
    ):
        raise BadToken("dibuat untuk isi yang lain")
    signer = signed["signer_infos"][0]
    embedded = [x509.load_der_x509_certificate(one.chosen.dump()) for one in signed["certificates"] or ()]
    certificate = _of(signer["sid"], embedded)
    _signature(signer, certificate, bytes(inside["content"]))
    moment: datetime = info["gen_time"].native
    _for_timestamps(certificate)
    if roots:
        _trusted(certificate, embedded, roots, moment)
    return moment.astimezone(UTC)


def _of(sid: Any, embedded: list[x509.Certificate]) -> x509.Certificate:
    if sid.name != "issuer_and_serial_number":
        raise BadToken("tidak menyebut penandatangannya")
    number, issuer = sid.chosen["serial_number"].native, sid.chosen["issuer"].dump()
    for one in embedded:
        if one.serial_number == number and one.issuer.public_bytes() == issuer:
            return one
    raise BadToken("tidak membawa sertifikat penandatangannya")


def _signature(signer: Any, certificate: x509.Certificate, content: bytes) -> None:
    """The signature covers the attributes, and these the content, its kind and the certificate itself."""
    algorithm = HASHES[signer["digest_algorithm"]["algorithm"].native]
    attributes = {one["type"].native: one["values"] for one in signer["signed_attrs"]}
    if len(attributes) != len(signer["signed_attrs"]) or attributes["content_type"][0].native != "tst_info":
        raise BadToken("bukan cap waktu")
    summed = hashes.Hash(algorithm)
    summed.update(content)
    if attributes["message_digest"][0].native != summed.finalize():
        raise BadToken("isinya diubah")
    if "signing_certificate_v2" in attributes:
        named = attributes["signing_certificate_v2"][0]["certs"][0]
        der = certificate.public_bytes(Encoding.DER)
        if (
            named["hash_algorithm"]["algorithm"].native == "sha256"
            and named["cert_hash"].native != sha256(der).digest()
        ):
            raise BadToken("ditandatangani dengan sertifikat lain")
    # What is signed is the SET itself, not the implicit tag it is sent under (RFC 5652, 5.4).
    data, key = signer["signed_attrs"].untag().dump(), certificate.public_key()
    if isinstance(key, RSAPublicKey):
        key.verify(signer["signature"].native, data, PKCS1v15(), algorithm)
    elif isinstance(key, EllipticCurvePublicKey):
        key.verify(signer["signature"].native, data, ECDSA(algorithm))
    else:
        raise BadToken("ditandatangani dengan jenis kunci yang tidak dikenal")


def _for_timestamps(certificate: x509.Certificate) -> None:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound:
        usage = None
    if usage is None or list(usage.value) != [ExtendedKeyUsageOID.TIME_STAMPING] or not usage.critical:
        raise BadToken("ditandatangani dengan sertifikat yang bukan untuk cap waktu")


def _trusted(
    certificate: x509.Certificate,
    embedded: list[x509.Certificate],
    roots: list[x509.Certificate],
    moment: datetime,
) -> None:
    """There is a path to a root, each of its certificates valid at `moment` and allowed to issue the next."""
    here = certificate
    for _ in range(LONGEST_PATH):
        if not here.not_valid_before_utc <= moment <= here.not_valid_after_utc:
            raise BadToken("ditandatangani di luar masa berlaku sertifikatnya")
        if here in roots:
            return
        above = next((one for one in (*roots, *embedded) if _issued(one, here)), None)
        if above is None or above == here:
            break
        here = above
    raise BadToken("tidak ditandatangani oleh otoritas yang dipercaya")


def _issued(above: x509.Certificate, below: x509.Certificate) -> bool:
    try:
        below.verify_directly_issued_by(above)
        allowed = above.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        return allowed and above.extensions.get_extension_for_class(x509.KeyUsage).value.key_cert_sign
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False
