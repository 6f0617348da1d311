"""The lists on pages, the themes of a new year with one button, a formula proposed beside its worked example."""

from __future__ import annotations

import html
import re
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from randal.database import paging
from randal.database.base import db
from randal.models.areas import AreaTheme, Criterion, IndexFormula, Theme
from randal.models.progress import Area
from randal.rooms.areas import proposing
from randal.rooms.areas.beginning import FORMULA
from randal.rooms.areas.example import EXAMPLE
from randal.rooms.areas.index import Formula, index
from tests.monitoring import stories

pytestmark = pytest.mark.database("sqlite")


def test_a_theme_is_added_renamed_and_ended_on_its_page(world: Any) -> None:
    client = world.sign_in(world.secretariat)
    assert (
        client.post("/kawasan/daftar/tema/baru", data={"name": "Contoh tema", "active": "true"}).status_code
        == 303
    )
    row = db.session.scalars(select(Theme).where(Theme.name == "Contoh tema")).one()
    at = f"/kawasan/daftar/tema/{row.id}"
    assert "Contoh tema" in client.get("/kawasan/daftar").text and client.get(at).status_code == 200
    assert client.post(at, data={"name": "Contoh lain", "version": row.version}).status_code == 303
    db.session.expire_all()
    assert (row.name, row.active) == ("Contoh lain", False)
    assert client.post(at, data={"name": "Contoh", "version": 1}).status_code == 409
    again = client.post("/kawasan/daftar/jenis/baru", data={"name": "KSPN", "active": "true"})
    assert again.status_code == 422 and "sudah ada di daftar" in again.text
    asked = {"name": "Contoh kriteria", "of": "activity", "sectors": ["AM", "PLP"], "active": "true"}
    assert client.post("/kawasan/daftar/kriteria/baru", data=asked).status_code == 303
    assert db.session.scalars(select(Criterion.sectors).where(Criterion.name == "Contoh kriteria")).one() == [
        "AM",
        "PLP",
    ]
    assert world.sign_in(world.ppk("ID-BB")).get(at).status_code == 403
    assert client.get("/kawasan/daftar/lain/baru").status_code == 404


def test_last_years_themes_go_on_with_one_button(world: Any) -> None:
    first, second = (stories.area(world, "ID-BB", f"Contoh {n}", "wisata") for n in (1, 2))
    year = db.session.scalars(select(AreaTheme.year)).first()
    client = world.sign_in(world.secretariat)
    assert (
        client.post(f"/kawasan/{second}/tema/{year + 1}", data={"theme": "Contoh tema lain"}).status_code
        == 303
    )
    at = f"/kawasan/tema?tahun={year + 1}"
    assert f"Pakai tema {year} untuk 1 kawasan" in client.get(at).text
    assert client.post("/kawasan/tema", data={"tahun": year + 1}).status_code == 303
    rows = select(AreaTheme).where(AreaTheme.year == year + 1).order_by(AreaTheme.area_id)
    assert {r.area_id: r.theme.name for r in db.session.scalars(rows)} == {
        first: "wisata",
        second: "Contoh tema lain",
    }
    assert db.session.get_one(Area, first).theme == "wisata" and "Pakai tema" not in client.get(at).text
    assert "Pakai tema" not in world.sign_in(world.chair).get(at).text
    assert (
        world.sign_in(world.ppk("ID-BB")).post("/kawasan/tema", data={"tahun": year + 1}).status_code == 403
    )
    assert client.get("/kawasan/tema?tahun=99999").status_code == 404


def test_a_formula_is_proposed_beside_its_example_and_adopted_by_a_leader(world: Any) -> None:
    stories.country(world)
    assert index(EXAMPLE, Formula.read("x", FORMULA)).value == Decimal("68.78")  # docs/indeks.md
    client = world.sign_in(world.evaluator)
    page = client.get("/indeks/usulan").text
    assert "68,78" in page and "Contoh hitungan" in page
    given = proposing.spread(FORMULA) | {"name": "2026-1", "weights-coverage": "100", "spread": "12,5"}
    counted = client.post("/indeks/usulan", data=given | {"hitung": "1"})
    assert counted.status_code == 200 and "68,78" not in counted.text and "× 100" in counted.text
    assert db.session.scalars(select(IndexFormula.name)).all() == ["usulan-1"]
    bad = client.post("/indeks/usulan", data=given | {"weights-in_step": "x", "spread": "0"})
    assert bad.status_code == 422 and 'value="100"' in bad.text
    none = client.post("/indeks/usulan", data=given | {"spread": "0"})
    assert none.status_code == 422 and "Ambang harus lebih dari nol." in none.text
    assert client.post("/indeks/usulan", data=given).status_code == 303
    made = db.session.scalars(select(IndexFormula).where(IndexFormula.name == "2026-1")).one()
    assert Decimal(made.content["weights"]["coverage"]) == 100 and Decimal(made.content["spread"]) == Decimal(
        "12.5"
    )
    assert "Tetapkan 2026-1" in world.sign_in(world.chair).get("/indeks").text
    assert world.sign_in(world.chair).get("/indeks/usulan").status_code == 403


@pytest.mark.database("sqlite", "postgresql")
def test_a_long_list_of_kawasan_goes_on_page_by_page(world: Any, monkeypatch: Any) -> None:
    names = [f"Contoh kawasan {n:02}" for n in range(1, 6)]
    for name in names:
        stories.area(world, "ID-BB", name, "wisata")
    stories.area(world, "ID-KR", "Contoh kawasan lain", "kumuh")
    monkeypatch.setattr(paging.page_of, "__defaults__", (2,))
    client = world.sign_in(world.secretariat)
    year = db.session.scalars(select(AreaTheme.year)).first()
    for at in ("/kawasan?provinsi=ID-BB", f"/kawasan/tema?tahun={year}"):
        found: list[str] = []
        while at:
            section = client.get(at).text.partition("</tbody>")
            shown = re.findall(r'<th scope="row"><a[^>]*>([^<]+)', section[0])
            assert 0 < len(shown) <= 2
            found += shown
            later = re.search(r'href="([^"]+)" rel="next"', section[2].partition("</section>")[0])
            at = html.unescape(later[1]) if later else ""
        assert [name for name in found if name in names] == names and len(found) == len(set(found))
    page = client.get("/kawasan?tema=kumuh").text
    assert "Contoh kawasan lain" in page and names[0] not in page and "belum ditetapkan" in page
    assert client.get("/kawasan?setelah=999999999999999999999").status_code == 200
