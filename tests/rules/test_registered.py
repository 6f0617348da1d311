"""What the rooms register: every route asks who is there, every reaction is real, every consumer keeps its name."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import IntegerConverter

from randal.database.base import Model, db
from randal.engine.transitions import ITEMS
from randal.history.events import ON, QUEUES, WITHIN
from randal.schedule import scheduler
from randal.web import pages
from tests.world import World
from workflows import LIFECYCLES
from workflows.lifecycle import Actor

CONSUMERS = Path(__file__).with_name("consumers.txt")
TURNED_AWAY = (302, 303, 401)


def routes(app: Flask) -> list[tuple[str, str, str]]:
    """(method, address, endpoint) of every route, with something in each of its holes."""
    found = []
    for rule in app.url_map.iter_rules():
        values = {name: 1 if isinstance(c, IntegerConverter) else "x" for name, c in rule._converters.items()}
        with app.test_request_context():
            address = app.url_map.bind("localhost").build(
                rule.endpoint, values, method=sorted(rule.methods or ())[0]
            )
        methods = set(rule.methods or ()) - {"HEAD", "OPTIONS"}
        found += [(method, address, rule.endpoint) for method in sorted(methods)]
    return found


@pytest.mark.database("sqlite")
def test_a_stranger_gets_nowhere(app: Flask, world: World) -> None:
    from randal.api.furniture import OPEN

    app.config["PROPAGATE_EXCEPTIONS"] = False
    client = world.client()
    let_in = []
    for method, address, endpoint in routes(app):
        if endpoint in pages.PUBLIC or endpoint in OPEN or endpoint == "static":
            continue
        answer = client.open(address, method=method)
        away = answer.status_code in TURNED_AWAY
        if answer.status_code in (302, 303):
            away = answer.headers["Location"].startswith("/masuk")
        if not away:
            let_in.append(f"{method} {address} ({endpoint}): {answer.status_code}")
    assert let_in == [], "add @login_required, or the endpoint to web.PUBLIC"


@pytest.mark.database("sqlite")
def test_public_endpoints_exist(app: Flask) -> None:
    there = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert pages.PUBLIC - there == set()


@pytest.mark.database("sqlite")
def test_every_reaction_reacts_to_something_that_happens(app: Flask) -> None:
    for name in (*ON, *WITHIN):
        item_type, _, move = name.partition(".")
        assert move in (*LIFECYCLES[item_type].move_names, "create", "edit"), name


@pytest.mark.database("sqlite")
def test_a_consumer_has_one_name_for_ever(app: Flask) -> None:
    """Rows in the outbox of a running installation name their consumer: a renamed one would never be reached."""
    for event, reactions in ON.items():
        doubled = [key for key, n in Counter(r.key for r in reactions).items() if n > 1]
        assert doubled == [], event
        assert {r.queue for r in reactions} <= set(QUEUES)
        assert all(len(r.key) <= 80 for r in reactions)
    now = {
        f"{event} {r.key}"
        for event, reactions in ON.items()
        for r in reactions
        if r.key.split(".")[0] != "tests"
    }
    now |= {f"rule {name}" for name in scheduler.RULES}
    known = {line for line in CONSUMERS.read_text().splitlines() if line and not line.startswith("#")}
    assert now - known == set(), "new: add these lines to tests/rules/consumers.txt"
    assert known - now == set(), (
        "gone: a row that waits for it would be stuck; keep the name, or migrate the rows"
    )


@pytest.mark.database("sqlite")
def test_every_lifecycle_has_its_rows_and_every_row_its_readers(app: Flask) -> None:
    assert set(ITEMS) == set(LIFECYCLES)
    nobody = Actor(id=None)
    for item in ITEMS.values():
        assert db.session.scalars(item.visible_to(nobody)).unique().all() == []


def test_nobody_sees_what_is_not_theirs(world: World) -> None:
    """Names of units are no secret among colleagues; of everything else, who has no part in it sees nothing."""
    world.meeting("closed")
    outsider = world.person("none")
    found = {}
    for mapper in Model.registry.mappers:
        model = mapper.class_
        if hasattr(model, "visible_to") and model.__tablename__ not in ("provinces", "units"):
            for actor in (Actor(id=None), world.actor(outsider)):
                rows = [r for r in db.session.scalars(model.visible_to(actor)).unique() if r is not outsider]
                if rows:
                    found[model.__name__, actor.id] = len(rows)
    assert found == {}
    assert db.session.scalars(select(ITEMS["meeting"])).all()
