"""Real servers and processes for a bench, thrown away afterwards.

PostgreSQL with its durability on and Redis appending every write, as both stand in use: what a commit costs is measured.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.stage import ROOT
from tests import machines


@contextmanager
def postgres() -> Iterator[machines.Postgres]:
    with machines.stopping(machines.Postgres()) as server:
        server.admin.execute("ALTER SYSTEM RESET ALL")
        server.admin.execute("SELECT pg_reload_conf()")
        yield server


@contextmanager
def redis() -> Iterator[machines.Redis]:
    with machines.stopping(machines.Redis().start()) as server:
        server.client().config_set("appendonly", "yes")
        yield server


@contextmanager
def databases(kind: str, *names: str) -> Iterator[list[str]]:
    """Empty databases of this kind (postgresql, sqlite), as URLs."""
    if kind == "sqlite":
        with tempfile.TemporaryDirectory(prefix="randal-bench-") as folder:
            yield [f"sqlite:///{Path(folder, name)}.db" for name in names]
    else:
        with postgres() as server:
            yield [server.create(name) for name in names]


@contextmanager
def running(*commands: tuple[str, ...], environment: dict[str, str]) -> Iterator[None]:
    """`python -m COMMAND…`, all of them at once, until the end; an AssertionError says what one said that died."""
    with tempfile.TemporaryDirectory(prefix="randal-bench-") as folder:
        started = []
        try:
            for number, words in enumerate(commands):
                with Path(folder, str(number)).open("wb") as said:
                    started.append(
                        subprocess.Popen(
                            [sys.executable, "-m", *words],
                            cwd=ROOT, env=os.environ | environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said,
                        )
                    )  # fmt: skip
            yield
        finally:
            dead = [n for n, child in enumerate(started) if child.poll() is not None]
            said_last = "\n".join(Path(folder, str(n)).read_text() for n in dead)
            for child in started:
                child.terminate()
            for child in started:
                try:
                    child.wait(10)
                except subprocess.TimeoutExpired:
                    child.kill()
                    child.wait()
        assert not dead, said_last
