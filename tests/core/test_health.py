"""/healthz and /readyz: who asks learns which part is down, and no more."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from randal.database.base import db
from randal.history.events import QUEUES
from tests.machines import Processes, Redis, wait_until
from tests.world import Client, World


def test_alive_needs_nothing(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_not_ready_without_redis_and_workers(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    served = {"database": "ok", "migrations": "ok", "authority": "ok", "storage": "ok"}
    assert answer.json["checks"] == served | {"redis": "down", "worker": "down"}
    assert client.get("/readyz/work").json["checks"] == {"redis": "down", "worker": "down"}
    serves = client.get("/readyz/serve")
    assert (serves.status_code, serves.json["checks"]) == (200, served), "no request needs Redis"


def test_a_storage_that_cannot_be_written_serves_nobody(client: Client, app: Flask) -> None:
    given = app.config["RANDAL"]
    app.config["RANDAL"] = replace(given, storage_url="file:///tidak/ada/di/sini")
    app.extensions.pop("randal.health", None)
    try:
        answer = client.get("/readyz/serve")
        assert (answer.status_code, answer.json["checks"]["storage"]) == (503, "down")
    finally:
        app.config["RANDAL"] = given
        app.extensions.pop("randal.health", None)


def test_not_ready_on_an_older_schema(app: Flask, client: Client, redis: Redis) -> None:
    db.session.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json["checks"]["migrations"] == "down"


def test_ready_once_workers_are_heard(client: Client, redis: Redis, processes: Processes) -> None:
    processes.start("worker", "small")
    processes.start("worker", "documents")
    wait_until(lambda: client.get("/readyz").status_code == 200, 120, processes.said())


@pytest.mark.timeout(300)
def test_a_redis_that_was_wiped_finds_its_workers_again(
    client: Client, redis: Redis, processes: Processes
) -> None:
    """RQ registers a worker at its birth only. It works on, and is heard; and within its next sign of life registered."""
    processes.start("worker", "small")
    processes.start("worker", "documents")
    wait_until(lambda: client.get("/readyz").status_code == 200, 120, processes.said())
    redis.client().flushall()
    assert client.get("/readyz").status_code == 200
    names = [f"rq:workers:{name}" for name in QUEUES]
    wait_until(lambda: all(redis.client().scard(name) for name in names), 60, processes.said())
    assert client.get("/readyz").status_code == 200


@pytest.mark.timeout(300)
def test_a_worker_waits_for_a_redis_that_comes_later(
    client: Client, redis: Redis, processes: Processes
) -> None:
    redis.kill()
    born = [processes.start("worker", name) for name in QUEUES]
    wait_until(lambda: "dicoba terus" in processes.said(), 120, processes.said())
    redis.start()
    wait_until(lambda: client.get("/readyz").status_code == 200, 60, processes.said())
    assert [each.poll() for each in born] == [None, None]


@pytest.mark.timeout(300)
def test_a_worker_outlives_a_redis_that_cannot_write(
    client: Client, redis: Redis, processes: Processes
) -> None:
    """As when the disk under Redis is full: it answers, and refuses. Who waits for it is not dead, and ends when asked."""
    born = [processes.start("worker", name) for name in QUEUES]
    wait_until(lambda: client.get("/readyz").status_code == 200, 120, processes.said())
    redis.client().config_set("min-replicas-to-write", 1)
    wait_until(lambda: processes.said().count("NOREPLICAS") >= len(QUEUES), 90, processes.said())
    redis.client().config_set("min-replicas-to-write", 0)
    redis.client().flushall()
    names = [f"rq:workers:{name}" for name in QUEUES]
    wait_until(lambda: all(redis.client().scard(name) for name in names), 60, processes.said())
    assert [each.poll() for each in born] == [None, None]
    assert client.get("/readyz").status_code == 200
    for each in born:
        each.terminate()
    assert [each.wait(60) for each in born] == [0, 0]


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
