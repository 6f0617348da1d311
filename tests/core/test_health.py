"""/healthz and /readyz: who asks learns which part is down, and no more."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import text

from randal.core.db import db
from tests.machines import Processes, Redis, wait_until
from tests.world import Client


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
