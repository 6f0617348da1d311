"""Ringkasan publik: drafted from the facts, without people; public only while published."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from randal.database.base import db
from randal.models.meetings import Meeting
from randal.models.summaries import Summary
from randal.overviews.summaries.personal import traces
from tests.world import World


@pytest.fixture
def meeting(world: World) -> Meeting:
    made = world.meeting(
        "in_session", units=("ID-BB", "ID-AC", "ID-PA"), purpose="Membahas keterpaduan kawasan"
    )
    rows = {row.unit.code[-5:]: row for row in made.invitees if row.unit}
    for iso in ("ID-BB", "ID-AC"):
        world.fire(rows[iso], "check_in", world.secretariat, name=f"Contoh Hadirin {iso}", post="PPK")
    api = world.api(world.minute_taker)
    said = {"text": "Data dikirim paling lambat akhir bulan", "speaker": "Contoh Pembicara Utama"}
    assert api.post(f"/meetings/{made.id}/decisions", json=said).status_code == 201
    world.fire(made, "close", world.chair, confirm=True)
    return made


def started(world: World, meeting: Meeting) -> Summary:
    client = world.sign_in(world.secretariat)
    assert client.post(f"/rapat/{meeting.id}/ringkasan-publik").status_code == 303
    return db.session.query(Summary).one()


def test_the_draft_tells_the_facts_and_names_nobody(world: World, meeting: Meeting) -> None:
    row = started(world, meeting)
    assert "Membahas keterpaduan kawasan." in row.text
    assert "dihadiri 2 dari 3 yang diundang" in row.text and "Kepulauan Bangka Belitung dan Aceh" in row.text
    assert "1. Data dikirim paling lambat akhir bulan." in row.text
    for name in ("Contoh Hadirin", "Contoh Pembicara", world.chair.name, world.minute_taker.name):
        assert name not in row.text
    assert started(world, meeting).id == row.id


def test_it_is_public_from_publishing_to_withdrawing(world: World, meeting: Meeting) -> None:
    row, client, visitor = started(world, meeting), world.sign_in(world.secretariat), world.client()
    address, at = f"/ringkasan/{row.slug}", f"/ringkasan-publik/{row.id}"
    assert visitor.get(address).status_code == 404
    assert client.post(f"{at}/terbitkan").status_code == 303
    page = visitor.get(address)
    assert page.status_code == 200 and "dihadiri 2 dari 3" in page.text
    assert client.post(f"{at}/tarik").status_code == 303
    gone = visitor.get(address)
    assert gone.status_code == 410 and "sudah ditarik" in gone.text
    assert client.post(f"{at}/tarik").status_code == 409
    assert "Ringkasan publik ditarik." in client.get(f"/rapat/{meeting.id}?bagian=riwayat").text


def test_personal_data_is_named_and_not_published_by_accident(world: World, meeting: Meeting) -> None:
    row, client = started(world, meeting), world.sign_in(world.secretariat)
    at = f"/ringkasan-publik/{row.id}"
    text = "Hubungi Contoh Hadirin ID-BB, 0812-3456-7890, nama@contoh.example, NIP 19700101 199503 1 001."
    saved = client.post(at, data={"title": row.title, "text": text, "version": row.version})
    assert saved.status_code == 303
    refused = client.post(f"{at}/terbitkan")
    assert refused.status_code == 422
    for words in ("Contoh Hadirin ID-BB", "0812-3456-7890", "nama@contoh.example", "19700101 199503 1 001"):
        assert words in refused.text
    assert world.client().get(f"/ringkasan/{row.slug}").status_code == 404
    assert client.post(f"{at}/terbitkan", data={"confirm": "true"}).status_code == 303


def test_who_writes_and_when(world: World, meeting: Meeting) -> None:
    running = world.meeting("in_session")
    desk = world.sign_in(world.secretariat)
    assert desk.post(f"/rapat/{running.id}/ringkasan-publik").status_code == 409
    assert world.sign_in(world.ppk("ID-BB")).post(f"/rapat/{meeting.id}/ringkasan-publik").status_code == 403
    row = started(world, meeting)
    stale = {"title": "Judul lama", "text": "Tulisan yang tidak boleh hilang", "version": row.version}
    assert desk.post(f"/ringkasan-publik/{row.id}", data=stale).status_code == 303
    again = desk.post(f"/ringkasan-publik/{row.id}", data=stale | {"text": "Tulisan kedua"})
    assert again.status_code == 409 and "Tulisan kedua" in again.text
    empty = desk.post(f"/ringkasan-publik/{row.id}", data={"title": "", "text": "Tetap di sini"})
    assert empty.status_code == 422 and "Tetap di sini" in empty.text


@pytest.mark.parametrize(
    "text",
    [
        "Anggaran Rp1.500.000.000 untuk 34 provinsi.",
        "Pada 25 Juni 2018 pukul 09.00 WIB.",
        "UM.0102/CONTOH/7",
        "2018-2022",
    ],
)
def test_figures_and_dates_are_nobody(text: str) -> None:
    assert traces(text, ["Budi"]) == []


@pytest.mark.database("sqlite")
def test_in_a_browser(world: World, meeting: Meeting, sign_in_browser: Any, axe: Any) -> None:
    for width in (1280, 390):
        page = sign_in_browser(world.secretariat, width=width)
        db.session.commit()
        page.goto(f"/rapat/{meeting.id}?bagian=dokumen")
        page.locator("#ringkasan-publik").locator("xpath=..").locator("button, a.btn").first.click()
        page.get_by_role("button", name="Simpan ringkasan").wait_for()
        axe(page)
        if folder := os.environ.get("RANDAL_SHOTS"):
            page.screenshot(path=str(Path(folder) / f"ringkasan-{width}.png"), full_page=True)
        if width == 1280:
            page.get_by_role("button", name="Terbitkan").click()
            page.get_by_text("Ringkasan terbit dan").first.wait_for()
        page.locator("a[href*='/ringkasan/']").first.click()
        page.get_by_text("dihadiri 2 dari 3").first.wait_for()
        axe(page)
        if folder:
            page.screenshot(path=str(Path(folder) / f"ringkasan-umum-{width}.png"), full_page=True)
