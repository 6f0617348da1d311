"""(b) One move over HTTP beside a bare handler doing one UPDATE and one INSERT. Aim: at least 0.35 of its requests a second."""

from __future__ import annotations

import http.client
import json
import statistics
import tempfile
import threading
import time
from urllib.parse import urlsplit

from sqlalchemy import select

from bench.stage import served, stage, table
from randal.database.base import db
from randal.l10n import clock
from randal.models.follow_ups import FollowUp
from randal.org.people import Person
from randal.rooms.accounts.tokens import make_token

ROUNDS, SECONDS, THREADS = 5, 3.0, 2


def main() -> None:
    with stage() as app, tempfile.NamedTemporaryFile(suffix=".db") as bare_file:
        with app.app_context():
            item = db.session.scalars(select(FollowUp).where(FollowUp.state == "in_progress")).first()
            assert item is not None
            ppk = db.session.scalars(
                select(Person).where(Person.unit_id == item.unit_id, Person.role == "ppk")
            ).one()
            token, path = (
                make_token(ppk, write=True, now=clock.now()),
                f"/api/v1/follow-ups/{item.id}/moves/note_progress",
            )
            db.session.commit()
        with (
            served("wsgi:app", {}) as (ours, _),
            served("bench.bare:app", {"BARE_DATABASE": bare_file.name}) as (bare, _),
        ):
            rates: list[tuple[float, float]] = []
            for _round in range(ROUNDS):  # in turn, so that the machine's mood is shared
                rates.append((rate(ours, path, token), rate(bare, "/move/1", "")))
    ratios = sorted(a / b for a, b in rates)
    table(
        [
            ("what", "requests/s (median)", "ratio to bare (min median max)"),
            ("one move, token, guard, event, outbox", f"{statistics.median(a for a, _ in rates):.0f}", ""),
            ("bare Flask, UPDATE + INSERT", f"{statistics.median(b for _, b in rates):.0f}", ""),
            ("ratio", "", f"{ratios[0]:.2f} {statistics.median(ratios):.2f} {ratios[-1]:.2f}  (aim ≥ 0.35)"),
        ]
    )


def rate(url: str, path: str, token: str) -> float:
    """Requests a second of THREADS clients over SECONDS; every answer must be 200."""
    counts = [0] * THREADS
    stop = time.perf_counter() + SECONDS

    def ask(number: int) -> None:
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
        body = json.dumps({"note": "Penggalian saluran berjalan."})
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        while time.perf_counter() < stop:
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200, answer.status
            counts[number] += 1

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / SECONDS


if __name__ == "__main__":
    main()
