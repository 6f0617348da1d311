"""What a worker runs, by name. One application per worker process; a child of it has the parent's."""

from __future__ import annotations

from flask import Flask

from randal.core import clock, outbox

_app: Flask | None = None


def use(app: Flask) -> None:
    """Run the jobs of this process in this application."""
    global _app
    _app = app


def deliver(delivery_id: int) -> bool:
    """Deliver one outbox row. A failure is kept on the row (and tried again from there), not in Redis."""
    if _app is None:
        raise RuntimeError("start workers with: flask --app wsgi randal worker")
    with _app.app_context():
        try:
            return outbox.deliver(delivery_id, clock.now())
        except Exception:
            return False
