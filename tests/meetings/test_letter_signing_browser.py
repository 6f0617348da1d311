"""The chair on a telephone: from Beranda to the whole letter, to his passphrase, to the signed one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from randal.database.base import db
from randal.documents.model import Document
from tests.world import World

pytestmark = pytest.mark.database("sqlite")


def test_read_and_signed_on_a_telephone(
    app: Flask, world: World, sign_in_browser: Any, axe: Any, drain: Callable[[], int], tmp_path: Path
) -> None:
    here = world.meeting("scheduled").id  # the row itself would hold SQLite in the browser's way
    secret = "frasa pimpinan contoh"
    assert world.api(world.chair).post("/me/signing-key", json={"passphrase": secret}).status_code == 201
    given = {"number": "UM 7", "dated_on": world.now.date().isoformat(), "way": "here"}
    answer = world.api(world.secretariat).move("meetings", here, "issue_letter", **given)
    assert answer.status_code == 200
    drain()
    page = sign_in_browser(world.chair, width=390)
    url = app.config["RANDAL"].public_url

    def look(name: str) -> None:
        page.wait_for_load_state("networkidle")
        page.screenshot(path=tmp_path / f"{name}.png", full_page=True)
        assert (
            page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
        )
        axe(page)

    page.goto(f"{url}/")
    page.get_by_text("1 surat undangan menunggu tanda tangan Anda").first.wait_for()
    page.locator("a[href$='/surat/tanda-tangan']").first.click()
    look("baca")
    assert page.locator(".pdf-pages img").count() >= 1
    page.locator("#passphrase").fill(secret)
    page.get_by_role("button", name="Tandatangani surat", exact=True).click()
    page.goto(f"{url}/rapat/{here}/surat/tanda-tangan")
    page.get_by_text("Ditandatangani oleh").first.wait_for()
    look("sudah")
    desk = sign_in_browser(world.secretariat, width=1280)
    desk.goto(f"{url}/rapat/{here}/surat")
    desk.screenshot(path=tmp_path / "meja.png", full_page=True)
    axe(desk)
    db.session.expire_all()
    (tmp_path / "surat.pdf").write_bytes(Document.of("invitation", "meeting", here).newest.read())
    db.session.commit()
