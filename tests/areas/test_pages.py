"""The pages of a kawasan on a phone and at a desk: filled by the PPK, accessible, nothing beside the screen."""

from __future__ import annotations

import os

import pytest
from sqlalchemy import select

from randal.database.base import db
from randal.models.areas import Check, Commitment
from tests.areas.test_areas import png
from tests.evaluation.stories import activity, report
from tests.world import World

SHOTS = os.environ.get("RANDAL_SHOTS", "")


def shot(page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("width", [390, 1280])
def test_a_ppk_fills_its_kawasan(world: World, sign_in_browser, axe, width) -> None:
    work = activity(
        world, "ID-BB", "Contoh jaringan perpipaan dengan nama yang panjang sekali", budget=4_250_000_000
    )
    sent = report(world, "ID-BB", period="2026-02", state="submitted")
    page = sign_in_browser(world.ppk("ID-BB"), width=width)
    said: list[str] = []
    page.on("console", lambda m: said.append(m.text) if m.type == "error" and "422" not in m.text else None)

    def look(name: str) -> None:
        page.wait_for_load_state()
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        axe(page)
        shot(page, f"{name}-{width}")
        assert not said, (name, said)

    page.goto("/kawasan")
    look("list")
    page.get_by_role("link", name="Contoh Kawasan ID-BB").click()
    look("empty")
    page.get_by_role("link", name="Isi Sesuai Perda RTRW").click()
    page.get_by_label("Ada", exact=True).check()
    page.get_by_label("Tanggal dokumen").fill("2026-01-15")
    look("check")
    page.get_by_role("button", name="Simpan").click()
    page.get_by_text("Disimpan.").first.wait_for()
    page.get_by_role("link", name="Catat komitmen").click()
    page.get_by_role("button", name="Simpan").click()
    page.get_by_text("Periksa isian berikut").first.wait_for()
    page.get_by_label("Bentuk komitmen").select_option("maintenance")
    page.get_by_label("Perangkat daerah").fill("Contoh Dinas PUPR Kabupaten Contoh")
    page.get_by_label("Jabatan penanggung jawab").fill("Contoh Kepala Dinas")
    page.get_by_label("Keadaan").select_option("written")
    page.get_by_label("Nilai (rupiah)").fill("250.000.000,00")
    look("commitment")
    page.get_by_role("button", name="Simpan").click()
    page.get_by_text("Disimpan.").first.wait_for()
    page.get_by_role("link", name="Belum terbangun").click()
    page.get_by_role("link", name="Catat «Terbangun»").click()
    page.get_by_label("Sejak tanggal").fill("2026-02-01")
    page.get_by_label("Jiwa terlayani").fill("1200")
    for name in ("Foto sebelum", "Foto sesudah"):
        page.get_by_label(name).set_input_files(
            {"name": "contoh.png", "mimeType": "image/png", "buffer": png()}
        )
    look("step")
    page.get_by_role("button", name="Simpan").click()
    page.get_by_text("Disimpan.").first.wait_for()
    look("benefit")
    page.goto(f"/laporan/{sent.id}")
    page.get_by_role("button", name="Masih sama").click()
    page.get_by_text("Dijawab", exact=True).wait_for()
    look("report")
    page.goto(f"/kawasan/{work.area_id}")
    page.get_by_role("link", name="Ubah Contoh jaringan").click()
    assert page.get_by_label("Pagu (rupiah)").count() == 0
    page.get_by_label("Tahap pengadaan").select_option("contracted")
    look("work")
    page.get_by_role("button", name="Simpan").click()
    page.get_by_text("Terkontrak").first.wait_for()
    look("area")
    page.goto("/indeks")
    look("formula")
    assert db.session.scalars(select(Check)).one().status == "there"
    assert db.session.scalars(select(Commitment)).one().amount == 250_000_000


@pytest.mark.database("sqlite")
def test_who_fills_and_who_only_reads(world: World) -> None:
    work = activity(world, "ID-BB")
    auditor, other, keeper = (
        world.sign_in(person) for person in (world.person("auditor"), world.ppk("ID-JT"), world.secretariat)
    )
    assert auditor.get(f"/kawasan/{work.area_id}").status_code == 200
    assert "Catat komitmen" not in auditor.get(f"/kawasan/{work.area_id}").text
    for path in (f"/kawasan/{work.area_id}", f"/kegiatan/{work.id}/manfaat", "/kawasan/berkas/1"):
        assert other.get(path).status_code == 404
    form = {"kind": "ddub", "office": "Contoh", "post": "Contoh", "status": "asked"}
    assert auditor.post(f"/kawasan/{work.area_id}/komitmen/baru", data=form).status_code == 403
    assert keeper.post(f"/kawasan/{work.area_id}/komitmen/baru", data=form).status_code == 303
    assert (
        keeper.post(f"/kegiatan/{work.id}/manfaat/working", data={"dated_on": "2026-01-01"}).status_code
        == 422
    )
    assert keeper.get(f"/kegiatan/{work.id}/manfaat/xx").status_code == 404
    assert keeper.post("/indeks/1/tetapkan").status_code == 403
    leader = world.sign_in(world.person("leader"))
    assert leader.post("/indeks/1/tetapkan").status_code == 303
    assert "Ditetapkan" in leader.get("/indeks").text
