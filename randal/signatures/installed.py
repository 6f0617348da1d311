"""The authority of this installation: where it lies, and how it comes to be at the first start."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from randal.settings import Settings
from randal.signatures.authority import Authority, AuthorityError
from randal.signatures.provider import read_provider
from randal.signatures.stamping import stamp_roots

NAME = "Otoritas Randal"
# The demonstration signs in June 2018: its authority must have been there by then.
BEFORE_THE_STORY = datetime(2018, 1, 1, tzinfo=UTC)


def authority_folder(settings: Settings) -> Path:
    return settings.data_dir / "ca"


def open_authority(settings: Settings) -> Authority:
    """The authority of this installation; AuthorityError when there is none, or another secret made it."""
    return Authority.open(authority_folder(settings), settings.secret_key)


def trusted(settings: Settings, now: datetime) -> dict[str, Any]:
    """Whom this installation trusts, as `verification.verify` takes it; nobody of its own without an authority."""
    provider = read_provider(settings.provider_file)
    theirs: tuple[bytes, ...] = provider.roots if provider else ()
    try:
        authority = open_authority(settings)
        roots, crls = [authority.root_pem()], authority.crls(now)
    except AuthorityError:
        roots, crls = [], []
    certified = bool(provider and provider.certified)
    return {
        "roots": roots,
        "crls": crls,
        "certified": theirs if certified else (),
        "other": () if certified else theirs,
        "stamps": stamp_roots(settings),
    }


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
