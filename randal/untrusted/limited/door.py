"""Asking for a file to be read. Any thread of any process may; the answer is plain values."""

from __future__ import annotations

import array
import contextlib
import fcntl
import hashlib
import json
import logging
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from randal.base.embedded_redis import make_socket_dir
from randal.untrusted.limited import wire
from randal.untrusted.limited.errors import Busy, Locked, TooComplex, Unavailable, Unreadable
from randal.untrusted.limited.limits import Limits

log = logging.getLogger(__name__)
ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 20.0  # seconds that somebody waits for a turn
SPARE = 10.0  # seconds beyond what the server itself keeps
PASSED = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "PYTHONPATH", "VIRTUAL_ENV")  # and no secret

_home: Path | None = None
_lease: socket.socket | None = None
_servers: list[subprocess.Popen[bytes]] = []
_guard = threading.Lock()


@dataclass(frozen=True)
class Task:
    """A reader (`module:function`, called with the bytes and the given words) and what it may cost."""

    target: str
    limits: Limits


def use(data_dir: Path) -> None:
    """The server of this data dir is asked: all processes of one installation share it."""
    global _home
    _home = data_dir


def ask(
    task: Task, data: bytes, *, spent: Callable[[dict[str, Any]], None] | None = None, **more: Any
) -> Any:
    """What the reader answers. Raises Unreadable with the reader's sentence, TooComplex, Busy, Unavailable."""
    going = stream(task, data, **more)
    while True:
        try:
            next(going)
        except StopIteration as end:
            if spent:
                spent(end.value["spent"])
            return end.value["value"]


def stream(
    task: Task,
    data: bytes,
    *,
    public: bool = False,
    patience: float = PATIENCE,
    limits: Limits | None = None,
    **given: Any,
) -> Generator[Any, None, Any]:
    """What a reader that is a generator yields; at the end {value, spent}. Raises as `ask`, also in the middle."""
    most = limits or task.limits
    if len(data) > most.file:
        raise TooComplex("file")
    conn = _asked(task, most, public, patience)
    try:
        wire.send(conn, wire.ARGS, wire.packed(given))
        wire.send(conn, wire.FILE, data)
        until, left = time.monotonic() + most.wall + SPARE, most.output + 4096
        while True:
            conn.settimeout(max(0.01, until - time.monotonic()))
            letter, body = wire.receive(conn, left)
            left -= len(body)
            if letter == wire.ITEM:
                yield wire.unpacked(body)
            else:
                return _ended(task, letter, body)
    except wire.TooLong:
        raise TooComplex("output") from None
    except (wire.Closed, TimeoutError) as error:  # the server itself: a child that dies is told of
        log.warning("%s: no answer (%s)", task.target, error)
        raise Unavailable from None
    finally:
        conn.close()


def _ended(task: Task, letter: bytes, body: bytes) -> Any:
    if letter == wire.DONE:
        return wire.unpacked(body)
    if letter == wire.SAID:
        said = wire.unpacked(body)
        if said["cause"]:
            raise TooComplex(str(said["cause"]), str(said["text"]))
        raise (Locked if said["locked"] else Unreadable)(str(said["text"]))
    if letter == wire.KILLED:
        cause = str(wire.unpacked(body)["cause"])
        log.info("%s: ended by %s", task.target, cause)
        raise TooComplex(cause)
    told = wire.unpacked(body) if letter == wire.BROKE else {"name": repr(letter), "trace": ""}
    log.warning("%s broke on a file: %s\n%s", task.target, told["name"], told["trace"])
    raise Unreadable("Berkas ini rusak dan tidak dapat dibaca. Simpan ulang, lalu kirim lagi.")


def _asked(task: Task, most: Limits, public: bool, patience: float) -> socket.socket:
    """The connection on which the child waits for the file. A server that has gone meanwhile is started anew, once."""
    asked = {"target": task.target, "limits": most.to_dict(), "public": public, "patience": patience}
    for again in (False, True):
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                _hand_over(json.dumps(asked).encode(), theirs, again)
            ours.settimeout(patience + SPARE)
            letter, _ = wire.receive(ours, 0)
            if letter == wire.GO:
                return ours
            raise Busy
        except Unreadable:
            ours.close()
            raise
        except OSError as error:  # Closed and TimeoutError are such
            ours.close()
            if again:
                log.error("no reader of files: %s", error)
                raise Unavailable from None
    raise AssertionError


def _hand_over(asked: bytes, end: socket.socket, anew: bool) -> None:
    lease = hold(anew)
    lease.sendmsg([asked], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [end.fileno()]))])


def hold(anew: bool = False) -> socket.socket:
    """This process's connection to the server, which lives as long as somebody has one. Starts it where none runs.
    A child made by fork shares its parent's."""
    global _lease
    with _guard:
        if anew and _lease:
            _lease.close()
            _lease = None
        if _lease is None:
            _lease = _connected()
        return _lease


def _connected() -> socket.socket:
    if _home is None:
        with tempfile.TemporaryDirectory(prefix="randal-") as private:
            return _found_or_started(Path(private))
    return _found_or_started(make_socket_dir(_home))


def _found_or_started(folder: Path) -> socket.socket:
    path = folder / f"reader-{_mark()}.sock"
    with (folder / "reader.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        conn = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            conn.connect(str(path))
        except (FileNotFoundError, ConnectionRefusedError):
            path.unlink(missing_ok=True)
            with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
                listener.bind(str(path))
                listener.listen(64)
                _start(listener.fileno())
                conn.connect(str(path))
        return conn


def _start(number: int) -> None:
    _servers[:] = [one for one in _servers if one.poll() is None]  # those that ended are buried
    ours = {name: os.environ[name] for name in PASSED if name in os.environ}
    _servers.append(
        subprocess.Popen(
            [sys.executable, "-m", "randal.untrusted.limited.server", str(number)],
            cwd=ROOT, env=ours, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, pass_fds=[number],
        )
    )  # fmt: skip


def _mark() -> str:
    """Of this machine since it was started, and of the code: another machine on the same disk, or a newer version, has
    a server of its own."""
    mark = hashlib.sha256(f"{ROOT} {sys.version}".encode())
    with contextlib.suppress(OSError):
        mark.update(Path("/proc/sys/kernel/random/boot_id").read_bytes())
    for folder in ("untrusted/limited", "untrusted/readers", "signatures"):
        for path in sorted((ROOT / "randal" / folder).glob("*.py")):
            mark.update(f"{path.name} {path.stat().st_mtime_ns}".encode())
    return mark.hexdigest()[:8]
