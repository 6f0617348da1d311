"""The live minutes in a browser: by keyboard alone, without leaving the page; two people in one field."""

from __future__ import annotations

import pytest

from randal.database.base import db
from randal.models.findings import Finding
from randal.models.follow_ups import FollowUp
from randal.models.meetings import Meeting

pytestmark = [pytest.mark.database("sqlite")]


def patient(page):
    page.set_default_timeout(90_000)  # papers are drawn in the same process meanwhile
    return page


def test_by_keyboard_alone(world, sign_in_browser, axe):
    meeting = world.meeting("in_session", units=["ID-BB", "ID-AC"])
    aceh, meeting_id = world.unit("ID-AC").short_name, meeting.id
    page = patient(sign_in_browser(world.minute_taker))
    db.session.commit()  # the test must not hold the file while the browser writes
    page.goto(f"/rapat/{meeting_id}/langsung")
    there, keys = page.url, page.keyboard

    keys.press("Alt+c")
    keys.type("Dib")  # "Dibahas"
    keys.press("Tab")
    keys.type("Contoh catatan pembahasan")
    page.get_by_text("Tersimpan").first.wait_for()

    keys.press("Alt+a")
    keys.type("Contoh arahan pertama")
    keys.press("Control+Enter")
    page.locator("#daftar-arahan > li").first.wait_for()
    keys.type("Contoh arahan kedua")  # the focus is back, the form empty
    keys.press("Control+Enter")
    page.locator("#daftar-arahan > li").nth(1).wait_for()

    keys.press("Alt+t")
    keys.type(aceh)
    keys.press("Control+Enter")
    page.locator("#tambah-temuan .field-errors li").first.wait_for()
    assert "Uraian temuan" in page.locator("#tambah-temuan [data-said]").inner_text()
    keys.press("Tab")
    keys.press("Tab")
    keys.type("Contoh temuan")
    keys.press("Control+Enter")
    page.locator("#daftar-temuan > li").first.wait_for()

    page.locator("#rtl-due_on").fill("2026-04-01")
    page.locator("#rtl-text").fill("Contoh tindak lanjut")
    page.locator("#rtl-expected_output").fill("Contoh keluaran")
    keys.press("Alt+p")
    keys.press("Space")
    keys.press("Control+Enter")
    page.locator("#daftar-rtl > li").nth(1).wait_for()

    page.locator("h1").click()
    keys.press("?")
    page.locator("#bantuan-tombol").wait_for()
    assert page.url.split("#")[0] == there
    keys.press("Escape")
    axe(page)

    db.session.expire_all()
    meeting = db.session.get(Meeting, meeting_id)
    item = meeting.agenda_items[0]
    assert (item.outcome, item.note) == ("discussed", "Contoh catatan pembahasan")
    assert [d.text for d in meeting.directives] == ["Contoh arahan pertama", "Contoh arahan kedua"]
    finding = db.session.scalars(db.select(Finding)).one()
    assert (finding.unit.short_name, finding.text) == (aceh, "Contoh temuan")
    rows = db.session.scalars(db.select(FollowUp)).all()
    assert {r.unit_id for r in rows} == {a.unit_id for a in meeting.attendance} and len(rows) == 2


def test_two_in_one_field_lose_nothing(world, sign_in_browser):
    meeting = world.meeting("in_session")
    one, two = (patient(sign_in_browser(p)) for p in (world.minute_taker, world.secretariat))
    meeting_id, field = meeting.id, f"#acara-{meeting.agenda_items[0].id}-note"
    db.session.commit()
    for page in (one, two):
        page.goto(f"/rapat/{meeting_id}/langsung")
    two.locator(field).focus()  # who is at work in it is shown nothing newer
    one.locator(field).fill("Tulisan notulis")
    one.get_by_text("Tersimpan").first.wait_for()
    two.locator(field).fill("Tulisan sekretariat")
    two.locator(".conflict").wait_for()
    said = two.locator(".conflict").inner_text()
    assert "Tulisan notulis" in said and "Tulisan sekretariat" in said
    db.session.expire_all()
    assert db.session.get(Meeting, meeting_id).agenda_items[0].note == "Tulisan notulis"
    db.session.commit()
    two.get_by_role("button", name="Pakai tulisan saya").click()
    two.get_by_text("Tersimpan").first.wait_for()
    db.session.expire_all()
    assert db.session.get(Meeting, meeting_id).agenda_items[0].note == "Tulisan sekretariat"


def test_a_finger_signs_at_the_door(world, browser, axe):
    from randal.rooms.attendance.live_code import code_of

    meeting = world.meeting("in_session")
    page = patient(browser(width=390))
    path = f"/hadir/{code_of(meeting, world.now)[0]}"
    db.session.commit()
    page.goto(path)
    axe(page)
    assert not page.get_by_label("Instansi").is_visible()
    page.get_by_label("Saya hadir sebagai").select_option("tamu")
    for label in ("Nama lengkap", "Jabatan", "Instansi"):
        page.get_by_label(label).fill(f"Contoh {label}")
    box = page.locator("#pad").bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 90, steps=8)
    page.mouse.up()
    page.get_by_role("button", name="Catat hadir").click()
    page.get_by_text("Kehadiran tercatat").first.wait_for()
    db.session.expire_all()
    guest = next(a for a in db.session.get(Meeting, meeting.id).attendance if a.is_guest)
    assert guest.signature_file_id is not None
