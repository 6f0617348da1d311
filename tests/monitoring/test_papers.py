"""Lembar Pimpinan and Laporan evaluasi: what they say, to whom, on how many pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from pypdf import PdfReader
from sqlalchemy import select

from randal.database.base import db
from randal.documents.model import Document
from randal.models.areas import IndexFormula
from randal.models.progress import Area
from randal.overviews.monitoring import leader, papers
from randal.rooms.areas import lists
from tests import items
from tests.monitoring import stories


def drawn(
    world: Any, drain: Callable[[], int], kind: str, person: Any, **given: str
) -> tuple[Document, bytes]:
    made = papers.order(kind, given, world.actor(person), now=world.now)
    db.session.commit()
    drain()
    row = db.session.get_one(Document, made.id)
    assert row.stage == "ready", row.error
    assert row.newest
    return row, row.newest.read()


def words(data: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(data)).pages).split())


def test_the_sheet_is_one_page_and_says_what_waits(world: Any, drain: Callable[[], int]) -> None:
    stories.country(world)
    kendala = items.kendala(world, text="Contoh lahan kawasan belum dibebaskan")
    world.fire(
        kendala, "escalate", world.evaluator, addressee="Contoh Direktorat", answer_by=world.now.date()
    )
    found = leader.sheet(world.actor(world.chair), world.now)
    assert [(i.kind, i.id) for i in found.wanted] == [("kendala", kendala.id)] and found.wanted_count == 1
    assert [i.head for i in found.better] == ["Jawa Tengah"]  # caught up; BB fell behind
    row, data = drawn(world, drain, "leader_sheet", world.chair)
    assert row.system["pages"] == "1"
    said = words(data)
    assert "Contoh lahan kawasan belum dibebaskan" in said and "Perlu arahan pimpinan (1)" in said
    page = world.sign_in(world.chair).get("/pemantauan/lembar").text
    assert f"/kendala/{kendala.id}" in page and "Contoh Kawasan ID-BB" in page


@pytest.mark.database("sqlite")
def test_the_sheet_is_not_for_a_ppk(world: Any) -> None:
    client = world.sign_in(world.ppk("ID-BB"))
    assert client.get("/pemantauan/lembar").status_code == 403
    assert client.post("/pemantauan/dokumen", data={"jenis": "leader_sheet"}).status_code == 403
    assert client.post("/pemantauan/dokumen", data={"jenis": "minutes"}).status_code == 404


@pytest.mark.database("sqlite")
def test_the_report_keeps_the_order_and_carries_its_charts(world: Any, drain: Callable[[], int]) -> None:
    stories.country(world)
    _, data = drawn(world, drain, "evaluation_report", world.chair)
    said = words(data)
    order = ["I. Dasar", "II. Maksud", "III. Kegiatan", "IV. Hasil", "V. Simpulan", "VI. Penutup"]
    places = [said.index(part) for part in order]
    assert places == sorted(places)
    assert (
        "Kurva S fisik" in said and "33,79%" in said and "Deviasi kritis: Kepulauan Bangka Belitung" in said
    )
    _, alone = drawn(world, drain, "evaluation_report", world.chair, provinsi="ID-JT")
    assert "Bangka" not in words(alone) and "Peta petak" not in words(alone)


@pytest.mark.database("sqlite")
def test_a_ppk_orders_its_own_and_nobody_else_of_the_field_reads_it(
    world: Any, drain: Callable[[], int]
) -> None:
    stories.country(world)
    row, data = drawn(world, drain, "evaluation_sheet", world.ppk("ID-BB"))
    sheet = openpyxl.load_workbook(BytesIO(data)).worksheets[0]
    assert [r[0].value for r in sheet.iter_rows(min_row=2)] == ["BB"]
    assert sheet["D2"].value == 32.5 and all(c.data_type != "f" for r in sheet.iter_rows() for c in r)
    assert world.sign_in(world.ppk("ID-JT")).get(f"/dokumen/{row.id}").status_code == 404
    assert world.sign_in(world.ppk("ID-BB")).get(f"/dokumen/{row.id}").status_code == 200


@pytest.mark.database("sqlite")
def test_the_report_of_a_meeting_counts_whom_it_invited_and_names_its_basis(
    world: Any, drain: Callable[[], int]
) -> None:
    stories.country(world)
    meeting = world.meeting("in_session", units=("ID-BB",), report_period="2026-02")
    meeting.letter_number, meeting.letter_dated_on = "UM 0201-Contoh/7", date(2026, 2, 20)
    db.session.commit()
    _, data = drawn(world, drain, "evaluation_report", world.chair, rapat=str(meeting.id))
    said = words(data)
    assert "Surat undangan nomor UM 0201-Contoh/7 tanggal 20 Februari 2026" in said and "Acara:" in said
    assert "Daftar hadir: 0 dari 1 PPK yang diundang hadir" in said
    assert "Contoh Kawasan ID-BB" in said and "Jawa Tengah" not in said and "ID-JT" not in said
    assert "bentrok 1" in said and "AM tertinggal 20,00 poin dari PLP" in said, "by number in the list below"
    assert said.count("usulan, bobot belum ditetapkan") == 2  # the table, the matrix
    answer = world.api(world.chair).post(
        "/evaluation-reports", json={"meeting_id": meeting.id, "format": "xlsx"}
    )
    drain()
    row = db.session.get_one(Document, answer.json["id"])
    book = openpyxl.load_workbook(BytesIO(row.newest.read()))
    assert book.sheetnames[1:] == [
        "Matriks",
        "Bentrok waktu",
        "Kurva S fisik",
        "Kurva S keuangan",
        "Keterangan",
    ]
    assert len(book["Kurva S fisik"]._charts) == 1 and book["Kurva S fisik"]["A2"].value == "Januari 2026"
    assert [r[1].value for r in book["Matriks"].iter_rows(min_row=2)] == ["Kepulauan Bangka Belitung"]
    assert book.worksheets[0].cell(1, 13).value == "Indeks (usulan, bobot belum ditetapkan)"
    assert any("UM 0201-Contoh/7" in str(c.value) for r in book["Keterangan"].iter_rows() for c in r)


@pytest.mark.database("sqlite")
def test_the_label_stands_beside_every_index_until_a_leader_adopted_it(world: Any) -> None:
    stories.country(world)
    client = world.sign_in(world.chair)
    label = "usulan, bobot belum ditetapkan"
    area = db.session.scalars(select(Area)).first()
    pages = ("/pemantauan?warna=indeks", "/pemantauan/lembar", "/pemantauan/kawasan", f"/kawasan/{area.id}")
    assert all(label in client.get(path).text for path in pages)
    row = db.session.scalars(select(IndexFormula)).one()
    lists.adopt(row, world.actor(world.chair), {}, world.now)
    db.session.commit()
    assert not any(label in client.get(path).text for path in pages)
