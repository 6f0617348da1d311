"""A machine with another secret or another authority serves nobody, and says why to whoever keeps it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import delete

from randal.database.base import db
from randal.signatures import installed
from randal.signatures.keystores import Keystore
from randal.web.fitness import NAME
from tests.machines import Processes, Redis
from tests.world import World


@pytest.fixture
def fresh(app: Flask) -> Iterator[Flask]:
    """A process that has not served yet."""
    known = app.extensions[f"{NAME}.known"]
    known.clear()
    fits = app.extensions[NAME]
    yield app
    app.extensions[NAME] = fits
    known.set()


@pytest.mark.parametrize("what", ["secret", "none"])
def test_no_page_and_no_call_but_the_health(fresh: Flask, world: World, what: str) -> None:
    client, api = world.client(), world.api(world.person("admin"))
    if what == "secret":
        other = replace(fresh.config["RANDAL"], secret_key="rahasia mesin lain, cukup panjang")
        fresh.extensions[NAME] = lambda: installed.fits(other)
        why = "RANDAL_SECRET_KEY"
    else:
        db.session.execute(delete(Keystore))
        why = "randal init"
    for path in ("/masuk", "/", "/verifikasi", "/verifikasi/akar.pem"):
        answer = client.get(path)
        assert answer.status_code == 503 and "belum boleh melayani" in answer.text, path
        assert "RANDAL_SECRET_KEY" not in answer.text, "what is wrong is for the operator"
    refused = api.get("/meetings")
    assert refused.status_code == 503 and "belum boleh melayani" in refused.json["detail"]
    assert client.get("/healthz").status_code == 200
    ready = client.get("/readyz")
    assert ready.status_code == 503 and ready.json["checks"]["authority"] == "down"
    said = fresh.test_cli_runner().invoke(args=["randal", "check"])
    line = next(line for line in said.output.splitlines() if "Otoritas" in line)
    assert said.exit_code == 1 and line.startswith("RUSAK") and why in line


def test_it_serves_as_soon_as_it_fits(fresh: Flask, world: World) -> None:
    right = fresh.extensions[NAME]
    other = replace(fresh.config["RANDAL"], secret_key="rahasia mesin lain, cukup panjang")
    fresh.extensions[NAME] = lambda: installed.fits(other)
    assert world.client().get("/masuk").status_code == 503
    fresh.extensions[NAME] = right
    assert world.client().get("/masuk").status_code == 200


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("words", [("relay",), ("schedule",), ("worker", "small"), ("worker", "documents")])
def test_no_process_works_with_another_secret(
    processes: Processes, redis: Redis, words: tuple[str, ...]
) -> None:
    processes.environment["RANDAL_SECRET_KEY"] = "rahasia mesin lain, cukup panjang"
    result = processes.run(*words)
    assert result.returncode == 1 and "Traceback" not in result.stderr
    assert "tidak boleh melayani" in result.stderr and "RANDAL_SECRET_KEY" in result.stderr
