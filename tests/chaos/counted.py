"""The application as it is, with one more reaction: it counts how often the effect of each event was made.

`RANDAL_CHAOS` is the lease of the outbox in seconds, 0 its own; without it no application is made at import.
"""

from __future__ import annotations

import os
from datetime import timedelta

from randal import create_app
from randal.history.events import ON, Event, on
from randal.jobs import outbox
from randal.org import app_settings
from workflows import LIFECYCLES

KIND = "trial"
NAMES = [
    f"{name}.{move}"
    for name, each in LIFECYCLES.items()
    for move in ("create", "edit", *sorted(each.move_names))
]


def declare() -> None:
    """Let every move be counted, besides what it sets in motion anyway."""

    @on(*NAMES)
    def count(event: Event) -> None:
        app_settings.next_number(KIND, event.id)


def forget() -> None:
    for name in NAMES:
        ON[name][:] = [r for r in ON[name] if r.run.__module__ != __name__]
        if not ON[name]:
            del ON[name]


if lease := os.environ.get("RANDAL_CHAOS"):
    if seconds := float(lease):
        outbox.LEASE = outbox.RENEWAL = timedelta(seconds=seconds)
    app = create_app()
    declare()
