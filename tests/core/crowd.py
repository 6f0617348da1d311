"""A crowd over real HTTP: gunicorn with several processes and threads, and many requests let go at one instant."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask

from ops.processes import ROOT
from randal.database.base import db
from tests import machines
from tests.world import World

CROWD = 50


@dataclass(frozen=True)
class Ask:
    """One request. `data` goes as JSON, `fields` as a form; a file in it as multipart."""

    method: str
    path: str
    token: str = ""
    data: Any = None
    fields: Mapping[str, str] | None = None
    file: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    status: int
    kind: str
    text: str
    cookie: str = ""

    @property
    def json(self) -> Any:
        return json.loads(self.text)


class Crowd:
    def __init__(self, world: World, host: str, port: int):
        self.world, self.host, self.port = world, host, port

    def ask(self, one: Ask, start: threading.Barrier | None = None) -> Answer:
        headers, body = dict(one.headers), None
        if one.token:
            headers["Authorization"] = f"Bearer {one.token}"
        if one.data is not None:
            headers["Content-Type"], body = "application/json", json.dumps(one.data).encode()
        elif one.fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode(one.fields).encode()
        elif one.file is not None:
            headers["Content-Type"] = "multipart/form-data; boundary=contoh"
            head = b'--contoh\r\nContent-Disposition: form-data; name="file"; filename="lembar.png"\r\n\r\n'
            body = head + one.file + b"\r\n--contoh--\r\n"
        connection = http.client.HTTPConnection(self.host, self.port, timeout=120)
        connection.connect()
        if start:
            start.wait(60)
        connection.request(one.method, one.path, body, headers)
        got = connection.getresponse()
        cookie = got.getheader("Set-Cookie", "").partition(";")[0]
        answer = Answer(got.status, got.getheader("Content-Type", ""), got.read().decode(), cookie)
        connection.close()
        return answer

    def at_once(self, *asks: Ask) -> list[Answer]:
        """All of them let go together; their answers in the order of the asks."""
        db.session.commit()  # the test must not hold SQLite's one place to write
        start, answers = threading.Barrier(len(asks)), {}

        def go(number: int, one: Ask) -> None:
            answers[number] = self.ask(one, start)

        threads = [threading.Thread(target=go, args=pair) for pair in enumerate(asks)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        db.session.expire_all()
        return [answers[number] for number in range(len(asks))]


@contextmanager
def serving(app: Flask, world: World, environment: dict[str, str], log: Path) -> Iterator[Crowd]:
    """The application behind gunicorn: 2 processes of 16 threads, at the test's time."""
    settings = app.config["RANDAL"]
    db.session.commit()
    with log.open("wb") as output:
        server = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "gunicorn",
                "--config",
                "ops/gunicorn.conf.py",
                "--threads",
                "16",
                "wsgi:app",
            ],
            cwd=ROOT,
            env=environment | {"RANDAL_NOW": world.now.isoformat(), "WEB_CONCURRENCY": "2"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    crowd = Crowd(world, settings.host, settings.port)

    def answers() -> bool:
        assert server.poll() is None, log.read_text()
        try:
            return crowd.ask(Ask("GET", "/masuk")).status == 200
        except OSError:
            return False

    try:
        machines.wait_until(answers, seconds=60, what="gunicorn to answer")
        yield crowd
    finally:
        server.terminate()
        server.wait(30)
