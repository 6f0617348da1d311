"""In a real browser: three taps on a phone, no violation of WCAG on any page, and how much a bad line must carry."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.follow_ups.conftest import Story, png

pytestmark = pytest.mark.database("sqlite")
FIRST, AFTER = 150_000, 30_000


def filled(story: Story) -> dict[str, dict[str, Any]]:
    """Follow-ups in several states, one late, and enough of them for a long list."""
    made = {"returned": story.submitted(text="Contoh dokumen lingkungan")}
    story.move(story.evaluator, made["returned"], "return", reason="contoh belum ditandatangani dinas")
    made["submitted"] = story.submitted(text="Contoh serah terima aset")
    made["late"] = story.assigned(due_on=(story.today() + timedelta(days=1)).isoformat())
    for n in range(20):
        made["assigned"] = story.assigned(text=f"Contoh pekerjaan nomor {n} di kawasan permukiman")
    asked = {
        "new_due_on": (story.today() + timedelta(days=40)).isoformat(),
        "reason": "contoh jadwal ukur bulan depan",
    }
    story.ppk.post(f"/follow-ups/{made['assigned']['id']}/extensions", json=asked)
    made["draft"] = story.draft()
    story.world.now += timedelta(days=3)
    return made


def test_three_taps(story: Story, sign_in_browser: Callable[..., Any], tmp_path: Path) -> None:
    item = story.assigned()
    photo = tmp_path / "foto.png"
    photo.write_bytes(png(40))
    page = sign_in_browser(story.world.ppk("ID-BB"), width=390, has_touch=True, is_mobile=True)
    page.goto(f"/rtl/{item['id']}")
    page.set_input_files("#file", str(photo))
    page.get_by_role("button", name="Unggah bukti", exact=True).tap()
    page.get_by_text("Bukti dukung tersimpan.").first.wait_for()
    page.fill("#note", "Contoh sudah dikerjakan")
    page.get_by_role("button", name="Ajukan selesai").tap()
    page.get_by_text("Diajukan selesai. Tim Monev akan memeriksa.").first.wait_for()
    assert story.ppk.get(f"/follow-ups/{item['id']}").json["state"] == "submitted"


def test_an_empty_file_is_said_before_it_is_sent(
    story: Story, sign_in_browser: Callable[..., Any], tmp_path: Path
) -> None:
    item = story.assigned()
    empty = tmp_path / "kosong.pdf"
    empty.write_bytes(b"")
    page = sign_in_browser(story.world.ppk("ID-BB"), width=390)
    page.goto(f"/rtl/{item['id']}")
    page.set_input_files("#file", str(empty))
    page.get_by_text("Berkas ini kosong").first.wait_for()


def test_what_was_typed_is_offered_once_again(story: Story, sign_in_browser: Callable[..., Any]) -> None:
    path = f"/rtl/{story.assigned()['id']}"
    page = sign_in_browser(story.world.ppk("ID-BB"), width=390)
    page.goto(path)
    page.locator("#note").press_sequentially("Contoh tulisan")
    page.wait_for_timeout(700)
    page.goto("/rtl")
    page.goto(path)
    page.get_by_role("button", name="Pulihkan ketikan yang belum tersimpan").click()
    assert page.locator(".draft-note").count() == 0
    assert page.input_value("#note") == "Contoh tulisan"


def test_a_paper_is_followed_without_reload(story: Story, sign_in_browser: Callable[..., Any]) -> None:
    story.assigned()
    page = sign_in_browser(story.world.evaluator)
    page.goto("/pelacak")
    page.evaluate("window.same = true")
    page.get_by_role("button", name="Buat XLSX").click()
    page.locator("#unduhan").get_by_role("link", name="Unduh").wait_for(timeout=20_000)
    assert page.evaluate("window.same") is True


@pytest.mark.parametrize("width", [390, 1280])
def test_every_page_for_every_reader(
    story: Story, sign_in_browser: Callable[..., Any], axe: Callable[[Any], None], width: int
) -> None:
    world, made = story.world, filled(story)
    room = f"/rapat/{story.meeting.id}?bagian=tindak-lanjut"
    each = [f"/rtl/{item['id']}" for item in made.values()]
    draft = f"/rtl/{made['draft']['id']}/ubah"
    walks = [
        (world.ppk("ID-BB"), ["/rtl", "/pelacak", room, *each]),
        (world.evaluator, ["/rtl", "/pelacak?overdue=true", *each]),
        (world.secretariat, ["/rtl", room, f"/rtl/baru?meeting_id={story.meeting.id}", draft]),
        (world.chair, ["/rtl", room, each[0]]),
    ]
    for person, paths in walks:
        page = sign_in_browser(person, width=width)
        said: list[str] = []
        page.on("console", lambda message, said=said: said.append(message.text))
        for path in paths:
            answer = page.goto(path)
            assert answer.status == 200, path
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} is too wide"
            axe(page)
        assert said == []


def test_what_a_bad_line_must_carry(story: Story, sign_in_browser: Callable[..., Any]) -> None:
    """Bytes on the wire, as Chromium counts them: pages, styles, scripts, pictures."""
    made = filled(story)
    page = sign_in_browser(story.world.ppk("ID-BB"), width=390)
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    carried = [0.0]
    line.on(
        "Network.loadingFinished",
        lambda event: carried.__setitem__(0, carried[0] + event["encodedDataLength"]),
    )

    def weigh(path: str) -> float:
        carried[0] = 0
        page.goto(path, wait_until="networkidle")
        return carried[0]

    first = weigh("/rtl")
    assert 0 < first <= FIRST, first
    for path in (f"/rtl/{made['returned']['id']}", f"/rtl/{made['assigned']['id']}", "/pelacak", "/rtl"):
        weight = weigh(path)
        assert 0 < weight <= AFTER, (path, weight)
