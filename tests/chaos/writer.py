"""A writer: one person after another works through stories over HTTP, whatever dies meanwhile.

What it believes to have done is in `ledger`, to be compared with the history afterwards.
"""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

PATHS = {"meeting": "meetings", "follow_up": "follow-ups", "finding": "findings", "kendala": "kendala",
         "extension": "extensions"}  # fmt: skip
SLACK = timedelta(milliseconds=2)  # the API tells instants cut to the millisecond
HANGS_UP = 0.01  # how often the writer's own line breaks before the answer: most such moves are committed
Item = dict[str, Any]


class Died(Exception):
    """The connection ended after the request was sent: nobody knows whether it was done."""


class Enough(Exception):
    """As many moves as were wanted."""


class Surprise(AssertionError):
    """An answer that nothing explains."""


class Progress:
    """How many moves were made by all writers together."""

    def __init__(self, wanted: int, until: float) -> None:
        self.wanted, self.until, self.made = wanted, until, 0
        self._lock = threading.Lock()

    def step(self) -> None:
        with self._lock:
            self.made += 1
        self.look()

    def look(self) -> None:
        if self.made >= self.wanted:
            raise Enough
        if time.monotonic() > self.until:
            raise Surprise(f"only {self.made} of {self.wanted} moves in time")


class Http:
    """One connection, renewed when it dies. A server that is away was not asked: that is waited for."""

    def __init__(self, url: str, progress: Progress, dice: Any) -> None:
        self.netloc, self.progress, self.dice = urlsplit(url).netloc, progress, dice
        self.hung_up = 0
        self.connection: http.client.HTTPConnection | None = None

    def ask(self, method: str, path: str, token: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """One request: status and JSON. Raises Died."""
        connection = self.connection or self._connect()
        sent = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, f"/api/v1{path}", None if body is None else json.dumps(body), sent)
            if method != "GET" and self.dice.random() < HANGS_UP:
                self.hung_up += 1
                raise ConnectionAbortedError
            answer = connection.getresponse()
            raw = answer.read()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            self.connection = None
            raise Died from error
        try:
            return answer.status, json.loads(raw) if raw else None
        except ValueError:
            return answer.status, raw.decode(errors="replace")[:2000]

    def read(self, path: str, token: str) -> Any:
        """GET until it is answered."""
        while True:
            try:
                status, data = self.ask("GET", path, token)
            except Died:
                continue
            if status == 200:
                return data
            if status < 500:
                raise Surprise(f"GET {path}: {status} {data}")
            time.sleep(0.1)

    def _connect(self) -> http.client.HTTPConnection:
        while True:
            made = http.client.HTTPConnection(self.netloc, timeout=60)
            try:
                made.connect()
                self.connection = made
                return made
            except OSError:
                if time.monotonic() > self.progress.until:
                    raise Surprise("nobody listens") from None
                time.sleep(0.02)


class Writer:
    """`people`: token by role (secretariat, evaluator, leader); `ppk`: token by unit id."""

    def __init__(self, url: str, progress: Progress, cast: Cast, units: list[int], seed: int) -> None:
        self.dice = random.Random(seed)
        self.http, self.progress, self.cast, self.units = (
            Http(url, progress, self.dice),
            progress,
            cast,
            units,
        )
        self.tally: Counter[str] = Counter()
        self.ledger: Counter[tuple[str, int, str]] = Counter()

    # -- one write, done exactly once ------------------------------------------------------------------

    def create(self, kind: str, path: str, who: str, **given: Any) -> Item:
        """POST with an Idempotency-Key until it is answered."""
        key, deaths = uuid.uuid4().hex, 0
        self.tally["asked"] += 1
        while True:
            began = datetime.now(UTC)
            try:
                status, data = self.http.ask("POST", path, who, given, Idempotency_Key=key)
            except Died:
                deaths += 1
                continue
            if status < 500:
                break
            self._broken(path, data)
        if status != 201:
            raise Surprise(f"POST {path}: {status} {data}")
        self.tally["answered"] += 1
        if deaths:
            made_at = datetime.fromisoformat(data.get("created_at") or data["added_at"])
            committed = int(made_at < began - SLACK)
            self._dead(committed, deaths - committed)
        if kind:
            self.ledger[kind, data["id"], "create"] += 1
            self.progress.step()
            self.rest()
        return dict(data, kind=kind)

    def move(self, item: Item, name: str, who: str, **given: Any) -> Item:
        """POST the move with If-Match until it is answered, or found in the history."""
        path = f"/{PATHS[item['kind']]}/{item['id']}"
        return self._write(
            item, name, who, lambda: self._send("POST", f"{path}/moves/{name}", who, given, item)
        )

    def edit(self, item: Item, who: str, **given: Any) -> Item:
        path = f"/{PATHS[item['kind']]}/{item['id']}"
        return self._write(item, "edit", who, lambda: self._send("PATCH", path, who, given, item))

    def judge(self, evidence: Item, item: Item, who: str, **given: Any) -> None:
        """The verdict on a piece of evidence of this follow-up: looked for on the piece itself, told in the history."""
        path = f"/evidence/{evidence['id']}"
        self.tally["asked"] += 1
        self._until_done(
            lambda: self._send("PATCH", path, who, given, evidence),
            lambda: found if (found := self.http.read(path, who))["verdict"] else None,
        )
        self.ledger["follow_up", item["id"], "judge_evidence"] += 1

    def fresh(self, item: Item, who: str) -> Item:
        return dict(self.http.read(f"/{PATHS[item['kind']]}/{item['id']}", who), kind=item["kind"])

    def _send(self, method: str, path: str, who: str, given: Item, item: Item) -> tuple[int, Any]:
        return self.http.ask(method, path, who, given, If_Match=f'"{item["version"]}"')

    def _write(self, item: Item, name: str, who: str, send: Callable[[], tuple[int, Any]]) -> Item:
        key = item["kind"], item["id"], name

        def committed() -> Item | None:
            events = self.http.read(f"/{PATHS[item['kind']]}/{item['id']}/events", who)["items"]
            return (
                self.fresh(item, who) if sum(e["move"] == name for e in events) > self.ledger[key] else None
            )

        self.tally["asked"] += 1
        data = self._until_done(send, committed)
        self.ledger[key] += 1
        self.progress.step()
        self.rest()
        return dict(data, kind=item["kind"])

    def _until_done(self, send: Callable[[], tuple[int, Any]], committed: Callable[[], Item | None]) -> Item:
        uncertain = False
        while True:
            try:
                status, data = send()
            except Died:
                uncertain = True
                found = committed()
                self._dead(int(found is not None), int(found is None))
                if found is not None:
                    return found
                continue
            if status == 200:
                self.tally["answered"] += 1
                return dict(data)
            if status >= 500:
                self._broken("", data)
            elif not uncertain:
                raise Surprise(f"{status} {data}")
            if (found := committed()) is not None:  # a commit that was under way when the connection died
                self._dead(1, -1)
                return found
            if status < 500:
                raise Surprise(f"{status} {data}")

    def _dead(self, committed: int, lost: int) -> None:
        self.tally["died"] += committed + lost
        self.tally["died, committed"] += committed
        self.tally["died, not committed"] += lost

    def _broken(self, path: str, data: Any) -> None:
        self.tally["5xx"] += 1
        self.progress.look()
        time.sleep(0.1)

    def rest(self) -> None:
        """What a writer does between two moves: nothing."""

    # -- stories ---------------------------------------------------------------------------------------

    def work(self) -> None:
        """Until there are enough moves."""
        try:
            while True:
                self.one_meeting()
        except Enough:
            pass

    def day(self, ahead: int) -> str:
        return (datetime.now(UTC) + timedelta(days=ahead)).date().isoformat()

    def chance(self, share: float) -> bool:
        return self.dice.random() < share

    def one_meeting(self) -> None:
        cast, dice = self.cast, self.dice
        units = dice.sample(self.units, min(2, len(self.units)))
        now = datetime.now(UTC) + timedelta(hours=7)
        meeting = self.create(
            "meeting", "/meetings", cast.secretariat, title=f"Contoh Rapat {uuid.uuid4().hex[:6]}",
            starts_at=f"{now:%Y-%m-%dT%H:%M}", ends_at=f"{now + timedelta(hours=3):%Y-%m-%dT%H:%M}",
            timezone="Asia/Jakarta", place="Contoh Ruang Rapat", chair_id=cast.chair_id, organiser_id=cast.organiser_id,
            minute_taker_id=cast.taker_id, objectives="Contoh sasaran", agenda="Contoh acara (30)", unit_ids=units,
        )  # fmt: skip
        meeting = self.edit(meeting, cast.secretariat, purpose="Contoh maksud rapat")
        if self.chance(0.1):
            self.move(meeting, "cancel", cast.secretariat, reason="contoh rapat tidak jadi")
            return
        meeting = self.move(meeting, "schedule", cast.secretariat)
        if self.chance(0.2):
            starts = now + timedelta(days=1)
            meeting = self.move(
                meeting, "reschedule", cast.secretariat, starts_at=f"{starts:%Y-%m-%dT%H:%M}",
                ends_at=f"{starts + timedelta(hours=3):%Y-%m-%dT%H:%M}", reason="contoh perubahan jadwal",
            )  # fmt: skip
        elif self.chance(0.5):
            meeting = self.move(meeting, "open", cast.secretariat)
            if self.chance(0.5):
                self.move(meeting, "close", cast.secretariat, confirm=True)
        for _ in range(10):
            self.one_follow_up(meeting["id"], dice.choice(units))
            if self.chance(0.3):
                self.one_finding(meeting["id"], dice.choice(units))
            if self.chance(0.3):
                self.one_kendala(meeting["id"], dice.choice(units))

    def one_follow_up(self, meeting_id: int, unit_id: int) -> None:
        cast, ppk, dice = self.cast, self.cast.ppk[unit_id], self.dice
        item = self.create(
            "follow_up", "/follow-ups", dice.choice([cast.secretariat, cast.evaluator]), meeting_id=meeting_id,
            unit_id=unit_id, text="Contoh tindak lanjut", due_on=self.day(dice.randint(8, 40)),
            expected_output="Contoh keluaran", priority="medium",
        )  # fmt: skip
        if self.chance(0.3):
            item = self.edit(item, cast.secretariat, text="Contoh tindak lanjut yang diperjelas")
        item = self.move(item, "assign", cast.secretariat)
        for n in range(dice.randint(1, 5)):
            item = self.move(item, "note_progress", ppk, note=f"Contoh kemajuan {n}")
        ways: list[tuple[Callable[[Item, str], None], int]] = [
            (self.proven, 2), (self.sent_back, 4), (self.extended, 3), (self.infeasible, 3), (self.called_off, 1),
        ]  # fmt: skip
        dice.choices([way for way, _ in ways], [weight for _, weight in ways])[0](item, ppk)

    def handed_in(self, item: Item, ppk: str) -> tuple[Item, Item]:
        link = f"https://contoh.example/{uuid.uuid4().hex[:8]}"
        evidence = self.create("", f"/follow-ups/{item['id']}/evidence", ppk, link=link)
        self.ledger["follow_up", item["id"], "add_evidence"] += (
            1  # what was handed in, in the same transaction
        )
        item = self.fresh(item, ppk)
        return evidence, self.move(item, "submit", ppk, note="Contoh selesai")

    def proven(self, item: Item, ppk: str) -> None:
        evidence, item = self.handed_in(item, ppk)
        self.judge(evidence, item, self.cast.evaluator, verdict="accepted")
        item = self.move(self.fresh(item, ppk), "verify", self.cast.evaluator, note="Contoh sesuai")
        if self.chance(0.3):
            item = self.move(item, "reopen", self.cast.evaluator, reason="contoh ternyata belum selesai")
            self.move(item, "note_progress", ppk, note="Contoh dikerjakan lagi")

    def sent_back(self, item: Item, ppk: str) -> None:
        _, item = self.handed_in(item, ppk)
        item = self.move(item, "return", self.cast.evaluator, reason="contoh bukti belum cukup")
        item = self.move(item, "note_progress", ppk, note="Contoh dilengkapi")
        if self.chance(0.5):
            self.called_off(item, ppk)

    def extended(self, item: Item, ppk: str) -> None:
        asked = self.create(
            "extension", f"/follow-ups/{item['id']}/extensions", ppk, new_due_on=self.day(60),
            reason="contoh menunggu hujan reda",
        )  # fmt: skip
        if self.chance(0.5):
            self.ledger["follow_up", item["id"], "move_due_date"] += (
                1  # the new date, in the same transaction
            )
            self.move(asked, "grant", self.cast.evaluator)
        else:
            self.move(asked, "refuse", self.cast.evaluator, reason="contoh waktu masih cukup")

    def infeasible(self, item: Item, ppk: str) -> None:
        item = self.move(
            item, "propose_infeasible", ppk, ground="force_majeure", reason="contoh terkena banjir"
        )
        answer = self.dice.choice(["accept_infeasible", "refuse_infeasible"])
        self.move(item, answer, self.cast.leader, reason="contoh keputusan pimpinan")

    def called_off(self, item: Item, ppk: str) -> None:
        self.move(item, "cancel", self.cast.leader, reason="contoh tidak diperlukan lagi")

    def one_finding(self, meeting_id: int, unit_id: int) -> None:
        evaluator, ppk = self.cast.evaluator, self.cast.ppk[unit_id]
        item = self.create("finding", "/findings", evaluator, meeting_id=meeting_id, unit_id=unit_id,
                           text="Contoh temuan", severity="medium")  # fmt: skip
        item = self.move(item, "respond", ppk, response="Contoh tanggapan")
        if self.chance(0.5):
            item = self.move(item, "return", evaluator, reason="contoh tanggapan belum jelas")
            item = self.move(item, "respond", ppk, response="Contoh tanggapan kedua")
        item = self.move(item, "agree", evaluator, reason="contoh tidak perlu tindak lanjut")
        self.move(item, "close", self.cast.leader, evaluation="Contoh evaluasi")

    def one_kendala(self, meeting_id: int, unit_id: int) -> None:
        evaluator, ppk = self.cast.evaluator, self.cast.ppk[unit_id]
        item = self.create("kendala", "/kendala", ppk, meeting_id=meeting_id, unit_id=unit_id, text="Contoh kendala",
                           category="LHN", severity="high", cause="Contoh penyebab")  # fmt: skip
        item = self.move(
            item, "agree_solution", evaluator, solution="Contoh solusi", reason="contoh tanpa tindak lanjut"
        )
        if self.chance(0.5):
            item = self.move(item, "escalate", evaluator, addressee="Contoh Direktur", answer_by=self.day(14))
        item = self.move(item, "resolve", evaluator, result="Contoh hasil")
        if self.chance(0.3):
            self.move(item, "reopen", evaluator, reason="contoh muncul kembali")


class Cast:
    """Tokens of those who move, and who a meeting needs; made through the world."""

    def __init__(self, world: Any, units: int) -> None:
        from sqlalchemy import select

        from randal.database.base import db
        from randal.org.places import Province

        isos = list(db.session.scalars(select(Province.iso).order_by(Province.iso).limit(units)))
        self.secretariat, self.evaluator = world.token(world.secretariat), world.token(world.evaluator)
        self.leader = world.token(world.chair)
        self.chair_id, self.taker_id = world.chair.id, world.minute_taker.id
        self.organiser_id = world.centre.id
        self.ppk = {world.ppk(iso).unit_id: world.token(world.ppk(iso)) for iso in isos}
