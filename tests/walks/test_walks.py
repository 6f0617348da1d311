"""Random walks over all nine lifecycles against the model: CI's share, several seeds and every row of the tables, the same
walks each time, on both databases.

The long run is `python -m tests.walks`.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.walks.cast import Who, settle
from tests.walks.model import Model, Part, Thing
from tests.walks.moves import REASON
from tests.walks.stage import Broken, Stage
from tests.walks.walking import never_fired, walk_everywhere
from tests.world import World

WALKS, LENGTH = 8, 50
SEEDS = range(1, 25)  # at most; eight are enough most often


@pytest.mark.timeout(900)
def test_what_the_model_says_is_what_happens(world: World) -> None:
    tally = walk_everywhere(settle(world), WALKS, SEEDS, length=LENGTH)
    assert tally["steps"] > WALKS * LENGTH and tally["moves"] > 100
    assert never_fired(tally) == []
    assert all(tally["answer", said] for said in ("ok", "hidden", "role", "state", "need", "field"))


@pytest.fixture
def stage(world: World) -> Any:
    made = Stage(settle(world), Counter())
    yield made
    made.leave()


def a_meeting(stage: Stage) -> tuple[Thing, Who]:
    from tests.walks.deeds import new_meeting
    from tests.walks.picking import Picker

    sek = stage.model.people["sekretariat"]
    stage.perform(new_meeting(stage.model, sek, Picker(())))
    return stage.model.things[0], sek


def cancel(model: Model, t: Thing, who: Who, reason: str = REASON) -> Any:
    from tests.walks.model import ROWS
    from tests.walks.moves import step

    row = next(r for r in ROWS["meeting"] if r.move == "cancel")
    return step(model, t, row, who, {"reason": reason})


def test_a_walk_notices_a_model_that_differs(stage: Stage) -> None:
    """No test that cannot fail: each thing a walk watches is bent once."""
    t, sek = a_meeting(stage)
    step = cancel(stage.model, t, sek, "pendek")
    step.expect = {"ok"}
    with pytest.raises(Broken, match="expected"):
        stage.perform(step)


def test_a_walk_notices_a_state_that_differs(stage: Stage) -> None:
    t, sek = a_meeting(stage)
    step = cancel(stage.model, t, sek)
    step.then = lambda _made: None
    with pytest.raises(Broken, match="states differ"):
        stage.perform(step)


def test_a_walk_notices_a_history_that_differs(stage: Stage) -> None:
    t, sek = a_meeting(stage)
    step = cancel(stage.model, t, sek)
    told = step.then

    def tell_too_much(made: Any) -> None:
        told(made)
        stage.model.expect.append((t, "cancel", "draft", "cancelled"))

    step.then = tell_too_much
    with pytest.raises(Broken, match="history"):
        stage.perform(step)


def test_a_walk_notices_when_the_database_was_first(stage: Stage) -> None:
    from sqlalchemy import text

    from randal.database.base import db

    t, sek = a_meeting(stage)
    step = cancel(stage.model, t, sek)
    step.do = lambda _stage: db.session.execute(text("UPDATE meetings SET ends_at = starts_at"))
    with pytest.raises(Broken, match="the database was the first"):
        stage.perform(step)


def test_a_walk_notices_a_dead_end(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    t, _sek = a_meeting(stage)
    assert stage.can_move(t) and isinstance(t.objectives[0], Part)
    monkeypatch.setattr(stage.model, "people", {"orang lain": stage.model.people["orang lain"]})
    with pytest.raises(Broken, match="nobody can move on"):
        stage.no_dead_end(t)
