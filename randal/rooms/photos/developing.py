"""From an upload to two pictures of our own making: upright, no larger than needed, without where and by what it was taken."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from randal.storage import files
from randal.untrusted.limited import door
from randal.untrusted.limited.errors import Unreadable
from randal.untrusted.limited.limits import PICTURE

KINDS = ("jpg", "jpeg", "png", "heic", "heif")
SIZES = ((2000, 84), (480, 84))  # pixels of the longer side, quality
DEVELOPED = door.Task("randal.untrusted.readers.pictures:developed", PICTURE)


@dataclass(frozen=True)
class Developed:
    large: files.Checked
    small: files.Checked
    width: int
    height: int


def develop(name: str, data: bytes) -> Developed:
    """Raises BadFile with a sentence. What the camera wrote beside the picture (place, time, device) is left behind."""
    checked = files.check(name, data, KINDS)
    try:
        made = door.ask(DEVELOPED, checked.data, sizes=SIZES)
    except Unreadable as unreadable:
        raise files.BadFile(str(unreadable)) from None
    large, small = (as_jpeg(checked.name, picture) for picture in made["pictures"])
    return Developed(large, small, made["width"], made["height"])


def as_jpeg(name: str, data: bytes) -> files.Checked:
    stem = name.rsplit(".", 1)[0][:190]
    return files.Checked(f"{stem}.jpg", files.TYPES["jpg"], data, hashlib.sha256(data).hexdigest())
