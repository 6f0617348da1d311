"""HEIC, the picture that phones take."""

from __future__ import annotations

import pillow_heif

BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")
FORMAT = "HEIF"  # as Pillow calls it

pillow_heif.register_heif_opener(thumbnails=False)


def is_heic(data: bytes) -> bool:
    return data[4:8] == b"ftyp" and data[8:12] in BRANDS
