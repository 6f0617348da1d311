"""A child in a session of its own, ended together with everything it started (Linux; elsewhere the child alone)."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1  # prctl(2): the signal this process gets when its parent dies


def start(command: list[str], output: IO[str]) -> subprocess.Popen[bytes]:
    """Start the command in a new session: Ctrl-C does not reach it, but a kill -9 of this process ends it too."""
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=die_with_parent(),
    )


def end(child: subprocess.Popen[bytes], within: float) -> None:
    """Ask the child to end, wait `within` seconds, and leave nothing of its session behind."""
    child.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(within)
    for number, patience in ((signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0)):
        until = time.monotonic() + patience
        while members := session_members(child.pid):
            for pid in members:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, number)
            if time.monotonic() > until:
                break
            time.sleep(0.1)
    if child.poll() is None:
        child.kill()
        child.wait()


def session_members(session: int) -> list[int]:
    """Return the ids of the live processes of a session. Whoever changes its process group still belongs to it."""
    members = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _, _, of = stat.read_text(errors="replace").rpartition(")")[2].split()[:4]
            if int(of) == session and state != "Z":
                members.append(int(stat.parent.name))
    return members


def seconds_used(session: int) -> float:
    """Processor time of the live processes of a session."""
    used = 0
    for pid in session_members(session):
        with contextlib.suppress(OSError, ValueError):
            fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
            used += int(fields[11]) + int(fields[12])
    return used / os.sysconf("SC_CLK_TCK")


def die_with_parent() -> Callable[[], object]:
    """What a new child calls to be asked to end when its parent dies; elsewhere than on Linux it does nothing."""
    if sys.platform != "linux":
        return lambda: None
    prctl = ctypes.CDLL(None).prctl  # looked up before the fork: nothing may be loaded after it
    return lambda: prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
