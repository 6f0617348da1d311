"""Files that are still there after a power cut.

A file is written beside its place, synced to the disk, renamed, and then its folder is synced: the name is in the
folder, and without that last step the name is what a power cut takes away. Standard library alone: settings use it.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path


def write(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Whole and on the disk, or not at all; never readable by others for a moment. Raises OSError."""
    _beside(path, content, mode, os.replace)


def write_once(path: Path, content: bytes, mode: int = 0o600) -> None:
    """The same, unless somebody's file is there already: of two at once one is kept. Raises OSError."""
    with suppress(FileExistsError):
        _beside(path, content, mode, os.link)


def _beside(path: Path, content: bytes, mode: int, place: object) -> None:
    spare = path.with_name(f".{path.name}.{secrets.token_hex(6)}.part")
    try:
        with os.fdopen(os.open(spare, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        place(spare, path)  # type: ignore[operator]
        sync(path.parent)
    finally:
        spare.unlink(missing_ok=True)


def make_folder(folder: Path, mode: int = 0o777) -> None:
    """The folder and those above it that are missing, each on the disk."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir(mode, exist_ok=True)
        sync(each.parent)


def sync(path: Path) -> None:
    """What the machine holds of this file or folder goes to the disk. Raises OSError."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
