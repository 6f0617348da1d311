"""The director: from the own page to the national page in two clicks, then the Lembar Pimpinan, and one answer there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from randal.database.base import db
from randal.models.meetings import Directive
from tests.items import kendala
from tests.monitoring.stories import country
from tests.world import World


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("width", [390, 1280])
def test_the_director_reads_the_nation_and_answers_one(
    world: World, sign_in_browser: Any, axe: Any, width: int
) -> None:
    country(world)
    row = kendala(world, text="Contoh lahan kawasan belum dibebaskan")
    due = (world.now + timedelta(days=10)).date()
    world.fire(row, "escalate", world.evaluator, addressee="Contoh Direktur", answer_by=due)
    page = sign_in_browser(world.chair, width=width)

    def looked_at(path: str) -> None:
        page.wait_for_url(f"**{path}*")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        axe(page)

    page.goto("/")
    if width < 800:  # the first click; on a desk the menu is open
        page.get_by_text("Lainnya", exact=True).click()
    page.get_by_role("link", name="Pemantauan", exact=True).locator("visible=true").click()
    looked_at("/pemantauan")
    assert "perlu perhatian: Kepulauan Bangka Belitung" in page.content()
    page.get_by_role("link", name="Lembar Pimpinan").click()
    looked_at("/pemantauan/lembar")
    assert "usulan, bobot belum ditetapkan" in page.content()
    page.get_by_role("link", name="Beri arahan").first.click()
    looked_at("/pemantauan/lembar/kendala/")
    page.locator("[name=text]").fill("Selesaikan lahan bersama Pemda.")
    page.locator("[name=expected_output]").fill("Berita acara lahan")
    page.locator("[name=due_on]").fill((world.now + timedelta(days=20)).date().isoformat())
    page.get_by_role("button", name="Simpan arahan").click()
    page.wait_for_load_state()
    db.session.rollback()
    assert db.session.scalars(select(Directive.speaker)).one() == world.chair.name
    axe(page)
