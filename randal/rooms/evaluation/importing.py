"""Units from a spreadsheet, known by their code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from randal.database.base import db
from randal.org.places import Province, Unit
from randal.rooms.evaluation import figure_importing, place_importing, places  # noqa: F401  register themselves
from randal.rooms.evaluation.province_names import ProvinceNames
from randal.spreadsheets.importing import CHANGED, NEW, SAME, Column, Deed, Desk, Kind, Line, register

EXTERNAL = {
    "satker": "Kode satker (DIPA)",
    "emon": "Kode eMon",
    "kemendagri": "Kode Kemendagri",
    "bps": "Kode BPS",
}


@dataclass
class Known:
    desk: Desk
    by_code: dict[str, Unit]
    by_name: dict[str, Unit]
    provinces: ProvinceNames
    named: dict[str, int]  # names in the file → row


def load(desk: Desk) -> Known:
    units = list(db.session.scalars(select(Unit)).unique())
    known = ProvinceNames(db.session.scalars(select(Province)))
    by_code = {u.code.casefold(): u for u in units if u.code}
    return Known(desk, by_code, {u.name.casefold(): u for u in units}, known, {})


def judge(known: Known, line: Line) -> Deed | None:
    unit = known.by_code.get(line["code"].casefold())
    province, sentence = known.provinces.find(line["province"]) if line["province"] else (None, "")
    if sentence:
        line.wrong("province", sentence)
    name = line["name"].casefold()
    if (other := known.by_name.get(name)) and other is not unit:
        line.wrong("name", f"Nama ini sudah dipakai satuan kerja {other.code or other.id}.")
    if (row := known.named.setdefault(name, line.number)) != line.number:
        line.wrong("name", f"Nama ini sama pada baris {row} dan {line.number}.")
    if line.errors:
        return None
    codes = line.told(*EXTERNAL)
    given: dict[str, Any] = {"code": line["code"], "name": line["name"]}
    if province:
        given["province"] = province.iso
    if unit is None:
        return Deed(
            NEW,
            {},
            lambda: places.make_unit(known.desk.actor, given | {"external_ids": codes}, known.desk.now),
        )
    kept: dict[str, str] = {"name": unit.name, "province": unit.province.iso if unit.province else ""}
    changes: dict[str, str] = {
        key: kept[key] for key in ("name", "province") if key in given and given[key] != kept[key]
    }
    external = dict(unit.external_ids)
    changes |= {key: external.get(key, "") for key, code in codes.items() if external.get(key) != code}
    if not changes:
        return Deed(SAME)
    given = {key: given[key] for key in given if key in changes} | {"external_ids": external | codes}
    return Deed(CHANGED, changes, lambda: places.edit_unit(unit, known.desk.actor, given, known.desk.now))


register(
    Kind(
        "units",
        "Satuan kerja",
        "Satuan kerja dengan kode, provinsi, dan kode di sistem lain. Dikenali dari kodenya.",
        columns=(
            Column("code", "Kode satuan kerja", required=True, most=40, also=("kode", "kode satker"),
                   help="Tidak berubah; dari kode ini baris dikenali saat diimpor lagi.", examples=("CONTOH-01", "CONTOH-02")),
            Column("name", "Nama satuan kerja", required=True, most=200, also=("nama", "nama satker"), width=44,
                   help="Nama lengkap.", examples=("Contoh Satker PIP Bangka Belitung", "Contoh Satker Pusat")),
            Column("province", "Provinsi", also=("provinsi (kode iso)", "kode provinsi"),
                   help="Kode ISO (ID-BB) atau nama provinsi; kosong untuk pusat. Zona waktu dan nama pendek mengikuti provinsi.",
                   examples=("ID-BB", "")),
            *(Column(key, header, most=80, help="Boleh kosong.", examples=("",)) for key, header in EXTERNAL.items()),
        ),
        key=("code",),
        load=load,
        judge=judge,
        order=10,
    )
)  # fmt: skip
