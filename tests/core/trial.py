"""An application with reactions made for trials: `flask --app tests.core.trial randal worker small` runs them.

Each run of an effect is counted under the event's id, so that twice is seen.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

from flask import current_app
from sqlalchemy import select

from randal import create_app
from randal.database.base import db
from randal.history.events import ON, Event, on
from randal.jobs.outbox import Delivery
from randal.models.meetings import Meeting
from randal.org import app_settings

KEYS = ("tests.core.trial.count", "tests.core.trial.count_in_a_child")


def effects(event_id: int) -> int:
    """How often the effect for this event was made."""
    found = db.session.get(app_settings.Counter, ("trial", event_id), populate_existing=True)
    return found.last if found else 0


def deliveries() -> list[Delivery]:
    query = select(Delivery).where(Delivery.consumer.in_(KEYS)).order_by(Delivery.id)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def declare() -> None:
    """Declare the trial's reactions, in place of all others to these events."""
    for name in ("meeting.schedule", "meeting.cancel"):
        ON.pop(name, None)

    @on("meeting.schedule")
    def count(event: Event) -> None:
        title = db.session.get_one(Meeting, event.item_id).title
        if title == "racun":
            raise ValueError("contoh kegagalan")
        if title == "mati" and not _once("died"):
            os.kill(os.getpid(), signal.SIGKILL)
        app_settings.next_number("trial", event.id)

    @on("meeting.cancel", queue="documents")
    def count_in_a_child(event: Event) -> None:
        title = db.session.get_one(Meeting, event.item_id).title
        if title == "mati" and not _once("died"):
            os.kill(os.getpid(), signal.SIGKILL)
        app_settings.next_number("trial", event.id)


def _once(name: str) -> bool:
    """Was this asked before, by any process?"""
    mark = Path(current_app.config["RANDAL"].data_dir) / name
    try:
        mark.touch(exist_ok=False)
        return False
    except FileExistsError:
        return True


if os.environ.get("RANDAL_TRIAL"):
    app = create_app()
    declare()
