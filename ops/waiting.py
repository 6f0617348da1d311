"""Until all processes of ./run are ready, and while they run: what is waited for, what dies again and again."""

import contextlib
import http.client
import json
import subprocess
import sys
import time
import xmlrpc.client
from collections import defaultdict
from pathlib import Path
from typing import Any

from supervisor.xmlrpc import SupervisorTransport

from ops import sessions
from ops.processes import embedded_redis

STILL = 120  # seconds without anything moving, after which a start is given up
MOVES = 0.02  # of one processor, used by all processes together: less is standing still
SAYS = 15  # seconds between two words about what is waited for
DEATHS_ALLOWED = 3  # of one process during the start; afterwards supervisor restarts for ever …
LATELY = 300  # … and so many deaths of one process within these seconds are told
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 - what to call when bound to all


def called(host: str) -> str:
    name = EVERYWHERE.get(host, host)
    return f"[{name}]" if ":" in name else name


def until_ready(data_dir: Path, host: str, port: int, supervisor: subprocess.Popen[bytes]) -> str:
    """Return "" once /readyz answers 200, else the one sentence saying what is wrong. A slow machine is waited for as long
    as anything moves, and told what it is that is waited for."""
    births, progress, told = Births(), Progress(supervisor.pid), time.monotonic()
    while True:
        if supervisor.poll() is not None:
            last = last_line(data_dir / "log" / "supervisord.out")
            return f"Pengelola proses tidak mau mulai: {last}"
        states = states_of(data_dir)
        for name, count in births.look(states).items():
            if count > DEATHS_ALLOWED:
                log = data_dir / "log" / f"{name}.log"
                return f"Proses {name} berhenti begitu dimulai: {last_line(log)} (lihat {log})"
        late = [process["name"] for process in states if process["statename"] != "RUNNING"] or (
            not_ready(called(host).strip("[]"), port) if states else ["pengelola proses"]
        )
        if not late:
            return ""
        if progress.stands_still():
            return (
                f"Randal belum siap dan tidak bergerak lagi selama {STILL} detik; yang ditunggu: {', '.join(late)}. Lihat "
                f"{data_dir / 'log'} dan jalankan: flask --app wsgi randal check"
            )
        if time.monotonic() - told > SAYS:
            told = time.monotonic()
            print(f"Masih menunggu: {', '.join(late)} …", flush=True)
        time.sleep(0.2)


class Births:
    """How often each process was started again: by its number, whatever supervisor calls the state between."""

    def __init__(self) -> None:
        self.seen: dict[str, dict[int, float]] = defaultdict(dict)  # name → pid → when first seen

    def look(self, states: list[dict[str, Any]]) -> dict[str, int]:
        """How many of each name were seen lately."""
        now = time.monotonic()
        for process in states:
            if process["pid"]:
                self.seen[process["name"]].setdefault(process["pid"], now)
        alive = {process["pid"] for process in states}
        for pids in self.seen.values():
            for pid in [pid for pid, since in pids.items() if now - since > LATELY and pid not in alive]:
                del pids[pid]
        return {name: len(pids) for name, pids in self.seen.items()}


class Progress:
    """Do the processes of this session still use the processor?"""

    def __init__(self, session: int) -> None:
        self.session, self.used, self.since = session, 0.0, time.monotonic()

    def stands_still(self) -> bool:
        used, now = sessions.seconds_used(self.session), time.monotonic()
        if used < self.used or used - self.used > MOVES * STILL:  # one ended, or enough was done
            self.used, self.since = used, now
        return now - self.since > STILL


def watch(data_dir: Path, supervisor: subprocess.Popen[bytes]) -> None:
    """Until the manager ends: a process that dies again and again is told, once each time it begins to."""
    births, told = Births(), dict[str, int]()
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            supervisor.wait(5)
            return
        for name, count in births.look(states_of(data_dir)).items():
            if count <= DEATHS_ALLOWED:
                told[name] = 0
            elif not told.get(name):
                told[name] = count
                log = data_dir / "log" / f"{name}.log"
                print(
                    f"Proses {name} mati berulang kali: {last_line(log)} (lihat {log})",
                    file=sys.stderr,
                    flush=True,
                )


def manager_of(data_dir: Path) -> Any:
    where = embedded_redis.socket_dir(data_dir) / "supervisor.sock"
    transport = SupervisorTransport(None, None, f"unix://{where}")
    return xmlrpc.client.ServerProxy("http://supervisor", transport).supervisor


def states_of(data_dir: Path) -> list[dict[str, Any]]:
    try:
        states: list[dict[str, Any]] = manager_of(data_dir).getAllProcessInfo()
    except (OSError, http.client.HTTPException, xmlrpc.client.Error):
        return []  # not listening yet
    return states


def not_ready(host: str, port: int) -> list[str]:
    """What /readyz waits for; nothing when it is ready."""
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        said = json.loads(answer.read())
        return [] if answer.status == 200 else [name for name, how in said["checks"].items() if how != "ok"]
    except (OSError, http.client.HTTPException, ValueError, KeyError):
        return ["web"]
    finally:
        connection.close()


def last_line(log: Path) -> str:
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError:
        return "tanpa pesan"
    return next((line.strip() for line in reversed(lines) if line.strip()), "tanpa pesan")
