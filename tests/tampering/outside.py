"""Signatures made by a hand other than Randal's: with real keys, but as no honest programme would."""

from __future__ import annotations

import asyncio
import io
from datetime import timedelta
from functools import cache
from typing import Any

from asn1crypto import keys
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509.oid import ExtendedKeyUsageOID as Usage
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes, SimpleSigner
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from randal.signatures import certificates
from randal.signatures.pades import as_asn1
from tests.minutes import signed


@cache
def identity(life: int, self_signed: bool) -> tuple[Any, x509.Certificate]:
    """The secretary's key and certificate, in force from NOW for `life` days: by our authority, or by himself."""
    ours, key = signed.authority(), certificates.new_key(2048)
    name = certificates.name_of(*signed.PEOPLE[1], "Contoh Kementerian", contoh=False)
    issuer, issuer_key = (name, key) if self_signed else (ours.issuing.subject, ours.key("issuing"))
    end = signed.NOW + timedelta(days=life)
    start = signed.NOW - timedelta(hours=1)
    return key, certificates.certificate(
        name, key, issuer, issuer_key, start, end, usage=[Usage.EMAIL_PROTECTION]
    )


def plain(key: Any) -> keys.PrivateKeyInfo:
    return keys.PrivateKeyInfo.load(
        key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )


def sign_outside(
    pdf: bytes,
    field: str,
    days: int,
    *,
    self_signed: bool = False,
    stamped: bool = False,
    stranger: bool = False,
    life: int = 1,
) -> bytes:
    """Sign `days` after NOW, as the signer says; with `stamped` a timestamp says so, ours or a stranger's."""
    at = signed.NOW + timedelta(days=days)
    key, certificate = identity(life, self_signed)
    maker = signed.stranger() if stranger else signed.authority()
    clock = (
        DummyTimeStamper(
            as_asn1(maker.tsa),
            plain(maker.key("tsa")),
            certs_to_embed=SimpleCertificateStore.from_certs([as_asn1(maker.issuing)]),
            fixed_dt=at,
        )
        if stamped
        else None
    )
    store = SimpleCertificateStore.from_certs([as_asn1(signed.authority().issuing)])
    signing = signers.PdfSigner(
        signers.PdfSignatureMetadata(
            field_name=field, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES
        ),
        signer=SimpleSigner(as_asn1(certificate), plain(key), store),
        timestamper=clock,
    )

    async def make() -> bytes:
        session = signing.init_signing_session(
            IncrementalPdfFileWriter(io.BytesIO(pdf)), existing_fields_only=True
        )
        session.system_time = at
        document = session.prepare_tbs_document(validation_info=None, bytes_reserved=20_480)
        digest, output = document.digest_tbs_document()
        after = await document.perform_signature(
            digest.document_digest, PdfCMSSignedAttributes(signing_time=at)
        )
        await after.post_signature_processing(output)
        output.seek(0)
        return bytes(output.read())

    return asyncio.run(make())
