"""The pages of the minutes in a browser, at the width of a phone and of a desk: readable, usable, without violations."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from flask import Flask

from randal.database.base import db
from randal.documents.preview import Trial
from randal.models.meetings import Decision, Directive, Meeting, Objective
from randal.models.minutes import Minutes, MinutesSection, Signature
from tests.world import World

PASSPHRASE = "frasa sandi contoh"
pytestmark = pytest.mark.database("sqlite")


@pytest.fixture
def meeting(app: Flask, world: World) -> Meeting:
    meeting = world.meeting(
        "in_session", units=("ID-BB", "ID-BA", "ID-JB"), purpose="Menyamakan langkah keterpaduan."
    )
    for objective in db.session.query(Objective):
        objective.assessment = "met"
    for number in (1, 2):
        given = {
            "meeting_id": meeting.id,
            "number": number,
            "updated_at": world.now,
            "speaker": world.chair.name,
        }
        db.session.add(
            Directive(text="Keterpaduan kawasan diutamakan daripada pendekatan sektoral.", **given)
        )
        db.session.add(Decision(text="Seluruh PPK memakai satu metrik kegiatan.", **given))
    db.session.commit()
    world.fire(meeting, "close", world.chair, confirm=True)
    return meeting


def minutes_of(meeting: Meeting) -> int:
    return read(lambda: db.session.query(Minutes).filter_by(meeting_id=meeting.id).one().id)


def read(ask: Callable[[], Any]) -> Any:
    """What stands in the database now; the file is let go at once, for the browser's requests."""
    db.session.expire_all()
    try:
        return ask()
    finally:
        db.session.commit()


@pytest.fixture
def look(axe: Callable[[Any], None], tmp_path: Path) -> Callable[[Any, str], None]:
    def check(page: Any, name: str) -> None:
        page.wait_for_load_state("networkidle")
        page.screenshot(path=tmp_path / f"{name}-{page.viewport_size['width']}.png", full_page=True)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{name}: {wide} px wider than the screen"
        axe(page)

    return check


def watched(page: Any) -> Any:
    page.set_default_timeout(120_000)  # the first fetch squeezes the assets
    page.complaints = []
    page.on("console", lambda m: page.complaints.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda e: page.complaints.append(str(e)))
    return page


@pytest.mark.parametrize("width", [390, 1280])
def test_writing_review_and_signing(
    world: World, meeting: Meeting, sign_in_browser: Any, browser: Any, look: Any, width: int
) -> None:
    def visit(person: Any) -> Any:
        page = watched(sign_in_browser(person, width=width))
        db.session.commit()
        return page

    mid = minutes_of(meeting)
    taker = visit(world.minute_taker)
    taker.goto(f"/notula/{mid}")
    look(taker, "draf")
    taker.goto(f"/notula/{mid}/tulis")
    editor = taker.locator("#bagian-penutup trix-editor")
    editor.click()
    editor.press("End")
    editor.type(" Rapat berikutnya pada bulan depan.")
    taker.locator("#bagian-penutup form[data-state=saved]").wait_for()
    if width < 1280:
        taker.get_by_role("link", name="Pratinjau").first.click()
    # a worker draws what was just written, and the page shows it without being asked
    until(lambda: "bulan depan" in drawn_text(mid))
    shown = read(lambda: Trial.of("minutes", mid).sha256[:12])
    taker.locator(f"[data-preview-pages] img[src$='{shown}']").first.wait_for()
    taker.get_by_text("Sesuai dengan yang tersimpan").first.wait_for()
    look(taker, "pratinjau" if width < 1280 else "tulis")
    if width < 1280:
        taker.get_by_role("link", name="Tulis notula").click()
        look(taker, "tulis")
    assert "bulan depan" in minutes_text(mid, "penutup")
    edited = read(lambda: db.session.query(MinutesSection.key).filter_by(minutes_id=mid, edited=True).all())
    assert [tuple(row) for row in edited] == [("penutup",)]  # the others were only opened

    # somebody else saves the same section meanwhile: both texts are shown, neither is overwritten
    other = world.api(world.secretariat)
    version = other.get(f"/minutes/{mid}").json["version"]
    theirs = {"sections": {"penutup": "<p>Tulisan sekretariat.</p>"}}
    assert (
        other.patch(f"/minutes/{mid}", json=theirs, headers={"If-Match": f'"{version}"'}).status_code == 200
    )
    editor.click()
    editor.type("Tulisan notulis. ")
    taker.locator("#bagian-penutup .conflict").wait_for()
    look(taker, "bentrok")
    taker.get_by_role("button", name="Pakai tulisan saya").click()
    taker.locator("#bagian-penutup form[data-state=saved]").wait_for()
    assert "Tulisan notulis" in minutes_text(mid, "penutup")

    taker.get_by_role("link", name="Selesai menulis: tinjau").first.click()
    taker.get_by_role("button", name="Ajukan untuk ditinjau").click()  # says whom it reaches, and asks once
    taker.locator("form[action$='/langkah/submit'] .form-end button").first.click()
    taker.get_by_text("Naskah diajukan untuk ditinjau").first.wait_for()
    ppk = visit(world.ppk("ID-BB"))
    ppk.goto(f"/notula/{mid}")
    ppk.locator("textarea[name=text]").fill("Mohon angka progres kami diperiksa.")
    ppk.get_by_role("button", name="Kirim tanggapan").click()
    ppk.get_by_role("button", name="Menyetujui, atas nama PPK saya").click()
    look(ppk, "tinjau-ppk")
    taker.goto(f"/notula/{mid}")
    taker.locator("summary", has_text="Jawab").click()
    look(taker, "tinjau-notulis")
    taker.locator("textarea[name=answer]").fill("Sudah diperiksa dan sesuai laporan.")
    taker.get_by_role("button", name="Simpan jawaban").click()
    taker.goto(f"/notula/{mid}/penanda-tangan")
    look(taker, "penanda-tangan")

    chair = visit(world.chair)
    chair.goto(f"/notula/{mid}")
    look(chair, "setujui")
    chair.get_by_role("button", name="Setujui").click()  # opens its sheet, where a number may be typed
    chair.locator("form[action$='/langkah/approve'] .form-end button").first.click()
    chair.get_by_text("Naskah disetujui, isinya dikunci").first.wait_for()
    until(lambda: db.session.query(Signature).filter_by(minutes_id=mid, state="ready").count() == 1)
    taker.goto("/tanda-tangan")
    look(taker, "daftar-tanda-tangan")
    taker.get_by_role("link", name="Baca dan tandatangani").click()
    taker.get_by_role("link", name="Daftarkan kunci tanda tangan").click()
    look(taker, "kunci")
    taker.locator("input[name=passphrase]").fill(PASSPHRASE)
    taker.locator("input[name=again]").fill(PASSPHRASE)
    taker.get_by_role("button", name="Daftarkan kunci").click()
    taker.locator("input[name=passphrase]").first.fill("keliru")
    taker.get_by_role("button", name="Tandatangani notula").click()
    taker.get_by_text("Frasa sandi tidak cocok").first.wait_for()
    look(taker, "frasa-keliru")
    ready = read(lambda: db.session.query(Signature).filter_by(minutes_id=mid, state="ready").one().id)
    taker.goto(f"/tanda-tangan/{ready}")
    look(taker, "tandatangani")
    taker.locator("input[name=passphrase]").first.fill(PASSPHRASE)
    taker.get_by_role("button", name="Tandatangani notula").click()
    taker.get_by_text("Naskah ditandatangani.").first.wait_for()
    look(taker, "sudah-tanda-tangan")
    chair.goto(f"/notula/{mid}")
    look(chair, "menunggu-pimpinan")
    chair.goto("/notula")
    look(chair, "daftar")

    visitor = watched(browser(width=width))
    code = read(lambda: db.session.get(Minutes, mid).document.code)
    visitor.goto("/verifikasi")
    look(visitor, "verifikasi")
    visitor.locator("#kode-isian").fill(code)
    visitor.get_by_role("button", name="Periksa kode").click()
    visitor.get_by_role("heading", name="Tercatat").wait_for()
    look(visitor, "verifikasi-hasil")
    allowed = (
        "409",
        "422",
    )  # the browser reports every refused request in its console; these two we asked for
    for page in (taker, ppk, chair, visitor):
        assert [c for c in page.complaints if not any(code in c for code in allowed)] == []


def until(holds: Callable[[], bool], seconds: int = 120) -> None:
    """Wait for what a worker does (the live server runs the reactions)."""
    for _ in range(seconds * 4):
        if read(holds):
            return
        time.sleep(0.25)
    raise AssertionError("the reactions did not come to it in time")


def drawn_text(minutes_id: int) -> str:
    trial = Trial.of("minutes", minutes_id)
    pages = pypdfium2.PdfDocument(trial.pdf) if trial and trial.pdf else ()
    return " ".join(page.get_textpage().get_text_range() for page in pages)


def minutes_text(minutes_id: int, key: str) -> str:
    return read(lambda: db.session.query(MinutesSection).filter_by(minutes_id=minutes_id, key=key).one().html)
