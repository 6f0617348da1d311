"""Old backups go once a newer one is whole: never before, and never the last good one."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path

from randal.backup import manifest as about
from randal.base import durable


def thin(made: Path, days: int, now: datetime) -> list[Path]:
    """Take away the backups beside `made` that are older than so many days; which. `made` is whole and lacks nothing:
    only then may others go. What is no backup of ours, or half of one, is left alone."""
    gone = []
    for folder in sorted(made.absolute().parent.iterdir()):
        if folder.resolve() == made.resolve() or folder.is_symlink() or not folder.is_dir():
            continue
        if about.is_backup(folder) and _age(folder, now) > timedelta(days=days):
            # Without its manifest it is none: what is interrupted here is not taken for a whole one.
            (folder / about.MANIFEST).unlink()
            durable.sync(folder)
            shutil.rmtree(folder)
            gone.append(folder)
    return gone


def _age(folder: Path, now: datetime) -> timedelta:
    return now - datetime.fromisoformat(about.read(folder).made_at)
