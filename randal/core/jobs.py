"""What a worker runs, by name. One application per worker process; a child of it has the parent's."""

from __future__ import annotations

from typing import cast

from flask import Flask

from randal.core import clock, outbox

_app: Flask | None = None


def use(app: Flask) -> None:
    """Run the jobs of this process in this application."""
    global _app
    _app = app


def _application() -> Flask:
    if _app is None:
        from randal import create_app

        use(create_app())
    return cast(Flask, _app)


def deliver(delivery_id: int) -> bool:
    """Deliver one outbox row. A failure is kept on the row (and tried again from there), not in Redis."""
    with _application().app_context():
        try:
            return outbox.deliver(delivery_id, clock.now())
        except Exception:
            return False
