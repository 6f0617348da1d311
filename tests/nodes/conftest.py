"""Two machines of one installation: a data directory each, one PostgreSQL, one storage, one Redis. Real processes.

The clock of the second is ten minutes ahead.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from ops.processes import ROOT
from randal import create_app
from randal.database.base import db
from randal.l10n import clock
from randal.settings import Settings
from tests import machines
from tests.conftest import environment_for, settings_for
from tests.world import World


@dataclass
class Answer:
    status: int
    data: bytes
    headers: dict[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.data)

    @property
    def text(self) -> str:
        return self.data.decode()


class Node:
    """One machine: its settings, its web process, and asking it something."""

    def __init__(self, settings: Settings, log: Path, **more: str):
        self.settings, self.log = settings, log
        self.environment = environment_for(settings) | {"WEB_CONCURRENCY": "1"} | more
        self.process: subprocess.Popen[bytes] | None = None

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """`flask randal WORDS…` on this machine."""
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "randal", *words]
        return subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=300
        )

    def serve(self) -> Node:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "--config", "ops/gunicorn.conf.py", "wsgi:app"],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        machines.wait_until(self.alive, 120, f"{self.log}")
        return self

    def alive(self) -> bool:
        assert self.process is None or self.process.poll() is None, self.log.read_text()
        try:
            return self.ask("GET", "/healthz").status == 200
        except OSError:
            return False

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        **sent: Any,
    ) -> Answer:
        """`json=` sends JSON, `file=(name, bytes)` a multipart form with the fields of `form=`."""
        headers = dict(headers or {})
        if "json" in sent:
            body, headers["Content-Type"] = json.dumps(sent["json"]).encode(), "application/json"
        if "file" in sent:
            headers["Content-Type"] = "multipart/form-data; boundary=contoh"
            body = multipart(sent["file"], sent.get("form", {}))
        connection = http.client.HTTPConnection(self.settings.host, self.settings.port, timeout=120)
        try:
            connection.request(method, path, body, headers)
            got = connection.getresponse()
            return Answer(got.status, got.read(), {k.lower(): v for k, v in got.getheaders()})
        finally:
            connection.close()

    def api(self, method: str, path: str, token: str, **sent: Any) -> Answer:
        return self.ask(method, f"/api/v1{path}", headers={"Authorization": f"Bearer {token}"}, **sent)

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.process = None


def multipart(file: tuple[str, bytes], form: dict[str, str]) -> bytes:
    parts = [
        f'--contoh\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in form.items()
    ]
    name, data = file
    head = f'--contoh\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    return b"".join(parts) + head.encode() + data + b"\r\n--contoh--\r\n"


@dataclass
class Two:
    """`a` and `b`, and the same installation in this process (`world`)."""

    a: Node
    b: Node
    world: World
    first: list[str]  # what each `init` said, begun at the same moment on an empty database

    def __iter__(self) -> Iterator[Node]:
        yield from (self.a, self.b)


@pytest.fixture(scope="module")
def two(
    postgres: machines.Postgres,
    redis_server: machines.Redis,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Two]:
    postgres.drop("two_nodes")
    url, folder = postgres.create("two_nodes"), tmp_path_factory.mktemp("nodes")
    redis_server.start()
    (folder / "files").mkdir()
    nodes = []
    for name in ("a", "b"):
        (folder / name).mkdir()
        settings = replace(
            settings_for(url, folder / name, redis_server.url),
            storage_url=f"file://{folder / 'files'}",
            now=None,
        )
        ahead = {"PYTHONPATH": str(ROOT / "tests/shim"), "RANDAL_TEST_AHEAD": "600"} if name == "b" else {}
        nodes.append(Node(settings, folder / f"{name}.log", RANDAL_NODE=f"contoh-{name}", **ahead))
    with ThreadPoolExecutor(2) as both:
        begun = list(both.map(lambda node: node.run("init"), nodes))
    for result in begun:
        assert result.returncode == 0, result.stderr
    app = create_app(nodes[0].settings)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    clock.start_at(None)
    try:
        with app.app_context():
            for node in nodes:
                node.serve()
            yield Two(*nodes, World(app), [result.stdout for result in begun])
            db.session.remove()
            db.engine.dispose()
    finally:
        for node in nodes:
            node.stop()
        redis_server.kill()
        postgres.drop("two_nodes")
