"""The door in a browser: a phone without network, the code that changes by itself, the table on two devices."""

from __future__ import annotations

import pytest

from randal.database.base import db
from randal.models.attendance import Attendance, Presence
from randal.rooms.attendance.live_code import code_of

pytestmark = [pytest.mark.database("sqlite")]


@pytest.fixture
def meeting(world):
    return world.meeting("in_session", units=["ID-BB", "ID-AC", "ID-BA"], quorum=60)


def patient(page):
    page.set_default_timeout(60_000)
    return page


def fill_as_guest(page, name="Contoh Tamu"):
    page.get_by_label("Saya hadir sebagai").select_option("tamu")
    page.get_by_label("Nama lengkap").fill(name)
    page.get_by_label("Jabatan", exact=False).first.fill("Contoh Jabatan")
    page.get_by_label("Instansi").fill("Contoh Pemda")
    page.get_by_label("Saya tidak dapat menggambar").check()


def presences():
    db.session.expire_all()
    found = db.session.scalars(db.select(Presence)).all()
    db.session.commit()
    return found


def test_a_phone_without_network(world, meeting, browser, axe):
    """It waits on the phone, also when the page is closed meanwhile, is sent once, and the phone's time is kept beside."""
    page = patient(browser(width=390, has_touch=True))
    path = f"/hadir/{code_of(meeting, world.now)[0]}"
    page.context.clock.set_fixed_time(world.now)  # the phone knows what time it is here
    db.session.commit()
    page.goto(path)
    fill_as_guest(page)
    page.context.set_offline(True)
    page.get_by_role("button", name="Catat hadir").click()
    page.get_by_text("Tersimpan di telepon").first.wait_for()
    assert "Akan terkirim sendiri" in page.inner_text("[data-door-waiting]")
    axe(page)
    assert presences() == []
    again = patient(page.context.new_page())  # the page is closed; the same browser opens one again later
    page.close()
    again.context.set_offline(False)
    again.goto("/hadir/kode-yang-salah")
    again.get_by_text("Kehadiran tercatat").first.wait_for()
    [one] = presences()
    assert one.phone_time is not None and one.key and one.attendance.name_attending == "Contoh Tamu"
    assert again.evaluate("localStorage.length") == 0, "what was sent is forgotten by the phone"
    db.session.commit()


def test_an_answer_that_got_lost_is_no_second_person(world, meeting, browser):
    page = patient(browser(width=390))
    path = f"/hadir/{code_of(meeting, world.now)[0]}"
    db.session.commit()
    page.goto(path)
    fill_as_guest(page)
    lost = []

    def lose(route):
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch().status)  # it arrived, and the answer did not
            route.abort()
        else:
            route.continue_()

    page.route("**/hadir/**", lose)
    page.get_by_role("button", name="Catat hadir").click()
    page.get_by_text("Kehadiran tercatat").first.wait_for()
    assert lost == [200] and len(presences()) == 1


def test_what_waited_and_was_refused_comes_back_to_the_form(world, meeting, browser):
    page = patient(browser(width=390))
    path, row_id = f"/hadir/{code_of(meeting, world.now)[0]}", meeting.attendance[0].id
    db.session.commit()
    page.goto(path)
    page.get_by_label("Saya hadir sebagai").select_option(str(row_id))
    page.get_by_label("Nama lengkap").fill("Contoh Wakil")
    page.get_by_label("Jabatan", exact=False).first.fill("Contoh Jabatan")
    page.get_by_label("Saya tidak dapat menggambar").check()
    page.context.set_offline(True)
    page.get_by_role("button", name="Catat hadir").click()
    page.get_by_text("Tersimpan di telepon").first.wait_for()
    world.fire(
        db.session.get(Attendance, row_id), "check_in", world.secretariat, name="Contoh Lain", post="PPK"
    )
    page.context.set_offline(False)
    page.get_by_text("sudah tercatat hadir pukul").first.wait_for()
    assert page.get_by_label("Nama lengkap").input_value() == "Contoh Wakil", "what was typed is still there"


def test_the_code_on_the_wall_changes_by_itself(world, meeting, sign_in_browser, browser, app, axe):
    app.config["DOOR_STEP"] = 3
    page = patient(sign_in_browser(world.secretariat))
    meeting_id = meeting.id
    db.session.commit()
    page.goto(f"/hadir/layar/{meeting_id}")
    image = page.locator("img[data-code]")
    first, picture = image.get_attribute("data-code"), image.get_attribute("src")
    page.wait_for_function("n => document.querySelector('img[data-code]').dataset.code > n", arg=first)
    assert image.get_attribute("src") != picture
    page.get_by_text("Kuorum 2: kurang 2").first.wait_for()
    axe(page)
    # Without network it goes on with the codes it was given ahead, and says so.
    page.wait_for_timeout(3500)
    page.context.set_offline(True)
    second = image.get_attribute("data-code")
    page.wait_for_function("n => document.querySelector('img[data-code]').dataset.code > n", arg=second)
    page.get_by_text("tanpa jaringan; kode tetap berganti").first.wait_for()
    page.get_by_text("Menunggu jaringan untuk kode berikutnya").first.wait_for()
    page.context.set_offline(False)
    page.get_by_text("Kode berganti dalam").first.wait_for()
    row = db.session.scalars(db.select(Attendance).where(Attendance.meeting_id == meeting_id)).first()
    world.fire(row, "check_in", world.secretariat, name="Contoh Hadir", post="PPK")
    page.get_by_text("Kuorum 2: kurang 1").first.wait_for()
    world.fire(db.session.get(type(meeting), meeting_id), "close", world.chair, confirm=True)
    page.get_by_text("terjadwal atau berlangsung").first.wait_for()
    app.config["DOOR_STEP"] = 30
    db.session.commit()


def test_the_table_by_keyboard_on_two_devices(world, meeting, sign_in_browser, axe):
    other = world.person("secretariat", name="Contoh Sekretariat Dua")
    one, two = (patient(sign_in_browser(p)) for p in (world.secretariat, other))
    aceh, bali = world.unit("ID-AC").short_name, world.unit("ID-BA").short_name
    meeting_id, first = meeting.id, world.secretariat.name
    db.session.commit()
    for page in (one, two):
        page.context.clock.set_fixed_time(world.now)
        page.goto(f"/hadir/meja/{meeting_id}")
        page.locator("[data-find]:focus").wait_for()
    # While the second device has not asked again, the first is faster.
    two.route("**/baris*", lambda route: route.abort())
    one.keyboard.type(aceh[:4].lower())
    one.keyboard.press("Enter")
    one.get_by_text(f"PPK {aceh}: hadir pukul").wait_for()
    two.keyboard.type(aceh.lower())
    two.keyboard.press("Enter")
    two.get_by_text(f"PPK {aceh} sudah dicatat hadir").wait_for()
    assert f"oleh {first}" in two.inner_text("[data-said]")
    two.unroute("**/baris*")

    one.keyboard.type(bali.lower())
    one.keyboard.press("Shift+Enter")
    one.keyboard.type("Contoh Wakil")
    one.keyboard.press("Tab")
    one.keyboard.type("Contoh Kepala Seksi")
    one.keyboard.press("Enter")
    one.get_by_text(f"PPK {bali}: hadir pukul").wait_for()
    two.get_by_text("Contoh Wakil").first.wait_for()  # by itself

    one.keyboard.type("Contoh Orang Baru")
    one.get_by_text("Tidak ada di daftar undangan").first.wait_for()
    one.keyboard.press("Enter")
    for word in ("Contoh Jabatan", "Contoh Pemda"):
        one.keyboard.type(word)
        one.keyboard.press("Tab")
    one.keyboard.press("Enter")
    one.get_by_text("Contoh Orang Baru: tamu dicatat hadir").first.wait_for()
    two.get_by_text("Kuorum tercapai (2)").first.wait_for()
    axe(one)

    # The line is cut: what is marked waits on the device, and goes by itself with the time it had then.
    two.context.set_offline(True)
    two.locator("[data-find]").fill("bangka")
    two.locator("[data-find]").press("Enter")
    two.locator("[data-cut]").wait_for()
    two.context.set_offline(False)
    two.locator("[data-cut]").wait_for(state="hidden")
    one.locator("[data-count=present]", has_text="3").wait_for()
    db.session.expire_all()
    rows = db.session.scalars(db.select(Attendance).where(Attendance.meeting_id == meeting_id)).unique().all()
    assert {r.state for r in rows} == {"present"} and {r.check_in_way for r in rows} == {"table"}
    late = next(r for r in rows if r.unit_id == world.unit("ID-BB").id)
    assert late.presences[0].phone_time is not None
    represented = next(r for r in rows if r.unit_id == world.unit("ID-BA").id)
    assert (represented.name_attending, represented.post_attending) == ("Contoh Wakil", "Contoh Kepala Seksi")
    db.session.commit()

    # Gone, and marked by mistake.
    seat = one.locator(f"[data-row='{late.id}']")
    seat.get_by_text("Pulang").first.click()
    # Enter on the word itself would close it again.
    one.locator("[name=at]:focus").wait_for()
    one.keyboard.press("Enter")
    one.locator("[data-said]", has_text="pulang pukul").wait_for()
    one.locator("[data-count=present]", has_text="2").wait_for()
    seat = one.locator(f"[data-row='{represented.id}']")
    seat.get_by_text("Batalkan").first.click()
    seat.get_by_role("button", name="Batalkan kehadiran").click()
    one.get_by_text("kehadiran dibatalkan").first.wait_for()
