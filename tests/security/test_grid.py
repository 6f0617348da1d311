"""Who may, at every route: a sample of the grid; the whole: `python -m tests.security.grid --whole`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.security import grid
from tests.security.people import KINDS, SIGHT
from tests.security.stage import alone


@pytest.mark.timeout(600)
def test_the_grid(tmp_path: Path) -> None:
    with alone(tmp_path) as (world, stage, file):
        assert grid.unplaced(world.app) == []
        assert set(stage.people) | {"anonymous"} == set(KINDS)
        chosen = list(grid.sample(grid.cells(world.app), turn=0))
        told = grid.run(grid.Asking(world, stage, file), iter(chosen))
    assert {cell.kind for cell in chosen} == set(KINDS), "everybody asks something"
    assert told.asked > 4000
    assert min(told.answers[verdict] for verdict in (grid.WHO, grid.NO, grid.NOT_THERE, grid.YES)) > 400
    assert not told.wrong, "\n".join(told.wrong)


def test_what_is_placed_is_about_something() -> None:
    """A word that nobody wears, a thing that nobody sees: a line that could not fail."""
    worn = {
        *" ".join(KINDS.values()).split(),
        "unit_ppk",
        "unit_staff",
        "invitee",
        "minute_taker",
        "signer",
        "self",
        "owner",
    }
    worn |= {grid.PUBLIC, grid.ANYBODY, grid.ASKED, grid.SEES}
    for name, place in grid.table().items():
        assert place.who and place.who <= worn, name
        assert place.of == "-" or place.of in SIGHT, name
