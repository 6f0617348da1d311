"""flask randal …: what an operator types. Each file adds its commands to the one group (`group.py`)."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apiflask import APIFlask

FILES = ("audit", "authority", "backup", "imports", "operator", "people", "processes", "workflows")


def init_app(app: APIFlask) -> None:
    for name in FILES:
        importlib.import_module(f"{__name__}.{name}")
    app.cli.add_command(importlib.import_module(f"{__name__}.group").group)
