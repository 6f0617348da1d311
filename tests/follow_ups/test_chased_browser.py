"""Chased to the end, in a browser: one promise through every state, an evaluator's morning, a hand-in whose line is cut."""

from __future__ import annotations

import contextlib
import io
import os
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from PIL import Image

from tests.follow_ups.conftest import Story
from tests.follow_ups.test_pieces import photo
from workflows import LIFECYCLES

pytestmark = pytest.mark.database("sqlite")
CLAIMS = int(os.environ.get("RANDAL_CLAIMS", "6"))  # RANDAL_CLAIMS=40: a whole morning


class Hand:
    """One person's browser on the page of one follow-up; what is looked at is checked."""

    def __init__(self, page: Any, axe: Callable[[Any], None], width: int):
        self.page, self.axe, self.width = page, axe, width
        self.said: list[str] = []
        page.on("console", lambda message: self.said.append(message.text))

    def go(self, path: str, name: str = "") -> Hand:
        self.page.goto(path)
        return self.look(name) if name else self

    def look(self, name: str) -> Hand:
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), self.page.url
        self.axe(self.page)
        if folder := os.environ.get("RANDAL_PICTURES"):
            self.page.screenshot(path=f"{folder}/{name}-{self.width}.png", full_page=True)
        return self

    def move(self, label: str, answer: str, **fields: str) -> None:
        self.page.get_by_role("button", name=label, exact=True).first.click()
        box = self.page.locator("dialog[open]")
        for name, value in fields.items():
            field = box.locator(f"[name={name}]")
            if field.evaluate("e => e.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)
        box.get_by_role("button", name=label, exact=True).click()
        self.page.get_by_text(answer).first.wait_for()

    def hand_in(self, picture: Path, note: str) -> None:
        self.page.set_input_files("#file", str(picture))
        self.page.fill("#note", note)
        self.page.get_by_role("button", name="Unggah dan ajukan selesai").click()
        self.page.get_by_text("Diajukan selesai. Tim Monev akan memeriksa.").first.wait_for()


@pytest.mark.parametrize("width", [390, 1280])
def test_one_promise_through_every_state(
    story: Story, sign_in_browser: Callable[..., Any], axe: Callable[[Any], None], tmp_path: Path, width: int
) -> None:
    world, item = story.world, story.draft()
    here, seen = f"/rtl/{item['id']}", [item["state"]]

    def come(person: Any) -> Hand:
        return Hand(sign_in_browser(person, width=width), axe, width)

    def now() -> str:
        state = story.evaluator.get(f"/follow-ups/{item['id']}").json["state"]
        if state != seen[-1]:
            seen.append(state)
        return str(state)

    picture = tmp_path / "foto.jpg"
    picture.write_bytes(photo(300))
    chair, ppk, judge, leader = (
        come(p) for p in (world.chair, world.ppk("ID-BB"), world.evaluator, world.person("leader"))
    )
    chair.go(here).page.get_by_role("button", name="Tugaskan", exact=True).first.click()
    chair.page.locator("dialog[open]").get_by_role("button", name="Tugaskan", exact=True).click()
    chair.page.get_by_text("Tindak lanjut ditugaskan kepada PPK.").first.wait_for()
    assert now() == "assigned"
    ppk.go(here, "rtl-ditugaskan").move(
        "Catat kemajuan", "Kemajuan dicatat.", note="Contoh lahan sudah diukur."
    )
    assert now() == "in_progress"
    ppk.hand_in(picture, "Contoh sudah dikerjakan.")
    assert now() == "submitted"
    judge.go(f"/rtl/verifikasi/{item['id']}", "periksa")
    judge.page.get_by_label("Kurang").first.check()
    judge.page.get_by_role("button", name="papan nama").click()
    judge.page.get_by_role("button", name="Kembalikan", exact=True).click()
    judge.page.get_by_text("dikembalikan kepada PPK").first.wait_for()
    assert now() == "returned"
    ppk.go(here, "rtl-dikembalikan")
    assert ppk.page.get_by_text("Foto belum memperlihatkan papan nama kegiatan").first.is_visible()
    ppk.page.get_by_role("link", name="Ganti dengan versi baru").click()
    picture.write_bytes(photo(280, colour="peru"))
    ppk.hand_in(picture, "Contoh foto papan nama.")
    judge.go(f"/rtl/verifikasi/{item['id']}")
    judge.page.get_by_label("Diterima").first.check()
    judge.page.get_by_role("button", name="Verifikasi", exact=True).click()
    judge.page.get_by_text("terverifikasi").first.wait_for()
    assert now() == "verified"
    judge.go(here, "rtl-terverifikasi").move(
        "Buka kembali", "Tindak lanjut dibuka kembali.", reason="contoh asetnya rusak lagi"
    )
    assert now() == "in_progress"
    why = {"ground": "legal_process", "reason": "contoh lahan dalam perkara"}
    for answer, state in (("Tolak usul", "in_progress"), ("Setujui usul", "infeasible")):
        ppk.go(here).move("Usulkan tidak dapat dilaksanakan", "Diusulkan tidak dapat dilaksanakan:", **why)
        assert now() == "infeasible_proposed"
        leader.go(here, "rtl-diusulkan").move(answer, "Usul di", reason="contoh putusan pimpinan")
        assert now() == state
    ppk.go(here, "rtl-tidak-dapat")
    item = story.assigned()
    here = f"/rtl/{item['id']}"
    chair.go(here).move("Batalkan", "Tindak lanjut dibatalkan.", reason="contoh sudah tidak perlu")
    assert now() == "cancelled"
    assert set(seen) == set(LIFECYCLES["follow_up"].states)
    assert [hand.said for hand in (chair, ppk, judge, leader)] == [[]] * 4


def test_an_evaluators_morning(
    story: Story, sign_in_browser: Callable[..., Any], axe: Callable[[Any], None]
) -> None:
    """Claim after claim by two keys each; one in four goes back with a reason from the list."""
    made = [story.submitted(text=f"Contoh janji nomor {n}") for n in range(CLAIMS)]
    hand = Hand(sign_in_browser(story.world.evaluator), axe, 1280)
    hand.go("/rtl/verifikasi", "antrean")
    began = time.monotonic()
    hand.page.keyboard.press("Alt+m")
    for n in range(CLAIMS):
        hand.page.get_by_text(f"Contoh janji nomor {n}", exact=True).wait_for()
        if n % 4 == 3:
            hand.page.get_by_role("button", name="Bukti belum menunjukkan").click()
            hand.page.keyboard.press("Alt+b")
        else:
            hand.page.get_by_label("Diterima").check()
            hand.page.keyboard.press("Alt+v")
    hand.page.get_by_text("Semua sudah diperiksa").first.wait_for()
    hand.look("antrean-kosong")
    print(f"{CLAIMS} claims in {time.monotonic() - began:.1f} s")
    states = [story.evaluator.get(f"/follow-ups/{item['id']}").json["state"] for item in made]
    assert states == ["returned" if n % 4 == 3 else "verified" for n in range(CLAIMS)]
    assert hand.said == []


def large() -> bytes:
    """A photo as a phone takes it: 12 megapixels, some megabytes, with its position."""
    with Image.open(io.BytesIO(photo())) as small:
        exif = small.getexif()
        kept = io.BytesIO()
        Image.effect_noise((3000, 2000), 60).convert("RGB").save(kept, "JPEG", exif=exif, quality=80)
    return kept.getvalue()


class BadLine:
    """A line to the server that breaks in the middle of the first uploads."""

    def __init__(self, server: str, cuts: int, after: int = 60_000):
        self.there = (urlsplit(server).hostname, urlsplit(server).port)
        self.cuts, self.after, self.made = cuts, after, 0
        self.door = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.door.getsockname()[1]}"
        threading.Thread(target=self.open, daemon=True).start()

    def open(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self.door.accept()
                far = socket.create_connection(self.there)
                for pair in ((near, far, True), (far, near, False)):
                    threading.Thread(target=self.carry, args=pair, daemon=True).start()

    def carry(self, source: socket.socket, target: socket.socket, up: bool) -> None:
        carried, sending = 0, False
        with contextlib.suppress(OSError):
            while data := source.recv(16_384):
                sending = sending or (up and data.startswith(b"POST /rtl/"))
                carried += len(data) if sending else 0
                if carried > self.after and self.made < self.cuts:
                    self.made += 1
                    break
                target.sendall(data)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


def test_a_line_cut_in_the_middle_of_an_upload(
    story: Story, sign_in_browser: Callable[..., Any], live_server: Any, tmp_path: Path
) -> None:
    """Three taps from the list; the photo is made small; what was cut is sent again by itself, and is there once."""
    item, picture = story.assigned(), tmp_path / "foto.jpg"
    picture.write_bytes(large())
    page = sign_in_browser(story.world.ppk("ID-BB"), width=390, has_touch=True, is_mobile=True)
    line = BadLine(live_server.url, cuts=2)
    page.goto(f"{line.url}/rtl")
    page.locator(f"main a[href='/rtl/{item['id']}']").first.tap()
    page.locator("#kamera").wait_for()
    page.set_input_files("#kamera", str(picture))
    page.get_by_role("button", name="Unggah dan ajukan selesai").tap()
    page.get_by_text("Kiriman disimpan di perangkat ini dan dikirim lagi sendiri").first.wait_for()
    assert line.made == 1
    assert story.ppk.get(f"/follow-ups/{item['id']}").json["state"] == "assigned"
    page.reload()  # the tab was closed and opened again: the parcel is still on the phone, goes, and is cut once more
    for _ in range(300):
        page.wait_for_timeout(100)
        if page.get_by_text("Diajukan selesai. Tim Monev akan memeriksa.").count():
            break
    else:
        raise AssertionError(page.locator("main").inner_text())
    assert line.made == 2
    pieces = story.ppk.get(f"/follow-ups/{item['id']}/evidence").json["items"]
    assert len(pieces) == 1
    assert pieces[0]["file"]["size"] < len(large()) / 2
    assert (pieces[0]["latitude"], pieces[0]["note"]) == ("-2.130000", "Foto terlampir.")
    with Image.open(io.BytesIO(story.ppk.get(f"/evidence/{pieces[0]['id']}/file").data)) as sent:
        assert sent.size == (1333, 2000)  # upright, and said so
        assert sent.getexif()[0x0112] == 1


@pytest.mark.parametrize("width", [390, 1280])
def test_pages_of_what_it_belongs_to(
    story: Story, sign_in_browser: Callable[..., Any], axe: Callable[[Any], None], width: int
) -> None:
    world = story.world
    units = [world.unit("ID-BB").id, world.unit("ID-PA").id]
    item = story.secretariat.post("/follow-ups", json=story.given(unit_ids=units)).json["items"][0]
    story.move(story.chair, item, "assign")
    here = f"/rtl/{item['id']}"
    hand = Hand(sign_in_browser(world.secretariat, width=width), axe, width)
    paths = {
        "tautan": f"{here}/tautan",
        "kelompok": f"/rtl/kelompok/{item['group_key']}",
        "kategori": "/kendala/kategori",
        "rtl-baru": f"/rtl/baru?meeting_id={story.meeting.id}",
    }
    for name, path in paths.items():
        hand.go(path, name)
    hand.page.fill("[name=due_on]", "2026-03-14")
    hand.page.locator("[name=due_on]").dispatch_event("change")
    hand.page.get_by_text("Hari kerja berikutnya Senin, 16 Maret 2026.").first.wait_for()
    hand.page.goto("/kendala/kategori")
    hand.page.get_by_text("Ubah Lahan").click()
    hand.look("kategori-ubah")
    ppk = Hand(sign_in_browser(world.ppk("ID-BB"), width=width), axe, width)
    ppk.go(here, "rtl-pemda")
    ppk.go(f"{here}/surat/permintaan", "surat").go(f"{here}/surat/kesepakatan", "berita-acara")
    assert hand.said == ppk.said == []
