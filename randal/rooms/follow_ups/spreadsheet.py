"""The action tracker as XLSX: the same snapshot as its PDF, one line a follow-up."""

from collections.abc import Mapping
from typing import Any

from randal.l10n import formats
from randal.spreadsheets.writer import Column, workbook

COLUMNS = (
    Column("Unit", width=28),
    Column("Provinsi", width=22),
    Column("Kode", width=10),
    Column("Uraian", width=48),
    Column("Keluaran", width=28),
    Column("Penanggung jawab", width=24),
    Column("Pihak terkait", width=24),
    Column("Jabatan pihak terkait", width=20),
    Column("Tenggat", "date", 12),
    Column("Prioritas", width=10),
    Column("Status", width=20),
    Column("Hari terlambat", "integer", 12),
    Column("Keterangan tenggat", width=24),
    Column("Asal", width=24),
    Column("Rapat", width=32),
    Column("Perkembangan", width=40),
)


def tracker_workbook(paper: Mapping[str, Any], comes_back: bool = False) -> bytes:
    """XLSX of a `documents.snapshots.Tracker`. `comes_back`: to be changed and imported again, so nothing in it is masked."""
    notes = [paper["title"], f"Posisi per {formats.long_date(paper['as_of'])}", *paper["filters"]]
    if paper["contoh"]:
        notes.insert(0, "CONTOH: dokumen contoh, tidak berlaku.")
    rows = (
        (
            group["unit"],
            group["province"],
            row["number"],
            row["text"],
            row["expected_output"],
            row["responsible"],
            row["waits_office"],
            row["waits_post"],
            row["due_on"],
            row["priority"],
            row["label"],
            max(row["days_late"], 0) if row["days_late"] is not None else None,
            formats.lateness(row["days_late"]),
            row["origin"],
            row["meeting"],
            row["progress"],
        )
        for group in paper["groups"]
        for row in group["rows"]
    )
    sheet = "CONTOH Tindak Lanjut" if paper["contoh"] else "Tindak Lanjut"
    return workbook(
        COLUMNS, rows, sheet=sheet, created_at=paper["created_at"], timezone=paper["timezone"], notes=notes, comes_back=comes_back
    )  # fmt: skip
