"""Whom a check trusts: the roots by where they come from, and the revocation lists. Nothing is fetched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from asn1crypto import pem  # type: ignore[import-untyped]
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from pyhanko_certvalidator import ValidationContext

from randal.signatures.certificates import is_revoked_in
from randal.signatures.report import CERTIFIED, OTHER, OWN, UNKNOWN


@dataclass(frozen=True)
class Anchors:
    """PEM certificates to trust. ``own``: this installation's; ``certified``: of a certified provider (PSrE); ``other``:
    of a provider that is none; ``stamps``: of foreign timestamp authorities, trusted for timestamps alone."""

    own: Sequence[bytes] = ()
    certified: Sequence[bytes] = ()
    other: Sequence[bytes] = ()
    stamps: Sequence[bytes] = ()


class Trust:
    def __init__(self, anchors: Anchors, crls: Sequence[bytes], now: datetime):
        several = ((OWN, anchors.own), (CERTIFIED, anchors.certified), (OTHER, anchors.other))
        loaded = [(origin, _load(one)) for origin, pems in several for one in pems]
        self.origins = {one.sha256: origin for origin, one in loaded}
        self.roots = [one for _, one in loaded]
        self.stamps = [*self.roots, *map(_load, anchors.stamps)]
        self.crls = crls
        self.now = now

    def context(self, moment: datetime | None, *, stamps: bool = False) -> ValidationContext:
        # Revocation is judged by `revocation` below: a list that is newer than the signature must still count.
        return ValidationContext(
            trust_roots=self.stamps if stamps else self.roots,
            allow_fetching=False,
            moment=moment or self.now,
            revocation_mode="soft-fail",
        )

    def origin(self, path: Sequence[asn1_x509.Certificate]) -> str:
        return next((self.origins[one.sha256] for one in path if one.sha256 in self.origins), UNKNOWN)

    def revocation(self, path: list[x509.Certificate]) -> datetime | None:
        """The earliest revocation of a certificate of this path (root first), by any list that its issuer signed."""
        found = [
            at
            for issuer, certificate in pairwise(path)
            for crl in self.crls
            if (at := is_revoked_in(crl, certificate, issuer))
        ]
        return min(found, default=None)


def _load(one: bytes) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(pem.unarmor(one)[2])
