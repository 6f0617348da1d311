"""The national page, a province, the matrix: sums as one report weighs them, each sees its own, statements do not grow."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event, select

from randal.database.base import db
from randal.documents import charts
from randal.documents.chart_colours import ALARM, STEPS
from randal.models.progress import ProgressReport
from randal.org.places import Province
from randal.overviews.monitoring import filters, matrix, pictures, queries, sums, tiles
from randal.overviews.monitoring.queries import Line
from randal.rooms.meetings.queries import overview
from tests.monitoring import stories


def seen(world: Any, person: Any, **asked: str) -> queries.Overview:
    actor = world.actor(person)
    return queries.overview(actor, filters.read(asked, actor), world.now)


def line_of(found: queries.Overview, iso: str) -> Line:
    return next(line for line in found.lines if line.province.iso == iso)


def test_a_province_weighs_as_its_report_does(world: Any) -> None:
    stories.country(world)
    found = seen(world, world.chair)
    report = db.session.scalars(
        select(ProgressReport).where(
            ProgressReport.unit_id == world.unit("ID-BB").id, ProgressReport.period == "2026-02"
        )
    ).one()
    one = line_of(found, "ID-BB").now
    for measure in sums.MEASURES:
        assert one.mean(measure) == getattr(report.totals, measure)
    assert one.weight == report.totals.budget and one.count == 2
    meeting = world.meeting("in_session", units=("ID-BB",), report_period="2026-02")
    (row,) = overview(meeting, world.actor(world.chair), world.now)
    assert row.physical.actual == one.physical_actual and row.physical.deviation == one.physical_deviation
    # by hand: (3 × 30 + 1 × 40 + 3 × 35,5) / 7
    assert found.whole.physical_actual == Decimal("33.79")
    assert line_of(found, "ID-BB").gained == Decimal("16.25") and line_of(found, "ID-BB").critical
    assert found.filters.period == "2026-02" and found.filters.before == "2026-01"
    assert list(found.year_sums()) == ["2026-01", "2026-02"]


def test_a_large_budget_is_summed_exactly(world: Any) -> None:
    """Beyond what a whole number of 64 bits holds when rupiah, percent and cents are multiplied at once."""
    place = stories.area(world, "ID-BB", "Contoh Kawasan Besar")
    rows = [stories.activity(world, "ID-BB", place, s, "90000000000000.00") for s in ("AM", "PLP", "BPB")]
    stories.report(world, "ID-BB", "2026-02", {r.id: ("100", "33.33", "100", "66.67") for r in rows})
    whole = seen(world, world.chair).whole
    assert whole.physical_actual == Decimal("33.33") and whole.financial_actual == Decimal("66.67")


def test_a_draft_and_a_row_without_numbers_count_for_nothing(world: Any) -> None:
    place = stories.area(world, "ID-BB", "Contoh Kawasan")
    row = stories.activity(world, "ID-BB", place, "AM")
    stories.report(world, "ID-BB", "2026-02", {row.id: ("50", "40", "30", "20")}, submit=False)
    found = seen(world, world.chair)
    assert found.whole.count == 0 and found.filters.period == ""
    assert pictures.both_curves(found, "x")[0].says == "Belum ada angka fisik x."


@pytest.mark.database("sqlite")
def test_filters_keep_what_they_name(world: Any) -> None:
    stories.country(world)
    assert seen(world, world.chair, sektor="PLP").whole.physical_actual == Decimal("40.00")
    assert seen(world, world.chair, tema="wisata").whole.physical_actual == Decimal("32.50")
    coloured = seen(world, world.chair, tema="wisata", warna="indeks")
    assert [line.province.iso for line in coloured.lines if line.index is not None] == ["ID-BB"]
    assert seen(world, world.chair, periode="2026-01").whole.physical_actual == Decimal(
        "13.57"
    )  # (3 × 15 + 20 + 3 × 10) / 7
    assert seen(world, world.chair, tahun="2019", periode="2026-01").filters.period == "2026-01"
    assert seen(world, world.chair, periode="'; DROP", sektor="?").filters.period == "2026-02"


@pytest.mark.database("sqlite")
def test_a_ppk_sees_its_own_alone(world: Any) -> None:
    stories.country(world)
    found = seen(world, world.ppk("ID-BB"))
    assert found.whole.physical_actual == Decimal("32.50") and found.units == 1
    assert [line.province.iso for line in found.with_units] == ["ID-BB"]
    page = world.sign_in(world.ppk("ID-BB")).get("/pemantauan").text
    assert "Jawa Tengah: belum ada PPK" in page and "35,50%" not in page
    other = world.sign_in(world.ppk("ID-BB")).get("/pemantauan/provinsi/ID-JT").text
    assert "35,50" not in other and "Contoh Kawasan ID-JT" not in other
    nobody = seen(world, world.minute_taker)
    assert nobody.units == 0 and nobody.whole.count == 0


def test_pages_answer_with_the_words_behind_the_charts(world: Any) -> None:
    stories.country(world)
    client = world.sign_in(world.chair)
    page = client.get("/pemantauan").text
    assert "perlu perhatian: Kepulauan Bangka Belitung" in page
    assert page.count("<svg role=") >= 6 and "Tabel angka" in page
    assert re.search(r'href="/pemantauan/provinsi/ID-BB\?periode=2026-02" aria-label="Kepulauan Bangka', page)
    province = client.get("/pemantauan/provinsi/ID-BB").text
    assert "Contoh Kawasan ID-BB" in province and "«Belum ada»" in province
    assert client.get("/pemantauan/provinsi/ID-XX").status_code == 404
    assert "Contoh Kawasan ID-JT" in client.get("/pemantauan/kawasan?sektor=AM").text
    assert client.get("/pemantauan?provinsi=ID-XX").status_code == 200
    for colour in filters.COLOURS:
        assert client.get(f"/pemantauan?warna={colour}&tahun=2026").status_code == 200
    for odd in ("halaman=-3", "halaman=x", "periode=2026-13", "provinsi=%00", "tema=" + "x" * 999):
        assert client.get(f"/pemantauan/kawasan?{odd}").status_code == 200, odd


@pytest.mark.database("sqlite")
def test_the_statements_of_a_page_do_not_grow(world: Any) -> None:
    stories.country(world)
    client = world.sign_in(world.chair)
    paths = ("/pemantauan", "/pemantauan/kawasan", "/pemantauan/provinsi/ID-BB")
    before = [statements(client, path) for path in paths]
    for iso in ("ID-AC", "ID-PA"):
        place = stories.area(world, iso, f"Contoh Kawasan {iso}")
        row = stories.activity(world, iso, place, "PKP")
        for period in ("2025-11", "2025-12", "2026-01", "2026-02"):
            stories.report(world, iso, period, {row.id: ("10", "9", "8", "7")})
    assert [statements(client, path) for path in paths] == before


def statements(client: Any, path: str) -> int:
    said: list[str] = []

    def listen(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        said.append(statement)

    db.session.commit()
    event.listen(db.engine, "before_cursor_execute", listen)
    try:
        assert client.get(path).status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", listen)
    return len(said)


@pytest.mark.database("sqlite")
def test_the_matrix_is_read_in_pages(world: Any) -> None:
    for n in range(5):
        stories.area(world, "ID-BB", f"Contoh Kawasan {n}")
    actor = world.actor(world.chair)
    asked = filters.read({}, actor)
    first, last = (matrix.matrix(actor, asked, page, size=3) for page in (1, 2))
    assert [r.area.name[-1] for r in first.rows + last.rows] == list("01234")
    assert first.more and not last.more


# -- the map -----------------------------------------------------------------------------------------


@pytest.mark.database("sqlite")
def test_every_province_has_its_own_tile(world: Any) -> None:
    codes = {iso[3:] for iso in db.session.scalars(select(Province.iso))}
    assert set(tiles.PLACES) == codes and len(set(tiles.PLACES.values())) == 38
    narrow = [(x, y) if x < tiles.HALF else (x - tiles.HALF, y + 7) for x, y in tiles.PLACES.values()]
    assert len(set(narrow)) == 38


@pytest.mark.database("sqlite")
def test_the_map_says_in_words_what_it_colours(world: Any) -> None:
    stories.country(world)
    found = seen(world, world.chair)
    drawn = charts.svg(pictures.tile_map(found, lambda line: f"/p/{line.province.iso}"))
    links = re.findall(r'<a href="/p/(ID-\w\w)" aria-label="([^"]*)"', drawn)
    assert len(links) == 38 and links[0][0] == "ID-AC" and links[-1][0] == "ID-PD"  # Kemendagri order
    said = dict(links)
    assert said["ID-BB"] == "Kepulauan Bangka Belitung: deviasi fisik −15,00 poin, tidak ada RTL terlambat"
    assert "−15,0" in drawn and "Belum ada angka" in drawn
    assert said["ID-PS"].endswith("belum ada PPK")
    past = Line(line_of(found, "ID-PS").province)
    assert pictures.told(past, "deviasi", "2018-06") == "Papua Selatan: belum menjadi provinsi pada Juni 2018"


def test_levels_follow_the_number() -> None:
    place = Province(iso="ID-BB", name="Contoh", existed_2018=True)

    def with_index(value: str) -> Line:
        return Line(place, [object()], index=Decimal(value))  # type: ignore[list-item]

    assert [pictures.level_of(with_index(v), "indeks") for v in ("0", "19.99", "20", "99", "100")] == [
        0,
        0,
        1,
        4,
        4,
    ]
    late = [Line(place, [object()], late=n) for n in (0, 1, 3, 6, 11)]  # type: ignore[list-item]
    assert [pictures.level_of(line, "rtl") for line in late] == [0, 1, 2, 3, 4]
    assert all(len(s.steps) == len(s.colours) == 5 for s in pictures.SCALES.values())
    assert {s.colours for s in pictures.SCALES.values()} == {ALARM, STEPS}
    assert json.dumps(tiles.spec([], pictures.SCALES["rtl"], 40, narrow=True))


def test_the_map_names_whoever_the_table_marks_as_critical(world: Any) -> None:
    """Behind by 6 points of a plan beyond 70 %: critical by the threshold, and not yet dark on the map."""
    made = stories.activity(world, "ID-BB", stories.area(world, "ID-BB", "Contoh Kawasan"), "AM")
    stories.report(world, "ID-BB", "2026-02", {made.id: ("80", "74", "70", "70")})
    page = world.sign_in(world.secretariat).get("/pemantauan?periode=2026-02").text
    assert "Kritis" in page and "perlu perhatian khusus" not in page
    assert "perlu perhatian: Kepulauan Bangka Belitung." in page


def test_a_jump_that_is_not_plausible_is_not_praised(world: Any) -> None:
    made = stories.activity(world, "ID-BB", stories.area(world, "ID-BB", "Contoh Kawasan"), "AM")
    stories.report(world, "ID-BB", "2026-01", {made.id: ("40", "20", "10", "10")})
    stories.report(world, "ID-BB", "2026-02", {made.id: ("50", "73", "20", "20")})
    page = world.sign_in(world.secretariat).get("/pemantauan?periode=2026-02").text
    assert "membaik" not in page and "realisasi naik 53,00 poin: periksa" in page
    leading = world.sign_in(world.chair).get("/pemantauan/lembar?periode=2026-02").text
    better = leading[leading.index("Yang membaik") :]
    assert "Bangka Belitung" not in better
