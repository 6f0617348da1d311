"""The page of working days: secretariat and administrator correct a day, everybody sees who did."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from randal.database.base import db
from randal.schedule import workdays
from tests.world import World

PAGE = "/operator/hari-kerja"
GIVEN = {"day": "2026-03-09", "kind": "off", "name": "Contoh cuti bersama", "note": "SKB contoh"}


def test_who_may(world: World) -> None:
    assert world.client().get(PAGE).status_code == 302
    for role in ("ppk", "evaluator", "leader", "auditor", "none"):
        client = world.sign_in(world.person(role, "ID-BB" if role == "ppk" else None))
        assert client.get(PAGE).status_code == 403
        assert client.post(PAGE, data=GIVEN).status_code == 403
    assert workdays.is_working(date(2026, 3, 9))
    page = world.sign_in(world.secretariat).get(PAGE)
    assert page.status_code == 200 and ">Ringkasan<" not in page.text and "Hari kerja" in page.text
    assert world.sign_in(world.secretariat).get("/operator").status_code == 403


def test_a_day_is_corrected_and_given_back(world: World) -> None:
    client, admin = (
        world.sign_in(world.secretariat),
        world.sign_in(world.person("admin", name="Contoh Admin Kita")),
    )
    answer = client.post(PAGE, data=GIVEN)
    assert answer.status_code == 303 and answer.headers["Location"].endswith("?tahun=2026")
    assert workdays.calendar().look(date(2026, 3, 9)) == (False, "Contoh cuti bersama")
    page = admin.get(PAGE).text
    assert "Senin, 9 Maret 2026" in page and "SKB contoh" in page and world.secretariat.name in page
    assert "Masih berlaku" in page
    row = workdays.in_force(date(2026, 3, 9))
    assert row is not None
    assert admin.post(f"{PAGE}/{row.id}/cabut").status_code == 303
    assert workdays.is_working(date(2026, 3, 9))
    page = client.get(PAGE).text
    assert "Masih berlaku" not in page and "Contoh Admin Kita" in page and "SKB contoh" in page, (
        "the history stays"
    )
    again = client.post(f"{PAGE}/{row.id}/cabut")
    assert again.status_code == 409 and "Muat ulang" in again.text
    assert client.post(f"{PAGE}/987/cabut").status_code == 404
    assert client.post(f"{PAGE}/{10**30}/cabut").status_code == 404


@pytest.mark.database("sqlite")
@pytest.mark.parametrize(
    "change",
    [
        {"day": ""},
        {"day": "9/3"},
        {"day": "1026-03-09"},
        {"kind": "x"},
        {"name": ""},
        {"name": "x" * 121},
        {"note": "x" * 2001},
    ],
)
def test_what_is_wrong_is_said_at_its_field(world: World, change: dict[str, str]) -> None:
    answer = world.sign_in(world.secretariat).post(PAGE, data=GIVEN | change)
    assert answer.status_code == 422 and "Periksa isian berikut" in answer.text
    assert db.session.query(workdays.DayOverride).count() == 0


@pytest.mark.database("sqlite")
def test_what_the_calendar_cannot_know_is_said(world: World) -> None:
    client = world.sign_in(world.secretariat)
    assert (
        "belum dikenal" not in client.get(PAGE).text
        and "Cuti Bersama Hari Suci Nyepi" in client.get(PAGE).text
    )
    assert "Cuti bersama 2090 belum dikenal" in client.get(f"{PAGE}?tahun=2090").text
    assert "Masih perkiraan" in client.get(f"{PAGE}?tahun=2090").text
    for junk in ("x", "20", "99999", "1999", "²⁰²⁶"):
        assert "Libur dan koreksi 2026" in client.get(PAGE, query_string={"tahun": junk}).text


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("width", [390, 1280])
def test_seen_in_a_browser(world: World, sign_in_browser: Any, axe: Any, width: int) -> None:
    page = sign_in_browser(world.secretariat, width=width)
    page.goto(PAGE)
    page.fill("[name=day]", "2026-03-09")
    page.select_option("[name=kind]", "off")
    page.fill("[name=name]", "Contoh cuti bersama")
    page.click("button:has-text('Simpan')")
    page.wait_for_selector("text=Hari kerja disimpan")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    axe(page)
