"""The pages, without a browser: what they show to whom, what was typed is kept, pieces for htmx, papers on their way."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.follow_ups.conftest import PDF, Story, png
from tests.world import Client


def ppk_page(story: Story) -> Client:
    return story.world.sign_in(story.world.ppk("ID-BB"))


def send(page: Client, item: dict[str, Any], files: dict[str, tuple[str, bytes]], **given: Any) -> Any:
    sent = given | {name: (io.BytesIO(data), called) for name, (called, data) in files.items()}
    return page.post(f"/rtl/{item['id']}/bukti", data=sent, content_type="multipart/form-data")


def test_upload_and_hand_in_with_one_button(story: Story) -> None:
    item, page = story.assigned(), ppk_page(story)
    form = page.get(f"/rtl/{item['id']}").text
    version = re.search(r'name="version" value="(\d+)"', form)
    assert version
    answer = send(
        page, item, {"file": ("foto.png", png())}, note="Contoh selesai", then="submit", version=version[1]
    )
    assert answer.status_code == 303
    now = story.ppk.get(f"/follow-ups/{item['id']}").json
    assert (now["state"], len(now["evidence_ids"])) == ("submitted", 1)
    page_now = page.get(f"/rtl/{item['id']}").text
    assert "Contoh selesai" in page_now
    assert "Unggah dan ajukan" not in page_now


def test_upload_first_and_hand_in_later(story: Story) -> None:
    item, page = story.assigned(), ppk_page(story)
    assert send(page, item, {"file": ("surat.pdf", PDF)}, note="Contoh surat").status_code == 303
    assert send(page, item, {}, note="Contoh selesai", then="submit").status_code == 303
    assert story.ppk.get(f"/follow-ups/{item['id']}").json["state"] == "submitted"


@pytest.mark.parametrize(
    ("files", "given", "said"),
    [
        ({}, {}, "Pilih berkas, atau tulis tautan."),
        ({}, {"then": "submit"}, "Unggah bukti dukung dahulu."),
        ({"file": ("foto.png", PDF)}, {}, "Isi berkas bukan PNG"),
        ({"file": ("kosong.pdf", b"")}, {"then": "submit"}, "Berkas kosong"),
        ({}, {"link": "javascript:alert(1)"}, "Tulis alamat web yang lengkap"),
    ],
)
def test_what_was_typed_is_kept(
    story: Story, files: dict[str, tuple[str, bytes]], given: dict[str, str], said: str
) -> None:
    item, page = story.assigned(), ppk_page(story)
    answer = send(page, item, files, note="Contoh yang sudah ditulis panjang", **given)
    assert answer.status_code == 422
    assert said in answer.text
    assert "Contoh yang sudah ditulis panjang" in answer.text
    assert 'role="alert"' in answer.text
    now = story.ppk.get(f"/follow-ups/{item['id']}").json
    assert (now["state"], now["evidence_ids"]) == ("assigned", [])


def test_nothing_half_done_when_the_hand_in_is_refused(story: Story) -> None:
    item, page = story.assigned(), ppk_page(story)
    answer = send(page, item, {"file": ("foto.png", png())}, then="submit")
    assert answer.status_code == 422
    assert "pilih sekali lagi" not in story.ppk.get(f"/follow-ups/{item['id']}").text
    assert story.ppk.get(f"/follow-ups/{item['id']}").json["evidence_ids"] == []


def test_a_stale_page_and_a_foreign_hand(story: Story) -> None:
    item, page = story.assigned(), ppk_page(story)
    story.move(story.ppk, item, "note_progress", note="Contoh mulai")
    stale = send(page, item, {"file": ("foto.png", png())}, note="x", then="submit", version=item["version"])
    assert stale.status_code == 409
    assert "Sudah diubah oleh" in stale.text
    assert send(story.world.sign_in(story.world.ppk("ID-PA")), item, {}, note="x").status_code == 404
    assert send(story.world.sign_in(story.world.evaluator), item, {}, note="x").status_code == 403
    staff = story.world.sign_in(story.world.person("ppk_staff", story.unit))
    assert send(staff, item, {"file": ("foto.png", png())}, note="x", then="submit").status_code == 403
    assert story.ppk.get(f"/follow-ups/{item['id']}").json["evidence_ids"] == []


def test_a_returned_one_says_what_to_add(story: Story) -> None:
    item = story.submitted()
    piece = story.evaluator.get(f"/follow-ups/{item['id']}/evidence").json["items"][0]
    page = story.world.sign_in(story.world.evaluator)
    assert "Simpan penilaian" in page.get(f"/rtl/{item['id']}").text
    path = f"/rtl/{item['id']}/bukti/{piece['id']}/nilai"
    given = {"verdict": "insufficient", "note": "Contoh belum bertanda tangan", "version": piece["version"]}
    assert page.post(path, data=given | {"verdict": ""}).status_code == 422
    assert page.post(path, data=given).status_code == 303
    assert page.post(path, data=given).status_code == 409
    story.move(story.evaluator, item, "return", reason="contoh belum lengkap betul")
    mine = ppk_page(story)
    for place in ("/rtl", f"/rtl/{item['id']}"):
        assert "contoh belum lengkap betul" in mine.get(place).text
    text = mine.get(f"/rtl/{item['id']}").text
    assert "kurang, Contoh belum bertanda tangan" in text
    assert "sedikitnya satu bukti dukung baru" in text
    assert "Salin untuk WhatsApp" in text


def test_a_whatsapp_text_names_nobody(story: Story) -> None:
    item = story.assigned()
    story.world.now += timedelta(days=15)
    text = story.world.sign_in(story.world.evaluator).get("/rtl").text
    copied = re.findall(r'data-copy="([^"]*)"', text)
    assert copied
    assert "terlambat 5 hari" in copied[0]
    assert f"/rtl/{item['id']}" in copied[0]
    assert copied[0].startswith(f"{item['code']} "), "the code by which it is spoken of"
    assert "Contoh PPK" not in copied[0]
    assert "@" not in copied[0]


def test_the_desk_of_each(story: Story) -> None:
    world = story.world
    story.submitted(text="Contoh menunggu pemeriksaan")
    story.draft(text="Contoh masih draf")
    world.now += timedelta(days=3)
    evaluator = world.sign_in(world.evaluator).get("/rtl").text
    assert "Menunggu verifikasi" in evaluator
    assert "sejak 3 hari lalu" in evaluator
    assert "Contoh masih draf" in world.sign_in(world.secretariat).get("/rtl").text
    mine = ppk_page(story).get("/rtl").text
    assert "Tindak lanjut saya" in mine
    assert "Contoh masih draf" not in mine
    foreign = world.sign_in(world.ppk("ID-PA")).get("/rtl").text
    assert "Contoh menunggu pemeriksaan" not in foreign
    assert world.client().get("/rtl").status_code in (302, 303)


def test_an_extension_asked_for_and_decided_on_pages(story: Story) -> None:
    item, page = story.assigned(), ppk_page(story)
    path = f"/rtl/{item['id']}/perpanjangan"
    later = (story.today() + timedelta(days=30)).isoformat()
    wrong = page.post(path, data={"new_due_on": later, "reason": "singkat"})
    assert wrong.status_code == 422
    assert later in wrong.text
    assert (
        page.post(path, data={"new_due_on": later, "reason": "contoh menunggu jadwal ukur"}).status_code
        == 303
    )
    asked = story.ppk.get(f"/follow-ups/{item['id']}/extensions").json["items"][0]
    evaluator = story.world.sign_in(story.world.evaluator)
    assert "Permintaan perpanjangan tenggat" in evaluator.get("/rtl").text
    move = f"/rtl/perpanjangan/{asked['id']}/langkah/grant"
    given = {"version": asked["version"], "new_due_on": "", "next": f"/rtl/{item['id']}"}
    assert evaluator.post(move, data=given).location == f"/rtl/{item['id']}"
    assert story.ppk.get(f"/follow-ups/{item['id']}").json["due_on"] == later


def test_made_from_the_live_minutes(story: Story) -> None:
    page = story.world.sign_in(story.world.minute_taker)
    live = {"HX-Request": "true"}
    given = story.given(unit_id="semua")
    made = page.post("/rtl", data=given, headers=live)
    assert made.status_code == 201, made.text
    assert len(re.findall(r"<li\b", made.text)) == 2
    assert "<html" not in made.text
    assert len(re.findall(r"<li\b", page.post("/rtl", data=story.given(), headers=live).text)) == 1
    wrong = page.post("/rtl", data=story.given(due_on="2020-01-01", text=""), headers=live)
    assert wrong.status_code == 422
    assert "<html" not in wrong.text
    assert "Yang harus dikerjakan: Wajib diisi." in wrong.text
    assert "Tenggat:" not in wrong.text or "lewat" in wrong.text
    assert page.post("/rtl", data=story.given(meeting_id=999_999), headers=live).status_code == 404
    assert ppk_page(story).post("/rtl", data=story.given(), headers=live).status_code == 403


def test_made_and_changed_on_pages_of_their_own(story: Story) -> None:
    page = story.world.sign_in(story.world.secretariat)
    assert "Semua PPK (2)" in page.get(f"/rtl/baru?meeting_id={story.meeting.id}").text
    wrong = page.post("/rtl", data=story.given(text="Contoh <b>ditulis</b>", expected_output=""))
    assert wrong.status_code == 422
    assert "Contoh &lt;b&gt;ditulis&lt;/b&gt;" in wrong.text
    assert page.post("/rtl", data=story.given()).status_code == 303
    item = story.secretariat.get("/follow-ups").json["items"][0]
    path = f"/rtl/{item['id']}/ubah"
    assert page.get(path).status_code == 200
    given = story.given(text="Contoh diubah", version=item["version"])
    assert page.post(path, data=given | {"due_on": "2020-01-01"}).status_code == 422
    assert page.post(path, data=given).status_code == 303
    assert page.post(path, data=given).status_code == 409
    assert story.secretariat.get(f"/follow-ups/{item['id']}").json["text"] == "Contoh diubah"
    assert ppk_page(story).get(path).status_code == 403
    assert ppk_page(story).get(f"/rtl/baru?meeting_id={story.meeting.id}").status_code == 403


def test_all_drafts_of_a_meeting_are_assigned_at_once_or_none(story: Story) -> None:
    story.draft(priority=None)
    past = story.draft(due_on=(story.today() + timedelta(days=1)).isoformat())
    page = story.world.sign_in(story.world.chair)
    given = {"meeting_id": story.meeting.id, "priority": "medium"}
    assert ppk_page(story).post("/rtl/tugaskan", data=given).status_code == 403
    story.world.now += timedelta(days=3)
    assert page.post("/rtl/tugaskan", data=given).status_code == 303
    assert {f["state"] for f in story.chair.get("/follow-ups").json["items"]} == {"draft"}
    story.move(story.chair, past, "cancel", reason="contoh sudah lewat")
    assert page.post("/rtl/tugaskan", data=given).status_code == 303
    states = {f["id"]: (f["state"], f["priority"]) for f in story.chair.get("/follow-ups").json["items"]}
    assert ("assigned", "medium") in states.values()


def test_the_tracker_page_and_its_papers(story: Story, drain: Callable[[], int]) -> None:
    story.assigned(text="Contoh lahan")
    story.assigned(text="Contoh jalan")
    page = story.world.sign_in(story.world.evaluator)
    found = page.get("/pelacak?q=lahan&state=assigned").text
    assert "Contoh lahan" in found
    assert "Contoh jalan" not in found
    wrong = page.get("/pelacak?as_of=kemarin")
    assert wrong.status_code == 422
    assert "Tulis tanggal yang benar" in wrong.text
    live = page.post("/pelacak", data={"sebagai": "pdf", "q": "lahan"}, headers={"HX-Request": "true"})
    assert live.status_code == 201
    assert "Menunggu giliran" in live.text
    assert 'hx-trigger="every 2s"' in live.text
    plain = page.post("/pelacak", data={"sebagai": "xlsx", "q": "lahan"})
    assert plain.status_code == 303
    drain()
    assert "Unduh" in page.get(plain.location).text


def test_pages_of_the_tracker_follow_each_other(story: Story) -> None:
    for n in range(53):
        story.draft(text=f"Contoh ke-{n:02}", due_on=(story.today() + timedelta(days=n % 4 + 1)).isoformat())
    page = story.world.sign_in(story.world.evaluator)
    first = page.get("/pelacak").text
    later = re.search(r'href="([^"]+setelah=[^"]+)"', first)
    assert later
    second = page.get(later[1].replace("&amp;", "&")).text
    shown = [set(re.findall(r"Contoh ke-\d\d", text)) for text in (first, second)]
    assert (len(shown[0]), len(shown[1])) == (50, 3)
    assert not shown[0] & shown[1]
