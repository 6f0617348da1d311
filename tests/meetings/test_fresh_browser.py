"""Open pages renew themselves: what others do appears, and what one types, reads or has scrolled to stays."""

from __future__ import annotations

import pytest

from randal.database.base import db

pytestmark = [pytest.mark.database("sqlite")]
UNITS = ["ID-BB", "ID-AC", "ID-BA", "ID-BT", "ID-GO", "ID-JA", "ID-JB", "ID-JI", "ID-KB", "ID-LA"]


@pytest.fixture
def opened(sign_in_browser):
    def visit(person, path, **more):
        page = sign_in_browser(person, **more)
        page.set_default_timeout(30_000)
        page.goto(path)
        return page

    return visit


def come(world, meeting, number):
    row = meeting.attendance[number]
    world.fire(row, "check_in", world.secretariat, name="Contoh Hadir", post="Contoh jabatan")
    return row.id


def test_the_list_fills_while_a_guest_is_being_typed(world, opened):
    meeting = world.meeting("in_session", units=UNITS)
    row_id = meeting.attendance[4].id
    page = opened(world.secretariat, f"/rapat/{meeting.id}?bagian=kehadiran")
    asked = []
    page.on("response", lambda r: asked.append(r.status) if "x-fresh" in r.request.headers else None)
    page.get_by_text("Catat tamu").click()
    page.get_by_label("Nama lengkap").type("Contoh Tam")
    page.evaluate("scrollTo(0, 400)")
    there = page.evaluate("scrollY")
    with page.expect_response(lambda r: "x-fresh" in r.request.headers and r.status == 304):
        pass  # nothing happened: next to nothing is answered
    come(world, meeting, 4)
    page.locator(f"#hadir-{row_id}").get_by_text("Contoh Hadir").first.wait_for()
    page.locator("#hitungan").get_by_text("Hadir 1").first.wait_for()
    assert page.get_by_label("Nama lengkap").input_value() == "Contoh Tam"
    assert page.evaluate("document.activeElement.name") == "name" and page.evaluate("scrollY") == there
    page.keyboard.type("u")
    assert page.get_by_label("Nama lengkap").input_value() == "Contoh Tamu"
    assert 304 in asked and 200 in asked


def test_the_overview_counts_and_the_focus_stays_on_its_link(world, opened, axe):
    meeting = world.meeting("in_session", units=UNITS[:3])
    unit = meeting.attendance[1].unit
    page = opened(world.chair, f"/rapat/{meeting.id}", width=390)
    made = world.api(world.evaluator).post(
        "/findings",
        json={"meeting_id": meeting.id, "unit_id": unit.id, "text": "Contoh", "severity": "low"},
    )
    assert made.status_code == 201
    db.session.commit()
    page.locator(f"#ppk-{unit.id} [data-label=Temuan]").get_by_text("1").first.wait_for()
    come(world, meeting, 1)
    page.locator("#ikhtisar-hitungan").get_by_text("Hadir 1 dari 3").first.wait_for()
    axe(page)


def test_the_agenda_moves_on_for_all(world, opened):
    meeting = world.meeting("in_session", agenda="Pembukaan (15)\nPaparan (30)", units=UNITS[:2])
    first = meeting.agenda_items[0].id
    ppk = opened(world.ppk(), f"/rapat/{meeting.id}?bagian=acara", width=390)
    desk = opened(world.secretariat, f"/rapat/{meeting.id}?bagian=acara")
    desk.locator(f"#acara-{first}").get_by_text("Ubah").click()
    desk.locator(f"#acara-{first}-title").fill("Pembukaan dan do")
    assert world.api(world.chair).post(f"/agenda/{first}/moves/start").status_code == 200
    db.session.commit()
    ppk.get_by_text("Sedang dibahas: Pembukaan").first.wait_for()
    assert ppk.locator("[data-item][aria-current=step]").count() == 1
    desk.locator("#jalannya").get_by_text("Sedang dibahas: Pembukaan").first.wait_for()
    assert desk.locator(f"#acara-{first}-title").input_value() == "Pembukaan dan do", "the piece waits"
    assert not desk.locator(f"#acara-{first}[aria-current=step]").count()
    desk.locator(f"#acara-{first}-title").fill("Pembukaan")
    desk.locator("h1").click()
    desk.locator(f"#acara-{first}[aria-current=step]").wait_for()


def test_a_hidden_tab_asks_nothing(world, opened):
    meeting = world.meeting("in_session")
    page = opened(world.secretariat, f"/rapat/{meeting.id}")
    asked = []
    page.on("request", lambda r: asked.append(r.url) if "x-fresh" in r.headers else None)
    hide = """(yes) => {
        Object.defineProperty(document, "hidden", { value: yes, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
    }"""
    page.evaluate(hide, True)
    page.wait_for_timeout(6500)
    assert asked == []
    page.evaluate(hide, False)
    page.wait_for_timeout(300)
    assert len(asked) == 1, "at once when somebody looks again"


def test_who_is_signed_out_is_told(world, opened):
    meeting = world.meeting("in_session")
    page = opened(world.secretariat, f"/rapat/{meeting.id}")
    page.context.clear_cookies()
    page.get_by_text("Sesi berakhir. Silakan masuk lagi.").first.wait_for()
