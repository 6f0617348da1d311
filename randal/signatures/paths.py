"""Does a certificate's path hold for the library that will check its signatures? Asked when a key is enrolled: some names
can be written into a certificate and read by no verifier."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from asn1crypto import x509 as asn1_x509  # type: ignore[import-untyped]
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError

from randal.signatures.kept import AuthorityError


def check_path(
    root: x509.Certificate, between: Iterable[x509.Certificate], own: x509.Certificate, now: datetime
) -> None:
    """From the root alone. Raises AuthorityError."""
    trusted, signer, *others = (
        asn1_x509.Certificate.load(one.public_bytes(Encoding.DER)) for one in (root, own, *between)
    )
    context = ValidationContext(trust_roots=[trusted], allow_fetching=False, moment=now)

    async def check() -> None:
        path = CertificateValidator(signer, others, validation_context=context)
        await path.async_validate_usage({"digital_signature", "non_repudiation"})

    try:
        with ThreadPoolExecutor(1) as apart:  # whoever calls may have a loop of his own running
            apart.submit(asyncio.run, check()).result()
    except (PathError, ValidationError, ValueError) as error:
        raise AuthorityError(
            "Kunci tidak dibuat: sertifikatnya tidak lulus pemeriksaan. Hubungi Admin Sistem."
        ) from error
