"""When this installation was last backed up, and what has come since: a backup says so here when it is whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from randal.database.base import db
from randal.history.events import Event
from randal.org import app_settings
from randal.storage.files import StoredFile

NAME = "last_backup"
LATE = timedelta(days=2)  # one night may fail


@dataclass(frozen=True)
class Last:
    """`lost`: files that it could not take along; `events`, `files`: what was written since and is in no backup."""

    at: datetime
    lost: int
    events: int
    files: int


def note(at: datetime, digest: str, lost: int) -> None:
    app_settings.change(NAME, {"at": at.isoformat(), "sha256": digest, "lost": lost})


def look() -> Last | None:
    """None: never, as far as this database knows."""
    found = app_settings.setting(NAME)
    if not found:
        return None
    at = datetime.fromisoformat(found["at"])
    events = db.session.scalar(select(func.count()).select_from(Event).where(Event.at > at)) or 0
    query = select(func.count(StoredFile.sha256.distinct())).where(StoredFile.created_at > at)
    return Last(at, found["lost"], events, db.session.scalar(query) or 0)
