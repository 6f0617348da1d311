"""What people and machines see while something happens to the house: pages asked, moves made, health asked, all with times."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from tests.chaos.writer import Cast, Died, Http, Progress, Writer
from tests.faults.house import House

READERS, WRITERS = 2, 2
SLOW = 3.0  # seconds: who waits longer sees that something is wrong
NEVER = SimpleNamespace(random=lambda: 1.0)  # the writers' own lines do not break here
HEALTH = ("/healthz", "/readyz/serve", "/readyz/work")
GONE = "sambungan putus"
LOOKS = "penulis melihat"  # whether what was cut off is stored, before it is sent again


@dataclass(frozen=True)
class Seen:
    """One request: what it was for ("baca", "tulis", or the path of a health page), when, and what was answered."""

    what: str
    began: float
    ended: float
    status: int  # 0: no answer
    said: str = ""

    @property
    def failed(self) -> bool:
        return not 200 <= self.status < 400

    @property
    def bad(self) -> bool:
        return self.failed or self.ended - self.began > SLOW


class Recording(Http):
    seen: list[Seen]

    def ask(self, method: str, path: str, token: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        began, what = time.monotonic(), LOOKS if method == "GET" else "tulis"
        try:
            status, data = super().ask(method, path, token, body, **headers)
        except Died:
            self.seen.append(Seen(what, began, time.monotonic(), 0, GONE))
            raise
        said = str(data.get("detail") or data.get("title") or "") if isinstance(data, dict) else str(data)
        self.seen.append(Seen(what, began, time.monotonic(), status, said if status >= 400 else ""))
        return status, data


class Patient(Writer):
    """As in the run of chaos, with a rest between two moves; a 503 is tried again until it is answered."""

    def __init__(self, seen: list[Seen], *given: Any) -> None:
        super().__init__(*given)
        self.http = Recording(self.http.netloc and f"http://{self.http.netloc}", self.progress, NEVER)
        self.http.seen = seen

    def _broken(self, path: str, data: Any) -> None:
        self.tally["5xx"] += 1
        time.sleep(0.2)

    def rest(self) -> None:
        time.sleep(0.4)


@dataclass
class Watch:
    """Readers, writers and a balancer, until `over`."""

    house: House
    cast: Cast
    cookie: str
    seed: int
    seen: list[Seen] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    writers: list[Patient] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def going_on(self) -> Iterator[Watch]:
        settings = self.house.settings
        self.progress = Progress(10**9, time.monotonic() + 900)
        units = list(self.cast.ppk)
        url = f"http://{settings.host}:{settings.port}"
        self.writers = [
            Patient(self.seen, url, self.progress, self.cast, units[n::WRITERS], self.seed + n)
            for n in range(WRITERS)
        ]
        works = [w.work for w in self.writers] + [self._read] * READERS + [self._ask_health]
        threads = [threading.Thread(target=self._guarded, args=(work,), daemon=True) for work in works]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            self.progress.wanted = 0  # each writer ends with the move that it is making
            self.over.set()
            for thread in threads:
                thread.join(120)
            if any(thread.is_alive() for thread in threads):
                self.errors.append("somebody still waits for an answer")

    def _guarded(self, work: Any) -> None:
        try:
            work()
        except Exception as error:
            self.errors.append(f"{type(error).__name__}: {error}")

    def _read(self) -> None:
        while not self.over.wait(0.1):
            self._ask("baca", "/rapat", Cookie=self.cookie)

    def _ask_health(self) -> None:
        while not self.over.wait(0.4):
            for path in HEALTH:
                self._ask(path, path)

    def _ask(self, what: str, path: str, **headers: str) -> None:
        settings, began = self.house.settings, time.monotonic()
        connection = http.client.HTTPConnection(settings.host, settings.port, timeout=60)
        status, said = 0, GONE
        try:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            status, data = answer.status, answer.read()
            said = _downs(data) if what in HEALTH else ""
        except (OSError, http.client.HTTPException):
            pass
        finally:
            connection.close()
        self.seen.append(Seen(what, began, time.monotonic(), status, said))

    # -- what came of it -----------------------------------------------------------------------------

    def since(self, moment: float, *whats: str) -> list[Seen]:
        """Ended after this moment."""
        return [one for one in list(self.seen) if one.ended > moment and one.what in whats]

    def quiet(self, *whats: str, seconds: float) -> bool:
        """Was all well lately, and was there anything?"""
        now = time.monotonic()
        for what in whats:
            lately = self.since(now - seconds, what)
            if not lately or any(one.failed for one in lately):
                return False
        return True

    def healed(self, moment: float, *whats: str) -> float:
        """Seconds from this moment until the last that was not well."""
        return max((one.ended - moment for one in self.since(moment, *whats) if one.bad), default=0.0)

    def told(self, what: str, moment: float) -> str:
        """What people saw of it, in words."""
        found = self.since(moment, what)
        failed = Counter((one.status, one.said) for one in found if one.status == 0 or one.status >= 400)
        slowest = max((one.ended - one.began for one in found), default=0.0)
        parts = [_named(status, said, count) for (status, said), count in failed.most_common(3)]
        if slowest > SLOW:
            parts.append(f"terlama {slowest:.0f} s")
        return f"{what}: " + ("; ".join(parts) or "semua dijawab")

    def health(self, moment: float) -> str:
        parts = []
        for path in HEALTH:
            found = self.since(moment, path)
            downs = sorted({one.said for one in found if one.status == 503})
            if downs:
                parts.append(f"`{path}` 503 ({' / '.join(downs)})")
            elif any(one.status == 0 for one in found):
                parts.append(f"`{path}` tidak dijawab")
        return "; ".join(parts) or "ketiga halaman kesehatan 200"


def _named(status: int, said: str, count: int) -> str:
    if status == 0:
        return f"{said} {count}×"
    return f"{status} {count}×" + (f" «{said.split('. ')[0].split(':')[0][:60]}»" if said else "")


def _downs(data: bytes) -> str:
    try:
        checks = json.loads(data).get("checks", {})
    except ValueError:
        return ""
    return ", ".join(name for name, how in checks.items() if how != "ok")
