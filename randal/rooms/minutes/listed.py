"""What a printed code leads to: that a document with this code exists, and what it is. No file is compared, so nothing is
called intact; whoever holds a sheet compares it himself, or sends the file.
"""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

from randal.documents import page_images
from randal.documents.letterhead import dress_of
from randal.documents.model import KINDS, Document
from randal.documents.pipeline import PDF
from randal.l10n.formats import long_date
from randal.signatures.kinds import UNSIGNED
from randal.signatures.report import Report
from randal.verification.registry import meeting_of, superseded_by

LABEL = "Tercatat"
COMPARE = (
    "Dokumen dengan kode ini tercatat di sini. Belum ada berkas yang dibandingkan: bandingkan dengan lembar Anda, "
    "lalu kirim berkas PDF-nya untuk mengetahui apakah isinya utuh."
)
# Beside what this page says, these may be read on the picture of the first page.
FRAME = (
    "nomor", "rapat", "hari", "tanggal", "waktu", "pukul", "tempat", "pimpinan", "notulis", "kepada", "yth", "hal", "sifat",
    "lampiran", "perihal", "contoh", "tidak", "berlaku", "halaman", "dari",
)  # fmt: skip


def listing(document: Document, facts: dict[str, Any]) -> dict[str, Any]:
    """The answer about a code. `facts`: of `archive.told`."""
    return {
        "verdict": "listed",
        "label": LABEL,
        "reasons": [COMPARE, *_circumstances(facts)],
        **{name: facts[name] for name in ("title", "kind", "number", "date", "pages", "signers")},
        "signatures": [],
        "superseded_by": superseded_by(document) or None,
        "document": facts,
    }


def _circumstances(facts: dict[str, Any]) -> list[str]:
    said = []
    if facts["contoh"]:
        said.append("dokumen contoh, tidak berlaku")
    if facts["state"] == "withdrawn":
        said.append("Dokumen ini dicabut.")
    if facts["state"] == "destroyed":
        said.append("Berkasnya sudah dimusnahkan menurut berita acara pemusnahan arsip.")
    if facts["sha256"] is None:
        said.append("Dokumen ini belum selesai dibuat.")
    return said


def is_pdf(document: Document) -> bool:
    return document.newest is None or document.newest.mime == PDF


def compared(document: Document, data: bytes) -> Report:
    """The report on a workbook or an archive: nobody signs these, so their bytes are all there is to compare."""
    sha256 = hashlib.sha256(data).hexdigest()
    versions = [version.file.sha256 for version in document.versions]
    if sha256 not in versions:
        return Report(
            "mismatch", UNSIGNED, ["Berkas berbeda dari yang disimpan (SHA-256 tidak sama)."], sha256=sha256
        )
    if sha256 != versions[-1]:
        return Report("noted", UNSIGNED, ["Ini versi lebih lama dari dokumen yang sama."], sha256=sha256)
    return Report("intact", UNSIGNED, ["Berkas sama persis dengan yang disimpan (SHA-256)."], sha256=sha256)


def has_picture(document: Document) -> bool:
    """Not of what is still a draft or one person's own, nor of a scan, which is one picture."""
    file = document.newest
    return bool(file and file.mime == PDF and not document.restricted and not document.destroyed_at)


def picture(document: Document, facts: dict[str, Any]) -> bytes:
    """The first page as a PNG on which only what the page of the code says can be read. Raises Unreadable,
    LostFile."""
    file = document.newest
    assert file is not None  # noqa: S101 - asked by has_picture
    day = date.fromisoformat(facts["date"])
    words = [
        facts["title"],
        KINDS[document.kind],
        facts["number"] or "",
        facts["code"],
        long_date(day),
        *FRAME,
    ]
    words += [word for signer in facts["signers"] for word in (signer["name"], signer["post"])]
    words += dress_of(letterhead_of(document), day).lines
    return page_images.outline(file.read(), file.sha256, words)


def letterhead_of(document: Document) -> int | None:
    """Whose letterhead it carries."""
    meeting = meeting_of(document)
    return meeting.organiser_id if meeting else document.unit_id
