"""Readers that do what a nasty file makes a library do; `tests/security/test_door.py` has them run in the limited child."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from randal.untrusted.limited.errors import Unreadable


def told(data: bytes, **given: Any) -> dict[str, Any]:
    return {"data": data, "given": given}


def several(data: bytes) -> Iterator[int]:
    yield from data
    return len(data)


def burns(data: bytes) -> None:
    while True:
        pass


def hoards(data: bytes) -> int:
    return len(b"x" * (1 << 40))


def hoards_all(data: bytes, **_given: Any) -> int:
    return hoards(data)


def aborts(data: bytes) -> None:
    os.abort()


def sleeps(data: bytes) -> None:
    time.sleep(3600)


def talks(data: bytes) -> Iterator[bytes]:
    while True:
        yield b"x" * 1_000_000


def breaks(data: bytes) -> None:
    raise RuntimeError("a trace that nobody is to read")


def refuses(data: bytes) -> None:
    raise Unreadable("Contoh kalimat.")


def looks_around(data: bytes) -> dict[str, Any]:
    """What a reader that a file has taken over would find."""
    try:
        Path(data.decode()).write_text("x")
        wrote = True
    except OSError:
        wrote = False
    kinds = [
        os.readlink(f"/proc/self/fd/{n}") for n in os.listdir("/proc/self/fd") if int(n) > 2 and _open(n)
    ]
    return {"environment": dict(os.environ), "wrote": wrote, "open": kinds, "folder": str(Path.cwd())}


def _open(number: str) -> bool:
    try:
        return bool(os.readlink(f"/proc/self/fd/{number}"))
    except OSError:
        return False


def waits(data: bytes) -> int:
    """Says in a folder that it runs, until there is a file «go» in it. Answers how many ran while it did, at most."""
    folder, most = Path(data.decode()), 0
    mine = folder / f"run-{os.getpid()}"
    mine.touch()
    while not (folder / "go").exists():
        most = max(most, len(list(folder.glob("run-*"))))
        time.sleep(0.005)
    mine.unlink()
    return most
