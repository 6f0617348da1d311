"""The peer of one move: a bare Flask handler doing one UPDATE and one INSERT, on the same kind of SQLite file."""

from __future__ import annotations

import os
from typing import Any

from flask import Flask, jsonify, request
from sqlalchemy import create_engine, event, text

engine = create_engine(f"sqlite:///{os.environ['BARE_DATABASE']}", connect_args={"timeout": 15})


@event.listens_for(engine, "connect")
def _connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "busy_timeout=15000", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(engine, "begin")
def _begin(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


with engine.begin() as first:
    first.execute(
        text("CREATE TABLE IF NOT EXISTS items (id INTEGER PRIMARY KEY, state TEXT, version INTEGER)")
    )
    first.execute(
        text("CREATE TABLE IF NOT EXISTS history (id INTEGER PRIMARY KEY, item_id INTEGER, note TEXT)")
    )
    first.execute(text("INSERT OR IGNORE INTO items VALUES (1, 'in_progress', 1)"))

app = Flask(__name__)


@app.get("/healthz")
def alive() -> Any:
    return jsonify(ok=True)


@app.get("/same")
def same() -> Any:
    """Nothing changed; nothing is read to know it."""
    return app.response_class(status=304) if request.if_none_match else ("", 200)


@app.post("/move/<int:item_id>")
def move(item_id: int) -> Any:
    given = request.get_json()
    with engine.begin() as connection:
        connection.execute(text("UPDATE items SET version = version + 1 WHERE id = :id"), {"id": item_id})
        connection.execute(
            text("INSERT INTO history (item_id, note) VALUES (:id, :note)"),
            {"id": item_id, "note": given["note"]},
        )
    return jsonify(id=item_id, state="in_progress")
