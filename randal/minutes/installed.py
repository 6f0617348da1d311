"""The authority of this installation: where it lies, and how it comes to be at the first start."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from randal.minutes.authority import Authority, AuthorityError
from randal.settings import Settings

NAME = "Otoritas Randal"
# The demonstration signs in June 2018: its authority must have been there by then.
BEFORE_THE_STORY = datetime(2018, 1, 1, tzinfo=UTC)


def authority_folder(settings: Settings) -> Path:
    return settings.data_dir / "ca"


def open_authority(settings: Settings) -> Authority:
    """The authority of this installation; AuthorityError when there is none, or another secret made it."""
    return Authority.open(authority_folder(settings), settings.secret_key)


def create_authority(settings: Settings, now: datetime, *, contoh: bool | None = None) -> Authority:
    """Make it; AuthorityError when there is one. With `contoh` (default: where a demonstration may be loaded) all
    its names begin with CONTOH, and it holds since before the story."""
    contoh = settings.demo if contoh is None else contoh
    start = min(now, BEFORE_THE_STORY) if contoh else now
    return Authority.create(authority_folder(settings), settings.secret_key, NAME, start, contoh=contoh)


def ensure_authority(settings: Settings, now: datetime) -> bool:
    """Make it unless it is there; was it made? Two starts at once make one."""
    if not authority_folder(settings).exists():
        try:
            create_authority(settings, now)
            return True
        except AuthorityError:
            if not authority_folder(settings).exists():
                raise
    open_authority(settings)
    return False
