"""Half an hour of mixed moves, pages and documents on the real processes: does any of them grow, does Redis?

    python -m bench soak [--minutes 30] [--moves 5]

The demonstration is loaded and Randal runs as ./run has it (ops/processes.py). Two writers make moves at a steady pace,
readers open pages and lists, and every two seconds a paper is asked for: the demonstration's minutes, the tracker of one
unit as PDF and as XLSX; the moves ask for invitations, attendance lists and standing trackers besides. A process is flat
when the line through its samples after the warm-up (a sixth of the time) rises by less than 3 % and 4 MB together.
"""

from __future__ import annotations

import argparse
import os
import statistics
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from bench.memory import children, resident
from bench.servers import redis, running
from bench.stage import free_port, stage, table
from ops.processes import PROCESSES
from randal.database.base import db, reading
from randal.documents import model
from randal.documents.model import Document, DocumentVersion
from randal.jobs.outbox import Delivery
from randal.l10n import clock
from randal.web import sign_ins
from tests.chaos.run import Cast
from tests.chaos.writer import Http, Progress, Writer
from tests.machines import Redis, wait_until
from tests.world import World

EVERY = 30.0  # seconds between samples, in a run of half an hour
PAPER_EVERY = 2.0
PAGES = ("/", "/rapat", "/rtl", "/temuan", "/kendala", "/dokumen", "/pemberitahuan")
LISTS = ("/meetings", "/follow-ups", "/findings", "/documents", "/tracker")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
REDIS_MAY_GROW = {"redis keys": 40.0, "redis used MB": 1.0}  # what waits at one moment more than at another
GROWTH, MEGABYTES = 0.03, 4.0  # of a process, over the time after the warm-up


@dataclass
class Sample:
    """Seconds since the beginning; MB by process; what else can grow."""

    at: float
    resident: dict[str, float]
    counts: dict[str, float]


@dataclass
class Soak:
    samples: list[Sample] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)


def main(words: list[str] | None = None) -> None:
    asked = argparse.ArgumentParser(prog="python -m bench soak")
    asked.add_argument("--minutes", type=float, default=30)
    asked.add_argument("--moves", type=float, default=5, help="moves a second, all writers together")
    given = asked.parse_args(words or [])
    seconds = given.minutes * 60
    with redis() as server, stage(redis_url=server.url) as app, app.app_context(), processes() as url:
        clock.start_at(None)
        found = soaked(app, url, server, seconds, given.moves)
    print(f"\n{given.minutes:g} minutes: {', '.join(f'{n} {name}' for name, n in found.done.items())}\n")
    for error in found.errors:
        print(f"FAULT {error}")
    flat = len(found.samples) > 5 and show(found.samples, seconds / 6)
    print("flat" if flat and not found.errors else "NOT FLAT")
    if found.errors or not flat:
        raise SystemExit(1)


@contextmanager
def processes() -> Iterator[str]:
    """All that ./run starts, but Redis; the address of the web."""
    port = str(free_port())
    environment = {"RANDAL_PORT": port, "RANDAL_DEMO": "0", "WEB_CONCURRENCY": "2"}
    url = f"http://127.0.0.1:{port}"
    with running(*PROCESSES.values(), environment=environment):
        wait_until(lambda: answers(f"{url}/readyz"), 60, "readyz")
        yield url


def answers(url: str) -> bool:
    try:
        return bool(urllib.request.urlopen(url, timeout=5).status == 200)
    except OSError:
        return False


def soaked(app: Flask, url: str, server: Redis, seconds: float, rate: float) -> Soak:
    """Load for so long, with a sample now and then."""
    found, world = Soak(), World(app)
    cast = Cast(world, 12)
    cookie = session_of(app, world.secretariat)
    progress = Progress(10**9, float("inf"))
    units = list(cast.ppk)
    over = threading.Event()
    writers = [Paced(url, progress, cast, units[n::2], n, gap=2 / rate) for n in range(2)]
    loads: list[Callable[[], None]] = [
        *(writer.work for writer in writers),
        lambda: read_pages(url, cookie, cast, over, found.done),
        lambda: order_papers(app, url, cast, over, found.done),
    ]
    threads = [threading.Thread(target=guarded, args=(load, over, found.errors)) for load in loads]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    while time.monotonic() < began + seconds and not over.is_set():
        found.samples.append(sample(time.monotonic() - began, server))
        over.wait(min(EVERY, seconds / 20))
    over.set()
    progress.wanted = 0
    for thread in threads:
        thread.join()
    found.done["moves"] = progress.made
    found.done["documents drawn"] = db.session.scalar(select(func.count()).select_from(DocumentVersion)) or 0
    return found


def guarded(load: Callable[[], None], over: threading.Event, errors: list[str]) -> None:
    try:
        load()
    except Exception as error:
        errors.append(f"{type(error).__name__}: {error}"[:500])
        over.set()


class Paced(Writer):
    """A writer that rests after each move."""

    def __init__(self, *given: Any, gap: float) -> None:
        super().__init__(*given)
        self.gap = gap

    def rest(self) -> None:
        time.sleep(self.dice.uniform(0.5, 1.5) * self.gap)


def session_of(app: Flask, person: Any) -> str:
    """The cookie of somebody who signed in."""
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    kept = signer.dumps({"_user_id": sign_ins.begin(person, clock.now()), "_fresh": True})
    db.session.commit()
    return f"{app.config['SESSION_COOKIE_NAME']}={kept}"


def read_pages(url: str, cookie: str, cast: Cast, over: threading.Event, done: Counter[str]) -> None:
    http = Http(url, Progress(1, float("inf")), Quiet())
    turn = 0
    while not over.wait(0.25):
        turn += 1
        asked = urllib.request.Request(url + PAGES[turn % len(PAGES)], headers={"Cookie": cookie})
        with urllib.request.urlopen(asked, timeout=60) as answer:
            assert answer.status == 200 and b"/masuk" not in answer.url.encode(), answer.url
            answer.read()
        http.read(LISTS[turn % len(LISTS)], cast.secretariat)
        done["pages and lists read"] += 2


class Quiet:
    """The dice of somebody whose line never breaks."""

    def random(self) -> float:
        return 1.0


def order_papers(app: Flask, url: str, cast: Cast, over: threading.Event, done: Counter[str]) -> None:
    """The papers that somebody asks for, in turn; as long as ten wait, nobody asks for more."""
    with app.app_context():
        minutes = db.session.scalars(select(Document).where(Document.kind == "minutes").limit(1)).one()
        wanted = dict(title=minutes.title, params=minutes.params, meeting_id=minutes.meeting_id)
        turn, subject = 0, minutes.subject_id
        while not over.wait(PAPER_EVERY):
            with reading():
                if waiting("documents") >= 10:
                    continue
            turn += 1
            if turn % 3 == 0:
                model.request("minutes", "minutes", subject, now=clock.now(), **wanted)
                db.session.commit()
            else:
                ppk = list(cast.ppk.values())[turn % len(cast.ppk)]
                http = Http(
                    url, Progress(1, float("inf")), Quiet()
                )  # the web hangs up on who says nothing for 2 s
                status, said = http.ask("GET", "/tracker", ppk, Accept=("application/pdf", XLSX)[turn % 2])
                assert status == 202, said
            done["papers asked for"] += 1
        db.session.remove()


def waiting(queue: str) -> int:
    query = (
        select(func.count()).select_from(Delivery).where(Delivery.done_at.is_(None), Delivery.queue == queue)
    )
    return db.session.scalar(query) or 0


# -- looking -----------------------------------------------------------------------------------------


def sample(at: float, server: Redis) -> Sample:
    facts, files = server.client().info(), 0
    sizes: dict[str, float] = {}
    for name, pid in named().items():
        sizes[name] = resident(pid)
        files += len(list(Path(f"/proc/{pid}/fd").iterdir()))
    assert server.process
    sizes["redis"] = resident(server.process.pid)
    with reading():
        counts = {f"outbox {queue}": float(waiting(queue)) for queue in ("small", "documents")}
    counts |= {
        "redis keys": float(sum(each["keys"] for name, each in facts.items() if name.startswith("db"))),
        "redis used MB": facts["used_memory"] / 1024**2,
        "open files": float(files),
    }
    return Sample(at, sizes, counts)


def named() -> dict[str, int]:
    """Our children by their names in ops/processes.py; those of the web one by one."""
    found = {}
    for pid in children(os.getpid()):
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")[:-1]
        for name, command in PROCESSES.items():
            if tuple(words[2:]) == command:
                found[name] = pid
    if "web" in found:
        found |= {f"web {n}": pid for n, pid in enumerate(children(found["web"]), 1)}
    return found


def show(samples: list[Sample], warm: float) -> bool:
    """Print start, after the warm-up, end and slope of each; is everything flat?"""
    rows: list[tuple[str, ...]] = [("process", "start MB", "warm MB", "end MB", "MB/h", "")]
    late = [s for s in samples if s.at >= warm]
    flat = True
    for name in samples[-1].resident:
        line = [(s.at, s.resident[name]) for s in late if name in s.resident]
        rise = slope(line) * (line[-1][0] - line[0][0])
        well = rise < max(GROWTH * line[0][1], MEGABYTES)
        flat = flat and well
        first, warmed, last = samples[0].resident.get(name, 0), middle(line[:3]), middle(line[-3:])
        rows.append(
            (
                name,
                f"{first:.1f}",
                f"{warmed:.1f}",
                f"{last:.1f}",
                f"{slope(line) * 3600:+.1f}",
                "flat" if well else "GROWS",
            )
        )
    table(rows)
    print()
    rows = [("count", "start", "warm", "most", "end", "per hour")]
    for name in samples[-1].counts:
        line = [(s.at, s.counts[name]) for s in late]
        most = max(value for _, value in line)
        figures = samples[0].counts[name], middle(line[:3]), most, middle(line[-3:])
        rows.append((name, *(f"{each:.1f}" for each in figures), f"{slope(line) * 3600:+.1f}"))
        if name in REDIS_MAY_GROW:
            rise = slope(line) * (line[-1][0] - line[0][0])
            flat = flat and rise < max(GROWTH * line[0][1], REDIS_MAY_GROW[name])
    table(rows)
    return flat


def middle(line: list[tuple[float, float]]) -> float:
    return statistics.median(value for _, value in line)


def slope(line: list[tuple[float, float]]) -> float:
    """Per second, by least squares."""
    return statistics.linear_regression(*zip(*line, strict=True)).slope


if __name__ == "__main__":
    main()
