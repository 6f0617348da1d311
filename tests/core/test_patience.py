"""PostgreSQL that is slow, locked or frozen: a sentence within a bound, and health that is not deaf meanwhile."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from randal.database import timeouts
from randal.database.base import db
from randal.database.timeouts import Patience
from tests import machines
from tests.world import World

pytestmark = pytest.mark.database("postgresql")


@pytest.fixture
def hurried() -> Iterator[None]:
    before = timeouts.use(Patience(statement=0.3, lock=0.3, idle=60))
    db.session.remove()
    db.engine.dispose()
    yield
    timeouts.use(before)
    db.session.remove()
    db.engine.dispose()


def test_each_connection_is_told_what_it_may_take(app: Flask) -> None:
    names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
    told = [db.session.scalar(text(f"SHOW {name}")) for name in names]
    assert told == ["20s", "10s", "5min"]
    db.session.rollback()
    assert db.session.scalar(text("SHOW lock_timeout")) == "10s", "also after a rollback"
    result = app.test_cli_runner().invoke(args=["randal", "check"])
    assert "Basis data: menjawab" in result.output
    assert timeouts.use(timeouts.PERSON) == timeouts.PERSON, "a command gives back what it took"


def test_a_row_that_another_holds_is_a_503_with_a_sentence(world: World, app: Flask, hurried: None) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    meeting = world.meeting("draft")
    api = world.api(world.secretariat)
    db.session.commit()
    url = db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url) as other:
        other.execute("SELECT 1 FROM meetings WHERE id = %s FOR UPDATE", [meeting.id])
        answer = api.post(f"/meetings/{meeting.id}/moves/schedule", json={})
        assert answer.status_code == 503 and "Coba lagi sebentar" in answer.text, answer.text
    assert api.post(f"/meetings/{meeting.id}/moves/schedule", json={}).status_code == 200


def test_a_statement_without_end_is_ended_by_the_server(app: Flask, hurried: None) -> None:
    with pytest.raises(OperationalError, match="statement timeout"):
        db.session.execute(text("SELECT pg_sleep(60)"))
    db.session.rollback()


@contextmanager
def frozen(server: machines.Postgres) -> Iterator[None]:
    """The whole server stands still: it takes connections, and says nothing."""
    master = int((server.folder / "postmaster.pid").read_text().split()[0])
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    pids = [master, *map(int, children)]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in reversed(pids):
            os.kill(pid, signal.SIGCONT)


@pytest.mark.timeout(120)
@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs /proc")
def test_a_server_that_says_nothing_is_given_up(
    world: World, app: Flask, postgres: machines.Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a connection that is open, and on a new one; and all is as before when it goes on."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    monkeypatch.setattr(timeouts, "CONNECT", 1)
    client = world.sign_in(world.person("admin"))
    assert client.get("/readyz/serve").status_code == 200
    with frozen(postgres), timeouts.of(1.0):
        for _ in range(2):
            page = client.get("/rapat")
            assert page.status_code == 503 and "Coba lagi sebentar" in page.text
            assert client.get("/readyz/serve").status_code == 503
            assert client.get("/healthz").status_code == 200
    machines.wait_until(lambda: client.get("/readyz/serve").status_code == 200, 30)
    assert client.get("/rapat").status_code == 200
