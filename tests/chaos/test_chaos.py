"""Everything dies, again and again, and Redis forgets everything: nothing is lost, nothing happens twice.

The long run is a command: python -m tests.chaos --moves 10000 --kills 200 --wipes 10 --database postgresql
"""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Flask

from tests.chaos.run import Plan, perform
from tests.world import World


def test_nothing_is_lost_and_nothing_done_twice(
    app: Flask, world: World, environment: dict[str, str]
) -> None:
    world.now = datetime.now(UTC)
    plan = Plan(
        moves=240,
        kills=11,
        wipes=2,
        writers=4,
        units=8,
        lease=4,
        last_wipe=True,
        moves_within=120,
        rest_within=90,
    )
    outcome = perform(app, world, environment, plan)
    assert not outcome.faults, outcome.stage.said()
    assert outcome.figures["moves"] >= 240
    assert outcome.tally["answered"] > 200
    assert sum(outcome.stage.kills.values()) >= 11
    assert sum(outcome.stage.wipes.values()) >= 2
    assert outcome.figures["effects expected"] > 240
    assert outcome.figures["documents"] > 0
