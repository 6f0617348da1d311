"""(g) The room's screen: how many a second are told "nothing changed" (304), beside a bare handler that reads nothing.

A screen asks every 3 s, so a server that answers N a second keeps 3 N screens fresh. Statements are counted too.
"""

from __future__ import annotations

import http.client
import re
import statistics
import tempfile
import threading
import time
from urllib.parse import urlsplit

from sqlalchemy import event, select

from bench.stage import served, stage, table
from bench.statements import more
from randal.database.base import db
from randal.l10n import clock
from randal.models.meetings import Meeting
from randal.org.people import Person
from randal.web import sign_ins

ROUNDS, SECONDS, THREADS = 3, 2.0, 4


def main() -> None:
    with stage() as app, tempfile.NamedTemporaryFile(suffix=".db") as bare_file:
        with app.app_context():
            desk = db.session.scalars(
                select(Person).where(Person.email == "sekretariat@contoh.example")
            ).one()
            meeting = db.session.scalars(select(Meeting).order_by(Meeting.id)).first()
            assert meeting is not None
            more(meeting, desk, 34)
            db.session.commit()
            path = f"/rapat/{meeting.id}/proyektor"
            signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
            kept = signer.dumps({"_user_id": sign_ins.begin(desk, clock.now()), "_fresh": True})
            db.session.commit()
            cookie = f"{app.config['SESSION_COOKIE_NAME']}={kept}"
            client = app.test_client(use_cookies=False)
            asked = {"Cookie": cookie}
            mark, whole = counted(client, path, asked)
            same_asked = asked | {"If-None-Match": f'"{mark}"'}
            _, same = counted(client, path, same_asked)
        with (
            served("wsgi:app", {}) as (ours, _),
            served("bench.bare:app", {"BARE_DATABASE": bare_file.name}) as (bare, _),
        ):
            rates: list[tuple[float, float, float]] = []
            for _round in range(ROUNDS):
                rates.append(
                    (
                        rate(ours, path, same_asked, 304),
                        rate(ours, path, asked, 200),
                        rate(bare, "/same", same_asked, 304),
                    )
                )
    ratios = sorted(a / c for a, _, c in rates)
    quiet, full, peer = (statistics.median(column) for column in zip(*rates, strict=True))
    table(
        [
            ("what", "requests/s (median)", "statements", "ratio to bare (min median max)"),
            ("304: nothing changed", f"{quiet:.0f}", str(same), ""),
            ("200: the whole screen, 34 invited", f"{full:.0f}", str(whole), ""),
            ("bare Flask, 304", f"{peer:.0f}", "0", ""),
            (
                "304, ratio",
                "",
                "",
                f"{ratios[0]:.2f} {statistics.median(ratios):.2f} {ratios[-1]:.2f}",
            ),
            ("304 over 200", f"{quiet / full:.1f} times", "", ""),
        ]
    )


def counted(client, path: str, headers: dict[str, str]) -> tuple[str, int]:  # type: ignore[no-untyped-def]
    """The mark in the answer, and the statements that it took, who asks included."""
    db.session.remove()
    told: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:  # type: ignore[no-untyped-def]
        told.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        answer = client.get(path, headers=headers)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    found = re.search(r'data-mark="(\w+)"', answer.text)
    return found.group(1) if found else "", len([s for s in told if not s.startswith(("BEGIN", "PRAGMA"))])


def rate(url: str, path: str, headers: dict[str, str], status: int) -> float:
    """Requests a second of THREADS clients over SECONDS; every answer must have this status."""
    counts = [0] * THREADS
    stop = time.perf_counter() + SECONDS

    def ask(number: int) -> None:
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
        while time.perf_counter() < stop:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            answer.read()
            assert answer.status == status, answer.status
            counts[number] += 1

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / SECONDS


if __name__ == "__main__":
    main()
