"""The register on paper and as XLSX."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypedDict, cast

from randal.database.base import db
from randal.documents import model
from randal.documents.model import Document
from randal.documents.paper_parts import heading, iso
from randal.documents.pipeline import pdf, renders
from randal.documents.snapshots import Paper
from randal.l10n.clock import DEFAULT_ZONE
from randal.l10n.formats import short_date
from randal.org.people import Person, actor_of, sight_of
from randal.rooms.attendance.register import KINDS, Register, register_of
from randal.spreadsheets.writer import Column, workbook
from workflows.lifecycle import Actor


class Held(TypedDict):
    number: int
    title: str
    day: str  # date
    place: str


class PaperLine(TypedDict):
    unit: str
    cells: list[str]  # a letter of KINDS for each meeting, "" where not invited
    totals: list[int]  # in the order of KINDS
    share: int | None  # percent


class Absence(TypedDict):
    unit: str
    day: str
    meeting: str
    label: str
    reason: str


class RegisterPaper(Paper):
    year: int
    meetings: list[Held]
    lines: list[PaperLine]
    absences: list[Absence]
    legend: list[list[str]]  # [["H", "Hadir"], …]


def order(actor: Actor, year: int, now: datetime) -> Document:
    """A queued PDF of what this actor may read of the register now; it is his own."""
    return model.request(
        "attendance_register",
        "register",
        None,
        title=f"Register Kehadiran {year}",
        now=now,
        restricted=True,
        params={"year": year},
        created_by_id=actor.id,
        sight=sight_of(actor),
    )


@renders("attendance_register", draw=pdf("attendance/register.pdf.html"), seen_by=model.own)
def build(document: Document, now: datetime) -> RegisterPaper:
    reader = actor_of(db.session.get_one(Person, document.created_by_id), now)
    found = register_of(reader, document.params["year"], now)
    return paper(found, heading(document.title, now, DEFAULT_ZONE, code=document.code))


def paper(found: Register, head: dict[str, Any]) -> RegisterPaper:
    titles = {m.id: m.title for m in found.meetings}
    days = {m.id: iso(m.local_start_date) for m in found.meetings}
    return cast(
        RegisterPaper,
        head
        | {
            "year": found.year,
            "meetings": [
                {"number": n, "title": m.title, "day": days[m.id], "place": m.place}
                for n, m in enumerate(found.meetings, 1)
            ],
            "lines": [
                {
                    "unit": line.unit.short_name,
                    "cells": [
                        KINDS[line.cells[m.id].kind][1] if m.id in line.cells else "" for m in found.meetings
                    ],
                    "totals": [line.totals[kind] for kind in KINDS],
                    "share": line.share,
                }
                for line in found.lines
            ],
            "absences": [
                {
                    "unit": cell.row.unit.short_name if cell.row.unit else cell.row.label,
                    "day": days[cell.row.meeting_id],
                    "meeting": titles[cell.row.meeting_id],
                    "label": cell.word,
                    "reason": cell.row.reason,
                }
                for cell in found.absences
            ],
            "legend": [[letter, word] for word, letter, *_ in KINDS.values()],
        },
    )


def register_workbook(made: RegisterPaper) -> bytes:
    """XLSX: a line for each PPK, a column for each meeting; absences with reasons on the sheet of notes."""
    words = dict(made["legend"])
    columns = [
        Column("PPK", width=30),
        *(
            Column(f"{m['number']}. {short_date(m['day'])} {m['title']}"[:120], width=18)
            for m in made["meetings"]
        ),
        *(Column(word, "integer", 11) for _letter, word in made["legend"]),
        Column("Kehadiran", "percent", 12),
    ]
    rows = [
        (line["unit"], *(words.get(c, "") for c in line["cells"]), *line["totals"], line["share"])
        for line in made["lines"]
    ]
    notes = [
        f"Register kehadiran PPK tahun {made['year']}",
        "Sel kosong: tidak diundang.",
        "",
        "Tidak hadir, dengan alasan:",
    ]
    notes += [
        f"{short_date(a['day'])} · {a['unit']} · {a['label']} · {a['reason'] or 'tanpa keterangan'} · {a['meeting']}"
        for a in made["absences"]
    ] or ["tidak ada"]
    if made["contoh"]:
        notes.insert(0, "CONTOH: dokumen contoh, tidak berlaku.")
    return workbook(
        columns,
        rows,
        sheet=f"Register {made['year']}",
        created_at=made["created_at"],
        timezone=made["timezone"],
        notes=notes,
    )
