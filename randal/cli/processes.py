"""The processes beside the web: relay, scheduler, workers. Each ends cleanly on SIGTERM and SIGINT."""

from __future__ import annotations

import gc
import logging
import signal
import threading
from typing import Any

import click
from flask import Flask, current_app

from randal.cli.group import Say, group, settings
from randal.database import timeouts
from randal.database.base import db
from randal.history.events import QUEUES
from randal.jobs import presence, queues
from randal.jobs import relay as relaying
from randal.jobs import worker as jobs
from randal.notifications import mailing
from randal.schedule import scheduler
from randal.untrusted.limited import door
from randal.web import fitness


def _app() -> Flask:
    found: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    return found


def _until_asked() -> threading.Event:
    """Set when somebody asks this process to end."""
    stop = threading.Event()

    def ask(_number: int, _frame: Any) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask)
    return stop


def _begin() -> threading.Event:
    """A log, a way to end, and no work by a machine that must not serve."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s: %(message)s")
    timeouts.use(timeouts.PROCESS)
    stop = _until_asked()
    try:
        fitness.wait_until_known(stop)
    except fitness.Unfit as unfit:
        raise Say(f"Mesin ini tidak boleh melayani: {unfit}") from None
    return stop


@group.command()
def relay() -> None:
    """Serahkan pekerjaan yang jatuh tempo dari basis data ke worker."""
    stop = _begin()
    relaying.run(_app(), stop)


@group.command()
def schedule() -> None:
    """Jalankan yang tiba waktunya: pengingat, pembersihan."""
    stop = _begin()
    scheduler.run(_app(), stop)


@group.command()
@click.argument("queue", type=click.Choice(QUEUES), default="small")
def worker(queue: str) -> None:
    """Kerjakan satu antrean: small (pemberitahuan; juga mengirim surel) atau documents (dokumen)."""
    stop = _begin()
    if queue == "documents":
        # Before the fork: every child would otherwise spend a second on it, or more.
        from randal.documents import rendering
        from randal.spreadsheets import writer  # noqa: F401

        try:
            rendering.warm(_app().jinja_env)
            door.hold()  # the children share this connection to who reads pieces of evidence
        except Exception:  # each paper will fail by itself and say why, where somebody reads it
            logging.getLogger(__name__).exception("not warmed")
        gc.collect()
        gc.freeze()  # no child looks through what all of them share, and so copies it
        gc.set_threshold(50_000, 20, 20)
    db.session.remove()
    db.engine.dispose()  # a child must not share the parent's connections
    jobs.use(_app())
    logging.getLogger("rq.worker").setLevel(logging.WARNING)
    pulse = presence.Pulse(_app(), queue)
    carrier, ended = mailing.beside(_app()) if queue == "small" else (None, None)
    queues.work(queue, queues.connect(settings()), stop, jobs.child_died, pulse)
    if carrier and ended:  # a letter that is being handed over is let go through
        ended.set()
        carrier.join(10)
