"""Signed papers for tests, made once per run: one authority, three signers, and the versions that a store would keep."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

import pydyf
import weasyprint

from randal.documents.pdfa import finish
from randal.signatures.authority import Authority, IssuedKey
from randal.signatures.manifest import Expected, Manifest, Version
from randal.signatures.signing import Stamp, sign_local

NOW = datetime(2018, 6, 26, 8, 42, tzinfo=UTC)
LATER = datetime(2026, 11, 24, tzinfo=UTC)
SECRET = "rahasia instalasi contoh"
PASSPHRASE = "frasa sandi contoh 2018"
PEOPLE = (
    ("Contoh Notulis", "Staf Subdirektorat Pemantauan dan Evaluasi"),
    ("Contoh Sekretaris", "Kepala Bagian Umum"),
    ("Contoh Pimpinan Rapat", "Plt. Direktur Keterpaduan Infrastruktur Permukiman"),
)
FIELDS = tuple(f"tte-{n}" for n in range(1, 17))


@cache
def authority() -> Authority:
    return Authority.make(SECRET, "Otoritas Randal", NOW)


@cache
def stranger() -> Authority:
    """Somebody else's authority, with the same name."""
    return Authority.make(SECRET, "Otoritas Randal", NOW)


def key(person: int, of: str = "ours") -> IssuedKey:
    return _key(person, of)


@cache
def _key(person: int, of: str) -> IssuedKey:
    name, post = PEOPLE[person]
    maker = authority() if of == "ours" else stranger()
    return maker.issue(name, post, "Contoh Kementerian", PASSPHRASE, NOW)


@cache
def blank(title: str = "Notula contoh", fields: int = 3, listed: bool = False) -> bytes:
    """A tagged paper of two pages with three empty signature fields, finished as the real ones are; `listed`: as they
    were before, each field in a list of one."""
    boxes = "".join(
        f'<input type="checkbox" name="{field}" title="Tanda tangan {n}" style="display:block;width:62mm;height:24mm">'
        for n, field in enumerate(FIELDS[:fields], 1)
    )
    page = weasyprint.HTML(
        string=f'<html lang="id"><title>{title}</title><h1>{title}</h1><p>Disepakati tiga hal.</p>'
        f'<p style="break-before:page">Halaman kedua.</p>{boxes}'
    )
    return page.write_pdf(
        pdf_variant="pdf/a-3u",
        pdf_tags=True,
        pdf_identifier=True,
        pdf_forms=True,
        finisher=finish_as_before if listed else finish,
    )


def finish_as_before(document: weasyprint.Document, pdf: pydyf.PDF) -> None:
    finish(document, pdf)
    for one in pdf.objects:
        if isinstance(one, dict) and one.get("S") == "/Form":
            one["K"] = pydyf.Array([one["K"]])


def sign(
    pdf: bytes, person: int, *, field: str = "", last: bool = False, of: str = "ours", now: datetime = NOW
) -> bytes:
    name, post = PEOPLE[person]
    return sign_local(
        pdf,
        field=field or FIELDS[person],
        p12=key(person, of).p12,
        passphrase=PASSPHRASE,
        authority=authority() if of == "ours" else stranger(),
        stamp=Stamp(name, post, "26 Juni 2018 pukul 15.42 WIB"),
        now=now,
        last=last,
    )


@dataclass(frozen=True)
class Case:
    """What the store holds: every version of the file, oldest first, and the manifest."""

    versions: tuple[bytes, ...]
    manifest: Manifest

    @property
    def pdf(self) -> bytes:
        return self.versions[-1]


@cache
def case(signers: int = 2) -> Case:
    files, who = [blank(fields=max(signers, 3))], [n % len(PEOPLE) for n in range(signers)]
    for n, person in enumerate(who):
        files.append(sign(files[-1], person, field=FIELDS[n], last=n == signers - 1))
    expected = tuple(
        Expected(FIELDS[n], *PEOPLE[person], key(person).fingerprint) for n, person in enumerate(who)
    )
    return Case(
        tuple(files),
        Manifest(tuple(Version.of(pdf, n) for n, pdf in enumerate(files)), expected, "K7QM-4XPA-92TD"),
    )
