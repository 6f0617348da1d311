"""Pictures that people send: what a photo knows about itself, the same without it, and small ones of our own making.

Only JPEG, PNG and HEIC are decoded, whatever else the library could.
"""

from __future__ import annotations

import io
from datetime import datetime
from decimal import Decimal
from typing import Any

from PIL import Image, ImageOps

from randal.untrusted.limited.errors import Unreadable
from randal.untrusted.readers import containers
from randal.untrusted.readers.heic import is_heic
from randal.untrusted.readers.kinds import FORMATS, MAX_PIXELS

TAKEN_AT, EXIF_IFD, GPS_IFD = 0x9003, 0x8769, 0x8825
INK, MOST_INK = (
    (600, 264),
    4_000_000,
)  # pixels of a drawn signature: kept (printed 25 mm wide), and at most sent
NOT_WHOLE = "Gambar ini tidak dapat dibaca seluruhnya. Simpan ulang lalu unggah lagi."


def opened(data: bytes) -> Image.Image:
    """Raises ValueError for too many pixels, and whatever the decoders raise."""
    image = Image.open(io.BytesIO(data), formats=FORMATS)
    if image.width * image.height > MAX_PIXELS:
        raise ValueError("too many pixels")
    return image


def facts(data: bytes) -> dict[str, Any]:
    """`taken_at` (ISO 8601 without a zone), `latitude`, `longitude` (decimal strings) as far as the EXIF block says so."""
    try:
        with opened(data) as image:
            exif = image.getexif()
        gps = exif.get_ifd(GPS_IFD)
        place = _degrees(gps.get(2), gps.get(1), "S", 90), _degrees(gps.get(4), gps.get(3), "W", 180)
        told = {"taken_at": _moment(exif.get_ifd(EXIF_IFD).get(TAKEN_AT))}
        if None not in place and any(place):  # a camera without reception writes zeros
            told |= {"latitude": str(place[0]), "longitude": str(place[1])}
        return told
    except MemoryError:
        raise
    except Exception:  # whatever the decoder says: a photo that does not tell
        return {}


def _degrees(parts: object, side: object, negative: str, most: int) -> Decimal | None:
    if not isinstance(parts, tuple) or len(parts) != 3:
        return None
    degrees, minutes, seconds = (float(p) for p in parts)
    found = degrees + minutes / 60 + seconds / 3600
    if not 0 <= found <= most:  # also false for "not a number"
        return None
    return round(Decimal(found if side != negative else -found), 6)


def _moment(said: object) -> str | None:
    try:
        return datetime.strptime(str(said).strip("\x00 "), "%Y:%m:%d %H:%M:%S").isoformat()
    except ValueError:
        return None


def stripped(data: bytes, mime: str) -> bytes:
    """The same picture without position, camera, time, comments and whatever lies behind its end.

    A file whose parts cannot be followed is drawn anew: better a second encoding than a position given away. So is HEIC, as the
    JPEG that every browser shows.
    """
    try:
        if not is_heic(data):
            return containers.stripped(data, mime)
        mime = "image/jpeg"
        raise containers.Lost("no container of ours")
    except containers.Lost:
        kept = io.BytesIO()
        with opened(data) as image:
            upright(image).save(kept, "JPEG" if mime == "image/jpeg" else "PNG", quality=90)
        return kept.getvalue()


def upright(image: Image.Image) -> Image.Image:
    """The picture as its camera was held, in plain colours, without anything but its pixels."""
    turned = ImageOps.exif_transpose(image)
    if turned.mode in ("RGBA", "LA", "P", "PA"):
        plain = Image.new("RGB", turned.size, "white")
        with_alpha = turned.convert("RGBA")
        plain.paste(with_alpha, mask=with_alpha.getchannel("A"))
    else:
        plain = turned.convert("RGB")
    plain.info = {}  # else a comment of the camera's goes out with it
    return plain


def developed(data: bytes, sizes: list[tuple[int, int]]) -> dict[str, Any]:
    """The picture upright and small, see `small`. Raises Unreadable for what is not whole: nothing is painted grey."""
    try:
        with opened(data) as image:
            image.draft("RGB", (sizes[0][0], sizes[0][0]))  # a JPEG is read at a fraction of its size
            plain = upright(image)
    except MemoryError:
        raise
    except Exception:
        raise Unreadable(NOT_WHOLE) from None
    return small(plain, sizes)


def small(plain: Image.Image, sizes: list[tuple[int, int]]) -> dict[str, Any]:
    """`pictures`: a JPEG for each (longer side, quality), the largest first, and `width` and `height` of that one."""
    made, first = [], (0, 0)
    for longest, quality in sizes:
        plain.thumbnail((longest, longest), Image.Resampling.LANCZOS)
        first = first if any(first) else plain.size
        kept = io.BytesIO()
        plain.save(kept, "JPEG", quality=quality, optimize=True, progressive=longest > 1000)
        made.append(kept.getvalue())
    return {"width": first[0], "height": first[1], "pictures": made}


def ink(data: bytes) -> bytes:
    """A drawn signature as a PNG of our own making. Raises Unreadable."""
    try:
        with Image.open(io.BytesIO(data), formats=("PNG",)) as image:
            if image.width * image.height > MOST_INK:
                raise ValueError("too large to unfold")
            fresh = image.convert("LA")  # ink and paper: half the work of colours
            fresh.info = {}
    except MemoryError:
        raise
    except Exception:
        raise Unreadable(NOT_WHOLE) from None
    fresh.thumbnail(INK, Image.Resampling.BILINEAR)
    kept = io.BytesIO()
    fresh.save(kept, "PNG", compress_level=4)
    return kept.getvalue()
