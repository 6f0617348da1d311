"""A share of the year (`python -m tests.year` lives the whole of it): each sentence once, none on a day off, one digest."""

from __future__ import annotations

from randal.database.base import is_sqlite
from tests.world import World
from tests.year import simulate


def test_six_weeks_with_outages(world: World) -> None:
    if not is_sqlite():
        return  # the arithmetic is the same; the whole year is lived on both by command
    found = simulate.run(world, units=4, items=40, count=40)
    assert not any(found["wrong"].values()), found
    assert found["hari tanpa penjadwal"] and found["baris raised"] and found["baris unopened"], found
