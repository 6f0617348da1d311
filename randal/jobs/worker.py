"""What a worker runs, by name. One application per worker process; a child of it has the parent's."""

from __future__ import annotations

import logging
import os
import time
from typing import Any

from flask import Flask

from randal.database.base import db
from randal.jobs import outbox, queues
from randal.l10n import clock

log = logging.getLogger(__name__)
_app: Flask | None = None
LONG = 5.0  # seconds of one job after which it begins no further row: the job as a whole has a limit


def use(app: Flask) -> None:
    """Run the jobs of this process in this application."""
    global _app
    _app = app


def _application() -> Flask:
    if _app is None:
        raise RuntimeError("start workers with: flask --app wsgi randal worker")
    return _app


def deliver(*delivery_ids: int) -> int:
    """Deliver outbox rows, each in a transaction of its own; how many effects were made.

    A failure is kept on its row (and tried again from there), not in Redis, and the next row goes on.
    """
    app, began, made = _application(), time.monotonic(), 0
    for number, delivery_id in enumerate(delivery_ids):
        with app.app_context():
            if number and time.monotonic() - began > LONG:
                outbox.put_back(delivery_ids[number:], clock.now())
                break
            try:
                made += outbox.deliver(delivery_id, clock.now())
            except Exception:
                log.exception("outbox row %s failed", delivery_id)
    return made


def child_died(job: Any, _pid: int, status: int, _usage: Any) -> None:
    """The child that drew a document is dead: say so on its row at once, instead of waiting for the lease."""
    with _application().app_context():
        ids = [int(row.split("-")[0]) for row in queues.rows_of(job.id)]
        number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else status
        outbox.died(
            ids, f"Proses pembuat berkas mati (sinyal {number}); mungkin memorinya tidak cukup.", clock.now()
        )
        db.session.remove()
        db.engine.dispose()  # the next child must not share this connection
