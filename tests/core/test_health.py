"""/healthz and /readyz: who asks learns which part is down, and no more."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from randal.core.db import db
from tests.machines import Processes, Redis, wait_until
from tests.world import Client, World


def test_alive_needs_nothing(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_not_ready_without_redis_and_workers(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    expected = {"database": "ok", "redis": "down", "migrations": "ok", "worker": "down"}
    assert answer.json["checks"] == expected


def test_not_ready_on_an_older_schema(app: Flask, client: Client, redis: Redis) -> None:
    db.session.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json["checks"]["migrations"] == "down"


def test_ready_once_workers_are_heard(client: Client, redis: Redis, processes: Processes) -> None:
    processes.start("worker", "small")
    processes.start("worker", "documents")
    wait_until(lambda: client.get("/readyz").status_code == 200, 40, processes.said())


def test_a_database_that_went_away_is_said_to_be_a_matter_of_a_moment(world: World, app: Flask) -> None:
    """Neither a page nor the API calls it a mistake; both answer 503 with a sentence."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    person = world.person("admin")
    client, api = world.sign_in(person), world.api(person)

    def away(*_: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("server closed the connection"))

    event.listen(db.engine, "before_cursor_execute", away)
    try:
        for answer in (client.get("/rapat"), api.get("/meetings")):
            assert answer.status_code == 503 and "Coba lagi sebentar" in answer.text, answer.text
    finally:
        event.remove(db.engine, "before_cursor_execute", away)
    assert client.get("/rapat").status_code == 200
