"""(k) Sealing, exporting and verifying a history: seconds, events a second, and the memory of an auditor's machine.

    python -m bench history [--events 100000]

Items of ten events each, chained and guarded as the application writes them, every other event with a text.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import bindparam, insert, select, update

from bench.servers import databases
from bench.stage import ROOT, stage, table
from randal.audit import checkpoints, examining, exporting
from randal.database.base import db
from randal.history import chain
from randal.history.events import Event, EventText
from randal.l10n import clock
from randal.models.follow_ups import FollowUp
from randal.signatures import installed
from tests.world import World

EACH, MOVED, AT_ONCE = 10, 500, 1000
MEASURED = """
import re, runpy, sys, time
began, code = time.perf_counter(), 0
try:
    runpy.run_module("randal.audit", run_name="__main__")
except SystemExit as end:
    code = end.code
most = re.search(r"VmHWM:\\s*(\\d+)", open("/proc/self/status").read())  # what this process alone had at most
print(time.perf_counter() - began, int(most[1]) // 1024)
sys.exit(code)
"""


def main(words: list[str] | None = None) -> None:
    asked = argparse.ArgumentParser(prog="python -m bench history")
    asked.add_argument("--events", type=int, default=100_000)
    wanted = asked.parse_args(words or []).events
    rows: list[tuple[str, ...]] = [("database", "what", "seconds", "events/s")]
    for kind in ("sqlite", "postgresql"):
        with (
            databases(kind, "history") as (url,),
            stage(demo=False, database_url=url) as app,
            app.app_context(),
        ):
            rows += [(kind, *row) for row in measured(app, wanted)]
    table(rows)


def measured(app: Flask, wanted: int) -> Iterator[tuple[str, str, str]]:
    installed.ensure_authority(app.config["RANDAL"], clock.now())
    fill(app, wanted)
    for what in (f"first checkpoint, over {wanted // EACH} items", f"daily checkpoint, {MOVED} items moved"):
        yield line(what, seal())
        move_on()
    seal()
    report, seconds = examining.examine(roots=checkpoints.roots())
    assert report.intact and report.covered == report.events, report.bends
    yield line("verify in the database", seconds, report.events)
    with tempfile.TemporaryDirectory() as folder:
        for name in ("riwayat.jsonl", "riwayat.jsonl.gz"):
            began = time.perf_counter()
            exporting.export(Path(folder, name), now=clock.now())
            size = Path(folder, name).stat().st_size / 1e6
            yield line(f"export {name}, {size:.0f} MB", time.perf_counter() - began, report.events)
        Path(folder, "akar.pem").write_bytes(checkpoints.roots()[0])
        for name in ("riwayat.jsonl", "riwayat.jsonl.gz"):
            run = subprocess.run(
                [sys.executable, "-c", MEASURED, name, "--root", "akar.pem"],
                cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True,
            )  # fmt: skip
            seconds, memory = run.stdout.split()[-2:]
            yield line(f"verify {name} by Python alone, {memory} MB", float(seconds), report.events)


def line(what: str, seconds: float, events: int = 0) -> tuple[str, str, str]:
    return what, f"{seconds:.2f}", f"{events / seconds:,.0f}" if events else ""


def seal() -> float:
    began = time.perf_counter()
    checkpoints.make(clock.now())
    db.session.commit()
    return time.perf_counter() - began


def fill(app: Flask, wanted: int) -> None:
    world = World(app)
    meeting, unit = world.meeting("in_session"), world.unit("ID-BB")
    row = {
        "meeting_id": meeting.id, "unit_id": unit.id, "text": "Contoh", "state": "draft",
        "created_at": clock.now(), "updated_at": clock.now(), "version": 1,
    }  # fmt: skip
    db.session.execute(insert(FollowUp), [row | {"number": n} for n in range(1, wanted // EACH + 1)])
    ids = list(db.session.scalars(select(FollowUp.id).order_by(FollowUp.id)))
    for start in range(0, len(ids), AT_ONCE):
        write(ids[start : start + AT_ONCE], EACH)


def move_on() -> None:
    write(list(db.session.scalars(select(FollowUp.id).order_by(FollowUp.id).limit(MOVED))), 1)


def write(ids: list[int], each: int) -> None:
    """So many more events for each of these follow-ups."""
    heads = {i: (seq, head) for i, seq, head in db.session.execute(
        select(FollowUp.id, FollowUp.seq, FollowUp.head).where(FollowUp.id.in_(ids))
    )}  # fmt: skip
    last = db.session.scalar(select(Event.id).order_by(Event.id.desc()).limit(1)) or 0
    events, texts = [], []
    for item_id in ids:
        for _ in range(each):
            seq, head = heads[item_id]
            last += 1
            event = one(last, item_id, seq + 1, head)
            if last % 2:
                text = EventText.sealed(
                    "note", f"Contoh: penggalian saluran ke-{last} berjalan sesuai rencana."
                )
                event["seals"] = {"note": text.seal}
                texts.append({"event_id": last, "name": "note", "text": text.text, "salt": text.salt})
            event["hash"] = chain.link(head, event | {"at": chain.instant(event["at"])})
            heads[item_id] = seq + 1, event["hash"]
            events.append(event)
    db.session.execute(insert(Event), events)
    db.session.execute(insert(EventText), texts)
    moved = update(FollowUp.__table__).where(FollowUp.id == bindparam("item"))
    values = [{"item": i, "seq": seq, "head": head} for i, (seq, head) in heads.items()]
    db.session.connection().execute(moved.values(seq=bindparam("seq"), head=bindparam("head")), values)
    db.session.commit()


def one(number: int, item_id: int, seq: int, prev: str) -> dict[str, Any]:
    return {
        "id": number, "item_type": "follow_up", "item_id": item_id, "seq": seq, "move": "edit", "to_state": "draft",
        "from_state": "draft" if seq > 1 else None, "actor_id": None, "hat": "", "acting_for_id": None,
        "at": clock.now() + timedelta(seconds=number), "unit_id": 1, "meeting_id": 1, "data": {"percent": seq},
        "seals": {}, "prev": prev,
    }  # fmt: skip
