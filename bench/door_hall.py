"""The hall of bench.door: a large meeting, phones that check in, screens on the wall, and the server of ./run."""

from __future__ import annotations

import base64
import http.client
import io
import json
import os
import random
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

from flask import Flask
from PIL import Image, ImageDraw

from bench.stage import ROOT, free_port
from randal.database.base import db
from randal.engine.transitions import fire, make
from randal.l10n import clock
from randal.models.attendance import Attendance
from randal.models.meetings import Meeting
from randal.org.people import Person, actor_of
from randal.rooms.attendance.live_code import code_of
from randal.rooms.meetings.commands import make_meeting
from randal.web import sign_ins
from workflows.lifecycle import SECRETARIAT

SCREENS, EVERY = 50, 3.0


def picture(seed: int) -> str:
    """A drawn signature as the pad sends it: some thousand bytes of PNG, each another."""
    image, wild = Image.new("RGBA", (600, 220)), random.Random(seed)
    points = [(wild.randrange(30, 570), wild.randrange(30, 190)) for _ in range(24)]
    ImageDraw.Draw(image).line(points, fill=(20, 38, 43, 255), width=3, joint="curve")
    kept = io.BytesIO()
    image.save(kept, "PNG")
    return "data:image/png;base64," + base64.b64encode(kept.getvalue()).decode()


@dataclass
class Measured:
    opened: list[float] = field(default_factory=list)
    sent: list[float] = field(default_factory=list)
    stored: list[float] = field(default_factory=list)  # when each answer said so
    seen: dict[int, list[tuple[float, int]]] = field(default_factory=dict)  # screen → (asked at, count)
    wrong: list[str] = field(default_factory=list)
    again: int = 0  # codes that were too old when they came


def furnish(app: Flask, invited: int) -> tuple[int, list[int], str]:
    """A running meeting with so many invited people, and a session of the secretariat: (meeting, rows, cookie)."""
    with app.app_context():
        now = clock.now()
        secretary = Person(
            name="Contoh Sekretariat", email="meja@contoh.example", role=SECRETARIAT, created_at=now
        )
        chair = Person(name="Contoh Pimpinan", email="ketua@contoh.example", role="none", created_at=now)
        db.session.add_all([secretary, chair])
        db.session.flush()
        at = clock.to_local(now, "Asia/Jakarta").replace(tzinfo=None, microsecond=0)
        given = {"title": "Contoh rapat besar", "starts_at": at.isoformat(), "ends_at": (at + timedelta(hours=3)).isoformat(),
                 "timezone": "Asia/Jakarta", "place": "Contoh aula", "chair_id": chair.id, "minute_taker_id": secretary.id,
                 "objectives": "Contoh", "agenda": "Contoh (60)", "quorum": 50}  # fmt: skip
        actor = actor_of(secretary, now)
        meeting = make_meeting(actor, given, now)
        people = [
            Person(name=f"Contoh Undangan {n}", email=f"undangan.{n}@contoh.example", created_at=now)
            for n in range(invited)
        ]
        db.session.add_all(people)
        db.session.flush()
        rows = []
        for number, person in enumerate(people, 1):
            row = Attendance(
                person_id=person.id, post_invited=f"Contoh Jabatan {number}", position=number, meeting=meeting
            )
            make(row, actor, now=now)
            rows.append(row.id)
        fire(meeting, "schedule", actor, now=now)
        fire(meeting, "open", actor_of(chair, now), now=now)
        db.session.commit()
        signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        kept = signer.dumps({"_user_id": sign_ins.begin(secretary, clock.now()), "_fresh": True})
        db.session.commit()
        return meeting.id, rows, f"randal={kept}"


@contextmanager
def as_run(module: str, environment: dict[str, str]) -> Iterator[str]:
    """gunicorn with the configuration of ./run: its address."""
    port = free_port()
    words = [sys.executable, "-m", "gunicorn", "--config", "ops/gunicorn.conf.py", module]
    here = {"RANDAL_PORT": str(port), "RANDAL_PUBLIC_URL": f"http://127.0.0.1:{port}", "WEB_CONCURRENCY": "2"}
    process = subprocess.Popen(words, cwd=ROOT, env=os.environ | here | environment)
    try:
        for _ in range(300):
            try:
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
                connection.request("GET", "/healthz")
                if connection.getresponse().status == 200:
                    break
            except OSError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def ask(
    url: str, method: str, path: str, body: str = "", headers: dict[str, str] | None = None
) -> tuple[int, str]:
    """One request on a connection of its own, as a phone makes it."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    form = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
    connection.request(method, path, body or None, {"Accept": "application/json"} | form | (headers or {}))
    answer = connection.getresponse()
    read = answer.read().decode()
    connection.close()
    return answer.status, read


def phone(
    app: Flask, url: str, meeting_id: int, who: int | None, number: int, at: float, found: Measured
) -> None:
    """One person: at his moment scan, write for a second or two, send."""
    time.sleep(max(0.0, at - time.perf_counter()))
    try:
        page = scan(app, url, meeting_id, found)
        ticket = re.search(r'action="(/hadir/[^"]+)"', page)
        assert ticket, "no form in the page"
        body = sent_by(who, number)
        time.sleep(1 + number % 7 / 4)
        begun = time.perf_counter()
        status, told = ask(url, "POST", ticket[1], body)
        assert status == 200, told[:300]
        found.sent.append(time.perf_counter() - begun)
        found.stored.append(time.perf_counter())
    except Exception as error:
        found.wrong.append(repr(error))


def scan(app: Flask, url: str, meeting_id: int, found: Measured) -> str:
    """The page behind the code that is on the screen; who came too late with it holds the phone up once more."""
    for _attempt in range(3):
        with app.app_context():
            code = code_of(db.session.get_one(Meeting, meeting_id), clock.now())[0]
            db.session.rollback()
        begun = time.perf_counter()
        status, page = ask(url, "GET", f"/hadir/{code}", headers={"Accept": "text/html"})
        found.opened.append(time.perf_counter() - begun)
        if status == 200:
            return page
        assert status == 410, page[:300]
        found.again += 1
    raise AssertionError("three codes in a row were too old")


def sent_by(who: int | None, number: int) -> str:
    given = {"who": who or "tamu", "name": f"Contoh Hadir {number}", "post": "Contoh Jabatan", "institution": "Contoh",
             "signature": PICTURES[number % len(PICTURES)], "key": f"{number:032x}"}  # fmt: skip
    return urlencode(given)


PICTURES = [picture(seed) for seed in range(50)]


def wall(url: str, path: str, cookie: str, number: int, stop: threading.Event, found: Measured) -> None:
    """One screen of the room: asks, waits three seconds, asks again, as screen.js does."""
    stop.wait(number * EVERY / SCREENS)
    last, seen = 0, found.seen.setdefault(number, [])
    while not stop.is_set():
        status, told = ask(url, "GET", f"{path}?punya={last}", headers={"Cookie": cookie})
        if status != 200:
            found.wrong.append(f"screen: {status} {told[:200]}")
            return
        now = json.loads(told)
        last = now["codes"][-1]["number"] if now["codes"] else last
        seen.append((time.perf_counter(), now["present"] + now["guests"]))
        stop.wait(EVERY)
