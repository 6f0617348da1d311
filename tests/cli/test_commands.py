"""What an operator types: clear lines, exit codes, one sentence when it cannot be done."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import delete, select

from randal.database.base import db
from randal.org.people import Person
from randal.signatures.keystores import Keystore
from tests.machines import Processes, Redis, wait_until
from tests.world import World
from workflows import LIFECYCLES

Run = Callable[..., Result]
pytestmark = pytest.mark.database("sqlite")


@pytest.fixture
def run(app: Flask) -> Run:
    """Run a command in this process: `run("user", "add", …, input="…")`."""

    def run(*words: str, input: str = "") -> Result:
        db.session.commit()
        result = app.test_cli_runner().invoke(args=["randal", *words], input=input)
        db.session.expire_all()
        return result

    return run


def test_init_twice(run: Run, app: Flask) -> None:
    db.session.execute(delete(Keystore))
    first, second = run("init"), run("init")
    assert first.exit_code == second.exit_code == 0, first.output
    assert "otoritas sertifikat dibuat" in first.output
    assert second.output.startswith("Basis data siap: skema ")
    assert "dibuat" not in second.output


def test_a_password_from_a_pipe_signs_in(run: Run, world: World) -> None:
    result = run(
        "user", "add", "Admin@contoh.example", "Contoh Admin", "--role", "admin", input="kata-sandi-contoh\n"
    )
    assert result.exit_code == 0, result.output
    assert "kata-sandi-contoh" not in result.output
    page = {"email": "admin@contoh.example", "password": "kata-sandi-contoh"}
    assert world.client().post("/masuk", data=page).status_code == 303


def test_without_one_a_password_is_made_and_printed_last(run: Run, world: World) -> None:
    result = run(
        "user", "add", "ppk@contoh.example", "Contoh PPK", "--role", "ppk", "--unit", world.unit().code
    )
    assert result.exit_code == 0, result.output
    password = result.output.strip().splitlines()[-1].removeprefix("Kata sandi: ")
    page = {"email": "ppk@contoh.example", "password": password}
    assert world.client().post("/masuk", data=page).status_code == 303


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["user", "add", "bukan-surel", "Contoh", "--role", "admin"], "surel"),
        (["user", "add", "a@contoh.example", "Contoh", "--role", "ppk"], "Pilih satuan kerja"),
        (
            ["user", "add", "a@contoh.example", "Contoh", "--role", "ppk", "--unit", "ID-XX"],
            "ID-XX tidak dikenal",
        ),
        (["token", "create", "siapa@contoh.example"], "Tidak ada akun aktif"),
        (["ca", "init"], "sudah ada di basis data"),
    ],
)
def test_one_sentence_when_it_cannot_be_done(run: Run, words: list[str], said: str) -> None:
    result = run(*words)
    assert result.exit_code == 1
    assert said in result.output
    assert len(result.output.strip().splitlines()) == 1, result.output
    assert db.session.scalars(select(Person)).all() == []


def test_a_token_is_the_last_line_and_reads_or_writes(run: Run, world: World) -> None:
    world.person("secretariat", email="s@contoh.example")
    for words, status in (([], 403), (["--write"], 422)):
        token = run("token", "create", "S@contoh.example", *words).output.strip().splitlines()[-1]
        headers = {"Authorization": f"Bearer {token}"}
        assert world.client().post("/api/v1/findings", json={}, headers=headers).status_code == status


def test_check_names_what_is_broken(run: Run) -> None:
    result = run("check")
    assert result.exit_code == 1
    lines = {line[7:].split(":")[0]: line[:6].strip() for line in result.output.splitlines()}
    assert (
        lines["Pembaca berkas"]
        == lines["Basis data"]
        == lines["Migrasi"]
        == lines["Penyimpanan"]
        == lines["Huruf"]
        == "baik"
    )
    assert lines["Redis"] == lines["Worker"] == "RUSAK"


def test_check_is_content_when_all_runs(run: Run, redis: Redis, processes: Processes) -> None:
    for words in (("relay",), ("schedule",), ("worker", "small"), ("worker", "documents")):
        processes.start(*words)
    wait_until(lambda: run("check").exit_code == 0, 60, processes.said())


def test_the_root_certificate_is_exported(run: Run, tmp_path: Path) -> None:
    db.session.execute(delete(Keystore))
    none = run("ca", "export", str(tmp_path / "akar.pem"))
    assert none.exit_code == 1 and "ca init" in none.output and len(none.output.splitlines()) == 1
    assert run("ca", "init").exit_code == 0
    assert run("ca", "export", str(tmp_path / "akar.pem")).exit_code == 0
    assert (tmp_path / "akar.pem").read_text().startswith("-----BEGIN CERTIFICATE-----")
    assert run("ca", "init").exit_code == 1
    (tmp_path / "bukan.pdf").write_text("bukan PDF")
    unreadable = run("verify", str(tmp_path / "bukan.pdf"))
    assert unreadable.exit_code == 2, unreadable.output
    assert run("verify", str(tmp_path / "tidak-ada.pdf")).exit_code == 2


def test_diagrams_and_reactions(run: Run, tmp_path: Path) -> None:
    assert run("diagrams", str(tmp_path / "d")).exit_code == 0
    assert len(list((tmp_path / "d").glob("*.mmd"))) == len(LIFECYCLES)
    assert "meeting.close" in run("reactions").output


def test_a_database_without_tables_says_what_to_do(processes: Processes, tmp_path: Path) -> None:
    processes.environment["RANDAL_DATABASE_URL"] = f"sqlite:///{tmp_path / 'empty.db'}"
    result = processes.run("token", "create", "a@contoh.example")
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert "randal init" in result.stderr
