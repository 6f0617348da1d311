"""The port's second way: a signature by the remote provider, believed only as far as the file shows it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.timestamps import TimeStamper

from randal.signatures.authority import Authority
from randal.signatures.pades import seal, signed_until
from randal.signatures.port import SigningFailed, StampFailed
from randal.signatures.provider import Provider, is_signer
from randal.signatures.reading import read
from randal.untrusted.limited import door
from randal.untrusted.limited.errors import Busy, TooComplex, Unreadable
from randal.untrusted.limited.limits import SIGNED

CHECKED = door.Task("randal.signatures.signing:checked", SIGNED)
WRONG_PERSON = (
    "Penyelenggara menandatangani dengan sertifikat orang lain; hasilnya ditolak dan tidak disimpan."
)


@dataclass(frozen=True)
class RemoteSigner:
    """`randal.signatures.signing.PdfSigner` by the provider. ``known``: what we know of the signer, see `Provider.match`."""

    provider: Provider
    nik: str = field(repr=False)
    known: dict[str, str] = field(repr=False)
    authority: Authority
    now: datetime
    last: bool = False
    clock: TimeStamper | None = None
    stamps: tuple[bytes, ...] = ()
    reason: str = ""

    def sign(self, pdf: bytes, field: str, secret: str) -> bytes:
        where, others = place_of(pdf, field)
        given = self.provider.sign(pdf, self.nik, secret, where | {"reason": self.reason})
        trusted: dict[str, Any] = {
            "roots": self.provider.roots,
            "stamps": (*self.stamps, self.authority.root_pem()),
        }
        used, certificate = checked(pdf, given, **trusted)
        if used in others:
            raise SigningFailed("Penyelenggara mengisi kolom penanda tangan lain; hasilnya ditolak.")
        if not is_signer(certificate, self.provider, self.known | {"nik": self.nik}):
            raise SigningFailed(WRONG_PERSON)
        if not self.last:
            return given
        issuers = map(x509.load_pem_x509_certificate, self.provider.roots)
        try:
            sealed = asyncio.run(seal(given, self.authority, self.now, self.clock, issuers))
        except StampFailed as error:
            raise SigningFailed(str(error)) from None
        checked(pdf, sealed, field=used, **trusted)
        return sealed


def checked(before: bytes, after: bytes, **given: Any) -> tuple[str, x509.Certificate]:
    """`signing.check_signed`, in the limited child: what a provider answers is a stranger's file. Raises SigningFailed."""
    try:
        told = door.ask(CHECKED, after, size=len(before), same=after.startswith(before), **given)
    except TooComplex:
        raise SigningFailed(
            "Jawaban penyelenggara terlalu rumit untuk diperiksa; ditolak dan tidak disimpan."
        ) from None
    except Busy as busy:
        raise SigningFailed(f"Tidak ada yang ditandatangani. {busy}") from None
    except Unreadable as unreadable:
        raise SigningFailed(str(unreadable)) from None
    return told["field"], x509.load_der_x509_certificate(told["certificate"])


def added_by(before: bytes, after: bytes) -> tuple[str, x509.Certificate]:
    """Field and certificate of the one signature that `check_signed` found after the bytes of ``before``."""
    new = next(one for one in read(after).embedded_regular_signatures if signed_until(one) > len(before))
    return str(new.field_name), x509.load_der_x509_certificate(new.signer_cert.dump())


def place_of(pdf: bytes, name: str) -> tuple[dict[str, object], set[str]]:
    """Where the template put this field: page from 1, x, y (lower left), top, width, height in points; and the names
    of all other fields, which are other people's."""
    try:
        reader = read(pdf)
        found = {each: reference for each, _, reference in enumerate_sig_fields(reader)}
        if name not in found:
            raise SigningFailed("Kolom tanda tangan Anda tidak ada di dokumen ini.")
        widget = found[name].get_object()
        x1, y1, x2, y2 = (float(edge) for edge in widget["/Rect"])
        number, height = _page_of(reader, found[name].reference)
    except Unreadable as error:
        raise SigningFailed(f"Dokumen ini tidak dapat ditandatangani. {error}") from error
    box = {
        "field": name,
        "page": number,
        "x": round(x1),
        "y": round(y1),
        "top": round(height - y2),
        "width": round(x2 - x1),
        "height": round(y2 - y1),
    }
    return box, set(found) - {name}


def _page_of(reader: PdfFileReader, widget: object) -> tuple[int, float]:
    for number in range(int(reader.root["/Pages"]["/Count"])):
        page = reader.find_page_for_modification(number)[0].get_object()
        marks = page.get("/Annots", ())
        if any(getattr(one, "reference", None) == widget for one in marks):
            return number + 1, float(page["/MediaBox"][3])
    raise SigningFailed("Kolom tanda tangan Anda tidak terletak di satu halaman pun.")
