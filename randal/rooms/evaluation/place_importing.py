"""Kawasan and kegiatan from a spreadsheet: kawasan known by province and name, kegiatan by unit, kawasan and name."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from randal.database.base import db
from randal.l10n import formats
from randal.models.progress import SECTORS, STAGES, Activity, Area, AreaKind
from randal.org.places import Province, Unit
from randal.rooms.evaluation import places
from randal.rooms.evaluation.forms import ActivityForm, AreaForm
from randal.rooms.evaluation.province_names import ProvinceNames
from randal.spreadsheets.importing import CHANGED, NEW, SAME, Column, Deed, Desk, Kind, Line, register


@dataclass
class Known:
    desk: Desk
    provinces: ProvinceNames
    areas: dict[tuple[int, str], Area]
    kinds: dict[str, str] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    works: dict[tuple[int, int | None, str], Activity] = field(default_factory=dict)
    claimed: dict[tuple[int, str], Unit] = field(default_factory=dict)  # (kawasan, name) → whose it is


def folded(name: str) -> str:
    return " ".join(name.split()).casefold()


def load_areas(desk: Desk) -> Known:
    areas = db.session.scalars(select(Area)).unique()
    kinds = {k.name.casefold(): k.name for k in db.session.scalars(select(AreaKind).where(AreaKind.active))}
    names = ProvinceNames(db.session.scalars(select(Province)))
    return Known(desk, names, {(a.province_id, folded(a.name)): a for a in areas}, kinds)


def split(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").replace(";", ",").split(",") if part.strip()]


def judge_area(known: Known, line: Line) -> Deed | None:
    province, sentence = known.provinces.find(line["province"])
    if sentence or province is None:
        line.wrong("province", sentence)
    if line["kind"] and line["kind"].casefold() not in known.kinds:
        line.wrong("kind", f"Jenis ini tidak ada di daftar: {', '.join(known.kinds.values())}.")
    sectors = [code.upper() for code in split(line["sectors"])]
    if unknown := [code for code in sectors if code not in SECTORS]:
        line.wrong("sectors", f"Sektor {unknown[0]} tidak dikenal. Pakai kode {', '.join(SECTORS)}.")
    if (line["latitude"] is None) != (line["longitude"] is None):
        line.wrong(
            "latitude" if line["latitude"] is None else "longitude", "Lintang dan bujur diisi keduanya."
        )
    if line.errors or province is None:
        return None
    given: dict[str, Any] = {"name": line["name"], "theme": line["theme"]} | line.told("kind")
    if line["districts"]:
        given["districts"] = split(line["districts"])
    if sectors:
        given["sectors"] = list(dict.fromkeys(sectors))
    given |= {key: str(value) for key, value in line.told("latitude", "longitude").items()}
    for key, several in AreaForm().validate(given, partial=True).items():
        line.wrong(key, several[0] if isinstance(several, list) else "Isian ini tidak dapat dibaca.")
    if line.errors:
        return None
    area = known.areas.get((province.id, folded(line["name"])))
    desk = known.desk
    if area is None:
        made = given | {"province": province.iso}
        return Deed(NEW, {}, lambda: places.make_area(desk.actor, made, desk.now))
    kept: dict[str, Any] = {
        "theme": area.theme,
        "kind": area.kind.name if area.kind else "",
        "districts": area.districts,
        "sectors": area.sectors,
        "latitude": area.latitude,
        "longitude": area.longitude,
    }
    wanted = {k: v for k, v in given.items() if k in kept and not _same(kept[k], v)}
    if not wanted:
        return Deed(SAME)
    changes = {k: ", ".join(kept[k]) if isinstance(kept[k], list) else str(kept[k] or "") for k in wanted}
    return Deed(CHANGED, changes, lambda: places.edit_area(area, desk.actor, wanted, desk.now))


def _same(kept: Any, said: Any) -> bool:
    if isinstance(kept, list):
        return list(kept) == list(said)
    if isinstance(kept, str):
        return kept.casefold() == str(said).casefold()
    return kept is not None and kept == type(kept)(str(said))


def load_works(desk: Desk) -> Known:
    known = load_areas(desk)
    units = list(db.session.scalars(select(Unit)).unique())
    by_place: dict[str, list[Unit]] = {}
    for unit in units:
        if unit.province:
            by_place.setdefault(unit.province.iso.casefold(), []).append(unit)
    known.units = {iso: several[0] for iso, several in by_place.items() if len(several) == 1}
    known.units |= {folded(u.name): u for u in units} | {u.code.casefold(): u for u in units if u.code}
    for work in db.session.scalars(select(Activity)).unique():
        known.works[work.unit_id, work.area_id, folded(work.name)] = work
        if work.area_id:
            known.claimed[work.area_id, folded(work.name)] = work.unit
    return known


def judge_work(known: Known, line: Line) -> Deed | None:
    unit = known.units.get(folded(line["unit"]))
    if unit is None:
        line.wrong("unit", "Satuan kerja ini tidak dikenal. Pakai kodenya, atau impor satuan kerja dahulu.")
        return None
    area = known.areas.get((unit.province_id or 0, folded(line["area"]))) if line["area"] else None
    if line["area"] and area is None:
        where = unit.province.name if unit.province else unit.name
        line.wrong("area", f"Kawasan ini tidak ada di {where}. Impor kawasan dahulu, atau periksa namanya.")
    name = folded(line["name"])
    if area:
        owner = known.claimed.setdefault((area.id, name), unit)
        if owner is not unit:
            line.wrong(
                "name", f"Kegiatan ini sudah dicatat {owner.name}. Satu kegiatan milik satu satuan kerja."
            )
    if line["starts_on"] and line["ends_on"] and line["ends_on"] < line["starts_on"]:
        line.wrong("ends_on", "Selesai tidak boleh sebelum mulai.")
    if line.errors:
        return None
    work = known.works.get((unit.id, area.id if area else None, name))
    desk = known.desk
    told = {k: str(v) for k, v in line.told("sector", "budget", "stage", "starts_on", "ends_on").items()}
    codes = {"emon": line["emon"]} if line["emon"] else {}
    if work is None:
        made = told | {"name": line["name"], "unit_id": unit.id, "area_id": area.id if area else None}
        for key, several in ActivityForm().validate(made).items():
            line.wrong(
                key if key in told else "name", several[0] if isinstance(several, list) else str(several)
            )
        if line.errors:
            return None
        return Deed(
            NEW, {}, lambda: places.make_activity(desk.actor, made | {"external_ids": codes}, desk.now)
        )
    changes = {k: getattr(work, k) for k, v in told.items() if not _same_work(getattr(work, k), v)}
    wanted: dict[str, Any] = {k: told[k] for k in changes}
    if codes and work.external_ids.get("emon") != line["emon"]:
        wanted["external_ids"] = work.external_ids | codes
        changes["emon"] = work.external_ids.get("emon", "")
    if not wanted:
        return Deed(SAME)
    shown = {
        k: formats.number(v, 2) if k == "budget" else "" if v is None else str(v) for k, v in changes.items()
    }
    return Deed(CHANGED, shown, lambda: places.edit_activity(work, desk.actor, wanted, desk.now))


def work_key(line: Line) -> Any:
    said = [folded(line[key] or "") for key in ("unit", "area", "name")]
    return tuple(said) if said[0] and said[2] else None


def _same_work(kept: Any, said: str) -> bool:
    return kept is not None and (
        kept == type(kept)(said) if not hasattr(kept, "isoformat") else kept.isoformat() == said
    )


register(
    Kind(
        "areas",
        "Kawasan",
        "Kawasan dengan jenis, tema tahun ini, kabupaten/kota, dan sektornya. Dikenali dari provinsi dan nama.",
        columns=(
            Column("province", "Provinsi", required=True, also=("kode provinsi",), spreads=True,
                   help="Kode ISO (ID-BB), nama, atau kode Kemendagri/BPS yang berarti satu provinsi saja.",
                   examples=("ID-BB", "ID-KR")),
            Column("name", "Nama kawasan", required=True, most=200, also=("kawasan",), width=40,
                   examples=("Contoh Kawasan Pesisir", "Contoh Kawasan Kota Lama")),
            Column("theme", "Tema", required=True, most=200, width=28, examples=("Pariwisata", "Permukiman kumuh")),
            Column("kind", "Jenis kawasan", most=80, also=("jenis",), help="Menurut daftar, misalnya KSPN.",
                   examples=("KSPN", "")),
            Column("districts", "Kabupaten/kota", most=1000, width=40, help="Beberapa nama dipisah koma.",
                   examples=("Kabupaten Contoh, Kota Contoh", "")),
            Column("sectors", "Sektor yang seharusnya bekerja", most=80, also=("sektor",),
                   help=f"Kode dipisah koma: {', '.join(SECTORS)}.",
                   examples=("AM, PLP", "PKP")),
            Column("latitude", "Lintang", help="Derajat; selatan bertanda minus.", examples=("-2.55", "")),
            Column("longitude", "Bujur", help="Derajat.", examples=("107.65", "")),
        ),
        key=("province", "name"), load=load_areas, judge=judge_area, order=12,
    )
)  # fmt: skip
register(
    Kind(
        "activities", "Kegiatan",
        "Kegiatan tiap satuan kerja di kawasannya. Dikenali dari satuan kerja, kawasan, dan nama.",
        columns=(
            Column("unit", "Satuan kerja", required=True, also=("kode satuan kerja", "kode satker", "satker", "ppk"),
                   spreads=True,
                   help="Kode, nama, atau kode ISO provinsinya bila hanya satu di sana.", examples=("ID-BB", "ID-KR")),
            Column("area", "Kawasan", most=200, width=36, spreads=True, examples=("Contoh Kawasan Pesisir", "")),
            Column("name", "Nama kegiatan", required=True, most=250, also=("kegiatan", "nama paket", "paket"), width=44,
                   examples=("Contoh jaringan air minum", "Contoh drainase")),
            Column("sector", "Sektor", "choice", required=True, choices=SECTORS, examples=("AM", "PLP")),
            Column("budget", "Pagu (rupiah)", "money", required=True, also=("pagu",), examples=("4250000000", "3100000000")),
            Column("stage", "Tahap pengadaan", "choice", choices=STAGES, also=("tahap",),
                   examples=("Terkontrak", "Proses lelang")),
            Column("starts_on", "Mulai", "date", examples=("05/01/2018", "")),
            Column("ends_on", "Selesai", "date", examples=("30/11/2018", "")),
            Column("emon", "Kode eMon", most=80, help="Boleh kosong.", examples=("",)),
        ),
        key=work_key,
        load=load_works, judge=judge_work, order=13,
    )
)  # fmt: skip
