"""All of it together: the parts, the machine at work, and both for other machines to read."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from randal.database.base import db
from randal.jobs import presence
from randal.notifications import mail_state
from randal.operations import monitor
from randal.operations.checks.findings import NEEDED, Finding, look
from randal.operations.checks.parts import CHECKS, files, settings

WORK = {
    "redis": "Redis", "workers": "Worker", "processes": "Relay, schedule", "schedule": "Jadwal", "queues": "Antrean",
    "stuck": "Macet", "documents": "Dokumen", "mail": "Surel",
}  # fmt: skip


def work(now: datetime) -> list[Finding]:
    """The machine at work, part by part: a trouble found is its finding, else how it is."""
    state = monitor.look(now)
    waiting = ", ".join(
        f"{q.name} {q.waiting} menunggu" + (f" (terlama {monitor.age(q.oldest)})" if q.oldest else "")
        for q in state.queues
    )
    heard = ", ".join(f"{q.name} {q.heard} terdengar" for q in state.queues)
    well = {
        "redis": "menjawab",
        "workers": heard,
        "processes": "terdengar",
        "schedule": f"diperiksa {monitor.age(state.ticked)} lalu",
        "queues": waiting,
        "stuck": "tidak ada",
        "documents": f"{state.rendering} sedang dibuat",
        "mail": mail_state.said(state.mails, state.mails_sent_out),
    }
    found = list(monitor.troubles(state))
    if not state.redis:
        found.append((WORK["workers"], "tidak diketahui selama Redis tidak menjawab"))
    wrong = {code: [said for part, said in found if part == name] for code, name in WORK.items()}
    db.session.rollback()
    return [
        Finding(code, WORK[code], not wrong[code], "; ".join(wrong[code]) or said)
        for code, said in well.items()
    ]


def whole(now: datetime, *, every_byte: bool = False) -> list[Finding]:
    """All of it, as `randal check` says it. With `every_byte` each stored file is read."""
    checks = CHECKS | ({"files": ("Berkas", lambda: files(None))} if every_byte else {})
    found = look(checks)
    if all(each.well for each in found if each.code in NEEDED):
        found += work(now)
    return found


def as_json(found: list[Finding], now: datetime) -> dict[str, Any]:
    return {
        "well": all(each.well for each in found),
        "at": now.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "node": presence.node_name(settings()),
        "checks": [asdict(each) for each in found],
    }
