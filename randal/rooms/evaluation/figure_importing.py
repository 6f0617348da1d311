"""The figures of Laporan PPK from workbooks: of one unit or of many, by the PPK, the monitoring team or the office."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from randal.database.base import db
from randal.l10n import formats
from randal.l10n.clock import DEFAULT_ZONE, local_date
from randal.models.progress import SOURCES, Activity, Area, Figure, ProgressReport
from randal.org.places import Unit
from randal.rooms.evaluation.figure_bringing import bring
from randal.rooms.evaluation.figure_judging import judge
from randal.rooms.evaluation.figure_known import CODE, Known
from randal.rooms.evaluation.forms import FORECASTS, MEASURES
from randal.spreadsheets.importing import Column, Desk, Kind, register
from workflows.lifecycle import SEES_ALL, Refused
from workflows.progress_report import BRINGERS, NOT_HANDED_IN

EXAMPLES = {"physical_plan": ("51,74", "40"), "physical_actual": ("48,2", "41,5"),
            "financial_plan": ("45", "30"), "financial_actual": ("39,75", "28")}  # fmt: skip


def reporting(desk: Desk) -> list[Unit]:
    """The units whose template this person may have: those with running activities, or his own."""
    actor = desk.actor
    query = select(Unit).where(Unit.id.in_(select(Activity.unit_id).where(Activity.active)))
    if not actor.has(*SEES_ALL):
        query = query.where(Unit.id == actor.unit_id)
    return sorted(db.session.scalars(query).unique(), key=lambda unit: unit.short_name)


def periods(desk: Desk) -> list[str]:
    """The last months, the newest first."""
    day, found = local_date(desk.now, DEFAULT_ZONE), list[str]()
    for _ in range(13):
        found.append(f"{day:%Y-%m}")
        day = day.replace(day=1) - timedelta(days=1)
    return found


def fields(desk: Desk) -> Mapping[str, tuple[str, Mapping[str, str]]]:
    """What a template may be asked of."""
    of = {period: formats.month(period) for period in periods(desk)}
    found: dict[str, tuple[str, Mapping[str, str]]] = {"period": ("Periode", of)}
    if desk.actor.has(*SEES_ALL):
        found["unit_id"] = ("PPK", {str(unit.id): unit.short_name for unit in reporting(desk)})
    return found


def rows(desk: Desk, asked: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """One row per running activity, with what the period's report has already, and the last figures beside it."""
    units = {unit.id: unit for unit in reporting(desk)}
    if wanted := asked.get("unit_id"):
        units = {id: unit for id, unit in units.items() if str(id) == wanted}
        if not units:
            raise Refused("field", "PPK ini tidak dikenal.", {"unit_id": ["PPK ini tidak dikenal."]})
    if (period := asked.get("period", "")) and not re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", period):
        said = "Tulis periode sebagai tttt-bb, misalnya 2018-06."
        raise Refused("field", said, {"period": [said]})
    period = period or _latest(units) or periods(desk)[0]
    columns = Activity.id, Activity.unit_id, Activity.name, Area.name.label("area"), Activity.budget
    query = select(*columns).select_from(Activity).outerjoin(Area, Area.id == Activity.area_id)
    query = query.where(Activity.unit_id.in_(units), Activity.active)
    found = sorted(
        db.session.execute(query), key=lambda row: (units[row.unit_id].short_name, row.area or "", row.name)
    )
    present, last = _figures(units, period), _last(units, period)
    for row in found:
        unit, old = units[row.unit_id], last.get(row.id)
        made = {
            "period": period,
            "unit": unit.code or unit.name,
            "province": unit.province.iso if unit.province else "",
            "code": f"{CODE}{row.id}",
            "name": row.name,
            "area": row.area or "",
            "budget": row.budget,
            "last": _said(old) if old else "",
        }
        if kept := present.get(row.id):
            made |= {name: getattr(kept, name) for name in (*MEASURES, *FORECASTS, "reason", "explanation")}
            made |= {"source": SOURCES.get(kept.source or kept.report_source or "", "")}
            made |= {
                "as_of": formats.short_date(kept.as_of or kept.report_as_of) if kept.report_as_of else ""
            }
        yield made


def _said(old: Any) -> str:
    fisik, keuangan = formats.percent(old.physical_actual), formats.percent(old.financial_actual)
    return f"{formats.month(old.period)}: fisik {fisik}, keuangan {keuangan}"


def _latest(units: Mapping[int, Unit]) -> str:
    """The newest period that a report is open for."""
    query = select(ProgressReport.period).where(
        ProgressReport.unit_id.in_(units), ProgressReport.state.in_(NOT_HANDED_IN)
    )
    return db.session.scalar(query.order_by(ProgressReport.period.desc()).limit(1)) or ""


def _columns() -> Any:
    return (
        select(
            Figure.activity_id,
            *(
                getattr(Figure, name)
                for name in (*MEASURES, *FORECASTS, "source", "as_of", "reason", "explanation")
            ),
            ProgressReport.period,
            ProgressReport.source.label("report_source"),
            ProgressReport.as_of.label("report_as_of"),
        )
        .join(ProgressReport, ProgressReport.id == Figure.report_id)
        .where(Figure.revision == ProgressReport.revision)
    )


def _figures(units: Mapping[int, Unit], period: str) -> dict[int, Any]:
    query = _columns().where(ProgressReport.unit_id.in_(units), ProgressReport.period == period)
    return {row.activity_id: row for row in db.session.execute(query)}


def _last(units: Mapping[int, Unit], period: str) -> dict[int, Any]:
    """The newest figures of the two years before the period, by activity."""
    since = f"{int(period[:4]) - 2}-01"
    query = _columns().where(ProgressReport.unit_id.in_(units), ProgressReport.period < period)
    query = query.where(ProgressReport.period >= since).order_by(ProgressReport.period)
    return {row.activity_id: row for row in db.session.execute(query)}


register(
    Kind(
        "figures",
        "Laporan PPK",
        "Angka rencana dan realisasi per kegiatan dan periode, dari satu PPK atau banyak. Templatnya sudah berisi kegiatan.",
        columns=(
            Column("period", "Periode", "month", required=True, spreads=True, width=12, also=("bulan",),
                   help="tttt-bb, misalnya 2018-06, atau Juni 2018.", examples=("2018-06", "2018-06")),
            Column("unit", "Satuan kerja", spreads=True, width=24,
                   also=("ppk", "kode satuan kerja", "nama satuan kerja", "satker"),
                   help="Kode, nama, atau nama provinsinya. Boleh kosong bila kode kegiatan ditulis.",
                   examples=("CONTOH-01", "CONTOH-01")),
            Column("province", "Provinsi", spreads=True, width=12, also=("kode provinsi",),
                   help="Boleh kosong; bila ditulis harus cocok dengan satuan kerjanya. Kode ISO, nama, kode Kemendagri/BPS.",
                   examples=("ID-BB", "ID-BB")),
            Column("code", "Kode kegiatan", width=14, most=80, also=("kode", "kode emon"),
                   help="Kode Randal (K-12) seperti di templat, atau kode kegiatan di eMon.", examples=("K-12", "K-13")),
            Column("name", "Kegiatan", width=44, also=("nama kegiatan", "paket", "nama paket"),
                   help="Nama seperti terdaftar; wajib bila kode kegiatan kosong.",
                   examples=("Contoh SPAM IKK", "Contoh jalan lingkungan")),
            Column("area", "Kawasan", spreads=True, width=26, help="Membedakan kegiatan bernama sama.", examples=("", "")),
            Column("budget", "Pagu (rupiah)", "info", width=18, help="Bobot total; diubah di halaman Kawasan."),
            Column("last", "Angka terakhir", "info", width=36, help="Realisasi laporan sebelumnya, untuk dibandingkan."),
            *(Column(name, f"{label} (%)", "percent", width=14, also=(label,), help="Kumulatif, dalam persen: 51,74.",
                     examples=EXAMPLES[name]) for name, label in MEASURES.items()),
            *(Column(name, f"{label} (%)", "percent", width=16, also=(label,), help="Persen yang diperkirakan tercapai.",
                     examples=("98", "")) for name, label in FORECASTS.items()),
            Column("source", "Sumber data", "choice", choices=SOURCES, spreads=True, width=14, also=("sumber",),
                   help="Dari mana angka ini.", examples=("Satker", "eMon")),
            Column("as_of", "Posisi per", "date", spreads=True, width=14, also=("posisi per tanggal", "tanggal posisi"),
                   help="Tanggal angka ini benar.", examples=("25/06/2018", "25/06/2018")),
            Column("reason", "Alasan tidak ada angka", most=1000, width=30, also=("alasan",),
                   help="Bila kegiatan belum berangka.", examples=("", "")),
            Column("explanation", "Penjelasan", most=1000, width=30,
                   help="Bila angka turun, melonjak, atau melewati 100%.", examples=("", "")),
            Column("note", "Kondisi lapangan", most=10_000, spreads=True, width=30, also=("catatan",),
                   help="Satu per laporan: cukup ditulis di satu baris.", examples=("", "")),
            Column("critical", "Hal kritis", most=10_000, spreads=True, width=30, help="Satu per laporan.", examples=("", "")),
            Column("help_wanted", "Bantuan yang diminta", most=10_000, spreads=True, width=30, help="Satu per laporan.",
                   examples=("", "")),
        ),
        key=lambda line: None,  # what is twice is known once it is known whose it is
        load=Known,
        judge=judge,
        finish=bring,
        rows=rows,
        fields=fields,
        asks_said="baris memuat angka yang turun, melonjak, atau melewati 100%. Angkanya diterima; penjelasannya diminta "
        "sebelum laporan disampaikan.",
        several=True,
        who=BRINGERS,
        notes=(
            "Desimal boleh koma atau titik. Sel berformat persen dibaca sebagai persen; pecahan (0,5174) ditolak.",
            "Rumus dihitung sebagai nilai terakhirnya; angka lebih dari dua desimal dibulatkan seperti yang tampak.",
            "Sel yang digabung ke bawah berlaku untuk semua barisnya di kolom Periode, Satuan kerja, Provinsi, Kawasan, "
            "Sumber, Posisi, dan teks laporan; di kolom lain ditolak.",
            "Angka yang turun, melonjak, atau melewati 100% diterima; penjelasannya diminta sebelum laporan disampaikan.",
        ),
        order=5,
    )
)  # fmt: skip
