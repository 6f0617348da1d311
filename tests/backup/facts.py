"""What must hold in an installation that was restored, read from its database."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from flask import Flask, current_app
from sqlalchemy import inspect, select

from randal.backup import restoring, tables
from randal.database.base import db
from randal.engine.transitions import ITEMS
from randal.history import chain
from randal.history.events import Event
from randal.signatures import installed
from randal.storage import blobs
from randal.storage.files import StoredFile


def rows(app: Flask) -> dict[str, list[Any]]:
    """Every row of every table, as values that are the same on both databases."""
    with app.app_context(), db.engine.connect() as connection:
        found = tables.reflected(connection)
        return {
            name: [
                tuple(getattr(row, column) for column in sorted(table.columns.keys()))
                for row in connection.execute(select(table).order_by(*table.primary_key.columns))
            ]
            for name, table in found.tables.items()
        }


def check_chains() -> dict[tuple[str, int], list[Event]]:
    """Every chain verifies, without gaps: the chains by item."""
    chains = defaultdict(list)
    for event in db.session.scalars(select(Event).order_by(Event.item_type, Event.item_id, Event.seq)):
        chains[event.item_type, event.item_id].append(event)
        for text in event.texts:
            assert event.seals[text.name] == chain.seal(text.salt, text.text)
    for events in chains.values():
        prev = chain.NOTHING
        for seq, event in enumerate(events, 1):
            facts = {name: getattr(event, name) for name in chain.FACTS} | {"at": chain.instant(event.at)}
            assert (event.seq, event.prev) == (seq, prev)
            prev = event.hash
            assert prev == chain.link(event.prev, facts)
    return chains


def check_history() -> int:
    """The chains verify, and each ends where its item stands: all is of one instant. How many events."""
    chains = check_chains()
    items = [(name, row) for name, model in ITEMS.items() for row in db.session.scalars(select(model))]
    for name, item in items:
        last = chains[name, item.id][-1]
        assert (item.seq, item.head, item.state) == (last.seq, last.hash, last.to_state), (name, item.id)
    assert {(n, i.id) for n, i in items} == {key for key in chains if key[0] in ITEMS}
    return sum(map(len, chains.values()))


def check_files() -> int:
    """Every file that the database names is there with its bytes; how many."""
    stored = list(db.session.scalars(select(StoredFile)))
    for file in stored:
        data = file.read()
        assert (hashlib.sha256(data).hexdigest(), len(data)) == (file.sha256, file.size)
    return len(stored)


def check_authority() -> None:
    authority = installed.open_authority(current_app.config["RANDAL"])
    assert authority.sign_as_tsa(b"contoh", SHA256())


def is_empty(place: Flask) -> bool:
    """Is there no table, function, file, authority: nothing of an attempt?"""
    with place.app_context():
        settings = place.config["RANDAL"]
        left = set() if not settings.data_dir.exists() else {p.name for p in settings.data_dir.iterdir()}
        assert left <= {"aset", "files", "randal.db", "randal.db-wal", "randal.db-shm"}, left
        with db.engine.connect() as connection:
            made = inspect(connection).get_table_names()
            if db.engine.dialect.name == "postgresql":
                made += restoring._functions(connection)
        return not made and blobs.is_empty()
