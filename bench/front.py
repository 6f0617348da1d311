"""(k) Do pages go on while strangers send nasty files and slow clients hold connections?

    python -m bench front [--fronts ops.front.Front,gthread:4] [--nasty 20] [--slow 50] [--seconds 15]

gunicorn serves the demonstration as ops/gunicorn.conf.py says, with two processes. 50 clients hold connections: half a header, a
body that drips, a keep-alive that says nothing. Twenty nasty files are sent to /verifikasi at once, and sent again when they
are answered. Meanwhile /healthz and /masuk are asked, one after the other. Told: p50, p95 and the worst in ms, first
without anything else, then meanwhile, and how much memory the processes took.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import quantiles

from bench.nasty import PUBLIC
from bench.stage import ROOT, free_port, stage, table

PATHS = ("/healthz", "/masuk")


def main(words: list[str] | None = None) -> None:
    asked = argparse.ArgumentParser(prog="bench front")
    asked.add_argument("--fronts", default="ops.front.Front")
    asked.add_argument("--nasty", type=int, default=20)
    asked.add_argument("--slow", type=int, default=50)
    asked.add_argument("--seconds", type=float, default=15)
    given = asked.parse_args(words or [])
    rows: list[tuple[str, ...]] = [
        ("front", "load", *(f"{path} p50 / p95 / worst ms" for path in PATHS), "memory MB")
    ]
    with stage():
        for front in given.fronts.split(","):
            with served(front) as (port, pid):
                rows.append((front, "none", *measured(port, given.seconds / 3), memory(pid)))
                with slow(port, given.slow):
                    rows.append((front, f"{given.slow} slow", *measured(port, given.seconds), memory(pid)))
                    with nasty(port, given.nasty):
                        load = f"{given.slow} slow, {given.nasty} nasty"
                        rows.append((front, load, *measured(port, given.seconds), memory(pid)))
    table(rows)


@contextlib.contextmanager
def served(front: str) -> Iterator[tuple[int, int]]:
    port, (kind, _, threads) = free_port(), front.partition(":")
    more = ["--threads", threads] if threads else []
    child = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--config", "ops/gunicorn.conf.py", *more, "wsgi:app"],
        cwd=ROOT, stdin=subprocess.DEVNULL, start_new_session=True,
        env=os.environ | {"RANDAL_FRONT": kind, "RANDAL_PORT": str(port), "RANDAL_HOST": "127.0.0.1"},
    )  # fmt: skip
    try:
        until = time.monotonic() + 60
        while ask(port, "/healthz", 5) is None and time.monotonic() < until:
            time.sleep(0.2)
        yield port, child.pid
    finally:
        child.terminate()
        child.wait(30)


def ask(port: int, path: str, patience: float = 30) -> float | None:
    """Milliseconds until the whole answer; None when there was none."""
    began = time.perf_counter()
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=patience)
        connection.request("GET", path)
        good = connection.getresponse().read() is not None
        connection.close()
    except (OSError, http.client.HTTPException):
        return None
    return (time.perf_counter() - began) * 1000 if good else None


def measured(port: int, seconds: float) -> list[str]:
    told = []
    for path in PATHS:
        times, lost, until = list[float](), 0, time.monotonic() + seconds / len(PATHS)
        while time.monotonic() < until:
            taken = ask(port, path)
            if taken is None:
                lost += 1
            else:
                times.append(taken)
            time.sleep(0.02)
        if len(times) < 2:
            told.append(f"– ({lost} lost)")
            continue
        cut = quantiles(times, n=20)
        told.append(f"{cut[9]:.0f} / {cut[18]:.0f} / {max(times):.0f}" + (f" ({lost} lost)" if lost else ""))
    return told


@contextlib.contextmanager
def slow(port: int, count: int) -> Iterator[None]:
    """Half a header, a body of which a byte comes at a time, and a connection that says nothing, in turn."""
    stop, threads = threading.Event(), []
    for number in range(count):
        threads.append(threading.Thread(target=_hold, args=(port, number % 3, stop), daemon=True))
        threads[-1].start()
    time.sleep(1)
    try:
        yield
    finally:
        stop.set()


def _hold(port: int, how: int, stop: threading.Event) -> None:
    begin = (
        b"GET /masuk HTTP/1.1\r\nHost: x\r\nX-A: ",
        b"POST /verifikasi HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=x\r\n"
        b"Content-Length: 900000\r\n\r\n--x",
        b"",
    )[how]
    while not stop.is_set():
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 10) as conn:
            conn.sendall(begin)
            while not stop.wait(1):
                if begin:
                    conn.sendall(b"x")


@contextlib.contextmanager
def nasty(port: int, count: int) -> Iterator[None]:
    """`count` senders, each with one of the nasty PDFs, again and again."""
    made = [PUBLIC[name]() for name in sorted(PUBLIC)]
    stop = threading.Event()
    for number in range(count):
        threading.Thread(target=_send, args=(port, made[number % len(made)], stop), daemon=True).start()
    time.sleep(1)
    try:
        yield
    finally:
        stop.set()


def _send(port: int, data: bytes, stop: threading.Event) -> None:
    body = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="x.pdf"\r\n\r\n'
        + data
        + b"\r\n--x--\r\n"
    )
    while not stop.is_set():
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
            connection.request(
                "POST",
                "/verifikasi",
                body,
                {"Content-Type": "multipart/form-data; boundary=x", "Accept": "application/json"},
            )
            connection.getresponse().read()
            connection.close()
        stop.wait(0.2)


def memory(pid: int) -> str:
    """Of the master and each of its processes, in MB."""
    found = []
    for status in Path("/proc").glob("[0-9]*/status"):
        with contextlib.suppress(OSError):
            said = status.read_text()
            words = dict(line.split(":\t", 1) for line in said.splitlines() if ":\t" in line)
            if status.parent.name == str(pid) or words.get("PPid") == str(pid):
                found.append(int(words["VmRSS"].split()[0]) // 1024)
    return " + ".join(map(str, found))
