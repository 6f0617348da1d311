"""`flask randal audit …`, and an auditor's own examination: of the file alone, on a machine that has nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from ops.processes import ROOT
from randal.audit import exporting
from tests.audit.story import History
from tests.conftest import environment_for

NOTHING_ELSE = """
import runpy, sys
for name in {gone!r}:
    sys.modules[name] = None
sys.argv = ["audit", *sys.argv[1:]]
runpy.run_module("randal.audit", run_name="__main__")
"""
FRAMEWORKS = [
    "workflows",
    "flask",
    "apiflask",
    "sqlalchemy",
    "flask_sqlalchemy",
    "marshmallow",
    "environs",
    "dotenv",
    "redis",
    "rq",
]


@pytest.fixture
def kept(history: History, tmp_path: Path) -> Path:
    exporting.export(tmp_path / "riwayat.jsonl.gz", now=history.world.now)
    exporting.export(tmp_path / "diubah.jsonl", now=history.world.now)
    bent = tmp_path / "diubah.jsonl"
    bent.write_bytes(bent.read_bytes().replace(b"Contoh tanggapan kedua", b"Contoh tanggapan beda!", 1))
    (tmp_path / "akar.pem").write_bytes(history.roots[0])
    return tmp_path


def invoke(app: Flask, *words: Any) -> Any:
    return app.test_cli_runner().invoke(args=["randal", "audit", *map(str, words)])


def test_of_the_database(app: Flask, history: History, tmp_path: Path) -> None:
    said = invoke(app, "verify")
    assert said.exit_code == 0 and "Riwayat utuh." in said.output, said.output
    said = invoke(app, "checkpoint", "--save", tmp_path / "cap.json")
    assert said.exit_code == 0 and json.loads((tmp_path / "cap.json").read_text())["n"] == 3
    for file in ("a.jsonl", "b.jsonl.gz"):
        assert invoke(app, "export", tmp_path / file).exit_code == 0
        said = invoke(app, "verify", tmp_path / file, "--witness", tmp_path / "cap.json")
        assert said.exit_code == 0 and "3 cap" in said.output, said.output
    assert invoke(app, "token", 3, tmp_path / "tiga").exit_code == 0
    assert (tmp_path / "tiga.tsr").exists() and "openssl ts -verify" in invoke(
        app, "token", 3, tmp_path / "x"
    ).output
    said = invoke(app, "verify", tmp_path / "tiada.jsonl")
    assert said.exit_code == 1 and "Berkas tidak dapat dibaca" in said.output
    assert invoke(app, "token", 99, tmp_path / "y").exit_code == 1


@pytest.mark.database("sqlite")
def test_of_a_file_without_database_and_data(app: Flask, kept: Path, tmp_path: Path) -> None:
    nowhere = replace(
        app.config["RANDAL"],
        database_url="postgresql+psycopg://nobody@127.0.0.1:1/none",
        data_dir=tmp_path / "kosong",
    )
    for file, code, sentence in (
        ("riwayat.jsonl.gz", 0, "Riwayat utuh."),
        ("diubah.jsonl", 1, "finding"),
    ):
        run = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", "randal", "audit", "verify", str(kept / file)],
            cwd=ROOT, env=environment_for(nowhere), capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        assert run.returncode == code and sentence in run.stdout + run.stderr, run
        assert "Traceback" not in run.stderr


@pytest.mark.database("sqlite")
def test_by_python_alone(kept: Path) -> None:
    root = ("--root", "akar.pem")
    stamps = ["cryptography", "asn1crypto"]
    for gone, words, code, sentence in (
        (FRAMEWORKS, ("riwayat.jsonl.gz", *root), 0, "2 cap"),
        ([*FRAMEWORKS, *stamps], ("riwayat.jsonl.gz", *root), 0, "cap waktu tidak diperiksa"),
        (FRAMEWORKS, ("diubah.jsonl", *root), 1, "peristiwa 4"),
        (FRAMEWORKS, ("tiada.jsonl",), 1, "tidak dapat dibaca"),
        (FRAMEWORKS, ("riwayat.jsonl.gz", "--root", "diubah.jsonl"), 1, "bukan sertifikat"),
    ):
        run = subprocess.run(
            [sys.executable, "-c", NOTHING_ELSE.format(gone=gone), *words],
            cwd=kept, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        assert run.returncode == code and sentence in run.stdout + run.stderr, run
        assert "Traceback" not in run.stderr


@pytest.mark.database("sqlite")
def test_the_ten_lines_of_the_handbook(history: History, tmp_path: Path) -> None:
    told = (ROOT / "docs/riwayat.md").read_text(encoding="utf-8")
    lines = told.split("```python\n")[1].split("```")[0]
    exporting.export(tmp_path / "riwayat.jsonl", now=history.world.now)

    def run() -> int:
        return subprocess.run([sys.executable, "-c", lines], cwd=tmp_path, capture_output=True).returncode

    assert run() == 0
    file = tmp_path / "riwayat.jsonl"
    file.write_bytes(file.read_bytes().replace(b'"hat":"evaluator"', b'"hat":"admin"', 1))
    assert run() == 1
