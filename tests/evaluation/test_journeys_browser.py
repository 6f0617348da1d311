"""A PPK reports by phone, from what it said last; an evaluator imports thirty-four workbooks, some of them broken."""

from __future__ import annotations

import os
from typing import Any

import pytest
from sqlalchemy import func, select

from randal.database.base import db
from randal.models.progress import Figure, ProgressReport
from randal.org.places import Province
from tests.evaluation.stories import activity, report
from tests.imports.books import book, repacked
from tests.imports.test_figures import HEADS, row
from tests.world import World

SHOTS = os.environ.get("RANDAL_SHOTS", "")  # a folder: pictures of the pages are left there to be looked at


def picture(page: Any, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


@pytest.mark.database("sqlite")
def test_a_ppk_reports_by_phone(world: World, sign_in_browser: Any, axe: Any) -> None:
    activity(world, "ID-BB", "Contoh SPAM IKK")
    report(world, "ID-BB", period="2026-01", state="submitted")  # 50, 40, 30, 20
    world.meeting("scheduled", report_period="2026-02")
    page = sign_in_browser(world.ppk("ID-BB"), width=390)
    page.goto("/laporan")
    axe(page)
    page.get_by_role("link", name="Isi laporan").click()
    page.get_by_text("Isian di bawah disalin dari Januari 2026").first.wait_for()
    assert page.get_by_label("Fisik realisasi").input_value() == "40,00"
    page.get_by_label("Posisi per tanggal").fill("2026-02-27")
    page.get_by_label("Fisik realisasi").fill("38,5")
    page.get_by_label("Hal kritis").fill("Contoh: pipa belum datang")
    picture(page, "isi-390")
    page.get_by_role("button", name="Simpan dan sampaikan").click()
    page.get_by_text("Angkanya tetap diterima; tulis mengapa.").first.wait_for()
    axe(page)
    picture(page, "minta-alasan-390")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_label("Penjelasan angka").fill("Contoh: volume dihitung ulang bersama konsultan")
    page.get_by_role("button", name="Simpan dan sampaikan").click()
    page.get_by_text("Laporan disampaikan.").first.wait_for()
    page.get_by_text("Penjelasan: Contoh: volume dihitung ulang").first.wait_for()
    axe(page)
    picture(page, "laporan-390")
    made = db.session.scalars(select(ProgressReport).where(ProgressReport.period == "2026-02")).one()
    assert (made.state, str(made.figures[0].physical_actual), made.source) == ("submitted", "38.50", "emon")


@pytest.mark.database("sqlite")
def test_an_evaluator_imports_34_workbooks_some_broken(world: World, sign_in_browser: Any, axe: Any) -> None:
    isos = db.session.scalars(select(Province.iso).order_by(Province.iso).limit(34)).all()
    rows = {iso: row(activity(world, iso, f"Contoh kegiatan {iso}")) for iso in isos}
    books = {iso: book(HEADS, rows[iso]) for iso in isos}
    first, second, third, fourth = isos[:4]
    books[first] = repacked(books[first], **{"xl/vbaProject.bin": b"x"})
    books[second] = book(HEADS, [*rows[second][:3], 0.51, 0.4, 0.3, 0.2])
    books[third] = book(["Rekapitulasi"], ["tanpa kolom"])
    books[fourth] = book(HEADS, rows[isos[5]])
    files = [
        {"name": f"{iso}.xlsx", "mimeType": "application/octet-stream", "buffer": data}
        for iso, data in books.items()
    ]
    page = sign_in_browser(world.evaluator, width=1280)
    page.goto("/laporan")
    page.get_by_role("link", name="Impor angka").click()
    axe(page)
    picture(page, "impor-1280")
    page.set_input_files("input[type=file]", files)
    page.get_by_role("button", name="Periksa berkas").click()
    page.get_by_role("heading", name="30 berkas siap diterapkan, 4 perlu diperbaiki").wait_for(timeout=60_000)
    for said in (
        "Berkas ini memuat makro",
        "tampak sebagai pecahan",
        "Judul kolom tidak ditemukan",
        "Sudah ada di berkas",
    ):
        assert page.get_by_text(said).count(), said
    axe(page)
    picture(page, "34-berkas-1280")
    page.set_viewport_size({"width": 390, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    axe(page)
    picture(page, "34-berkas-390")
    page.get_by_role("button", name="Terapkan 30 berkas").click()
    page.get_by_role("heading", name="30 berkas sudah diterapkan, 4 perlu diperbaiki").wait_for(
        timeout=60_000
    )
    db.session.expire_all()
    assert db.session.scalar(select(func.count()).select_from(Figure)) == 30, "nothing of the broken ones"
    page.get_by_role("link", name=f"{second}.xlsx").click()
    page.get_by_role("heading", name="4 sel harus diperbaiki").wait_for()
    axe(page)
    picture(page, "salah-390")
    page.set_viewport_size({"width": 1280, "height": 900})
    picture(page, "salah-1280")
