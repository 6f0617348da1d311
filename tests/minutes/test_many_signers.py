"""The note-taker, PPK in any sequence, the chair. One declines; the second round is published; an addendum takes its
place. On a telephone where people read and sign, on a desk where they look.

    RANDAL_LONG=1 .venv/bin/python -m pytest tests/minutes/test_many_signers.py      # sixteen signers (minutes)
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask, current_app

from randal.database.base import db
from randal.models.meetings import Meeting, Objective
from randal.models.minutes import Minutes, Signature
from randal.org.people import Person
from randal.signatures import keys
from tests.minutes.test_room_browser import look, read, until, watched  # noqa: F401 - a fixture among them
from tests.world import Api, World

PASSPHRASE = "frasa sandi contoh"
ALL = tuple(f"ID-{iso}" for iso in "BB BA JB JT JI BT LA SS JA RI SB SU AC BE".split())
UNITS = ALL if os.environ.get("RANDAL_LONG") else ALL[:2]
pytestmark = pytest.mark.database("sqlite")


@pytest.fixture
def meeting(app: Flask, world: World) -> Iterator[Meeting]:
    meeting = world.meeting("closed", units=UNITS)
    for objective in db.session.query(Objective):
        objective.assessment = "met"
    db.session.commit()
    yield meeting


def test_one_declines_and_the_second_round_stands(
    world: World,
    meeting: Meeting,
    sign_in_browser: Any,
    browser: Any,
    look: Any,  # noqa: F811
    tmp_path: Path,
) -> None:
    ppk = [world.ppk(iso) for iso in UNITS]
    everybody = [world.minute_taker, *ppk, world.chair]
    for person in everybody:
        keys.enrol(db.session.get_one(Person, person.id), {"passphrase": PASSPHRASE}, world.now)
        db.session.commit()
    api = {person.id: world.api(person) for person in everybody}
    taker, chair, first = api[world.minute_taker.id], api[world.chair.id], ppk[0]
    mid = taker.get(f"/meetings/{meeting.id}/minutes").json["id"]

    desk = watched(sign_in_browser(world.minute_taker, width=1280))
    db.session.commit()
    desk.goto(f"/notula/{mid}/penanda-tangan")
    look(desk, "penanda-tangan")
    wanted = [{"user_id": world.minute_taker.id, "position": 1}, {"user_id": world.chair.id, "position": 3}]
    wanted += [{"user_id": person.id, "position": 2} for person in ppk]
    assert taker.put(f"/minutes/{mid}/signers", json=wanted).status_code == 200
    desk.reload()
    assert desk.locator("select[name=user_id]").count() == min(len(everybody) + 2, 16)
    assert desk.locator("input[name=position]").evaluate_all("all => all.map(one => one.value).filter(Boolean)") == [
        "1", *["2"] * len(ppk), "3"
    ]  # fmt: skip
    look(desk, "penanda-tangan-16")

    approve(taker, chair, mid)
    sign(api, world.minute_taker, mid)
    assert states(mid) == {"signed": 1, "ready": len(ppk), "waiting": 1}
    for person in ppk[1:4]:
        sign(api, person, mid)
    phone = watched(sign_in_browser(first, width=390))
    db.session.commit()
    open_mine(phone)
    pages = phone.locator(".pdf-pages img")
    pages.last.scroll_into_view_if_needed()
    phone.wait_for_load_state("networkidle")
    assert pages.count() >= 2 and all(
        pages.evaluate_all("all => all.map(one => one.complete && one.naturalWidth > 1000)")
    )
    look(phone, "baca")
    phone.get_by_role("button", name="Tolak").first.click()
    opened = phone.get_by_role("dialog")
    opened.get_by_label("Alasan").fill("Contoh: angka progres provinsi kami tertukar.")
    look(phone, "tolak")
    opened.get_by_role("button", name="Tolak").click()
    phone.get_by_text("naskah kembali kepada penyusun").first.wait_for()
    assert read(lambda: db.session.get_one(Minutes, mid).state) == "drafting"

    approve(taker, chair, mid)
    sign(api, world.minute_taker, mid)
    for person in ppk[1:]:
        sign(api, person, mid)
    assert states(mid) == {"signed": len(ppk), "ready": 1, "waiting": 1}
    open_mine(phone)
    phone.locator("input[name=passphrase]").first.fill(PASSPHRASE)
    phone.get_by_role("button", name="Tandatangani notula").click()
    phone.get_by_text("Naskah ditandatangani").first.wait_for()
    look(phone, "sudah")
    sign(api, world.chair, mid)
    assert read(lambda: db.session.get_one(Minutes, mid).state) == "signed"
    document = read(lambda: db.session.get_one(Minutes, mid).document)
    (tmp_path / "notula-16.pdf").write_bytes(read(lambda: db.session.merge(document).newest.read()))
    for width in (390, 1280):
        visitor = watched(browser(width=width))
        visitor.goto(f"/verifikasi/{document.code}")
        visitor.get_by_role("heading", name="Tercatat").wait_for()
        assert visitor.locator(".signers-list li").count() == len(everybody)
        look(visitor, "verifikasi-kode-16")
        visitor.set_input_files("#file", tmp_path / "notula-16.pdf")
        visitor.get_by_role("button", name="Periksa berkas").click()
        visitor.get_by_role("heading", name="Utuh dan cocok").wait_for()
        assert visitor.locator(".signers-list li").count() == len(everybody)
        look(visitor, "verifikasi-16")

    assert taker.move("minutes", mid, "amend", reason="Contoh: salah ketik nama kawasan.").status_code == 200
    addendum = read(lambda: db.session.get_one(Minutes, mid).open_addendum.id)
    approve(taker, chair, addendum)
    for person in everybody:
        sign(api, person, addendum)
    assert read(lambda: db.session.get_one(Minutes, mid).state) == "superseded"
    visitor.reload()
    visitor.get_by_text("sudah digantikan oleh").first.wait_for()
    admin = watched(sign_in_browser(world.person("admin"), width=390))
    for width in (390, 1280):
        admin.set_viewport_size({"width": width, "height": 900})
        admin.goto("/operator/otoritas")
        look(admin, "otoritas")
    admin.get_by_role("link", name="Cabut kunci").first.click()
    look(admin, "cabut")
    assert [c for page in (desk, phone, visitor, admin) for c in page.complaints] == []


def open_mine(phone: Any) -> None:
    phone.goto("/tanda-tangan")
    phone.get_by_role("link", name="Baca dan tandatangani").click()
    phone.get_by_role("heading", name="Berkas notula").wait_for()


def approve(taker: Api, chair: Api, mid: int) -> None:
    assert taker.move("minutes", mid, "submit").status_code == 200
    assert chair.move("minutes", mid, "approve").status_code == 200
    until(lambda: db.session.query(Signature).filter_by(minutes_id=mid, state="ready").count() > 0)


def sign(api: dict[int, Api], person: Any, mid: int) -> None:
    waiting = api[person.id].get("/signatures?state=ready").json["items"]
    mine = next(s for s in waiting if s["minutes_id"] == mid)
    token, server = api[person.id].token, current_app.config["RANDAL"].public_url
    db.session.commit()  # and nothing is read after it: here that would hold the file
    # Asked of the live server: the browser's own event loop runs in this thread.
    answer = requests.post(
        f"{server}/api/v1/signatures/{mine['id']}/moves/sign",
        json={"passphrase": PASSPHRASE},
        headers={"Authorization": f"Bearer {token}"},
        timeout=120,
    )
    assert answer.status_code == 200, answer.text


def states(mid: int) -> dict[str, int]:
    def count() -> dict[str, int]:
        found: dict[str, int] = {}
        for signature in db.session.get_one(Minutes, mid).signatures:
            found[signature.state] = found.get(signature.state, 0) + 1
        return found

    counted: dict[str, int] = read(count)
    return counted
