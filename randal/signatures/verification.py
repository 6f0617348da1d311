"""What is true about a PDF, in plain words: for the page, the API and the shell alike, with or without the database.

A PDF reader calls many forgeries valid. The rules here, in this order: the SHA-256 of the stored versions; the part
before the first signature is the stored unsigned file; the expected signers, in order, each certificate belonging to
the owner of its field; the last signed range ends where the file ends; then each signature itself, with its chain,
revocation, and what was changed after it. Nothing is fetched. A programme gives no legal verdict.
A stranger's file: read in the limited child alone (judging.py asks it).
"""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from randal.signatures.anchors import Anchors
from randal.signatures.certificates import CONTOH
from randal.signatures.counting import check_bytes
from randal.signatures.kinds import UNSIGNED, kind_of
from randal.signatures.manifest import Manifest, Version
from randal.signatures.reading import read
from randal.signatures.report import Report, Seal, Verdict
from randal.signatures.seals import empty_fields, examine
from randal.untrusted.limited.errors import TooComplex, Unreadable

_SEVERITY = ("intact", "noted", "mismatch")


def judged(pdf: bytes, *, manifest: str, now: str, trust: dict[str, Any]) -> dict[str, Any]:
    """What the child runs: `verify`, with words that travel."""
    known = Manifest.from_json(manifest) if manifest else None
    return verify(pdf, manifest=known, now=datetime.fromisoformat(now), **trust).to_dict()


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
    check_bytes(pdf)
    findings, sha256 = _Findings(), hashlib.sha256(pdf).hexdigest()
    if manifest:
        _compare(findings, pdf, sha256, manifest)
        _circumstances(findings, manifest)
    try:
        reader = read(pdf)
        anchors = Anchors(list(roots), list(certified), list(other), list(stamps))
        seals, wrong = examine(reader, pdf, anchors=anchors, crls=list(crls), now=now)
        waiting = empty_fields(reader)
    except TooComplex:
        raise
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
