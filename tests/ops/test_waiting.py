"""How ./run waits, counts deaths, and outlives a full disk."""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from ops import sessions, waiting
from ops.processes import ROOT
from tests.machines import wait_until


def seen(*pids: int) -> list[dict[str, Any]]:
    return [{"name": "worker", "pid": pid, "statename": "RUNNING"} for pid in pids]


def test_deaths_are_counted_whatever_the_manager_calls_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that dies after three seconds was RUNNING each time anybody looked."""
    births, now = waiting.Births(), 1000.0
    monkeypatch.setattr(waiting.time, "monotonic", lambda: now)
    for pid in (11, 11, 12, 13, 0, 14):
        counted = births.look(seen(pid))
    assert counted == {"worker": 4}
    now += waiting.LATELY + 1
    assert births.look(seen(14)) == {"worker": 1}, "what was long ago is forgiven"


def test_a_start_is_given_up_only_when_nothing_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    now, used = 0.0, 0.0
    monkeypatch.setattr(waiting.time, "monotonic", lambda: now)
    monkeypatch.setattr(sessions, "seconds_used", lambda _session: used)
    progress = waiting.Progress(1)
    for _ in range(20):  # forty minutes on a machine that is busy with other things
        now, used = now + waiting.STILL * 0.9, used + waiting.STILL * waiting.MOVES * 1.1
        assert not progress.stands_still()
    now += waiting.STILL + 1
    assert progress.stands_still()


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs /proc")
def test_what_a_session_used_is_counted() -> None:
    busy = subprocess.Popen([sys.executable, "-c", "while True: pass"], start_new_session=True)
    try:
        wait_until(lambda: sessions.seconds_used(busy.pid) > 0.05, 60)
    finally:
        busy.kill()
        busy.wait()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_the_process_manager_outlives_a_full_disk(tmp_path: Path) -> None:
    """Its log and what it says are on a disk without room, and it still starts again what died."""
    births = tmp_path / "births"
    config = tmp_path / "supervisord.conf"
    config.write_text(
        textwrap.dedent(f"""
            [supervisord]
            nodaemon=true
            logfile=/dev/full
            logfile_maxbytes=0
            pidfile={tmp_path}/pid
            [program:contoh]
            command=/bin/sh -c "echo lahir >> {births}; echo kata; sleep 1"
            startsecs=0
            autorestart=true
            redirect_stderr=true
            stdout_logfile=/dev/full
            stdout_logfile_maxbytes=0
            """)
    )
    with Path("/dev/full").open("w") as full:
        manager = subprocess.Popen(
            [sys.executable, "-m", "ops.manager", "-c", str(config)],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=full,
            stderr=full,
            start_new_session=True,
        )
    try:
        wait_until(lambda: births.exists() and births.read_text().count("lahir") >= 3, 60, "three lives")
        assert manager.poll() is None
    finally:
        sessions.end(manager, 10)


def test_gunicorn_by_hand_reads_env(tmp_path: Path) -> None:
    """HOST and PORT of .env reach it without ./run."""
    for name in ("ops/gunicorn.conf.py", "ops/__init__.py"):
        if (ROOT / name).exists():
            (tmp_path / "ops").mkdir(exist_ok=True)
            (tmp_path / name).write_text((ROOT / name).read_text())
    (tmp_path / ".env").write_text("RANDAL_HOST=127.0.0.9\nRANDAL_PORT=8765\n")
    code = "import runpy; print(runpy.run_path('ops/gunicorn.conf.py')['bind'])"
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env={"PATH": ""}, capture_output=True, text=True
    )
    assert said.stdout.strip() == "['127.0.0.9:8765']", said.stderr


def test_a_node_of_the_machine_that_is_new_enough_is_used() -> None:
    """process.exit takes a number: `false` is an error there, and with it every Node was refused."""
    setup = (ROOT / "ops/setup").read_text()
    (given,) = re.findall(r"process\.exit\((.*)\)'", setup)
    assert given.endswith("? 1 : 0")
