"""Figures of Laporan PPK from workbooks: read as they were meant, or told by the cell; never half of them kept."""

from __future__ import annotations

import io
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.styles import numbers
from sqlalchemy import func, select

from randal.database.base import db
from randal.history.events import Event
from randal.models.progress import Figure, ProgressReport
from randal.notifications.notices import Notice
from randal.org.places import Province
from randal.rooms.evaluation.province_names import ProvinceNames
from randal.spreadsheets.importing import KINDS
from tests.evaluation.stories import activity, report
from tests.imports.books import book, post, saved
from tests.imports.test_kinds import cells, counts
from tests.world import World

HEADS = [
    "Periode",
    "Satuan kerja",
    "Kode kegiatan",
    "Fisik rencana",
    "Fisik realisasi",
    "Keuangan rencana",
    "Keuangan realisasi",
]
MORE = {c.key: c.header for c in KINDS["figures"].columns}


def row(of: Any, *values: Any, period: Any = "2026-02") -> list[Any]:
    return [period, of.unit.code, f"K-{of.id}", *(values or (50, 40, 30, 20))]


def kept(world: World, unit_id: int, period: str = "2026-02") -> ProgressReport | None:
    query = select(ProgressReport).where(ProgressReport.unit_id == unit_id, ProgressReport.period == period)
    return db.session.scalar(query)


def figures() -> int:
    return db.session.scalar(select(func.count()).select_from(Figure)) or 0


def test_two_units_in_one_workbook(world: World, drain: Any) -> None:
    a, b, other = (
        activity(world, "ID-BB", "Contoh A"),
        activity(world, "ID-BB", "Contoh B"),
        activity(world, "ID-JT"),
    )
    world.ppk("ID-BB")
    api = world.api(world.evaluator)
    sent = book(
        [*HEADS, "Sumber data", "Posisi per", "Prognosis fisik akhir tahun", "Kondisi lapangan"],
        [*row(a, "51,74", "48.2", "45%", 39.755), "eMon", "20/02/2026", 98, "Contoh kondisi"],
        [*row(b, period="Februari 2026"), "Lapangan", None, None, None],
        [*row(other, 10, 0, 5, 0), "eMon", None, None, None],
    )
    assert counts(post(api, "figures", sent, dry_run=True)) == (3, 0, 0) and figures() == 0
    assert counts(post(api, "figures", sent)) == (3, 0, 0)
    made = kept(world, a.unit_id)
    assert made and (made.state, made.source, str(made.as_of)) == ("draft", "emon", "2026-02-20")
    assert made.note == "Contoh kondisi" and made.imported_by_id == world.evaluator.id
    found = {f.activity_id: f for f in made.figures}
    assert [str(getattr(found[a.id], m)) for m in Figure.MEASURES] == ["51.74", "48.20", "45.00", "39.76"]
    assert (found[a.id].source, found[b.id].source, found[a.id].physical_forecast) == (None, "lapangan", 98)
    history = (
        select(Event)
        .where(Event.item_type == "progress_report", Event.item_id == made.id)
        .order_by(Event.seq)
    )
    events = list(db.session.scalars(history))
    assert [(e.move, e.actor_id) for e in events] == [("create", None), ("bring_figures", world.evaluator.id)]
    assert events[1].data["imported"] == 2
    told = select(Notice.text).where(
        Notice.person_id == world.ppk("ID-BB").id, Notice.text.contains("diimpor")
    )
    assert len(db.session.scalars(told).all()) == 1
    assert counts(post(api, "figures", sent)) == (0, 0, 3)
    changed = book(HEADS, row(b, 50, 45, 30, 20))
    assert counts(post(api, "figures", changed)) == (0, 1, 0)
    db.session.expire_all()
    assert [str(f.physical_actual) for f in made.figures] == ["48.20", "45.00"]
    # the one whose figures another brought hands them in; whoever brought them does not vouch for them
    world.fire(made, "submit", world.ppk("ID-BB"))
    answer = world.api(world.evaluator).post(f"/progress-reports/{made.id}/moves/validate", json={})
    assert answer.status_code == 422 and "orang lain" in answer.json["detail"]


def test_what_another_source_said_before_stays_said(world: World) -> None:
    a, b = activity(world, "ID-BB", "Contoh A"), activity(world, "ID-BB", "Contoh B")
    made = report(world, "ID-BB")  # emon, 20 February
    sent = book([*HEADS, "Sumber data", "Posisi per"], [*row(a, 50, 41, 30, 20), "Satker", "25/02/2026"])
    assert counts(post(world.api(world.ppk("ID-BB")), "figures", sent)) == (0, 1, 0)
    db.session.expire_all()
    found = {f.activity_id: f for f in made.figures}
    assert (made.source, found[a.id].source, found[b.id].source) == ("satker", None, "emon")
    assert str(found[b.id].stands_at) == "2026-02-20" and str(found[a.id].stands_at) == "2026-02-25"
    assert made.imported_by_id is None, "its own PPK brought them"


def test_wrong_cells_are_told_by_their_address(world: World) -> None:
    a, b, other = (
        activity(world, "ID-BB", "Contoh A"),
        activity(world, "ID-BB", "Contoh B"),
        activity(world, "ID-JT", "Contoh C"),
    )
    report(world, "ID-JT", period="2026-01", state="submitted")
    said = cells(post(world.api(world.evaluator), "figures", book(
        [*HEADS, "Provinsi", "Kegiatan"],
        row(a), row(a),
        row(b, "banyak", 1000, -1, "5,174"),
        row(b, 0.5174, 0.482, 0.3, 0.2),
        [*row(b)[:1], "Contoh Tidak Ada", *row(b)[2:]],
        [*row(b)[:1], other.unit.code, *row(b)[2:]],
        row(other, period="2026-01"),
        [*row(b, period="kapan")],
        [*row(b, period="2026-01"), "91"],
        [*row(b, period="2026-01"), "Jawa Tengah"],
        ["2025-12", "ID-BB", None, 1, 1, 1, 1, None, "Contoh C"],
        ["2025-12", "ID-BB", None, 1, 1, 1, 1, None, "Contoh Tidak Ada"],
        ["2025-12", None, None, 1, 1, 1, 1, None, "Contoh A"],
        ["2025-12", "ID-BB", "K-999999", 1, 1, 1, 1, None, None],
        ["2025-12", "ID-BB", f"K-{a.id}", 1, 1, 1, 1, "kep. bangka belitung", "Contoh B"],
        ["2025-12", "CONTOH-ID-BB", f"K-{a.id}", "#REF!", 1, 1, 1, "19", "contoh a"],
    )))  # fmt: skip
    assert said["C3"].startswith("Data yang sama ada pada baris 2 dan 3") and "Februari 2026" in said["C3"]
    assert "angka persen" in said["D4"] and "0 sampai 999" in said["E4"] and "0 sampai 999" in said["F4"]
    assert "dua angka" in said["G4"]
    assert said["D5"] == "0,52 tampak sebagai pecahan: tulis 52,00, atau «0,52%» bila memang 0,52 persen."
    assert "tidak dikenal" in said["B6"]
    assert (
        said["B7"]
        == "Kegiatan «Contoh B» milik PPK Kepulauan Bangka Belitung (baris 5), bukan PPK Jawa Tengah."
    )
    assert "sudah «Disampaikan»" in said["A8"] and "Jawa Tengah Januari 2026" in said["A8"]
    assert "Tulis periode" in said["A9"]
    assert "Papua menurut Kemendagri dan Papua Barat menurut BPS" in said["H10"]
    assert "Ini Jawa Tengah" in said["H11"]
    assert "terdaftar pada PPK Jawa Tengah" in said["I12"] and "tidak terdaftar" in said["I13"]
    assert "Wajib diisi bila kode" in said["B14"]
    assert "tidak terdaftar" in said["C15"]
    assert "bergeser" in said["I16"] and "galat Excel" in said["D17"]
    assert "H16" not in said and "H17" not in said, "the same province under its other names"
    assert figures() == 1, "nothing half imported"


def test_a_province_as_people_call_it(world: World) -> None:
    names = ProvinceNames(db.session.scalars(select(Province)))
    for said in ("Babel", "Prov. Kep. Babel", "kep. bangka belitung", "19", "BB", "Bangka-Belitung"):
        found, _ = names.find(said)
        assert found and found.iso == "ID-BB", said
    assert names.find("Riau")[0].iso == "ID-RI"  # type: ignore[union-attr]


def test_a_small_percent_may_be_meant(world: World) -> None:
    a, b = activity(world, "ID-BB", "Contoh A"), activity(world, "ID-BB", "Contoh B")
    made = Workbook()
    page = made.active
    page.title = "Isian"
    page.append(HEADS)
    page.append(row(a, 0.5174, 0.482, 0.45, 1.2))
    for cell in page[2][3:]:
        cell.number_format = numbers.FORMAT_PERCENTAGE_00
    page.append(row(b, "0,5%", "0,25 %", "0,1%", 0))
    api = world.api(world.ppk("ID-BB"))
    assert counts(post(api, "figures", saved(made))) == (2, 0, 0)
    report_ = kept(world, a.unit_id)
    assert report_
    values = [[str(getattr(f, m)) for m in Figure.MEASURES] for f in report_.figures]
    assert values == [["51.74", "48.20", "45.00", "120.00"], ["0.50", "0.25", "0.10", "0.00"]]
    wrong = cells(post(api, "figures", book(HEADS, row(a, 52, 0.49, 45, 120))))
    assert set(wrong) == {"E2"} and "49,00" in wrong["E2"], "one cell among percents, smaller than it was"


def test_merged_cells(world: World) -> None:
    a, b = activity(world, "ID-BB", "Contoh A"), activity(world, "ID-BB", "Contoh B")
    made = Workbook()
    page = made.active
    page.title = "Isian"
    page.append(["Laporan Februari"])
    page.merge_cells("A1:G1")
    page.append(HEADS)
    page.append(row(a))
    page.append([None, None, f"K-{b.id}", 50, 40, 30, 20])
    page.merge_cells("A3:A4")
    page.merge_cells("B3:B4")
    api = world.api(world.evaluator)
    assert counts(post(api, "figures", saved(made), dry_run=True)) == (2, 0, 0)
    page["E4"] = None
    page.merge_cells("E3:E4")
    assert cells(post(api, "figures", saved(made))) == {
        "E4": "Sel ini bagian dari sel gabungan E3:E4. Pisahkan, lalu isi tiap selnya."
    }
    assert figures() == 0


def test_sheets_that_are_wrong_or_hidden(world: World) -> None:
    a = activity(world, "ID-BB")
    api = world.api(world.evaluator)
    made = Workbook()
    made.active.title = "Rekap"
    made.active.append(["Jumlah", 7])
    page = made.create_sheet("Data Juni")
    for line in (HEADS, row(a)):
        page.append(line)
    said = post(api, "figures", saved(made)).json["errors"]["file"][0]
    assert "Di lembar «Rekap»" in said and "Data Juni" in said
    page.title = "Isian"
    secret = made.create_sheet("Rahasia")
    secret.append(["x"])
    secret.sheet_state = "hidden"
    page.append(row(a, period="2026-01"))
    page.row_dimensions[3].hidden = True
    answer = post(api, "figures", saved(made), dry_run=True)
    assert answer.json["notes"] == [
        "Lembar tersembunyi tidak dibaca: Rahasia.",
        "Baris tersembunyi ikut dibaca: 3.",
    ]
    page.sheet_state = "veryHidden"
    said = post(api, "figures", saved(made)).json["errors"]["file"][0]
    assert said.startswith("Lembar «Isian» tersembunyi")


def test_too_long_and_twice(world: World) -> None:
    a = activity(world, "ID-BB")
    api = world.api(world.evaluator)
    head, line = ";".join(HEADS), ";".join(map(str, row(a)))
    long = post(api, "figures", "\n".join([head] + [line] * 100_000).encode(), name="isian.csv")
    assert long.status_code == 422 and "20.000 baris" in long.json["errors"]["file"][0]
    twice = post(api, "figures", book([*HEADS, "Fisik realisasi (%)"], [*row(a), 99]))
    assert "Kolom ini ada dua: Fisik realisasi" in twice.json["errors"]["file"][0]


def test_a_ppk_brings_its_own_alone(world: World) -> None:
    a, other = activity(world, "ID-BB"), activity(world, "ID-JT", "Contoh C")
    api = world.api(world.ppk("ID-BB"))
    said = cells(post(api, "figures", book(HEADS, row(a), row(other))))
    assert said == {"B3": "Anda mengimpor laporan PPK Kepulauan Bangka Belitung saja."}
    assert counts(post(api, "figures", book(HEADS[:1] + HEADS[2:], row(a)[:1] + row(a)[2:]))) == (1, 0, 0)
    assert post(world.api(world.chair), "figures", book(HEADS, row(a))).status_code == 403
    auditor = world.person("auditor")
    assert post(world.api(auditor), "figures", book(HEADS, row(a))).status_code == 403


def test_unusual_figures_are_taken_and_pointed_at(world: World) -> None:
    a = activity(world, "ID-BB")
    report(world, "ID-BB", period="2026-01", state="submitted")
    api = world.api(world.ppk("ID-BB"))
    answer = post(api, "figures", book(HEADS, row(a, 60, 39, 40, 101)), dry_run=True)
    assert counts(answer) == (1, 0, 0) and answer.json["asked"] == 1
    with_word = book([*HEADS, "Penjelasan"], [*row(a, 60, 39, 40, 101), "Contoh: volume dihitung ulang"])
    assert post(api, "figures", with_word).json["asked"] == 0
    made = kept(world, a.unit_id)
    assert made and made.figures[0].explanation.startswith("Contoh")


def test_its_template_comes_filled(world: World) -> None:
    a, b = activity(world, "ID-BB", "Contoh A"), activity(world, "ID-BB", "=Contoh B")
    activity(world, "ID-JT", "Contoh C")
    report(world, "ID-BB", period="2026-01")
    ppk = world.api(world.ppk("ID-BB"))
    got = ppk.get("/imports/figures/template?period=2026-02")
    page = load_workbook(io.BytesIO(got.data))["Isian"]
    lines = [[c.value for c in line] for line in page.iter_rows(max_row=4)]
    assert lines[0][0] == "Periode *" and [line[3] for line in lines[1:3]] == [f"K-{b.id}", f"K-{a.id}"]
    assert lines[1][0] == "2026-02" and lines[3][0] is None, "its own activities alone"
    assert lines[2][7] == "Januari 2026: fisik 40,00%, keuangan 20,00%"
    empty = post(ppk, "figures", got.data)
    assert counts(empty) == (0, 0, 2) and kept(world, a.unit_id) is None, (
        "a template that nobody filled changes nothing"
    )
    made = load_workbook(io.BytesIO(got.data))
    for number in (2, 3):
        for at, value in enumerate(("51,74", 48.2, 45, 39.75), start=9):
            made["Isian"].cell(number, at, value)
    assert counts(post(ppk, "figures", saved(made))) == (2, 0, 0)
    again = load_workbook(io.BytesIO(ppk.get("/imports/figures/template?period=2026-02").data))["Isian"]
    assert [c.value for c in again[2]][8:12] == [51.74, 48.2, 45, 39.75]
    everything = load_workbook(io.BytesIO(world.api(world.evaluator).get("/imports/figures/template").data))[
        "Isian"
    ]
    assert sum(1 for line in everything.iter_rows(min_row=2, values_only=True) if line[3]) == 3
    assert ppk.get("/imports/figures/template?unit_id=999").status_code == 422
    assert ppk.get("/imports/figures/template?period=kapan").status_code == 422


def test_several_workbooks_in_one_go(world: World) -> None:
    a, other = activity(world, "ID-BB"), activity(world, "ID-JT", "Contoh C")
    page = world.sign_in(world.evaluator)
    files = [
        (book(HEADS, row(a)), "a.xlsx"),
        (book(HEADS, row(other, 50, 40, "banyak", 20)), "b.xlsx"),
        (b"\x89PNG\r\n\x00", "c.xlsx"),
        (book(HEADS, row(a, 60, 40, 30, 20)), "d.xlsx"),
        (book(HEADS, row(other)), "e.xlsx"),
    ]
    sent = {"file": [(io.BytesIO(data), name) for data, name in files]}
    answer = page.post("/impor/figures", data=sent, content_type="multipart/form-data")
    assert answer.status_code == 303 and "/impor/kelompok/" in answer.location
    shown = page.get(answer.location).text
    assert "2 berkas siap diterapkan, 3 perlu diperbaiki" in shown
    assert "bukan XLSX dan bukan CSV" in shown and "Sudah ada di berkas «a.xlsx»" in shown
    assert page.post(f"{answer.location}/terapkan").status_code == 303
    assert kept(world, a.unit_id) and kept(world, other.unit_id)
    assert [str(f.physical_plan) for f in kept(world, a.unit_id).figures] == ["50.00"]  # type: ignore[union-attr]
    done = page.get(answer.location).text
    assert "2 berkas sudah diterapkan, 3 perlu diperbaiki" in done
    assert world.sign_in(world.person("evaluator")).get(answer.location).status_code == 404
    assert world.sign_in(world.secretariat).get(answer.location).status_code == 200
    assert figures() == 2
