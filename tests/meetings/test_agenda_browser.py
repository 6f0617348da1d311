"""The agenda put in order in a browser: by mouse, by keyboard; who was slower is told."""

from __future__ import annotations

import pytest

from randal.database.base import db
from randal.models.meetings import Meeting

pytestmark = [pytest.mark.database("sqlite")]
FOUR = "Pembukaan (15)\nPaparan (30)\nDiskusi (60)\nPenutup (15)"


def opened(world, sign_in_browser, person, meeting_id, **more):
    page = sign_in_browser(person, **more)
    page.set_default_timeout(30_000)
    page.goto(f"/rapat/{meeting_id}?bagian=acara")
    return page


def titles(meeting_id):
    db.session.expire_all()
    found = [i.title for i in db.session.get(Meeting, meeting_id).agenda_items]
    db.session.commit()
    return found


def shown(page):
    return page.locator("[data-agenda] [data-item] .agenda-title > b").all_inner_texts()


def test_by_keyboard(world, sign_in_browser, axe):
    meeting_id = world.meeting("in_session", agenda=FOUR).id
    page = opened(world, sign_in_browser, world.minute_taker, meeting_id)
    axe(page)
    page.get_by_role("button", name="Turunkan Pembukaan").focus()
    page.keyboard.press("Enter")
    page.get_by_text("«Pembukaan» sekarang nomor 2 dari 4.").first.wait_for()
    assert page.locator("#sebut").get_attribute("aria-live") == "polite"
    assert shown(page) == ["Paparan", "Pembukaan", "Diskusi", "Penutup"]
    assert page.evaluate("document.activeElement.textContent + document.activeElement.innerHTML").count(
        "Turunkan Pembukaan"
    ), "the focus stays on the button"
    page.keyboard.press("Enter")
    page.get_by_text("«Pembukaan» sekarang nomor 3 dari 4.").first.wait_for()
    assert titles(meeting_id) == ["Paparan", "Diskusi", "Pembukaan", "Penutup"]


def test_by_mouse(world, sign_in_browser):
    meeting_id = world.meeting("scheduled", agenda=FOUR).id
    page = opened(world, sign_in_browser, world.secretariat, meeting_id, height=1600)
    grips = page.locator("[data-grip]")
    start, end = grips.nth(3).bounding_box(), grips.nth(0).bounding_box()
    page.mouse.move(start["x"] + 10, start["y"] + 10)
    page.mouse.down()
    for step in range(1, 21):
        page.mouse.move(start["x"] + 10, start["y"] + (end["y"] - 12 - start["y"]) * step / 20)
    page.wait_for_timeout(200)
    page.mouse.up()
    page.get_by_text("«Penutup» sekarang nomor 1 dari 4.").first.wait_for()
    assert shown(page)[0] == "Penutup" and titles(meeting_id)[0] == "Penutup"


def test_two_at_once_and_one_is_told(world, sign_in_browser):
    meeting_id = world.meeting("in_session", agenda=FOUR).id
    one, two = (
        opened(world, sign_in_browser, p, meeting_id) for p in (world.minute_taker, world.secretariat)
    )
    one.get_by_role("button", name="Turunkan Pembukaan").click()
    one.get_by_text("sekarang nomor 2 dari 4").first.wait_for()
    two.get_by_role("button", name="Naikkan Penutup").click()
    told = two.locator(".flash-place .note")
    told.wait_for()
    assert world.minute_taker.name in told.inner_text()
    assert shown(two) == ["Paparan", "Pembukaan", "Diskusi", "Penutup"], "what holds now is shown"
    two.get_by_role("button", name="Naikkan Penutup").click()
    two.get_by_text("«Penutup» sekarang nomor 3 dari 4.").first.wait_for()
    assert titles(meeting_id) == ["Paparan", "Pembukaan", "Penutup", "Diskusi"]


def test_an_item_is_taken_up_put_off_and_finished(world, sign_in_browser, axe):
    meeting_id = world.meeting("in_session", agenda=FOUR).id
    page = opened(world, sign_in_browser, world.chair, meeting_id, width=390)
    page.get_by_role("button", name="Mulai acara ini Pembukaan").click()
    page.locator("[data-item][aria-current=step]").wait_for()
    assert "Sedang dibahas: Pembukaan" in page.locator("#jalannya").inner_text()
    axe(page)
    page.get_by_role("button", name="Tunda Diskusi").click()
    page.get_by_role("dialog").get_by_label("Alasan").fill("Contoh: data belum lengkap")
    page.get_by_role("button", name="Tunda acara").click()
    page.get_by_text("Ditunda: Contoh: data belum lengkap").first.wait_for()
    page.get_by_role("button", name="Selesai Pembukaan").click()
    page.get_by_text("Berikutnya: Paparan").first.wait_for()
    db.session.expire_all()
    assert [i.outcome for i in db.session.get(Meeting, meeting_id).agenda_items] == [
        "discussed", None, "deferred", None]  # fmt: skip
