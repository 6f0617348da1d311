"""The room's screen in a browser: it follows the meeting by itself, counts down by itself, and says when the line is down."""

from __future__ import annotations

from datetime import timedelta

import pytest

from randal.database.base import db

pytestmark = [pytest.mark.database("sqlite")]


def test_it_follows_the_meeting(world, sign_in_browser, axe):
    meeting = world.meeting("in_session", agenda="Pembukaan (15)\nPaparan (30)", units=["ID-BB", "ID-AC"])
    meeting_id, first = meeting.id, meeting.agenda_items[0].id
    page = sign_in_browser(world.secretariat, width=1920, height=1080)
    page.set_default_timeout(30_000)
    page.goto(f"/rapat/{meeting_id}/proyektor")
    page.get_by_text("Segera dibahas").first.wait_for()
    axe(page)
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight + 1"), (
        "nothing scrolls on a wall"
    )
    taker = world.api(world.minute_taker)
    assert taker.post(f"/agenda/{first}/moves/start").status_code == 200
    db.session.commit()
    page.get_by_text("Sedang dibahas").first.wait_for()
    page.locator("[data-until]").get_by_text("Sisa 14 menit").first.wait_for()
    world.fire(meeting.attendance[1], "check_in", world.secretariat, name="Contoh", post="Contoh")
    page.locator(".screen-count b").get_by_text("1").first.wait_for()
    assert taker.post(f"/meetings/{meeting_id}/decisions", json={"text": "Contoh putusan"}).status_code == 201
    db.session.commit()
    page.locator(".screen-said").get_by_text("Contoh putusan").first.wait_for()
    page.get_by_role("button", name="Terang").click()
    axe(page)
    page.reload()
    page.get_by_role("button", name="Gelap").wait_for()
    assert page.evaluate("document.documentElement.dataset.look") == "light", "as it was left"
    page.context.set_offline(True)
    page.get_by_text("Menunggu sambungan…").first.wait_for()
    assert taker.post(f"/agenda/{meeting.agenda_items[1].id}/moves/start").status_code == 200
    db.session.commit()
    page.context.set_offline(False)
    page.locator(".screen-item").get_by_text("Paparan").first.wait_for()
    page.get_by_text("Menunggu sambungan…").first.wait_for(state="detached")


def test_it_counts_on_by_the_servers_clock(world, sign_in_browser):
    meeting = world.meeting("in_session", agenda="Pembukaan (15)")
    item = meeting.agenda_items[0].id
    assert world.api(world.chair).post(f"/agenda/{item}/moves/start").status_code == 200
    world.now += timedelta(minutes=14, seconds=50)
    page = sign_in_browser(world.chair, width=1280, height=720)
    page.set_default_timeout(30_000)
    page.goto(f"/rapat/{meeting.id}/proyektor")
    page.get_by_text("Sisa kurang dari 1 menit").first.wait_for()
    page.get_by_text("Waktunya habis").first.wait_for()
    assert "is-over" in page.locator("[data-until]").get_attribute("class")


@pytest.mark.parametrize("width", [390, 1280])
def test_everybody_reads_the_agendas_course(world, sign_in_browser, axe, width):
    meeting = world.meeting("in_session", agenda="Pembukaan (15)\nPaparan (30)", units=["ID-BB", "ID-AC"])
    item = meeting.agenda_items[0].id
    assert world.api(world.chair).post(f"/agenda/{item}/moves/start").status_code == 200
    page = sign_in_browser(world.ppk(), width=width)
    page.goto(f"/rapat/{meeting.id}?bagian=acara")
    assert not page.get_by_role("button", name="Selesai").count() and not page.locator("[data-mover]").count()
    page.get_by_role("link", name="Giliran PPK").click()
    page.get_by_role("heading", name="PPK Kepulauan Bangka Belitung").wait_for()
    axe(page)
