"""What a photo knows about itself: read for those who judge it, taken out of the bytes for everyone else. The photo is opened
in a limited child (readers/pictures.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from randal.untrusted.limited import door
from randal.untrusted.limited.errors import Busy, Unreadable
from randal.untrusted.limited.limits import PICTURE

JPEG, PNG, HEIC = "image/jpeg", "image/png", "image/heic"
KINDS = (JPEG, PNG, HEIC)
FACTS = door.Task("randal.untrusted.readers.pictures:facts", PICTURE)
STRIPPED = door.Task("randal.untrusted.readers.pictures:stripped", PICTURE)


@dataclass(frozen=True)
class Facts:
    """When (the camera's own clock, of no zone) and where a photo says it was taken; None where it does not say."""

    taken_at: datetime | None = None
    latitude: Decimal | None = None
    longitude: Decimal | None = None


def facts(data: bytes) -> Facts:
    """What the EXIF block says; nothing at all of one that cannot be read. Raises Busy."""
    try:
        told = door.ask(FACTS, data)
    except Busy:
        raise
    except Unreadable:
        return Facts()
    at, north, east = (told.get(name) for name in ("taken_at", "latitude", "longitude"))
    return Facts(
        datetime.fromisoformat(at) if at else None,
        Decimal(north) if north else None,
        Decimal(east) if east else None,
    )


def stripped(data: bytes, mime: str) -> bytes:
    """The same picture without position, camera, time, comments and whatever lies behind its end; of HEIC a JPEG. Raises
    Unreadable."""
    plain: bytes = door.ask(STRIPPED, data, mime=mime)
    return plain
