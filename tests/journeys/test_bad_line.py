"""A PPK far away: light pages, a slow line, and two people writing in one place."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from randal.database.base import db
from randal.models.follow_ups import FollowUp
from randal.models.meetings import AgendaItem
from tests.contract.outsider import Outsider, picture
from tests.journeys.visitor import PASSWORD

pytestmark = pytest.mark.database("sqlite")
FIRST, AFTER = 150_000, 30_000  # bytes over the line, headers included
SLOW = {"offline": False, "latency": 600, "downloadThroughput": 250_000 / 8, "uploadThroughput": 250_000 / 8}


@pytest.fixture
def promise(world: Any) -> Any:
    """A follow-up that waits for its PPK, in a running meeting."""
    world._known["ppk ID-PA"] = world.person("ppk", "ID-PA", password=PASSWORD)
    meeting = world.meeting("in_session", units=("ID-PA",))
    due = world.now + timedelta(days=9)
    given = {"meeting_id": meeting.id, "unit_id": world.unit("ID-PA").id, "text": "Contoh tindak lanjut.",
             "due_on": f"{due:%Y-%m-%d}", "expected_output": "Contoh laporan.", "priority": "high"}  # fmt: skip
    row = Outsider(world, world.evaluator).post("/follow-ups", given)
    Outsider(world, world.chair).move(f"/follow-ups/{row['id']}", "assign", priority="high")
    db.session.commit()
    return row


class Line:
    """What came over the line to this page, as Chromium counted it."""

    def __init__(self, page: Any):
        self.page, self.bytes = page, 0
        self.wire = page.context.new_cdp_session(page)
        self.wire.send("Network.enable")
        self.wire.on("Network.loadingFinished", self.came)

    def came(self, event: Any) -> None:
        self.bytes += event["encodedDataLength"]

    def weigh(self, path: str) -> float:
        self.page.goto("about:blank")
        self.bytes = 0
        self.page.goto(path)
        self.page.wait_for_load_state("networkidle")
        return self.bytes


def test_pages_of_a_ppk_are_light(world, promise, sign_in_browser):
    page = sign_in_browser(world.ppk("ID-PA"), width=390)
    line = Line(page)
    here = f"/rapat/{promise['meeting_id']}"
    report = Outsider(world, world.ppk("ID-PA")).all("/progress-reports")[0]["id"]
    pages = ("/", "/rapat", here, "/rtl", f"/rtl/{promise['id']}", "/laporan", f"/laporan/{report}/ubah", "/pelacak",
             "/temuan", "/kendala", "/pemberitahuan", f"{here}?bagian=dokumen", "/profil")  # fmt: skip
    heavy = {}
    for path in ("/masuk", *pages):
        line.wire.send("Network.clearBrowserCache")
        first, after = line.weigh(path), line.weigh(path)
        assert first > 1000, f"{path}: nothing was measured"
        if first > FIRST or after > AFTER:
            heavy[path] = (first, after)
    assert not heavy


def test_evidence_is_handed_in_over_a_slow_line(world, promise, browser):
    page = browser(width=390, has_touch=True)
    page.set_default_timeout(60_000)
    line = Line(page)
    line.wire.send("Network.emulateNetworkConditions", SLOW)
    email = world.ppk("ID-PA").email
    db.session.commit()  # SQLite has one writer: the test must not be it
    began = time.monotonic()
    page.goto("/masuk")
    page.fill("[name=email]", email)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: not url.endswith("/masuk"))
    page.locator(f"main a[href='/rtl/{promise['id']}']").first.click()
    page.set_input_files(
        "#file", {"name": "foto.png", "mimeType": "image/png", "buffer": picture()[0].read()}
    )
    page.locator("[name=note]").filter(visible=True).first.fill("Contoh: pekerjaan selesai.")
    page.get_by_role("button", name="Unggah dan ajukan selesai").click()
    page.get_by_text("Diajukan selesai").filter(visible=True).first.wait_for()
    took = time.monotonic() - began
    assert took < 60, f"{took:.0f} s"
    assert line.bytes < FIRST + 4 * AFTER
    state = db.session.scalar(select(FollowUp.state).where(FollowUp.id == promise["id"]))
    db.session.commit()
    assert state == "submitted"


def test_two_writers_see_both_texts(world, promise, sign_in_browser):
    """Neither text is overwritten until a person has chosen."""
    mine, theirs = "Contoh tulisan notulis.", "Contoh tulisan pimpinan."
    pages = [sign_in_browser(who) for who in (world.minute_taker, world.chair)]
    db.session.commit()
    boxes = []
    for page in pages:
        page.goto(f"/rapat/{promise['meeting_id']}")
        page.locator("a", has_text="Notula langsung").filter(visible=True).first.click()
        boxes.append(page.get_by_label("Catatan pembahasan").first)
    boxes[0].focus()  # who is at work in a field is shown nothing newer
    boxes[1].fill(theirs)
    boxes[1].blur()
    pages[1].locator(".autosave-state", has_text="ersimpan").first.wait_for()
    boxes[0].fill(mine)
    boxes[0].blur()
    both = pages[0].locator(".conflict")
    both.wait_for()
    assert mine in both.inner_text() and theirs in both.inner_text()
    assert kept(promise) == theirs
    both.get_by_role("button", name="Pakai tulisan saya").click()
    pages[0].locator(".autosave-state", has_text="ersimpan").first.wait_for()
    pages[0].wait_for_timeout(200)
    assert kept(promise) == mine


def kept(promise: Any) -> str:
    note = db.session.scalar(select(AgendaItem.note).where(AgendaItem.meeting_id == promise["meeting_id"]))
    db.session.commit()
    return str(note)
