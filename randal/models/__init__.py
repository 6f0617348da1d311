"""Every table of the rooms, one file a noun, with what a row knows of itself: the rooms' shared language."""

from __future__ import annotations

import importlib
import pkgutil


def load() -> None:
    """All of them: relationships name each other, and migrations compare with all."""
    for each in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{each.name}")
