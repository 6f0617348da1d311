"""flask randal …: what an operator types."""

from __future__ import annotations

from apiflask import APIFlask
from flask.cli import AppGroup

group = AppGroup("randal", help="Perintah operator Randal.")


def init_app(app: APIFlask) -> None:
    app.cli.add_command(group)
