"""JPEG and PNG as containers: their parts are followed, not decoded, so what is seen stays as it was handed in.

Of the EXIF block only the orientation is kept, or phones' photos would lie on their side.
"""

from __future__ import annotations

import io
import re
import struct

from PIL import Image

ORIENTATION = 0x0112
KEPT_JPEG = {0xE0, 0xE2, 0xEE}  # JFIF, colour profile, Adobe's transform: without them colours change
KEPT_PNG = set(b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP sBIT pHYs bKGD".split())
MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


class Lost(ValueError):
    """The parts of the file cannot be followed."""


def stripped(data: bytes, mime: str) -> bytes:
    """Raises Lost."""
    try:
        return _jpeg(data) if mime == "image/jpeg" else _png(data)
    except (ValueError, IndexError, struct.error) as error:
        raise Lost(str(error)) from error


def _jpeg(data: bytes) -> bytes:
    if data[:2] != b"\xff\xd8":
        raise Lost("no JPEG")
    out, at = [data[:2], _only_orientation(data)], 2
    while True:
        while data[at] == 0xFF and data[at + 1] == 0xFF:  # fill bytes
            at += 1
        mark = data[at + 1]
        if data[at] != 0xFF:
            raise Lost("lost in the file")
        if mark == 0xD9:
            return b"".join([*out, b"\xff\xd9"])
        end = at + 2 + int(struct.unpack(">H", data[at + 2 : at + 4])[0])
        if not (0xE0 <= mark <= 0xEF or mark == 0xFE) or (mark in KEPT_JPEG and not _mpf(data, at)):
            out.append(data[at:end])
        at = end
        if mark == 0xDA:
            found = MARKER.search(data, at)
            if not found:
                raise Lost("cut off")
            out.append(data[at : found.start()])
            at = found.start()


def _mpf(data: bytes, at: int) -> bool:
    return data[at + 4 : at + 8] == b"MPF\x00"  # names further pictures behind the end, which are gone


def _only_orientation(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data), formats=("JPEG",)) as image:
        turned = image.getexif().get(ORIENTATION, 1)
    if not isinstance(turned, int) or not 2 <= turned <= 8:
        return b""
    # One entry: tag, type SHORT, count 1, the value in the upper half of four bytes; no further directory.
    tiff = b"MM\x00*\x00\x00\x00\x08" + struct.pack(">HHHIHHI", 1, ORIENTATION, 3, 1, turned, 0, 0)
    return b"\xff\xe1" + struct.pack(">H", len(tiff) + 8) + b"Exif\x00\x00" + tiff


def _png(data: bytes) -> bytes:
    if data[:8] != b"\x89PNG\r\n\x1a\n":
        raise Lost("no PNG")
    out, at = [data[:8]], 8
    while True:
        size, name = struct.unpack(">I4s", data[at : at + 8])
        end = at + 12 + size
        if end > len(data):
            raise Lost("cut off")
        if name in KEPT_PNG:
            out.append(data[at:end])
        if name == b"IEND":
            return b"".join(out)
        at = end
