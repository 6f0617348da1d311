"""The page behind the link, on a phone and on a desk: one answer opens at a time, by keyboard too, clean for axe."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from randal.database.base import db
from randal.meeting_facts.rsvp_links import reply_path
from tests.attendance.test_replies import again, paper, row_of
from tests.world import World

pytestmark = [pytest.mark.database("sqlite")]


@pytest.mark.parametrize("width", [390, 1280])
def test_somebody_is_sent(
    world: World, browser: Callable[..., Any], axe: Callable[[Any], None], width: int
) -> None:
    world.ppk()
    starts = world.now + timedelta(days=2)
    row = row_of(world, world.meeting(starts_at=starts, ends_at=starts + timedelta(hours=2)))
    path = reply_path(row)
    db.session.commit()
    page = browser(width=width)
    page.goto(path)
    axe(page)
    name = page.locator("#name")
    assert not name.is_visible() and not page.locator("#reason").is_visible()
    page.locator("#jawab-accept").focus()
    page.keyboard.press("ArrowDown")  # to "Diwakilkan": its fields open, the others stay shut
    assert name.is_visible() and not page.locator("#reason").is_visible()
    name.fill("Contoh Wakil")
    page.get_by_role("button", name="Kirim jawaban").click()
    page.get_by_role("alert").get_by_text("Jabatan: Wajib diisi.").first.wait_for()
    axe(page)
    assert page.locator("#name").input_value() == "Contoh Wakil"
    page.locator("#post").fill("Contoh Kepala Seksi")
    page.locator("#letter").set_input_files({"name": "surat.png", "mimeType": "image/png", "buffer": paper()})
    page.get_by_role("button", name="Kirim jawaban").click()
    page.get_by_text("Surat tugas sudah diterima").first.wait_for()
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    now = again(row)
    assert (now.state, now.name_attending) == ("represented", "Contoh Wakil") and now.mandate_file_id


def test_without_script_it_is_the_same(world: World, browser: Callable[..., Any]) -> None:
    world.ppk()
    starts = world.now + timedelta(days=2)
    row = row_of(world, world.meeting(starts_at=starts, ends_at=starts + timedelta(hours=2)))
    path = reply_path(row)
    db.session.commit()
    page = browser(width=390, java_script_enabled=False)
    page.goto(path)
    page.locator("#jawab-decline").check()
    page.locator("#reason").fill("contoh alasan yang panjang")
    page.get_by_role("button", name="Kirim jawaban").click()
    page.get_by_text("berhalangan: contoh alasan yang panjang").first.wait_for()
    assert again(row).state == "declined"


def test_the_count_is_fresh_and_its_button_works_still(
    world: World, sign_in_browser: Callable[..., Any]
) -> None:
    world.app.config["WTF_CSRF_ENABLED"] = True
    for iso in ("ID-BB", "ID-PA"):
        world.ppk(iso)
    starts = world.now + timedelta(days=2)
    meeting = world.meeting(units=["ID-BB", "ID-PA"], starts_at=starts, ends_at=starts + timedelta(hours=2))
    at = f"/rapat/{meeting.id}?bagian=kehadiran"
    page = sign_in_browser(world.secretariat)
    page.goto(at)
    page.get_by_text("Belum menjawab 2").first.wait_for()
    world.fire(row_of(world, meeting), "accept", world.ppk())
    page.get_by_text("Belum menjawab 1").first.wait_for()
    page.get_by_role("button", name="Ingatkan 1 yang belum menjawab").click()
    page.get_by_text("1 undangan diingatkan lewat 1 surel.").first.wait_for()
