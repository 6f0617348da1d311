"""What is true about a PDF, in plain words: for the page, the API and the shell alike, with or without the database.

A PDF reader calls many forgeries valid. The rules here, in this order: the SHA-256 of the stored versions; the part
before the first signature is the stored unsigned file; the expected signers, in order, each certificate belonging to
the owner of its field; the last signed range ends where the file ends; then each signature itself, with its chain,
revocation, and what was changed after it. Nothing is fetched. A programme gives no legal verdict.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Literal

from randal.signatures.anchors import Anchors
from randal.signatures.certificates import CONTOH
from randal.signatures.kinds import OWN, UNKNOWN, UNSIGNED, kind_of
from randal.signatures.manifest import Expected, Manifest, Version
from randal.signatures.reading import Unreadable, check_size, read, revisions
from randal.signatures.seals import Seal, empty_fields, examine

__all__ = [
    "EXIT_CODES",
    "LABELS",
    "OWN",
    "UNKNOWN",
    "UNSIGNED",
    "Expected",
    "Manifest",
    "Report",
    "Unreadable",
    "Version",
    "revisions",
    "verify",
]

Verdict = Literal["intact", "noted", "mismatch"]
LABELS: dict[str, str] = {
    "intact": "Utuh dan cocok",
    "noted": "Utuh, dengan catatan",
    "mismatch": "Tidak cocok",
}
EXIT_CODES: dict[str, int] = {"intact": 0, "noted": 3, "mismatch": 1}
_SEVERITY = ("intact", "noted", "mismatch")


@dataclass(frozen=True)
class Report:
    """``verdict`` with its ``reasons`` (Indonesian sentences, worst first) and the ``kind`` of signature beside it.

    ``signatures``, in the order of the file: ``field, name, post, issuer, serial, fingerprint`` (strings), ``at`` (ISO 8601,
    UTC, or None), ``timestamped`` (the time comes from a timestamp authority), ``covers_whole`` (nothing but
    validation data follows it), ``valid``, ``reason`` ("" when valid), ``after`` (what was added after it, in words),
    ``origin`` (own, certified, other, unknown), ``certificate_until`` (ISO date) and ``revoked_on`` (ISO date or None).
    """

    verdict: Verdict
    kind: str
    reasons: list[str] = field(default_factory=list)
    signatures: list[dict[str, Any]] = field(default_factory=list)
    superseded_by: str | None = None
    sha256: str = ""

    @property
    def label(self) -> str:
        return LABELS[self.verdict]

    @property
    def exit_code(self) -> int:
        """Of `flask randal verify`: 0 intact, 3 noted, 1 mismatch."""
        return EXIT_CODES[self.verdict]

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "label": self.label}


class _Findings:
    """Reasons gathered with their weight; the verdict is the heaviest."""

    def __init__(self) -> None:
        self.found: list[tuple[str, str]] = []

    def add(self, weight: Verdict, sentence: str) -> None:
        if sentence and (weight, sentence) not in self.found:
            self.found.append((weight, sentence))

    def report(self, kind: str, seals: Iterable[Seal], manifest: Manifest | None, sha256: str) -> Report:
        self.found.sort(key=lambda one: -_SEVERITY.index(one[0]))
        verdict: Any = self.found[0][0] if self.found else "intact"
        return Report(
            verdict,
            kind,
            [sentence for _, sentence in self.found],
            [seal.to_dict() for seal in seals],
            (manifest.superseded_by or None) if manifest else None,
            sha256,
        )


def verify(
    pdf: bytes,
    *,
    roots: Iterable[bytes],
    manifest: Manifest | None = None,
    now: datetime,
    crls: Iterable[bytes] = (),
    certified: Iterable[bytes] = (),
    other: Iterable[bytes] = (),
    stamps: Iterable[bytes] = (),
) -> Report:
    """Judge a file. ``roots``: this installation's PEM certificates; ``certified`` and ``other``: those of providers;
    ``stamps``: of foreign timestamp authorities; ``crls``: revocation lists (DER or PEM) besides those inside.

    Without a manifest nobody can say that the file is the stored one: the verdict is at best "noted". Raises Unreadable
    when the bytes are no PDF or over the limits, and, without a manifest, when the PDF is broken.
    """
    check_size(pdf)
    findings, sha256 = _Findings(), hashlib.sha256(pdf).hexdigest()
    if manifest:
        _compare(findings, pdf, sha256, manifest)
        _circumstances(findings, manifest)
    try:
        reader = read(pdf)
        anchors = Anchors(list(roots), list(certified), list(other), list(stamps))
        seals, wrong = examine(reader, pdf, anchors=anchors, crls=list(crls), now=now)
        waiting = empty_fields(reader)
    except Unreadable as error:
        if manifest is None:
            raise
        findings.add("mismatch", str(error))
        return findings.report(UNSIGNED, [], manifest, sha256)
    _signatures(findings, seals, wrong, now)
    if manifest:
        seals = _signers(findings, seals, manifest, sha256)
    else:
        _without_manifest(findings, seals, waiting)
    return findings.report(kind_of(seals, manifest), seals, manifest, sha256)


def _compare(findings: _Findings, pdf: bytes, sha256: str, manifest: Manifest) -> None:
    """The bytes against the stored versions, and where they part."""
    first, newest = manifest.versions[0], manifest.versions[-1]
    older = [version for version in manifest.versions[:-1] if version.sha256 == sha256]
    if sha256 == newest.sha256:
        findings.add("intact", "Berkas sama persis dengan yang disimpan (SHA-256).")
    elif older:
        findings.add(
            "noted",
            f"Ini versi lebih lama dari dokumen yang sama: {older[0].signatures} dari "
            f"{newest.signatures} tanda tangan.",
        )
    else:
        findings.add("mismatch", "Berkas berbeda dari yang disimpan (SHA-256 tidak sama).")
        held = [version for version in manifest.versions if _starts_with(pdf, version)]
        if not held:
            findings.add(
                "mismatch",
                "Isi dokumen berbeda dari naskah yang disimpan sebelum ditandatangani."
                if len(pdf) >= first.size
                else "Berkas lebih pendek dari naskah yang disimpan.",
            )
        elif held[-1] is newest:
            findings.add(
                "mismatch", f"Ada tambahan di belakang dokumen yang disimpan ({len(pdf) - newest.size} bita)."
            )
        elif manifest.signers or newest.signatures:
            findings.add(
                "mismatch", "Naskahnya sama, tetapi bagian tanda tangannya berbeda dari yang disimpan."
            )


def _starts_with(pdf: bytes, version: Version) -> bool:
    return len(pdf) >= version.size and hashlib.sha256(pdf[: version.size]).hexdigest() == version.sha256


def _circumstances(findings: _Findings, manifest: Manifest) -> None:
    if manifest.contoh:
        findings.add("noted", "dokumen contoh, tidak berlaku")
    if manifest.withdrawn:
        findings.add("noted", "Versi ini ditarik sebelum semua pihak menandatangani.")
    if manifest.on_paper:
        people = "; ".join(manifest.on_paper)
        findings.add("intact", f"Tanda tangan basah, hanya pindaiannya yang disimpan: {people}.")
    if manifest.superseded_by:
        findings.add("noted", f"Dokumen ini sudah digantikan oleh {manifest.superseded_by}.")


def _signatures(findings: _Findings, seals: list[Seal], wrong: list[str], now: datetime) -> None:
    for seal in seals:
        if seal.reason:
            findings.add("mismatch", f"{seal.who}: {seal.reason}")
        if seal.revoked_later:
            findings.add(
                "noted",
                f"{seal.who}: sertifikat dicabut pada {seal.revoked_later:%d-%m-%Y}, sesudah menandatangani.",
            )
        elif not seal.reason and seal.not_after and seal.not_after < now.astimezone(UTC):
            findings.add(
                "intact", f"{seal.who}: sertifikat berlaku saat menandatangani dan kini sudah berakhir."
            )
        if seal.name.startswith(CONTOH):
            findings.add("noted", "dokumen contoh, tidak berlaku")
    for sentence in wrong:
        findings.add("mismatch", sentence)


def _signers(findings: _Findings, seals: list[Seal], manifest: Manifest, sha256: str) -> list[Seal]:
    """The signatures against the expected people; answers the seals with the names and posts that the manifest knows."""
    held = next((version for version in manifest.versions if version.sha256 == sha256), manifest.versions[-1])
    expected = {one.field: one for one in manifest.signers}
    due = [one.field for one in manifest.signers]
    found = [seal.field for seal in seals]
    for seal in seals:
        owner = expected.get(seal.field)
        if owner is None:
            findings.add(
                "mismatch", f"{seal.who}: menandatangani di kolom yang tidak disediakan ({seal.field})."
            )
        elif owner.fingerprint and owner.fingerprint.lower() != seal.fingerprint:
            findings.add(
                "mismatch", f"Kolom {owner.name} ditandatangani dengan sertifikat lain ({seal.who})."
            )
    missing = max(0, held.signatures - len(found))
    for name in [one for one in due if one not in found][:missing]:
        findings.add("mismatch", f"Tanda tangan {expected[name].name} tidak ada.")
    if manifest.versions[-1].signatures > len(found) and not missing:
        for name in [one for one in due if one not in found]:
            findings.add("noted", f"Belum ada tanda tangan {expected[name].name}.")
    ranks = [due.index(name) for name in found if name in expected]
    if ranks != sorted(ranks):
        findings.add("mismatch", "Urutan tanda tangan berbeda dari yang ditetapkan.")
    return [
        replace(seal, post=expected[seal.field].post or seal.post) if seal.field in expected else seal
        for seal in seals
    ]


def _without_manifest(findings: _Findings, seals: list[Seal], waiting: list[str]) -> None:
    if not seals:
        findings.add(
            "mismatch", "Berkas ini tidak ditandatangani dan tidak dikenal; tidak ada yang dapat dicocokkan."
        )
        return
    findings.add("noted", "Dokumen ini tidak dicocokkan dengan arsip: hanya tanda tangannya yang diperiksa.")
    if waiting:
        findings.add("noted", f"Masih ada kolom tanda tangan yang kosong ({', '.join(waiting)}).")
