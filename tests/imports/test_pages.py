"""/impor: what is applied is what was seen, all of it or nothing; who else reads it; how it looks."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from randal.database.base import db
from randal.models.imports import Import
from randal.org.people import Person
from randal.org.places import Unit
from randal.schedule import scheduler
from tests.imports.books import PEOPLE, UNITS, book, upload
from tests.world import World

ROWS = [["C-1", "Contoh Satu", "ID-BB"], ["C-2", "Contoh Dua", None]]


def units() -> int:
    return db.session.scalar(select(func.count()).select_from(Unit).where(Unit.code.startswith("C-"))) or 0


def test_preview_then_apply(world: World) -> None:
    page = world.sign_in(world.secretariat)
    assert page.get("/impor").status_code == 200 and page.get("/impor/units").status_code == 200
    answer = upload(page, "units", book(UNITS, *ROWS))
    assert answer.status_code == 303 and units() == 0
    url = answer.headers["Location"]
    seen = page.get(url).text
    assert "Contoh Satu" in seen and "2 baru, 0 berubah, 0 sama" in seen
    assert page.post(f"{url}/terapkan").status_code == 303 and units() == 2
    row = db.session.scalars(select(Import)).one()
    assert row.written_at and row.file is None and row.found is None
    assert "2 baru" in page.get(url).text
    assert page.post(f"{url}/terapkan").status_code == 409 and units() == 2


def test_wrong_cells_are_marked_and_nothing_is_written(world: World) -> None:
    page = world.sign_in(world.secretariat)
    url = upload(page, "units", book(UNITS, *ROWS, ["C-3", "<b>Contoh</b>", "ID-XX"])).headers["Location"]
    seen = page.get(url).text
    assert (
        "1 sel harus diperbaiki" in seen
        and "Provinsi ini tidak dikenal" in seen
        and "&lt;b&gt;Contoh" in seen
    )
    assert "Contoh Satu" not in seen and "Contoh Satu" in page.get(f"{url}?hanya=").text
    assert "Terapkan" not in seen
    assert page.post(f"{url}/terapkan").status_code == 422 and units() == 0


def test_what_changed_meanwhile_is_said(world: World) -> None:
    page, other = world.sign_in(world.secretariat), world.api(world.secretariat)
    url = upload(page, "units", book(UNITS, *ROWS)).headers["Location"]
    assert (
        other.post("/units", json={"code": "C-1", "name": "Contoh Satu", "province": "ID-BB"}).status_code
        == 201
    )
    answer = page.post(f"{url}/terapkan")
    assert (
        answer.status_code == 409
        and "berubah sejak pratinjau" in answer.text
        and "1 baru, 0 berubah, 1 sama" in answer.text
    )
    assert units() == 1
    assert page.post(f"{url}/terapkan").status_code == 303 and units() == 2


def test_changes_are_shown_before(world: World) -> None:
    page, person = world.sign_in(world.secretariat), world.person("ppk", "ID-BB", name="Contoh Lama")
    person.phone = "0811 rahasia"
    rows = [[person.email, "Contoh Baru", "PPK", "ID-BB", None, "0812"]]
    seen = page.get(upload(page, "people", book(PEOPLE, *rows)).headers["Location"]).text
    assert "tadinya Contoh Lama" in seen and "diubah" in seen
    assert "0811 rahasia" not in seen, "what is kept of a phone number is not shown beside the new one"


def test_a_big_file_tells_how_far_it_is(world: World) -> None:
    page = world.sign_in(world.secretariat)
    many = [[f"C-{n}", f"Contoh {n}", None] for n in range(1200)]
    answer = page.post(
        "/impor/units",
        data={"file": (io.BytesIO(book(UNITS, *many)), "besar.xlsx")},
        content_type="multipart/form-data",
        headers={"Accept": "application/x-ndjson"},
        buffered=True,
    )
    steps = [json.loads(line) for line in answer.text.splitlines()]
    assert [s["rows"] for s in steps[:-1]] == [500, 1000, 1200]
    url = steps[-1]["url"]
    assert "Halaman 1 dari 24" in page.get(url).text and "Contoh 1199" in page.get(f"{url}?hal=24").text
    assert page.get(f"{url}?hal=999&hanya=apa").status_code == 200
    answer = page.post("/impor/units", data={}, headers={"Accept": "application/x-ndjson"})
    assert json.loads(answer.text)["errors"]["file"] and page.post("/impor/units").status_code == 422


def test_what_nobody_applied_is_forgotten_within_a_day(world: World) -> None:
    page = world.sign_in(world.secretariat)
    first = upload(page, "units", book(UNITS, *ROWS)).headers["Location"]
    assert page.post(f"{first}/buang").status_code == 303
    assert "sudah dibuang" in page.get(first).text
    url = upload(page, "units", book(UNITS, *ROWS)).headers["Location"]
    world.now += timedelta(days=2)
    scheduler.run_due(world.now)
    db.session.expire_all()
    assert all(row.file is None and row.found is None for row in db.session.scalars(select(Import)))
    assert "sudah dibuang" in page.get(url).text
    assert page.post(f"{url}/terapkan").status_code == 409 and units() == 0


def test_the_list_of_a_meeting(world: World) -> None:
    page, meeting = world.sign_in(world.secretariat), world.meeting("draft", units=())
    world.unit("ID-PA")
    data = book(["Satuan kerja"], ["ID-PA"])
    assert "Pilih rapatnya" in upload(page, "invitees", data).text
    url = upload(page, "invitees", data, meeting_id=str(meeting.id)).headers["Location"]
    assert meeting.title in page.get(url).text
    assert page.post(f"{url}/terapkan").status_code == 303
    db.session.expire_all()
    assert [row.unit.province.iso for row in meeting.attendance] == ["ID-PA"]


def test_only_the_office_reads_them(world: World) -> None:
    url = upload(
        world.sign_in(world.secretariat),
        "people",
        book(PEOPLE, ["a@contoh.example", "Contoh", "Tanpa peran"]),
    ).headers["Location"]
    for person in (world.ppk(), world.evaluator, world.chair):
        page = world.sign_in(person)
        assert page.get(url).status_code == 404 and page.post(f"{url}/terapkan").status_code == 404
    assert db.session.scalar(select(Person).where(Person.email == "a@contoh.example")) is None


@pytest.mark.database("sqlite")
def test_seen_in_a_browser(world: World, sign_in_browser, axe) -> None:
    rows = [[f"C-{n}", f"Contoh Satker {n}", "ID-BB" if n % 2 else "ID-XX"] for n in range(60)]
    file = {"name": "satker.xlsx", "mimeType": "application/octet-stream", "buffer": book(UNITS, *rows)}
    for width in (390, 1280):
        page = sign_in_browser(world.secretariat, width=width)
        page.goto("/impor")
        axe(page)
        page.get_by_role("link", name="Impor Satuan kerja").click()
        axe(page)
        page.set_input_files("input[type=file]", file)
        page.get_by_role("button", name="Periksa berkas").click()
        page.get_by_role("heading", name="30 sel harus diperbaiki").wait_for()
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
