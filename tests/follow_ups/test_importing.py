"""Today's list from Excel: its own headers are asked about once, every wrong cell is named, duplicates are shown, and
all of it becomes drafts by the ordinary command, or nothing does."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from randal.database.base import db
from randal.models.follow_ups import FollowUp
from randal.models.imports import ColumnMapping, Import
from tests.follow_ups.conftest import Story
from tests.imports.books import book, upload
from tests.world import World

HEADS = ["No", "PPK", "Tindak lanjut", "Keluaran", "Tenggat", "Status"]
OWN = [
    "No.",
    "Wilayah Kerja",
    "Uraian Kegiatan yang Disepakati",
    "Hasil/Output",
    "Selesai Paling Lambat",
    "Ket.",
]
DAY = date(2026, 9, 30)


def count() -> int:
    return db.session.scalar(select(func.count(FollowUp.id))) or 0


def brought(api: Any, story: Story, *rows: Any, dry_run: bool = True, status: int = 200) -> dict[str, Any]:
    import io

    sent = {"file": (io.BytesIO(book(HEADS, *rows)), "daftar.xlsx"), "meeting_id": story.meeting.id}
    sent |= {"dry_run": "true"} if dry_run else {}
    answer = api.post("/imports/follow_ups", data=sent, content_type="multipart/form-data")
    assert answer.status_code == status, answer.json
    return answer.json


def test_drafts_by_the_ordinary_command(story: Story) -> None:
    api = story.evaluator
    rows = [
        [1, "Kepulauan Bangka Belitung", "Contoh bebaskan lahan", "Contoh berita acara", DAY, "Belum"],
        [2, "PPK Papua", "Contoh serah terima aset", "Contoh naskah", "01/02/2026", "Proses"],
        [3, "ID-BB", "Contoh yang sudah beres", "Contoh laporan", DAY, "Selesai"],
    ]
    said = brought(api, story, *rows)
    assert (said["created"], said["unchanged"], said["asked"], count()) == (2, 1, 2, 0)
    brought(api, story, *rows, dry_run=False)
    made = api.get(f"/follow-ups?meeting_id={story.meeting.id}").json["items"]
    assert [(f["state"], f["due_on"]) for f in made] == [("draft", "2026-09-30"), ("draft", "2026-02-01")]
    late = next(f for f in made if f["due_on"] == "2026-02-01")  # what was promised before keeps its date
    assert "dari impor" in story.world.sign_in(story.world.evaluator).get(f"/rtl/{late['id']}").text
    again = brought(api, story, *rows, dry_run=False)
    assert (again["created"], again["unchanged"], count()) == (0, 3, 2)


def test_every_wrong_cell_is_named_and_nothing_is_written(story: Story) -> None:
    story.world.unit("ID-KR")
    said = brought(
        story.evaluator, story,
        [1, "Atlantis", "Contoh", "Contoh", DAY, ""],
        [2, "ID-KR", "Contoh", "Contoh", DAY, ""],
        [3, "ID-BB", "Contoh satu", "", "besok", ""],
        [4, "ID-BB", "Contoh dua", "Contoh", DAY, ""],
        [5, "ID-BB", "Contoh  DUA", "Contoh", DAY, ""],
        dry_run=False, status=422,
    )  # fmt: skip
    why = {error["cell"]: error["message"] for error in said["errors"]}
    assert set(why) == {"B2", "B3", "D4", "E4", "B6"} and count() == 0
    assert "tidak dikenal" in why["B2"] and "tidak diundang" in why["B3"] and "baris 5 dan 6" in why["B6"]


def test_what_is_alike_is_shown(story: Story) -> None:
    item = story.assigned(text="Contoh menyelesaikan pembebasan lahan tahap dua")
    page = story.world.sign_in(story.world.secretariat)
    row = [1, "ID-BB", "Contoh: selesaikan pembebasan lahan tahap dua", "Contoh", DAY, ""]
    other = [2, "ID-PA", "Contoh menyelesaikan pembebasan lahan tahap dua", "Contoh", DAY, ""]
    url = upload(page, "follow_ups", book(HEADS, row, other), meeting_id=story.meeting.id).headers["Location"]
    seen = page.get(url).text
    assert (
        f"Mirip {item['code']} di rapat ini" in seen and seen.count("Mirip") == 1
    )  # another unit's is another


def test_columns_are_asked_about_once(story: Story) -> None:
    page = story.world.sign_in(story.world.secretariat)
    row = [1, "ID-BB", "Contoh bebaskan lahan", "Contoh berita acara", DAY, "Belum"]
    data = book(["DAFTAR TINDAK LANJUT RAKOR"], [], OWN, row)
    url = upload(page, "follow_ups", data, meeting_id=story.meeting.id).headers["Location"]
    assert url.endswith("/kolom")
    asked = page.get(url).text
    assert "Wilayah Kerja" in asked and "Isinya: ID-BB" in asked
    wrong = page.post(url, data={"kolom-1": "text", "kolom-2": "text"})
    assert wrong.status_code == 422 and "Sudah dipakai kolom" in wrong.text
    assert "Belum ada kolom untuk: PPK, Keluaran, Tenggat." in wrong.text
    given = {"kolom-1": "unit", "kolom-2": "text", "kolom-3": "expected_output", "kolom-4": "due_on"}
    answer = page.post(url, data=given)
    assert answer.status_code == 303 and "1 baru, 0 berubah" in page.get(answer.headers["Location"]).text
    assert page.post(f"{answer.headers['Location']}/terapkan").status_code == 303 and count() == 1
    row[2] = "Contoh lain bulan berikutnya"
    later = book(OWN, row)
    url = upload(page, "follow_ups", later, meeting_id=story.meeting.id).headers["Location"]
    assert "menurut arti yang diingat" in page.get(url).text
    assert db.session.scalar(select(func.count(ColumnMapping.id))) == 1
    assert page.get(f"{url}/kolom").status_code == 200  # and may be changed
    stranger = story.world.sign_in(story.world.evaluator)  # another's upload is not his to read
    assert stranger.get(f"{url}/kolom").status_code == 404


@pytest.mark.database("sqlite")
def test_nobody_else_brings_a_list(story: Story) -> None:
    assert story.ppk.get("/imports/follow_ups/template").status_code == 403
    assert story.evaluator.get("/imports/follow_ups/template").data[:2] == b"PK"
    draft = story.world.meeting("draft", units=("ID-BB",))
    story.meeting = draft
    brought(story.evaluator, story, [1, "ID-BB", "Contoh", "Contoh", DAY, ""], status=409)


@pytest.mark.database("sqlite")
def test_a_list_in_a_browser(world: World, sign_in_browser: Any, axe: Any) -> None:
    """Upload → what the columns mean → preview with a wrong cell, on a phone and on a desk; then the right one is applied."""
    story = Story(world)
    story.assigned(text="Contoh menyelesaikan pembebasan lahan tahap dua")
    meeting, secretary = str(story.meeting.id), world.secretariat
    alike = [1, "ID-BB", "Contoh selesaikan pembebasan lahan tahap dua", "Contoh berita acara", DAY, "Belum"]
    fine = [2, "Papua", "Contoh serah terima aset", "Contoh naskah", DAY, "Proses"]
    bad = [3, "Atlantis", "Contoh apa saja", "Contoh", "besok", ""]
    for width in (390, 1280):
        page = sign_in_browser(secretary, width=width)
        for rows in ([alike, fine, bad], [alike, fine]):
            page.goto("/impor")
            page.get_by_role("link", name="Impor Daftar tindak lanjut").click()
            axe(page)
            page.select_option("#meeting_id", meeting)
            file = {"name": "daftar.xlsx", "mimeType": "application/octet-stream"}
            page.set_input_files("input[type=file]", file | {"buffer": book(OWN, *rows)})
            page.get_by_role("button", name="Periksa berkas").click()
            if width == 390 and bad in rows:  # asked once
                page.wait_for_url("**/kolom")
                axe(page)
                for place, key in enumerate(("", "unit", "text", "expected_output", "due_on", "status")):
                    page.select_option(f"#kolom-{place}", key)
                page.get_by_role("button", name="Lihat pratinjau").click()
            said = (
                "1 sel harus diperbaiki"
                if bad in rows
                else "2 baru"
                if width == 390
                else "Tidak ada yang berubah"
            )
            page.get_by_role("heading", name=said).wait_for()
            if bad not in rows:
                axe(page)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        if width == 390:
            page.get_by_role("button", name="Terapkan").click()
            page.get_by_text("2 baru, 0 berubah, 0 sama").first.wait_for()
    db.session.expire_all()
    assert count() == 3 and db.session.scalar(select(func.count(Import.id))) == 4
