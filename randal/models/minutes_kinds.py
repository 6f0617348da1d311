"""The papers that a meeting leaves, which are all written, reviewed, frozen, signed and corrected in the same way.

`Minutes.kind` is a key of KINDS; whatever differs between a notula, a berita acara and a laporan is told here, or asked
of `Minutes.what` where it is shown.
"""

from __future__ import annotations

from dataclasses import dataclass

from randal.documents.snapshots import Facts
from workflows.minutes import MINUTES, RECORD, REPORT

# Which tables of the meeting stand under the words of a section (randal.documents.snapshots.Section.facts).
FACTS: dict[str, tuple[Facts, ...]] = {
    "sasaran": ("objectives",),
    "kehadiran": ("attendance",),
    "acara": ("agenda",),
    "progres": ("progress",),
    "temuan": ("findings",),
    "kendala": ("kendala",),
    "arahan": ("directives",),
    "keputusan": ("decisions",),
    "tindak_lanjut": ("follow_ups",),
    "maksud": ("objectives",),
    "kegiatan": ("agenda",),
    "hasil": ("progress", "findings", "kendala"),
    "simpulan": ("decisions", "follow_ups"),
}


@dataclass(frozen=True)
class Kind:
    """One kind of paper. The file `templates/minutes/<code>.pdf.html` draws it."""

    code: str  # on the row, in the API, and in the name of the data inside the PDF (`<code>.json`)
    title: str  # at the beginning of a sentence
    noun: str  # within one
    document: str  # kind of the Document
    pattern: str  # of its number: a field of randal.documents.letterhead.Dress
    mark: str  # before the key of a section, where pages say who writes in it (meetings/writers.py)
    sections: dict[str, str]  # key → title, in their order

    @property
    def template(self) -> str:
        return f"minutes/{self.code}.pdf.html"

    def heading(self, addendum: bool) -> str:
        """Notula, or Ralat notula."""
        return f"Ralat {self.noun}" if addendum else self.title

    @property
    def slug(self) -> str:
        """For the name of a file."""
        return self.noun.replace(" ", "-")


KINDS = {
    kind.code: kind
    for kind in (
        Kind(
            MINUTES, "Notula", "notula", "minutes", "minutes_pattern", "n",
            {
                "pembukaan": "Pembukaan",
                "sasaran": "Sasaran dan keluaran rapat",
                "kehadiran": "Kehadiran",
                "acara": "Acara dan pembahasan",
                "progres": "Progres per PPK",
                "temuan": "Temuan monev",
                "kendala": "Kendala dan solusi",
                "arahan": "Arahan",
                "keputusan": "Keputusan",
                "tindak_lanjut": "Rencana tindak lanjut",
                "penutup": "Penutup",
            },
        ),
        Kind(
            RECORD, "Berita acara", "berita acara", "meeting_record", "record_pattern", "b",
            {
                "pembukaan": "Pembukaan",
                "keputusan": "Keputusan",
                "tindak_lanjut": "Rencana tindak lanjut",
                "penutup": "Penutup",
            },
        ),
        Kind(
            REPORT, "Laporan", "laporan", "meeting_report", "note_pattern", "l",
            {
                "nota_dinas": "Nota dinas",
                "dasar": "Dasar",
                "maksud": "Maksud dan tujuan",
                "kegiatan": "Kegiatan yang dilaksanakan",
                "hasil": "Hasil",
                "simpulan": "Simpulan dan saran",
                "penutup": "Penutup",
            },
        ),
    )
}  # fmt: skip
OPENED_BY_HAND = {code: kind for code, kind in KINDS.items() if code != MINUTES}
