"""What clashes in time: one measure of being in step for the index and for the matrix, thresholds as data, said in words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from randal.database.base import db
from randal.models.thresholds import set_limits
from randal.rooms.areas.beginning import FORMULA
from randal.rooms.areas.clash_words import in_words, whole
from randal.rooms.areas.clashing import Clash, clashes
from randal.rooms.areas.index import Facts, Formula, Work, deviations, in_step
from tests.areas.test_index import works
from tests.monitoring import stories

ONE = Formula.read("contoh", FORMULA)
TEN, MONTH = Decimal(10), Decimal(30)


def test_a_sector_that_lags_the_one_ahead_clashes_at_the_threshold() -> None:
    several = [
        Work("AM", Decimal(3), Decimal(50), Decimal(40)),
        Work("AM", Decimal(1), Decimal(50), Decimal(50)),
        Work("BPB", Decimal(1), Decimal(50), Decimal("52.50")),
        Work("PLP", Decimal(1), Decimal(50), None),
    ]  # AM (3 × −10 + 0) ÷ 4 = −7,5; BPB +2,5; PLP is not judged
    (one,) = clashes(several, TEN, MONTH)
    assert one == Clash("step", "AM", "BPB", Decimal(10))
    assert clashes(several, Decimal("10.01"), MONTH) == []
    assert in_words(one, "AM") == "tertinggal 10,00 poin dari BPB"
    assert in_words(one, "BPB") == "mendahului AM 10,00 poin"


def test_digging_that_ends_after_the_ground_was_closed_clashes() -> None:
    several = [
        Work("AM", Decimal(1), ends=date(2018, 6, 30)),
        Work("AM", Decimal(1), ends=date(2018, 2, 1)),
        Work("BPB", Decimal(1), starts=date(2018, 3, 1)),
        Work("PKP", Decimal(1)),
    ]
    (one,) = clashes(several, TEN, MONTH)
    assert (one.kind, one.sector, one.other, one.amount) == ("order", "AM", "BPB", 121)
    assert whole(one) == "AM selesai 30/06/2018, 121 hari sesudah BPB mulai 01/03/2018."
    assert clashes(several, TEN, Decimal(121)) == []


@given(st.lists(works, max_size=7), st.randoms())
@settings(max_examples=80, deadline=None)
def test_it_is_the_distance_that_the_index_takes(several: list[Work], chance: Any) -> None:
    """No clash at a threshold above what `in_step` takes the distance for; order-free."""
    found = clashes(several, TEN, MONTH)
    assert found == clashes(chance.sample(several, len(several)), TEN, MONTH)
    away = deviations(several).values()
    value, _ = in_step(Facts(works=several), ONE)
    if value is not None:
        distance = max(away) - min(away)
        assert value == 100 * (1 - min(Decimal(1), distance / ONE.spread))
        assert bool(found) == (distance >= TEN)
        assert max((one.amount for one in found), default=distance) == distance


def test_the_matrix_says_it_in_the_cell_the_table_and_the_api(world: Any) -> None:
    made = stories.country(world)["ID-BB"]  # AM 20 behind, PLP on plan
    client = world.sign_in(world.chair)
    page = client.get("/pemantauan/kawasan").text
    assert page.count('href="#bentrok-1"') == 2 and 'id="bentrok-1"' in page, "both cells, and the list"
    assert 'title="tertinggal 20,00 poin dari PLP"' in page and 'title="mendahului AM 20,00 poin"' in page
    assert "AM tertinggal 20,00 poin dari PLP, terhadap rencananya masing-masing." in page
    assert "«Bentrok»: satu sektor tertinggal 10 poin" in page and "usulan, bobot belum ditetapkan" in page
    told = world.api(world.chair).get("/area-matrix?province=ID-BB&sector=PLP").json
    (row,) = told["items"]
    assert row["area_id"] == made[0].area_id and [c["sector"] for c in row["cells"]] == ["PLP"]
    (one,) = row["clashes"]
    assert (one["kind"], one["sector"], one["other"], Decimal(one["amount"])) == ("step", "AM", "PLP", 20)
    assert row["cells"][0]["clashes"] == ["mendahului AM 20,00 poin"] and told["next"] is None
    assert world.api(world.ppk("ID-JT")).get("/area-matrix?province=ID-BB").json["items"] == []


@pytest.mark.database("sqlite")
def test_the_threshold_is_data(world: Any) -> None:
    stories.country(world)
    set_limits({"apart": Decimal("20.01")}, "Contoh", world.actor(world.secretariat), world.now)
    db.session.commit()
    page = world.sign_in(world.chair).get("/pemantauan/kawasan").text
    assert "#bentrok-" not in page and "Tidak ada yang bentrok" in page
