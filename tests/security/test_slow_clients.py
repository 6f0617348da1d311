"""What stands in front (ops/front.py): slow clients hold connections and no thread, and who asked is answered."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from ops.processes import ROOT
from randal.database.base import db
from tests import machines
from tests.machines import wait_until

BODY = b"POST /isi HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\nx"
SLOW = (b"GET /masuk HTTP/1.1\r\nHost: x\r\nX-A: ", BODY, b"")  # half a header, a slow body, nothing at all


class Server:
    def __init__(self, application: str, environment: dict[str, str], log: Path) -> None:
        self.port, self.log = machines.free_port(), log
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "--config", "ops/gunicorn.conf.py", application],
                cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
                env=environment | {"RANDAL_HOST": "127.0.0.1", "RANDAL_PORT": str(self.port), "WEB_CONCURRENCY": "1"},
            )  # fmt: skip
        wait_until(self.answers, 60, "gunicorn")

    def answers(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        with suppress(OSError):
            return self.get("/healthz")[0] in (200, 404)
        return False

    def get(self, path: str, method: str = "GET", body: Any = None, **headers: str) -> tuple[int, bytes]:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), 60)

    def stop(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[Server]:
    with machines.stopping(
        Server("tests.security.plain_app:app", dict(os.environ), tmp_path / "log")
    ) as server:
        yield server


def test_slow_clients_hold_no_thread(plain: Server) -> None:
    """Many more of them than there are threads."""
    with ExitStack() as stack:
        held = [stack.enter_context(plain.connect()) for _ in range(90)]
        for number, conn in enumerate(held):
            conn.sendall(SLOW[number % 3])
        for _ in range(3):
            assert plain.get("/isi")[0] == 200
            for conn in held:
                conn.sendall(b"x")
        reader = stack.enter_context(plain.connect())
        for _ in range(20):  # and readers who do not read
            reader = stack.enter_context(plain.connect())
            reader.sendall(b"GET /besar HTTP/1.1\r\nHost: x\r\n\r\n")
        assert plain.get("/isi")[0] == 200


def test_a_slow_body_arrives_whole_in_the_end(plain: Server) -> None:
    with plain.connect() as conn:
        conn.sendall(b"POST /isi HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 40\r\n\r\n")
        for _ in range(40):
            conn.sendall(b"x")
        said = b"".join(iter(lambda: conn.recv(4096), b""))
    assert said.endswith(b" 40")
    chunked = plain.get("/isi", "POST", iter([b"x" * 70_000] * 3))
    assert chunked[1].endswith(b" 210000")


def test_what_is_too_large_is_refused_before_it_comes(plain: Server) -> None:
    with plain.connect() as conn:
        conn.sendall(b"POST /isi HTTP/1.1\r\nHost: x\r\nContent-Length: 99000000\r\n\r\n")
        said = conn.recv(4096)
    assert said.startswith(b"HTTP/1.1 413") and b"maks. 20 MB" in said
    with plain.connect() as conn:
        conn.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-A: " + b"x" * 70_000)
        assert conn.recv(4096).startswith(b"HTTP/1.0 431")


def test_so_much_at_once_and_no_more(plain: Server) -> None:
    """Bodies on their way lie on disk: together they have an end."""
    with ExitStack() as stack:
        for _ in range(21):
            conn = stack.enter_context(plain.connect())
            conn.sendall(b"POST /isi HTTP/1.1\r\nHost: x\r\nContent-Length: 21000000\r\n\r\nx")
        conn = stack.enter_context(plain.connect())
        conn.sendall(b"POST /isi HTTP/1.1\r\nHost: x\r\nContent-Length: 21000000\r\n\r\nx")
        assert conn.recv(4096).startswith(b"HTTP/1.1 503")
        assert plain.get("/isi", "POST", b"x" * 1000)[0] == 200, "small ones go on"
    assert wait_until(lambda: plain.get("/isi", "POST", b"x" * 2_000_000)[0] == 200)


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_who_has_asked_is_answered(plain: Server, tmp_path: Path, number: signal.Signals) -> None:
    """While the processes are renewed, and while all of it ends."""
    got: list[Any] = []
    asks = threading.Thread(target=lambda: got.append(plain.get(f"/tunggu?{tmp_path}")))
    asks.start()
    [begun] = wait_until(lambda: list(tmp_path.glob("begun-*")))
    old = begun.name.removeprefix("begun-")
    plain.process.send_signal(number)
    if number == signal.SIGHUP:
        assert wait_until(lambda: plain.get("/isi")[1].split()[0] != old.encode()), (
            "the new one serves meanwhile"
        )
    else:
        wait_until(lambda: refuses(plain))
    (tmp_path / "go").touch()
    asks.join()
    assert got == [(200, f"{old} 0".encode())]
    wait_until(lambda: not Path(f"/proc/{old}").exists())
    if number == signal.SIGTERM:
        assert plain.process.wait(20) == 0


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_who_keeps_the_line_open_is_told_before_it_ends(plain: Server, number: signal.Signals) -> None:
    """Cut off between two requests, nobody could know whether the second was done."""
    with closing(http.client.HTTPConnection("127.0.0.1", plain.port, timeout=60)) as connection:
        told = False
        for turn in range(10_000):
            connection.request("POST", "/isi", b"x")
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200
            if told := answer.getheader("Connection") == "close":
                break
            if turn == 3:
                plain.process.send_signal(number)
            time.sleep(0.02)
        assert told
    assert number == signal.SIGHUP or plain.process.wait(20) == 0


def refuses(server: Server) -> bool:
    try:
        with server.connect():
            return False
    except OSError:
        return True


def test_what_a_proxy_says_reaches_the_application(plain: Server) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", plain.port, timeout=60)) as connection:
        connection.request("GET", "/isi", headers={"X-Forwarded-For": "192.0.2.7"})
        assert connection.getresponse().getheader("X-Proxies") == "192.0.2.7"


@pytest.mark.database("sqlite")
def test_the_application_behind_it(app: Flask, environment: dict[str, str], tmp_path: Path) -> None:
    """Pages are served while strangers' files wait and slow clients hold on."""
    db.session.commit()
    with machines.stopping(Server("wsgi:app", environment, tmp_path / "log")) as server, ExitStack() as stack:
        for number in range(60):
            conn = stack.enter_context(server.connect())
            conn.sendall(SLOW[number % 3])
        assert server.get("/healthz")[0] == 200 and server.get("/masuk")[0] == 200
        page = b'--x\r\nContent-Disposition: form-data; name="file"; filename="x.pdf"\r\n\r\n%PDF-1.7 rusak\r\n--x--\r\n'
        kind = {"Content-Type": "multipart/form-data; boundary=x", "Accept": "application/json"}
        assert server.get("/verifikasi", "POST", page, **kind)[0] == 200
