"""The follow-up table of the minutes as XLSX, which travels inside their PDF."""

from collections.abc import Mapping
from typing import Any

from randal.models.minutes_kinds import KINDS
from randal.spreadsheets.writer import Column, workbook
from workflows.minutes import MINUTES

COLUMNS = (
    Column("No", "integer", 6),
    Column("Uraian", width=52),
    Column("Keluaran", width=30),
    Column("Penanggung jawab", width=28),
    Column("Tenggat", "date", 12),
    Column("Prioritas", width=10),
    Column("Status", width=18),
)


def follow_ups_workbook(paper: Mapping[str, Any]) -> bytes:
    """XLSX of the follow-ups in a `randal.documents.snapshots.Minutes`."""
    kind = KINDS[paper.get("kind", MINUTES)]
    notes = [paper["title"], f"{kind.title} nomor {paper['number'] or '–'}", paper["meeting"]["title"]]
    if paper["contoh"]:
        notes.insert(0, "CONTOH: dokumen contoh, tidak berlaku.")
    rows = (
        (
            number,
            row["text"],
            row["expected_output"],
            row["responsible"],
            row["due_on"],
            row["priority"],
            row["label"],
        )
        for number, row in enumerate(paper["follow_ups"], start=1)
    )
    return workbook(
        COLUMNS,
        rows,
        sheet="Tindak Lanjut",
        created_at=paper["created_at"],
        timezone=paper["timezone"],
        notes=notes,
    )
