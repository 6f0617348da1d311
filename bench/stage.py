"""A stage to measure on: a fresh SQLite database with the demonstration played, and plain helpers."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from apiflask import APIFlask

from randal import create_app
from randal.database.base import db
from randal.l10n import clock
from randal.org import bootstrap
from randal.rooms.areas.beginning import load_lists
from randal.settings import read_settings

ROOT = Path(__file__).resolve().parents[1]


@contextmanager
def stage(*, demo: bool = True, database_url: str = "", redis_url: str = "") -> Iterator[APIFlask]:
    """The application over a database of its own (SQLite, or the empty one at `database_url`), thrown away afterwards.

    Processes started meanwhile find the same settings in the environment.
    """
    from randal import demo as demonstration

    with tempfile.TemporaryDirectory(prefix="randal-bench-") as folder:
        os.environ.pop("RANDAL_STORAGE_URL", None)
        os.environ["RANDAL_DATA_DIR"] = folder
        os.environ["RANDAL_DATABASE_URL"] = database_url
        os.environ["RANDAL_REDIS_URL"] = redis_url
        app = create_app(read_settings())
        with app.app_context():
            bootstrap.make_tables()
            bootstrap.load_provinces()
            load_lists(clock.now())
            db.session.commit()
        if demo:
            demonstration.load(app)
        yield app
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def served(module: str, environment: dict[str, str]) -> Iterator[tuple[str, int]]:
    """gunicorn with one process and four threads, for us and for the bare handler alike: (url, pid)."""
    port = free_port()
    words = [
        "-m",
        "gunicorn",
        "-k",
        "gthread",
        "--threads",
        "4",
        "-w",
        "1",
        "-b",
        f"127.0.0.1:{port}",
        "--log-level",
        "error",
        module,
    ]
    process = subprocess.Popen([sys.executable, *words], cwd=ROOT, env=os.environ | environment)
    try:
        url = f"http://127.0.0.1:{port}"
        for _ in range(200):
            try:
                urllib.request.urlopen(f"{url}/healthz", timeout=1)
                break
            except OSError:
                time.sleep(0.1)
        yield url, process.pid
    finally:
        process.terminate()
        process.wait(20)


def table(rows: list[tuple[str, ...]]) -> None:
    """Print rows in columns, the first one as head."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for number, row in enumerate(rows):
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
        if number == 0:
            print("  ".join("-" * width for width in widths))
