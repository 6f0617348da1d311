"""A PPK on a phone reads the paparan and says so; the secretariat sees who has not."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from randal.database.base import db

pytestmark = pytest.mark.database("sqlite")


def picture(page: Any, name: str) -> None:
    if folder := os.environ.get("RANDAL_SHOTS"):
        page.screenshot(path=str(Path(folder) / f"paparan-{name}.png"), full_page=True)


def test_added_at_a_desk_read_on_a_phone(world: Any, sign_in_browser: Any, axe: Any) -> None:
    meeting = world.meeting("scheduled", units=("ID-BB", "ID-AC", "ID-PA"))
    here = f"/rapat/{meeting.id}?bagian=paparan"
    desk = sign_in_browser(world.secretariat)
    phone = sign_in_browser(world.ppk("ID-BB"), width=390)
    db.session.commit()
    desk.goto(here)
    picture(desk, "kosong")
    desk.get_by_role("link", name="Tambah paparan").click()
    desk.fill("[name=title]", "Contoh kebijakan keterpaduan kawasan 2018")
    desk.fill("[name=speaker]", "Contoh Kasubdit Pemantauan dan Evaluasi")
    axe(desk)
    picture(desk, "baru")
    file = {"name": "paparan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF\n"}
    desk.set_input_files("[name=file]", file)
    desk.get_by_role("button", name="Tambahkan paparan").click()
    desk.get_by_text("0 dari 3 PPK").first.wait_for()
    phone.goto("/")
    phone.get_by_role("link", name="Baca paparan").first.click()
    axe(phone)
    picture(phone, "satu-390")
    phone.get_by_role("button", name="Sudah saya baca").click()
    phone.get_by_text("Tercatat: sudah dibaca.").first.wait_for()
    desk.reload()
    desk.get_by_text("1 dari 3 PPK").first.wait_for()
    axe(desk)
    picture(desk, "satu-1280")
    for page, width in ((desk, 1280), (phone, 390)):
        page.goto(here)
        axe(page)
        picture(page, f"bagian-{width}")
        wide = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide[0] <= wide[1]
