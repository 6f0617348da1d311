"""Calls made up from the OpenAPI document: a few of every operation. Many: `python -m tests.security.calls --examples 200`."""

from __future__ import annotations

from typing import Any

import pytest

from randal.database.base import db
from randal.org.people import Person
from tests.contract.chain import Chain
from tests.security import calls
from tests.world import World


@pytest.mark.database("sqlite")
@pytest.mark.timeout(600)
def test_no_call_ends_in_a_server_error(world: World, app: Any, drain: Any) -> None:
    chain = Chain(world, drain).play("closing")
    chain.settled_halfway()
    app.config["PROPAGATE_EXCEPTIONS"] = False
    who = (chain.secretariat, chain.evaluator, chain.admin, chain.chair, chain.note_taker, chain.ppk("ID-BB"))
    found = calls.run(world, [db.session.get_one(Person, one.id) for one in who], examples=4, seed=1)
    assert found.operations > 250
    assert found.calls > 3 * found.operations
    assert found.statuses[200] > 50, found.statuses
    assert not found.faults, "\n".join(found.faults)
