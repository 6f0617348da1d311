"""The secretariat words a letter, looks at it, issues it without typing a number; and keeps how letters look."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from randal.database.base import db

pytestmark = pytest.mark.database("sqlite")


def picture(page: Any, name: str) -> None:
    if folder := os.environ.get("RANDAL_SHOTS"):
        page.screenshot(path=str(Path(folder) / f"surat-{name}.png"), full_page=True)


def test_worded_previewed_and_issued(world: Any, sign_in_browser: Any, axe: Any) -> None:
    meeting, _other = world.meeting("scheduled"), world.meeting("scheduled")
    here = f"/rapat/{meeting.id}"
    desk, phone = sign_in_browser(world.secretariat), sign_in_browser(world.secretariat, width=390)
    db.session.commit()
    desk.goto("/operator/tata-surat")
    axe(desk)
    picture(desk, "tata-1280")
    desk.fill("[name=invitation_pattern]", "UM 0201-Ct/{n}/{month}/{year}")
    desk.get_by_role("button", name="Tambah", exact=True).click()
    desk.get_by_text("Tata surat ditambahkan.").first.wait_for()
    axe(desk)
    picture(desk, "tata-satu-1280")
    phone.goto("/operator/tata-surat")
    axe(phone)
    picture(phone, "tata-390")
    phone.goto(f"{here}/surat")
    phone.get_by_text("juga dipakai rapat").first.wait_for()
    axe(phone)
    picture(phone, "isi-390")
    desk.goto(here)
    desk.get_by_role("link", name="Surat undangan").click()
    desk.fill("[name=nature]", "Sangat segera")
    desk.fill("[name=on_behalf_of]", "Contoh Direktur Jenderal")
    desk.get_by_role("button", name="Simpan isi surat").click()
    desk.get_by_text("Isi surat disimpan.").first.wait_for()
    axe(desk)
    picture(desk, "isi-1280")
    seen = desk.request.get(f"{here}/surat/pratinjau.pdf")
    assert seen.body().startswith(b"%PDF")
    if folder := os.environ.get("RANDAL_SHOTS"):
        Path(folder, "pratinjau.pdf").write_bytes(seen.body())
    for page, width in ((desk, 1280), (phone, 390)):
        page.goto("/rapat/kalender")
        page.get_by_role("button", name="Buat alamat kalender" if page is desk else "Ganti alamat").click()
        page.get_by_text("siap disalin").first.wait_for()
        axe(page)
        picture(page, f"kalender-{width}")
        wide = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide[0] <= wide[1]
