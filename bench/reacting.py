"""The application with one reaction, the effect that is measured: `flask --app bench.reacting randal worker small`."""

from __future__ import annotations

import os
import time

from sqlalchemy import text

from bench.items import MOVED
from randal import create_app
from randal.database.base import db
from randal.history.events import ON, Event, on

TABLE = "CREATE TABLE bench_effects (event_id bigint PRIMARY KEY, at double precision NOT NULL)"
EFFECT = "INSERT INTO bench_effects (event_id, at) VALUES (:event, :at)"


def note(event: Event) -> None:
    db.session.execute(text(EFFECT), {"event": event.id, "at": time.time()})


def declare() -> None:
    """This reaction in place of all others."""
    ON.clear()
    on(MOVED)(note)


if os.environ.get("RANDAL_BENCH"):
    app = create_app()
    declare()
