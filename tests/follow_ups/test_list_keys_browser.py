"""The list by keyboard, in a browser: j, k and x move the real focus and tick; then one move for what was ticked."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

from tests.follow_ups.conftest import Story

pytestmark = pytest.mark.database("sqlite")


@pytest.mark.parametrize("width", [390, 1280])
def test_tick_by_keys_and_move_several(
    story: Story, sign_in_browser: Callable[..., Any], axe: Callable[[Any], None], width: int
) -> None:
    first, second, third = (story.assigned(text=f"Contoh pekerjaan {n}") for n in (1, 2, 3))
    story.assigned(unit_id=story.world.unit("ID-PA").id)
    page = sign_in_browser(story.world.chair, width=width)

    def look(name: str) -> None:
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
        axe(page)
        if folder := os.environ.get("RANDAL_PICTURES"):
            page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)

    page.goto("/pelacak/matriks")
    look("matriks")
    page.get_by_role("link", name="3 terbuka").first.click()
    look("pelacak")
    page.locator("[data-row-link]").first.focus()
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("x")
    ticked = page.locator("[data-tick]:checked").evaluate_all("all => all.map((one) => Number(one.value))")
    assert ticked == [first["id"], second["id"]]
    page.keyboard.press("?")
    page.get_by_text("Di dalam daftar: pilih baris").first.wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Langkah untuk yang dipilih (2)").click()
    look("pilih-langkah")
    page.get_by_role("button", name="Batalkan (2)").click()
    page.get_by_label("Alasan").fill("Contoh digabung dengan tindak lanjut lain")
    look("langkah")
    page.get_by_role("button", name="Batalkan: 2 tindak lanjut").click()
    page.get_by_text("2 dari 2 berhasil").first.wait_for()
    look("hasil")
    assert story.chair.get(f"/follow-ups/{third['id']}").json["state"] == "assigned"
