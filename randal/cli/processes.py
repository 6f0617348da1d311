"""The processes beside the web: relay, scheduler, workers. Each ends cleanly on SIGTERM and SIGINT."""

from __future__ import annotations

import gc
import logging
import signal
import threading
from typing import Any

import click
from flask import Flask, current_app

from randal.cli import group, settings
from randal.core import jobs, queues, tick
from randal.core import relay as relaying
from randal.core.db import db
from randal.core.events import QUEUES


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


def _log() -> None:
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s: %(message)s")


@group.command()
def relay() -> None:
    """Serahkan pekerjaan yang jatuh tempo dari basis data ke worker."""
    _log()
    relaying.run(_app(), _until_asked())


@group.command()
def schedule() -> None:
    """Jalankan yang tiba waktunya: pengingat, pembersihan, surel."""
    _log()
    tick.run(_app(), _until_asked())


@group.command()
@click.argument("queue", type=click.Choice(QUEUES), default="small")
def worker(queue: str) -> None:
    """Kerjakan satu antrean: small (pemberitahuan) atau documents (dokumen)."""
    _log()
    if queue == "documents":
        # Before the fork: every child would otherwise spend a second on it, or more.
        from randal.core import rendering, spreadsheets  # noqa: F401

        try:
            rendering.warm(_app().jinja_env)
        except Exception:  # each paper will fail by itself and say why, where somebody reads it
            logging.getLogger(__name__).exception("not warmed")
        gc.collect()
        gc.freeze()  # no child looks through what all of them share, and so copies it
        gc.set_threshold(50_000, 20, 20)
    db.session.remove()
    db.engine.dispose()  # a child must not share the parent's connections
    jobs.use(_app())
    logging.getLogger("rq.worker").setLevel(logging.WARNING)
    queues.worker(queue, queues.connect(settings()), jobs.child_died).work(logging_level="WARNING")
