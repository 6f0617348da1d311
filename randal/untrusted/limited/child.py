"""What the child does after the fork: gives away all it does not need, reads one file, answers, ends."""

from __future__ import annotations

import os
import resource
import signal
import socket
import traceback
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import GeneratorType
from typing import Any, NoReturn

from randal.untrusted.limited import wire
from randal.untrusted.limited.errors import Unreadable

NICE = 5  # pages come before files
FILES = 64  # that it may have open: what a library reads late
NO_MEMORY = (
    wire.HEAD.pack(wire.KILLED, 18) + b'{"cause":"memory"}'
)  # ready: later there may be no room for it


def run(conn: socket.socket, target: str, limits: dict[str, int]) -> NoReturn:
    """Never returns. `target`: module:function, whose module the server has imported before the fork."""
    code = 1
    try:
        _confine(conn.fileno(), limits)
        _answer(conn, target, limits)
        code = 0
    except MemoryError:
        os.write(conn.fileno(), NO_MEMORY)
    except wire.Closed:
        pass  # who asked has gone
    except BaseException as error:
        said = traceback.format_exc(limit=-4)[-2000:]
        wire.send(conn, wire.BROKE, wire.packed({"name": type(error).__name__, "trace": said}))
    finally:
        os._exit(code)


def _confine(keep: int, limits: dict[str, int]) -> None:
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, limits["wall"])  # ends it even when nobody is left to watch
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    os.closerange(3, keep)
    os.closerange(keep + 1, 65_536)
    Path("/proc/self/oom_score_adj").write_text("1000")  # a machine without memory ends this one first
    os.chdir("/")
    os.nice(NICE)
    has = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    for what, most in (
        (resource.RLIMIT_AS, has + limits["memory"]),
        (resource.RLIMIT_CPU, limits["cpu"]),
        (resource.RLIMIT_FSIZE, 0),  # it writes no file
        (resource.RLIMIT_NOFILE, max(FILES, keep + 1)),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (allowed, allowed))


def _answer(conn: socket.socket, target: str, limits: dict[str, int]) -> None:
    _letter, args = wire.receive(conn, limits["file"])
    _letter, data = wire.receive(conn, limits["file"])
    told = 0

    def tell(letter: bytes, value: Any) -> None:
        nonlocal told
        body = wire.packed(value)
        told += len(body)
        if told > limits["output"]:
            wire.send(conn, wire.KILLED, wire.packed({"cause": "output"}))
            os._exit(0)
        wire.send(conn, letter, body)

    module, _, name = target.partition(":")
    try:
        found = getattr(import_module(module), name)(data, **wire.unpacked(args))
        if isinstance(found, GeneratorType):
            found = _each(found, tell)
    except Unreadable as unreadable:
        cause = getattr(unreadable, "cause", "")
        return tell(wire.SAID, {"text": str(unreadable), "locked": unreadable.locked, "cause": cause})
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = {"cpu": round(used.ru_utime + used.ru_stime, 3), "memory": used.ru_maxrss * 1024}
    return tell(wire.DONE, {"value": found, "spent": spent})


def _each(items: Iterator[Any], tell: Any) -> Any:
    """What a generator yields goes out one by one; answers what it returns."""
    while True:
        try:
            item = next(items)
        except StopIteration as end:
            return end.value
        tell(wire.ITEM, item)


def load(target: str) -> None:
    """Have the module of this task before the fork: every child has it then."""
    import_module(target.partition(":")[0])
