"""The peer of one check-in: a bare Flask view doing one INSERT, on the same kind of SQLite file."""

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
        text("CREATE TABLE IF NOT EXISTS came (id INTEGER PRIMARY KEY, who TEXT, name TEXT, picture TEXT)")
    )

app = Flask(__name__)


@app.get("/healthz")
def alive() -> Any:
    return jsonify(ok=True)


@app.post("/check-in")
def check_in() -> Any:
    form = request.form
    with engine.begin() as connection:
        connection.execute(
            text("INSERT INTO came (who, name, picture) VALUES (:who, :name, :signature)"),
            {name: form[name] for name in ("who", "name", "signature")},
        )
    return jsonify(sentence="tercatat")
