"""Papers of monitoring: the Lembar Pimpinan, and the Laporan evaluasi in the ministry's order with its charts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from randal.database.base import db
from randal.documents import model
from randal.documents.charts import paper_chart
from randal.documents.model import Document
from randal.documents.paper_parts import heading
from randal.documents.pipeline import XLSX, Drawn, pdf, renders
from randal.l10n import formats
from randal.l10n.clock import DEFAULT_ZONE, local_date
from randal.models.progress import limits
from randal.org.people import Person, actor_of, sight_of
from randal.overviews.monitoring import curves, filters, leader, matrix_paper, pictures, queries
from randal.overviews.monitoring.basis import basis
from randal.overviews.monitoring.queries import Line, Overview
from randal.spreadsheets.writer import Column, workbook
from workflows.lifecycle import SEES_ALL, Actor, Refused

TITLES = {
    "leader_sheet": "Lembar Pimpinan",
    "evaluation_report": "Laporan Evaluasi",
    "evaluation_sheet": "Laporan Evaluasi",
}
COLUMNS = (
    Column("Kode", width=8),
    Column("Provinsi", width=26),
    Column("Rencana fisik", "percent"),
    Column("Realisasi fisik", "percent"),
    Column("Deviasi fisik (poin)", "points", 18),
    Column("Rencana keuangan", "percent"),
    Column("Realisasi keuangan", "percent"),
    Column("Bobot (pagu)", "money", 20),
    Column("Kegiatan dihitung", "integer"),
    Column("RTL berjalan", "integer"),
    Column("RTL terlambat", "integer"),
    Column("Keterangan", width=30),
)


CURVE = (Column("Periode", width=18), Column("Rencana", "percent"), Column("Realisasi", "percent"))


def columns_of(label: str) -> list[Column]:
    index = Column(f"Indeks ({label})" if label else "Indeks", "number", 18)
    return [*COLUMNS, index, Column("Keyakinan indeks", "percent")]


def order(kind: str, given: Mapping[str, str], actor: Actor, *, now: datetime) -> Document:
    """A queued paper of what this actor sees under these filters. Refused: a sheet for leaders, asked by one who sees less."""
    if kind == "leader_sheet" and not actor.has(*SEES_ALL):
        raise Refused("role", "Lembar Pimpinan dibuat untuk pimpinan dan tim pusat.")
    asked = filters.read(given, actor)
    period = f" {formats.month(asked.period)}" if asked.period else ""
    if asked.meeting:
        period = f" rapat{period}"
    return model.request(
        kind,
        "monitoring",
        None,
        title=TITLES[kind] + period,
        now=now,
        restricted=not actor.has(*SEES_ALL),
        params=asked.given,
        created_by_id=actor.id,
        sight=sight_of(actor),
    )


def reader_of(document: Document, now: datetime) -> Actor:
    return actor_of(db.session.get_one(Person, document.created_by_id), now)


@renders("leader_sheet", draw=pdf("monitoring/leader.pdf.html"), seen_by=model.own)
def leader_paper(document: Document, now: datetime) -> Mapping[str, Any]:
    found = leader.sheet(reader_of(document, now), now, document.params.get("periode", ""))
    base = heading(document.title, now, DEFAULT_ZONE, code=document.code)
    return {**base, "as_of": local_date(now, DEFAULT_ZONE).isoformat(), **asdict(found)}


def draw_sheet(paper: Mapping[str, Any]) -> Drawn:
    notes = [paper["title"], *paper["basis"], *paper["conclusions"], paper["thresholds"]]
    if paper["contoh"]:
        notes.insert(0, "CONTOH: dokumen contoh, tidak berlaku.")
    name = "CONTOH Evaluasi" if paper["contoh"] else "Evaluasi"
    data = workbook(
        columns_of(paper["index_label"]),
        paper["rows"],
        sheet=name,
        created_at=paper["created_at"],
        timezone=paper["timezone"],
        notes=notes,
        more=matrix_paper.sheets(paper["matrix"]),
        curves=[(title, CURVE, rows) for title, rows in paper["curves"]],
    )
    return Drawn(data, XLSX)


@renders("evaluation_report", draw=pdf("monitoring/report.pdf.html"), seen_by=model.own)
@renders("evaluation_sheet", draw=draw_sheet, seen_by=model.own)
def report_paper(document: Document, now: datetime) -> Mapping[str, Any]:
    """Dasar, maksud, kegiatan yang dilaksanakan, hasil, simpulan dan saran, penutup: what the data say, no more."""
    actor = reader_of(document, now)
    asked = filters.read(document.params, actor)
    seen = queries.overview(actor, asked, now, with_index=True)
    where = "seluruh provinsi yang dipantau" if not asked.meeting else "PPK yang diundang ke rapat"
    where = seen.lines[0].province.name if asked.province and seen.lines else where
    charts = [] if asked.province else [pictures.tile_map(seen, lambda line: f"/{line.province.iso}")]
    charts += pictures.both_curves(seen, where)
    if not asked.province:
        charts.append(pictures.multiples(seen))
    return {
        **heading(document.title, now, DEFAULT_ZONE, code=document.code),
        "as_of": local_date(now, DEFAULT_ZONE).isoformat(),
        "period": asked.period,
        "where": where,
        "basis": basis(seen, now),
        "silent": seen.silent,
        "headers": [c.header for c in columns_of(seen.index_label)],
        "index_label": seen.index_label,
        "matrix": matrix_paper.told(actor, asked),
        "rows": [row_of(line) for line in seen.with_units],
        "charts": [paper_chart(one) for one in charts],
        "curves": [[f"Kurva S {called}", curve_rows(seen, kind)] for kind, called in curves.KINDS.items()],
        "conclusions": conclusions(seen),
        "advice": advice(seen),
        "thresholds": limits().sentence,
    }


def curve_rows(seen: Overview, kind: str) -> list[list[str]]:
    """Month, plan, actual: as they are drawn."""
    found = []
    for period, one in seen.year_sums().items():
        plan, actual = one.mean(f"{kind}_plan"), one.mean(f"{kind}_actual")
        if plan is not None and actual is not None:
            found.append([formats.month(period), str(plan), str(actual)])
    return found


def row_of(line: Line) -> list[Any]:
    now = line.now
    values = [now.physical_plan, now.physical_actual, now.financial_plan, now.financial_actual]
    plan, actual, paid_plan, paid = map(said, values)
    note = "kritis" if line.critical else "" if now.weight else "belum ada angka"
    weight = str(now.weight) if now.weight else ""
    return [
        line.code,
        line.province.name,
        plan,
        actual,
        said(now.physical_deviation),
        paid_plan,
        paid,
        weight,
        now.count,
        line.running,
        line.late,
        note,
        said(line.index),
        said(line.confidence),
    ]


def said(value: Decimal | None) -> str:
    return "" if value is None else str(value)


def conclusions(seen: Overview) -> list[str]:
    whole = seen.whole
    if whole.physical_actual is None:
        return ["Belum ada angka yang dapat disimpulkan pada periode ini."]
    critical = [line.province.name for line in seen.lines if line.critical]
    said = [
        f"Realisasi fisik {formats.percent(whole.physical_actual)} terhadap rencana {formats.percent(whole.physical_plan)} "
        f"(deviasi {formats.points(whole.physical_deviation)} poin); realisasi keuangan "
        f"{formats.percent(whole.financial_actual)} terhadap rencana {formats.percent(whole.financial_plan)}.",
        f"Deviasi kritis: {', '.join(critical)}."
        if critical
        else "Tidak ada provinsi dengan deviasi kritis.",
    ]
    return [*said, f"{formats.number(seen.late)} tindak lanjut melewati tenggat."]


def advice(seen: Overview) -> list[str]:
    said = []
    if seen.silent:
        said.append(f"Meminta laporan PPK yang belum disampaikan: {', '.join(seen.silent)}.")
    if critical := [line.province.name for line in seen.lines if line.critical]:
        said.append(f"Membahas penyebab deviasi dan langkah percepatan bersama {', '.join(critical)}.")
    if seen.late:
        said.append("Menagih tindak lanjut yang terlambat pada rapat berikutnya.")
    return said or ["Melanjutkan pemantauan menurut rencana."]
