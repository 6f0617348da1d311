"""The morning of a large meeting: 500 people check in by phone within a minute, while 50 screens of the room poll.

Everything over HTTP against gunicorn as ./run starts it (2 processes, 16 threads each), on SQLite by default. Each phone
scans the code of that moment (GET), takes its time, and sends its drawn signature (POST); each screen asks every three
seconds. Measured: all stored once, p50 and p95 of both requests, how stale any screen ever was, and check-ins a second at
full speed beside a bare Flask view doing one INSERT.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from bench.door_hall import EVERY, SCREENS, Measured, as_run, ask, furnish, phone, sent_by, wall
from bench.servers import databases
from bench.stage import stage, table
from randal.database.base import db
from randal.l10n import clock
from randal.models.attendance import Attendance, Presence
from randal.models.meetings import Meeting
from randal.rooms.attendance.live_code import address_of

PEOPLE, GUESTS, SECONDS = 500, 100, 60.0
FULL_SPEED, CLIENTS = 300, 8  # for the ratio to the bare view
STALE = 5.0


def staleness(found: Measured) -> float:
    """The longest that any screen showed fewer people than had been told that they are in."""
    worst, stored = 0.0, sorted(found.stored)
    for seen in found.seen.values():
        for (_, before), (at, count) in zip([(0.0, 0), *seen], seen, strict=False):
            if count > before and before < len(stored):
                worst = max(worst, at - stored[before])
    return worst


def morning(app: Flask, url: str, meeting_id: int, rows: list[int], cookie: str) -> Measured:
    found, stop = Measured(), threading.Event()
    path = f"/hadir/layar/{meeting_id}/kini"
    walls = [threading.Thread(target=wall, args=(url, path, cookie, n, stop, found)) for n in range(SCREENS)]
    begin = time.perf_counter() + 2
    who: list[int | None] = [*rows[: PEOPLE - GUESTS], *([None] * GUESTS)]
    random.Random(5).shuffle(who)
    span = SECONDS - 5  # the last one also writes and sends within the minute
    phones = [
        threading.Thread(target=phone, args=(app, url, meeting_id, each, n, begin + n * span / PEOPLE, found))
        for n, each in enumerate(who)
    ]
    for each in (*walls, *phones):
        each.start()
    for each in phones:
        each.join()
    time.sleep(EVERY * 2)
    stop.set()
    for each in walls:
        each.join()
    return found


def rate(url: str, path: str, bodies: list[str]) -> float:
    """Check-ins a second of CLIENTS at once; every answer must be 200."""
    todo, lock, wrong = list(bodies), threading.Lock(), []

    def client() -> None:
        while True:
            with lock:
                if not todo:
                    return
                body = todo.pop()
            status, told = ask(url, "POST", path, body)
            if status != 200:
                wrong.append(told[:200])

    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    begun = time.perf_counter()
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert not wrong, wrong[0]
    return len(bodies) / (time.perf_counter() - begun)


def main(options: list[str] | None = None) -> None:
    kind = "postgresql" if "postgresql" in (options or []) else "sqlite"
    with databases(kind, "door") as urls, stage(demo=False, database_url=urls[0]) as app:
        meeting_id, rows, cookie = furnish(app, PEOPLE - GUESTS + FULL_SPEED)
        with as_run("wsgi:app", {}) as url:
            found = morning(app, url, meeting_id, rows, cookie)
            assert not found.wrong, f"{len(found.wrong)} went wrong: {found.wrong[0]}"
            stored = count(app, meeting_id)
            ratios = beside_bare(app, url, meeting_id, rows[PEOPLE - GUESTS :])
        took = max(found.stored) - min(found.stored)
        assert stored == (PEOPLE, PEOPLE, GUESTS), stored
    answers = sum(map(len, found.seen.values()))
    stalest = f"{staleness(found):.1f} s in {answers} answers"
    table(
        [
            ("what", "measured", "aim"),
            (
                f"check-ins stored, each once ({kind})",
                f"{stored[0]} of {PEOPLE}, in {took:.0f} s",
                "all, 60 s",
            ),
            ("page opened, p50 · p95", in_ms(found.opened), ""),
            ("check-in, p50 · p95", in_ms(found.sent), ""),
            ("codes too old when they came, scanned again", str(found.again), "0"),
            (f"{SCREENS} screens, stalest", stalest, f"≤ {STALE:.0f} s"),
            ("check-ins/s at full speed, beside one bare INSERT", ratios, ""),
        ]
    )


def in_ms(several: list[float]) -> str:
    """p50 · p95 in milliseconds."""
    ordered = sorted(several)
    at = [ordered[max(0, round(len(ordered) * share) - 1)] * 1000 for share in (0.5, 0.95)]
    return f"{at[0]:.0f} · {at[1]:.0f} ms"


def count(app: Flask, meeting_id: int) -> tuple[int, int, int]:
    """Rows present, presences, guests."""
    with app.app_context():
        present = select(func.count()).select_from(Attendance).where(Attendance.meeting_id == meeting_id)
        present = present.where(Attendance.state == "present")
        kept = db.session.scalar(present) or 0
        guests = db.session.scalar(present.where(Attendance.is_guest)) or 0
        presences = db.session.scalar(select(func.count()).select_from(Presence)) or 0
        db.session.rollback()
        return kept, presences, guests


def beside_bare(app: Flask, url: str, meeting_id: int, rows: list[int]) -> str:
    """In turns, so that the machine's mood is shared."""
    with app.app_context():
        desk, _until = address_of(db.session.get_one(Meeting, meeting_id), clock.now())
        db.session.rollback()
    rates, part = [], len(rows) // 3
    with (
        tempfile.TemporaryDirectory(prefix="randal-bench-") as folder,
        as_run("bench.door_peer:app", {"BARE_DATABASE": str(Path(folder, "bare.db"))}) as bare,
    ):
        for turn in range(3):
            bodies = [sent_by(row, 10_000 + row) for row in rows[turn * part : (turn + 1) * part]]
            rates.append((rate(url, f"/hadir/{desk}", bodies), rate(bare, "/check-in", bodies)))
    ratio = sorted(ours / theirs for ours, theirs in rates)
    ours, theirs = (statistics.median(each) for each in zip(*rates, strict=True))
    return f"{ours:.0f} : {theirs:.0f}, ratio {ratio[0]:.2f} {ratio[1]:.2f} {ratio[2]:.2f}"


if __name__ == "__main__":
    main(sys.argv[1:])
