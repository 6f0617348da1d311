"""Kawasan and kegiatan from a spreadsheet: made, changed, left alone; every wrong cell told, nothing half done."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from randal.database.base import db
from randal.models.progress import Activity, Area
from tests.imports.books import book, filled, post
from tests.world import World

AREAS = [
    "Provinsi",
    "Nama kawasan",
    "Tema",
    "Jenis kawasan",
    "Kabupaten/kota",
    "Sektor yang seharusnya bekerja",
    "Lintang",
    "Bujur",
]
WORKS = [
    "Satuan kerja",
    "Kawasan",
    "Nama kegiatan",
    "Sektor",
    "Pagu (rupiah)",
    "Tahap pengadaan",
    "Mulai",
    "Selesai",
    "Kode eMon",
]


@pytest.mark.database("sqlite")
def test_kawasan_and_kegiatan_come_in_and_come_again(world: World) -> None:
    api, unit = world.api(world.secretariat), world.unit("ID-BB")
    rows = [
        [
            "kep. bangka belitung",
            "Contoh Pesisir",
            "pariwisata",
            "kspn",
            "Kabupaten Contoh, Kota Contoh",
            "AM, plp",
            -2.551234,
            107.65,
        ],
        [19, "Contoh Kota", "Contoh tema", None, None, None, None, None],
    ]
    made = post(api, "areas", book(AREAS, *rows))
    assert made.status_code == 200 and made.json["created"] == 2, made.json
    area = db.session.scalars(select(Area).where(Area.name == "Contoh Pesisir")).one()
    assert (area.kind.name, area.sectors, area.districts) == (
        "KSPN",
        ["AM", "PLP"],
        ["Kabupaten Contoh", "Kota Contoh"],
    )
    assert str(area.latitude) == "-2.551234" and area.theme == "Pariwisata"
    assert post(api, "areas", book(AREAS, *rows)).json["unchanged"] == 2
    works = [
        [
            unit.code,
            "contoh pesisir",
            "Contoh SPAM",
            "AM",
            "4250000000",
            "Terkontrak",
            "05/01/2026",
            "30/11/2026",
            4711,
        ],
        ["ID-BB", None, "Contoh monev", "RANDAL", 100000, None, None, None, None],
    ]
    made = post(api, "activities", book(WORKS, *works))
    assert made.status_code == 200 and made.json["created"] == 2, made.json
    assert post(api, "activities", book(WORKS, *works)).json["unchanged"] == 2
    works[0][5] = "Gagal lelang"
    assert post(api, "activities", book(WORKS, *works)).json["updated"] == 1
    db.session.expire_all()
    work = db.session.scalars(select(Activity).where(Activity.name == "Contoh SPAM")).one()
    assert (work.stage, work.area_id, work.external_ids) == ("failed", area.id, {"emon": "4711"})


@pytest.mark.database("sqlite")
def test_every_wrong_cell_is_told_and_nothing_is_kept(world: World) -> None:
    api = world.api(world.secretariat)
    world.unit("ID-BB")
    answer = post(api, "areas", book(
        AREAS,
        [91, "Contoh A", "x", None, None, None, None, None],
        ["ID-BB", "Contoh B", "x", "lain", None, "AM, ZZ", 95, None],
        ["ID-BB", "Contoh C", "x", None, None, None, "95", "1"],
        ["ID-BB", "Contoh D", "x", None, None, None, None, None],
    ))  # fmt: skip
    assert answer.status_code == 422
    told = {e["cell"]: e["message"] for e in answer.json["errors"]}
    assert set(told) == {"A2", "D3", "F3", "H3", "G4"} and "menurut BPS" in told["A2"], told
    assert db.session.scalars(select(Area)).unique().all() == []
    answer = post(api, "activities", book(
        WORKS,
        ["ID-XX", None, "Contoh", "AM", "1", None, None, None, None],
        ["ID-BB", "Tidak ada", "Contoh", "AM", "1", None, None, None, None],
        ["ID-BB", None, "Contoh", "ZZ", "banyak", "kapan", None, None, None],
        ["ID-BB", None, "Contoh dua", "AM", "1", None, "02/02/2026", "01/01/2026", None],
    ))  # fmt: skip
    told = {e["cell"] for e in answer.json["errors"]}
    assert answer.status_code == 422 and told == {"A2", "B3", "D4", "E4", "F4", "H5"}, answer.json
    assert db.session.scalars(select(Activity)).unique().all() == []


@pytest.mark.database("sqlite")
def test_two_units_do_not_claim_one_kegiatan_in_a_file(world: World) -> None:
    from randal.org.places import Province, Unit

    api, mine = world.api(world.secretariat), world.unit("ID-BB")
    province = db.session.scalars(select(Province).where(Province.iso == "ID-BB")).one()
    db.session.add(Unit(code="CONTOH-LAIN", name="Contoh Satker Lain", province=province))
    db.session.commit()
    assert post(api, "areas", book(AREAS[:3], ["ID-BB", "Contoh", "x"])).status_code == 200
    rows = [[code, "Contoh", "Contoh SPAM", "AM", "1"] for code in (mine.code, "CONTOH-LAIN")]
    answer = post(api, "activities", book(WORKS[:5], *rows))
    assert answer.status_code == 422
    assert [(e["cell"], mine.name in e["message"]) for e in answer.json["errors"]] == [("C3", True)]


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("kind", ["areas", "activities"])
def test_the_template_reads_what_it_shows(world: World, kind) -> None:
    answer = post(world.api(world.secretariat), kind, filled(kind), dry_run=True)
    assert answer.status_code in (200, 422)  # an empty template has no rows, and says so
