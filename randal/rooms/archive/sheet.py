"""The register as XLSX, for the archive's own book."""

from __future__ import annotations

from datetime import date, datetime

from flask import Response

from randal.documents.model import KINDS
from randal.documents.paper_parts import instant
from randal.models.archive import FATES
from randal.rooms.archive.queries import Line
from randal.rooms.archive.retention import STAGES
from randal.spreadsheets.writer import Column, workbook
from randal.web.downloads import XLSX, given

COLUMNS = (
    Column("Nomor", width=30),
    Column("Tanggal", "date", 12),
    Column("Jenis", width=24),
    Column("Judul", width=60),
    Column("Kode verifikasi", width=22),
    Column("Klasifikasi", width=14),
    Column("Aktif sampai", "date", 14),
    Column("Disimpan sampai", "date", 16),
    Column("Nasib akhir", width=12),
    Column("Keadaan", width=22),
    Column("SHA-256", width=68),
)


def register_workbook(lines: list[Line], now: datetime, today: date) -> Response:
    rows = ([*cells(line, today)] for line in lines)
    data = workbook(COLUMNS, rows, sheet="Register arsip", created_at=instant(now))
    return given(data, XLSX, "register-arsip.xlsx")


def cells(line: Line, today: date) -> tuple[object, ...]:
    kept, paper = line.keeping, line.document
    standing = (
        "Dimusnahkan" if paper.destroyed_at else STAGES[kept.stage(today)] if kept else "Belum diklasifikasi"
    )
    return (
        line.number, line.day, KINDS[paper.kind], paper.title, paper.code, line.of_class.code if line.of_class else "",
        kept.active_until if kept else None, kept.kept_until if kept else None, FATES[kept.fate] if kept else "", standing,
        paper.newest.sha256 if paper.newest else "",
    )  # fmt: skip
