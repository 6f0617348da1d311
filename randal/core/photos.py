"""What a photo knows about itself: read for those who judge it, taken out of the bytes for everyone else.

`stripped` works on the container, not on the picture: nothing is encoded anew, so what is seen stays as it was handed
in. Of the EXIF block only the orientation is kept, or phones' photos would lie on their side.
"""

from __future__ import annotations

import io
import re
import struct
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from PIL import Image

JPEG, PNG = "image/jpeg", "image/png"
KINDS = (JPEG, PNG)
ORIENTATION, TAKEN_AT, EXIF_IFD, GPS_IFD = 0x0112, 0x9003, 0x8769, 0x8825
KEPT_JPEG = {0xE0, 0xE2, 0xEE}  # JFIF, colour profile, Adobe's transform: without them colours change
KEPT_PNG = set(b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP sBIT pHYs bKGD".split())
MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


@dataclass(frozen=True)
class Facts:
    """When (the camera's own clock, of no zone) and where a photo says it was taken; None where it does not say."""

    taken_at: datetime | None = None
    latitude: Decimal | None = None
    longitude: Decimal | None = None


def facts(data: bytes) -> Facts:
    """What the EXIF block says; nothing at all of one that cannot be read."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            exif = image.getexif()
        gps = exif.get_ifd(GPS_IFD)
        place = _degrees(gps.get(2), gps.get(1), "S", 90), _degrees(gps.get(4), gps.get(3), "W", 180)
        if None in place or place == (0, 0):  # a camera without reception writes zeros
            place = None, None
        return Facts(_moment(exif.get_ifd(EXIF_IFD).get(TAKEN_AT)), *place)
    except Exception:  # whatever the decoder says: a photo that does not tell
        return Facts()


def _degrees(parts: object, side: object, negative: str, most: int) -> Decimal | None:
    if not isinstance(parts, tuple) or len(parts) != 3:
        return None
    degrees, minutes, seconds = (float(p) for p in parts)
    found = degrees + minutes / 60 + seconds / 3600
    if not 0 <= found <= most:  # also false for "not a number"
        return None
    return round(Decimal(found if side != negative else -found), 6)


def _moment(said: object) -> datetime | None:
    try:
        return datetime.strptime(str(said).strip("\x00 "), "%Y:%m:%d %H:%M:%S")
    except ValueError:
        return None


def stripped(data: bytes, mime: str) -> bytes:
    """The same picture without position, camera, time, comments and whatever lies behind its end.

    A file whose parts cannot be followed is drawn anew: better a second encoding than a position given away.
    """
    try:
        return _jpeg(data) if mime == JPEG else _png(data)
    except (ValueError, IndexError, struct.error):
        return _anew(data, mime)


def _jpeg(data: bytes) -> bytes:
    if data[:2] != b"\xff\xd8":
        raise ValueError("no JPEG")
    out, at = [data[:2], _only_orientation(data)], 2
    while True:
        while data[at] == 0xFF and data[at + 1] == 0xFF:  # fill bytes
            at += 1
        mark = data[at + 1]
        if data[at] != 0xFF:
            raise ValueError("lost in the file")
        if mark == 0xD9:
            return b"".join([*out, b"\xff\xd9"])
        end = at + 2 + int(struct.unpack(">H", data[at + 2 : at + 4])[0])
        if not (0xE0 <= mark <= 0xEF or mark == 0xFE) or (mark in KEPT_JPEG and not _mpf(data, at)):
            out.append(data[at:end])
        at = end
        if mark == 0xDA:
            found = MARKER.search(data, at)
            if not found:
                raise ValueError("cut off")
            out.append(data[at : found.start()])
            at = found.start()


def _mpf(data: bytes, at: int) -> bool:
    return data[at + 4 : at + 8] == b"MPF\x00"  # names further pictures behind the end, which are gone


def _only_orientation(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data)) as image:
        turned = image.getexif().get(ORIENTATION, 1)
    if not isinstance(turned, int) or not 2 <= turned <= 8:
        return b""
    # One entry: tag, type SHORT, count 1, the value in the upper half of four bytes; no further directory.
    tiff = b"MM\x00*\x00\x00\x00\x08" + struct.pack(">HHHIHHI", 1, ORIENTATION, 3, 1, turned, 0, 0)
    return b"\xff\xe1" + struct.pack(">H", len(tiff) + 8) + b"Exif\x00\x00" + tiff


def _png(data: bytes) -> bytes:
    if data[:8] != b"\x89PNG\r\n\x1a\n":
        raise ValueError("no PNG")
    out, at = [data[:8]], 8
    while True:
        size, name = struct.unpack(">I4s", data[at : at + 8])
        end = at + 12 + size
        if end > len(data):
            raise ValueError("cut off")
        if name in KEPT_PNG:
            out.append(data[at:end])
        if name == b"IEND":
            return b"".join(out)
        at = end


def _anew(data: bytes, mime: str) -> bytes:
    kept = io.BytesIO()
    with Image.open(io.BytesIO(data)) as image:
        upright(image).save(kept, "JPEG" if mime == JPEG else "PNG", quality=90)
    return kept.getvalue()


def upright(image: Image.Image) -> Image.Image:
    """The picture as its camera was held, in plain colours, without anything but its pixels."""
    from PIL import ImageOps

    turned = ImageOps.exif_transpose(image)
    if turned.mode in ("RGBA", "LA", "P", "PA"):
        flat = Image.new("RGB", turned.size, "white")
        with_alpha = turned.convert("RGBA")
        flat.paste(with_alpha, mask=with_alpha.getchannel("A"))
        return flat
    return turned.convert("RGB")
