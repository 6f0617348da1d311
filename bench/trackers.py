"""(p) 200 trackers, and 100 minutes, as PDF by one document worker and by two. Aim: at least 1.8 times as fast.

    python -m bench trackers [--trackers 200] [--minutes 100] [--rounds 1]

Trackers of 40 follow-ups each, asked for as one zip, which is waited for too. Minutes are those of the demonstration,
drawn from their frozen snapshot, as on the day they are approved; their signatures are measured elsewhere.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

from flask import Flask
from sqlalchemy import insert, literal, select

from bench import batches
from bench.items import follow_ups, notula
from bench.servers import postgres, redis
from bench.stage import stage
from randal.database.base import db
from randal.documents import bundle as bundles
from randal.documents import model
from randal.documents.bundle import Part
from randal.documents.model import Document
from randal.l10n import clock
from randal.models.minutes import Minutes
from workflows.lifecycle import Actor

LINES = 40


def main(words: list[str] | None = None) -> None:
    asked = argparse.ArgumentParser(prog="python -m bench trackers")
    asked.add_argument("--trackers", type=int, default=200)
    asked.add_argument("--minutes", type=int, default=100)
    asked.add_argument("--rounds", type=int, default=1)
    given = asked.parse_args(words or [])
    with postgres() as server, redis() as broker:
        for name, count, way in (("trackers", given.trackers, trackers), ("minutes", given.minutes, minutes)):
            if not count:
                continue
            url = server.create(name)
            with (
                stage(demo=name == "minutes", database_url=url, redis_url=broker.url) as app,
                app.app_context(),
            ):
                batches.compare(name, count, way(app), given.rounds)


def trackers(app: Flask) -> Callable[[int], list[int]]:
    """A zip of so many trackers of the same follow-ups."""
    _items, actor = follow_ups(app, LINES)
    office = Actor(actor.id, frozenset({"secretariat"}))

    def ask(count: int) -> list[int]:
        now = clock.now()
        parts = [Part(f"Pelacak contoh {number}", {"q": "contoh"}) for number in range(count)]
        bundle = bundles.order(
            "tracker_bundle", "tracker", parts, office, subject="tracker", title="Contoh", now=now,
            asked={"at": now.isoformat()},
        )  # fmt: skip
        db.session.commit()
        mine = (Document.id == bundle.id) | (Document.bundle_id == bundle.id)
        return list(db.session.scalars(select(Document.id).where(mine)))

    return ask


def minutes(_app: Flask) -> Callable[[int], list[int]]:
    """Copies of signed minutes, each with its snapshot."""
    signed = notula()
    version, kept = signed.version_no, signed.id
    # A meeting has one notula; what else it has of the kind are its addenda.
    columns = [
        literal(kept).label(column.name) if column.name == "replaces_id" else column
        for column in Minutes.__table__.c
        if column.name != "id"
    ]

    def ask(count: int) -> list[int]:
        now, made = clock.now(), []
        for number in range(count):
            source = select(*columns).where(Minutes.id == kept)
            copied = insert(Minutes).from_select([c.name for c in columns], source).returning(Minutes.id)
            copy = db.session.scalars(copied).one()
            title = f"Notula contoh {number}"
            paper = model.request("minutes", "minutes", copy, title=title, now=now, revision=version)
            made.append(paper.id)
        db.session.commit()
        return made

    return ask
