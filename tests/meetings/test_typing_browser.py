"""While typing: a line that is cut, a tab that is closed, somebody else in the section."""

from __future__ import annotations

from datetime import timedelta

import pytest

from randal.database.base import db
from randal.models.meeting_parts import Writer
from randal.models.meetings import Meeting

pytestmark = [pytest.mark.database("sqlite")]


@pytest.fixture
def place(world):
    meeting = world.meeting("in_session", agenda="Pembukaan (15)\nPaparan (30)")
    return f"/rapat/{meeting.id}/langsung", meeting.id, f"#acara-{meeting.agenda_items[0].id}-note"


def note(meeting_id):
    db.session.expire_all()
    found = db.session.get(Meeting, meeting_id).agenda_items[0].note
    db.session.commit()
    return found


def opened(page, path):
    page.set_default_timeout(30_000)
    page.goto(path)
    return page


def test_a_cut_line_is_said_and_what_was_typed_is_sent_when_it_is_back(world, sign_in_browser, place, axe):
    path, meeting_id, field = place
    page = opened(sign_in_browser(world.minute_taker), path)
    page.context.set_offline(True)
    page.locator(field).fill("Contoh ditulis tanpa sambungan")
    page.locator("[data-saved-state]").get_by_text(
        "Menunggu sambungan: 1 isian belum tersimpan"
    ).first.wait_for()
    page.locator("#arahan-baru-text").fill("Contoh arahan tanpa sambungan")
    page.get_by_role("button", name="Tambah arahan").click()
    page.locator("#tambah-arahan .field-errors").get_by_text("Menunggu sambungan").first.wait_for()
    axe(page)
    assert note(meeting_id) == ""
    page.context.set_offline(False)
    page.locator("[data-saved-state]").get_by_text("Semua tersimpan").first.wait_for()
    assert note(meeting_id) == "Contoh ditulis tanpa sambungan"
    assert page.locator("#arahan-baru-text").input_value() == "Contoh arahan tanpa sambungan"
    page.get_by_role("button", name="Tambah arahan").click()
    page.locator("#daftar-arahan > li").wait_for()
    assert page.locator("#arahan-baru-text").input_value() == ""


def test_a_closed_tab_loses_nothing(world, sign_in_browser, place):
    path, meeting_id, field = place
    page = opened(sign_in_browser(world.minute_taker), path)
    page.context.set_offline(True)
    page.locator(field).fill("Contoh sebelum tab tertutup")
    page.locator("#temuan-text").type("Contoh temuan setengah")
    page.locator("[data-saved-state]").get_by_text("Menunggu sambungan").first.wait_for()
    page.wait_for_timeout(500)
    page.close(run_before_unload=False)
    context = page.context
    context.set_offline(False)
    again = opened(context.new_page(), path)
    again.locator("[data-saved-state]").get_by_text("Semua tersimpan").first.wait_for()
    assert again.locator(field).input_value() == "Contoh sebelum tab tertutup"
    assert note(meeting_id) == "Contoh sebelum tab tertutup"
    again.get_by_role("button", name="Pulihkan ketikan yang belum tersimpan").click()
    assert again.locator("#temuan-text").input_value() == "Contoh temuan setengah"


def test_a_closed_tab_and_somebody_else_wrote_meanwhile(world, sign_in_browser, place, axe):
    path, meeting_id, field = place
    item_id = int(field.split("-")[1])
    page = opened(sign_in_browser(world.minute_taker, width=390), path)
    page.context.set_offline(True)
    page.locator(field).fill("Contoh tulisan notulis")
    page.locator("[data-saved-state]").get_by_text("Menunggu sambungan").first.wait_for()
    page.close(run_before_unload=False)
    context = page.context
    context.set_offline(False)
    saved = world.api(world.secretariat).patch(
        f"/agenda/{item_id}", json={"note": "Contoh tulisan sekretariat"}, headers={"If-Match": '"1"'}
    )
    assert saved.status_code == 200
    db.session.commit()
    again = opened(context.new_page(), path)
    panel = again.locator(".conflict")
    panel.wait_for()
    said = panel.inner_text()
    assert "Contoh tulisan notulis" in said and "Contoh tulisan sekretariat" in said
    assert again.locator(field).input_value() == "Contoh tulisan sekretariat", (
        "nothing is overwritten unasked"
    )
    axe(again)
    again.wait_for_timeout(5000)
    assert panel.is_visible(), "the page that renews itself leaves the question standing"
    again.get_by_role("button", name="Pulihkan ketikan yang belum tersimpan").click()
    again.locator("[data-saved-state]").get_by_text("Semua tersimpan").first.wait_for()
    assert note(meeting_id) == "Contoh tulisan notulis"


def test_who_else_is_in_the_section(world, sign_in_browser, place, axe):
    path, meeting_id, field = place
    one, two = (opened(sign_in_browser(p), path) for p in (world.minute_taker, world.secretariat))
    two.locator(field).focus()
    said = f"{world.secretariat.name} juga menulis di sini"
    db.session.commit()
    one.locator("[data-here=acara] .who-here").get_by_text(said).wait_for()
    assert one.locator(".who-here p").count() == 1, "in this section alone"
    assert two.locator(".who-here p").count() == 0, "nobody is told of himself"
    axe(one)
    first = db.session.scalars(db.select(Writer)).one()
    assert first.meeting_id == meeting_id and first.section == "acara"
    db.session.commit()
    two.locator("h1").click()  # no longer at work
    world.now += timedelta(seconds=40)
    one.locator("[data-here=acara] .who-here p").wait_for(state="detached")


def test_what_others_record_appears_beside_what_one_types(world, sign_in_browser, place):
    path, meeting_id, field = place
    page = opened(sign_in_browser(world.minute_taker), path)
    page.locator(field).type("Contoh setengah ka")
    made = world.api(world.chair).post(f"/meetings/{meeting_id}/decisions", json={"text": "Contoh putusan"})
    assert made.status_code == 201
    db.session.commit()
    row = page.locator(f"#keputusan-{made.json['id']} textarea")
    row.wait_for()
    assert row.input_value() == "Contoh putusan"
    assert page.evaluate("document.activeElement.id") == field[1:]
    page.keyboard.type("limat")
    page.locator("[data-saved-state]").get_by_text("Semua tersimpan").first.wait_for()
    assert note(meeting_id) == "Contoh setengah kalimat"
    row.fill("Contoh putusan yang diperbaiki")  # a row that arrived later saves itself too
    row.blur()
    page.locator(f"#keputusan-{made.json['id']} .autosave-state", has_text="Tersimpan").wait_for()


def test_a_field_beside_the_one_being_typed_in_takes_what_is_newer(world, sign_in_browser, place):
    """Outcome and note are of one item: who types the note sees the outcome that another set, and both are kept."""
    path, _meeting_id, field = place
    item_id = int(field.split("-")[1])
    page = opened(sign_in_browser(world.minute_taker), path)
    page.locator(field).type("Contoh catatan")
    page.locator("[data-saved-state]").get_by_text("Semua tersimpan").first.wait_for()
    version = world.api(world.chair).get(f"/agenda/{item_id}").json["version"]
    match = {"If-Match": f'"{version}"'}
    other = world.api(world.chair).patch(f"/agenda/{item_id}", json={"outcome": "deferred"}, headers=match)
    assert other.status_code == 200
    db.session.commit()
    outcome = page.locator(f"#acara-{item_id}-outcome")
    page.wait_for_function(
        "id => document.getElementById(id).value === 'deferred'", arg=f"acara-{item_id}-outcome"
    )
    assert page.evaluate("document.activeElement.id") == field[1:]
    page.keyboard.type(" panjang")
    page.locator("[data-saved-state]").get_by_text("Semua tersimpan").first.wait_for()
    outcome.select_option("discussed")
    page.wait_for_timeout(1500)
    assert not page.locator(".conflict").count()
    there = world.api(world.chair).get(f"/agenda/{item_id}").json
    assert (there["note"], there["outcome"]) == ("Contoh catatan panjang", "discussed")


def test_who_else_is_in_a_section_of_the_minutes(world, sign_in_browser, axe):
    meeting = world.meeting("closed")
    path = f"/notula/{meeting.minutes_id}/tulis"
    one, two = (opened(sign_in_browser(p), path) for p in (world.minute_taker, world.secretariat))
    two.locator("#bagian-penutup trix-editor").click()
    said = f"{world.secretariat.name} juga menulis di sini"
    db.session.commit()
    one.locator("#bagian-penutup .who-here").get_by_text(said).wait_for()
    assert one.locator(".who-here p").count() == 1
    one.locator("#bagian-acara trix-editor").click()
    one.keyboard.type("Contoh uraian acara")
    one.locator("[data-saved-state]").get_by_text("Semua tersimpan").first.wait_for()
    axe(one)
