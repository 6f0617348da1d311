"""What the attendance papers say (`randal.documents.snapshots` has the conventions), and the XLSX of the list."""

from __future__ import annotations

from typing import TypedDict

from randal.documents.snapshots import AttendanceRow, MeetingHead, Paper
from randal.l10n import formats
from randal.spreadsheets.writer import Column, workbook

# `from` is a word of Python.
Mark = TypedDict("Mark", {"present": bool, "from": str, "to": str})  # from, to: instants, or ""


class SessionHead(TypedDict):
    """One of several sessions; breaks are left out."""

    title: str
    starts_at: str
    ends_at: str


class Row(AttendanceRow):
    late: bool
    marks: list[Mark]  # one a session, in their order; [] for a meeting that is its only session


class Totals(TypedDict):
    invited: int  # posts
    by_label: list[
        list[str | int]
    ]  # [["Hadir", 30], ["Izin", 2]], of the invited, in the order they first appear
    represented: int  # of the present
    late: int
    guests: int
    quorum: int  # percent, or 0: none is asked
    needed: int
    reached: bool
    sessions: list[int]  # present per session, guests too


class AttendanceList(Paper):
    """Daftar hadir (domain.md §1.5)."""

    meeting: MeetingHead
    sessions: list[SessionHead]  # [] unless there are several
    rows: list[Row]
    guests: list[Row]
    totals: Totals
    summary: str  # the totals in a sentence


def list_workbook(paper: AttendanceList) -> bytes:
    """XLSX of a daftar hadir: a line each, without pictures of signatures."""
    meeting, zone = paper["meeting"], paper["meeting"]["timezone"]
    columns = [
        Column("No", "integer", 6),
        Column("Diundang sebagai", width=34),
        Column("Nama", width=34),
        Column("Jabatan", width=34),
        Column("Instansi/unit", width=34),
        Column("Mewakili", width=30),
        Column("Kehadiran", width=14),
        Column("Jam hadir", "instant", 18),
        *(Column(f"{n}. {s['title']}", width=16) for n, s in enumerate(paper["sessions"], 1)),
        Column("Keterangan", width=44),
    ]
    rows = [
        (
            n,
            "Tamu" if guest else row["on_behalf_of"] or row["post"],
            row["name"],
            row["post"],
            row["institution"],
            row["on_behalf_of"],
            "Tamu" if guest else row["label"],
            row["arrived_at"],
            *(said(mark, zone) for mark in row["marks"]),
            row["note"],
        )
        for guest, several in ((False, paper["rows"]), (True, paper["guests"]))
        for n, row in enumerate(several, 1)
    ]
    notes = [
        paper["title"],
        formats.days(meeting["starts_at"], meeting["ends_at"], zone),
        f"Jadwal: {formats.span(meeting['starts_at'], meeting['ends_at'], zone)}",
        *(
            [f"Pelaksanaan: {formats.span(opened, meeting.get('closed_at'), zone)}"]
            if (opened := meeting.get("opened_at"))
            else []
        ),
        paper["summary"],
    ]
    if paper["contoh"]:
        notes.insert(0, "CONTOH: dokumen contoh, tidak berlaku.")
    return workbook(
        columns, rows, sheet="Daftar hadir", created_at=paper["created_at"], timezone=zone, notes=notes
    )


def said(mark: Mark, zone: str) -> str:
    """09.05–11.20, hadir, or –"""
    if not mark["present"]:
        return "–"
    start = f"{formats.local(mark['from'], zone):%H.%M}" if mark["from"] else "hadir"
    return f"{start}–{formats.local(mark['to'], zone):%H.%M}" if mark["to"] else start


def summary(totals: Totals) -> str:
    """Diundang 34: hadir 30 (3 diwakili, 2 terlambat), izin 3, tidak hadir 1; tamu 5. Kuorum 50% (17): tercapai."""
    parts = []
    asides = ((totals["represented"], "diwakili"), (totals["late"], "terlambat"))
    more = ", ".join(f"{n} {word}" for n, word in asides if n)
    for label, count in totals["by_label"]:
        extra = f" ({more})" if label == "Hadir" and more else ""
        parts.append(f"{str(label).lower()} {count}{extra}")
    listed = f": {', '.join(parts)}" if parts else ""
    said = f"Diundang {totals['invited']}{listed}; tamu {totals['guests']}."
    if totals["quorum"]:
        reached = "tercapai" if totals["reached"] else "tidak tercapai"
        said += f" Kuorum {totals['quorum']}% ({totals['needed']}): {reached}."
    return said
