"""May this machine serve? One that has another secret or another authority than the installation must not.

It would sign and stamp what the others call forged, and open none of their links and sessions. Pages ask once per process,
each process that does work asks before it begins, and `check` and `/readyz` ask whenever they are asked.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from flask import Flask, current_app, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import InterfaceError, OperationalError

from randal.database.base import db
from randal.web import pages

log = logging.getLogger("randal.fitness")
NAME = "randal.fitness"
SENTENCE = (
    "Mesin ini belum boleh melayani: kuncinya tidak cocok dengan pemasangan ini. Hubungi Admin Sistem; "
    "sebabnya ada di log dan di: flask --app wsgi randal check"
)
OPEN = {"health.alive", "health.ready", "health.serves", "health.works", "aset"}  # answer all the same


class Unfit(Exception):
    """Why this machine must not serve, and what to do: an Indonesian sentence for the operator."""


def ask() -> str:
    """What it is that fits, for `check`. Raises Unfit; what SQLAlchemy raises while the database is away."""
    said: str = current_app.extensions[NAME]()
    return said


def wait_until_known(stop: threading.Event, rest: float = 1.0) -> None:
    """For a process that does work: returns when it may. A database that is away is waited for. Raises Unfit, and what a
    database without our tables raises."""
    while not stop.is_set():
        try:
            ask()
            return
        except (OperationalError, InterfaceError) as error:
            if "no such table" in str(error.orig):  # PostgreSQL's word for it is another error
                raise
            log.warning("basis data tidak dapat dihubungi, dicoba terus: %s", str(error.orig).strip())
            stop.wait(rest)
        finally:
            db.session.rollback()


def init_app(app: Flask, fits: Callable[[], str]) -> None:
    """`fits` answers in words what it found, or raises Unfit."""
    app.extensions[NAME] = fits
    known = threading.Event()
    app.extensions[f"{NAME}.known"] = known

    @app.before_request
    def only_when_fit() -> ResponseReturnValue | None:
        if known.is_set() or request.endpoint in OPEN:
            return None
        try:
            ask()
        except Unfit as unfit:
            current_app.logger.error("tidak melayani: %s", unfit)
            return pages.error_page(503, SENTENCE)
        finally:
            db.session.rollback()
        known.set()
        return None
