"""`randal check` does not lie: what it calls well was tried a moment ago, and what needs a person ends with 1."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select, text, update

from randal.database.base import db
from randal.documents import model
from randal.documents.model import Document
from randal.jobs import presence
from randal.jobs.presence import Heartbeat
from randal.l10n import clock
from randal.notifications.notices import Mail
from tests.machines import Processes, Redis, wait_until
from tests.world import World

Check = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def check(app: Flask) -> Check:
    """`code, found = check()`: the exit code, and the checks by their code as --json tells them."""

    def run(*words: str) -> tuple[int, dict[str, Any]]:
        db.session.commit()
        result: Result = app.test_cli_runner().invoke(args=["randal", "check", "--json", *words])
        told = json.loads(result.output)
        assert told["well"] == (result.exit_code == 0) and told["at"].endswith("Z") and told["node"]
        assert all(each.keys() == {"code", "name", "well", "said"} for each in told["checks"])
        return result.exit_code, {each["code"]: each for each in told["checks"]}

    return run


def test_lines_and_json_say_the_same(app: Flask, check: Check) -> None:
    _, told = check()
    said = app.test_cli_runner().invoke(args=["randal", "check"]).output.splitlines()
    assert [line[7:].split(":")[0] for line in said] == [each["name"] for each in told.values()]
    assert [line.startswith("baik") for line in said] == [each["well"] for each in told.values()]
    assert set(told) >= {
        "database", "migrations", "authority", "storage", "files", "room", "clock", "machines", "backup", "redis", "workers",
        "documents", "mail",
    }  # fmt: skip


@pytest.mark.database("sqlite")
def test_a_disk_that_is_nearly_full(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    class Usage(NamedTuple):
        total: int
        used: int
        free: int

    for total, free, well in ((100, 50, True), (100, 2, False), (1000, 25, True), (10, 0.9, False)):
        usage = Usage(int(total * 1e9), 0, int(free * 1e9))
        monkeypatch.setattr(shutil, "disk_usage", lambda _path, usage=usage: usage)
        code, found = check()
        assert found["room"]["well"] is well, found["room"]
        assert well or (code == 1 and "sebelum penuh" in found["room"]["said"])


def test_papers_that_fail_and_why(check: Check, world: World, redis: Redis) -> None:
    paper = model.request("invitation", "meeting", 1, title="Contoh Undangan", now=world.now)
    db.session.execute(
        update(Document).where(Document.id == paper.id).values(stage=model.FAILED, error="Sistem gagal.")
    )
    from randal.jobs.outbox import Delivery

    row = db.session.scalars(select(Delivery).where(Delivery.document_id == paper.id)).one()
    row.error = "MemoryError: contoh sebab"
    code, found = check()
    assert code == 1 and not found["documents"]["well"]
    assert "«Contoh Undangan»" in found["documents"]["said"] and "MemoryError" in found["documents"]["said"]


def test_mails_that_the_server_refuses(check: Check, world: World, redis: Redis) -> None:
    since = world.now - timedelta(hours=1)
    for number in range(3):
        mail = Mail(key=f"contoh{number}", to="a@contoh.example", subject="x", body="x", created_at=since)
        mail.attempt, mail.error = 3, "belum diterima (450 <a@contoh.example>: greylisted)"
        if number == 2:
            mail.failed_at, mail.why, mail.error = since, "refused", "alamat ditolak (550 no such user)"
        db.session.add(mail)
    code, found = check()
    said = found["mail"]["said"]
    assert (
        code == 1
        and "2 surel belum terkirim: belum diterima (450" in said
        and "1 surel gagal" in said
        and "550" in said
    )
    assert "a@contoh.example" not in said


def heartbeat(**given: Any) -> None:
    row = {
        "node": "b",
        "process": "web",
        "pid": 7,
        "at": clock.real(),
        "ahead": 0.0,
        "free": 50 * 10**9,
        "trouble": "",
    }
    db.session.add(Heartbeat(**row | given))
    db.session.commit()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"ahead": 600.0}, "jamnya 600 detik di depan basis data"),
        ({"ahead": -42.0}, "jamnya 42 detik di belakang basis data"),
        ({"trouble": "penyimpanan hanya dapat dibaca"}, "hanya dapat dibaca"),
        ({"free": 10**8}, "ruang hampir habis"),
        ({"at": "silent"}, "web tidak terdengar sejak"),
    ],
)
def test_what_is_wrong_with_another_machine(check: Check, given: dict[str, Any], said: str) -> None:
    heartbeat(node="a", pid=1)
    if given.get("at") == "silent":
        given = {"at": clock.real() - timedelta(minutes=5)}
    heartbeat(**given)
    code, found = check()
    told = found["machines"]
    assert code == 1 and not told["well"] and "a: web 1" in told["said"] and said in told["said"], told


def test_a_process_that_was_started_anew_is_not_missed(check: Check) -> None:
    heartbeat(at=clock.real() - timedelta(minutes=5))
    heartbeat(pid=8)
    _, found = check()
    assert found["machines"]["well"] and "b: web 1" in found["machines"]["said"]
    db.session.execute(update(Heartbeat).values(at=clock.real() - timedelta(days=2)))
    assert "belum ada proses" in check()[1]["machines"]["said"]


def test_a_process_that_cannot_live_is_told_though_each_of_its_lives_is_heard(check: Check) -> None:
    """It says that it is there at every birth; the rows of its deaths stay."""
    for pid in range(1, 5):
        dead = timedelta() if pid == 4 else presence.HEARD_WITHIN * 2
        row = Heartbeat(node="b", process="small", pid=pid, at=clock.real() - dead, ahead=0.0, free=10**12)
        db.session.add(row)
    _, found = check()
    assert not found["machines"]["well"] and "small mati 3 kali" in found["machines"]["said"]


def test_a_database_of_a_newer_program_is_said_in_one_sentence(app: Flask, check: Check) -> None:
    before = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    db.session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    try:
        code, found = check()
        assert code == 1 and "program ini lebih tua" in found["migrations"]["said"]
        result = app.test_cli_runner().invoke(args=["randal", "init"])
        assert result.exit_code == 1 and result.output.count("\n") == 1
        assert "skema 9999" in result.output and "lebih tua" in result.output
        assert app.test_client().get("/readyz/serve").json["checks"]["migrations"] == "down"
    finally:
        db.session.execute(text("UPDATE alembic_version SET version_num = :was"), {"was": before})
        db.session.commit()


def test_a_pulse_beats_and_ends(app: Flask, world: World) -> None:
    pulse = presence.Pulse(app, "small", files=True)
    for _ in range(3):
        pulse.beat()
    (row,) = db.session.scalars(select(Heartbeat)).all()
    assert (row.process, row.pid, row.trouble) == ("small", os.getpid(), "") and row.free > 0
    assert abs(clock.real() - row.at) < timedelta(seconds=20)
    db.session.commit()
    app.config["RANDAL"] = replace(app.config["RANDAL"], storage_url="file:///tidak/ada/di/sini")
    pulse._last = float("-inf")
    pulse.beat()
    db.session.expire_all()
    assert "tempat penyimpanan tidak ada" in db.session.scalars(select(Heartbeat.trouble)).one()
    db.session.commit()
    pulse.end()
    assert db.session.scalars(select(Heartbeat)).all() == []


def test_the_processes_are_there_by_name_and_gone_when_they_end(
    check: Check, redis: Redis, processes: Processes
) -> None:
    """Also when Redis forgets everything: a worker registers there at its birth only."""
    started = [processes.start(*words) for words in (("relay",), ("schedule",), ("worker", "small"))]

    def heard() -> dict[str, int]:
        db.session.rollback()
        return next((node.heard for node in presence.nodes()), {})

    everyone = {"relay": 1, "schedule": 1, "small": 1}
    wait_until(lambda: heard() == everyone, 60, processes.said())
    redis.client().flushall()
    assert heard() == everyone
    for child in started:
        child.terminate()
    wait_until(lambda: heard() == {}, 60, processes.said())


@pytest.mark.database("sqlite")
def test_without_a_database_the_rest_is_said_all_the_same(processes: Processes, tmp_path: Any) -> None:
    processes.environment["RANDAL_DATABASE_URL"] = f"sqlite:///{tmp_path / 'empty.db'}"
    result = processes.run("check", "--json")
    told = {each["code"]: each for each in json.loads(result.stdout)["checks"]}
    assert result.returncode == 1 and "randal init" in told["migrations"]["said"]
    assert told["storage"]["well"] and told["fonts"]["well"] and told["database"]["well"]
    assert not told["authority"]["well"] and "basis data tidak siap" in told["authority"]["said"]
