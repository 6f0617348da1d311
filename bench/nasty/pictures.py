"""Pictures: small files that unfold, and parts that no camera writes."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from functools import partial

from PIL import Image


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int, height: int, *more: bytes, bits: int = 8, colour: int = 6) -> bytes:
    """A PNG of nothing, whose rows are made as they are packed."""
    channels = {0: 1, 2: 3, 3: 1, 6: 4}[colour]
    row, packer = b"\0" * (1 + (width * bits * channels + 7) // 8), zlib.compressobj(9)
    packed = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def claimed(width: int, height: int) -> bytes:
    """A PNG that only says how large it is."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")


def jpeg(**more: object) -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (640, 480), "teal").save(kept, "JPEG", **more)
    return kept.getvalue()


def scans(count: int) -> bytes:
    """A progressive JPEG of 4000 x 4000 whose last scan is said again and again: each costs a pass over the picture."""
    kept = io.BytesIO()
    Image.new("RGB", (4000, 4000), "teal").save(kept, "JPEG", progressive=True, quality=30)
    data = kept.getvalue()
    last = data[data.rindex(b"\xff\xda") : -2]
    return data[:-2] + last * count + b"\xff\xd9"


def exif(block: bytes) -> bytes:
    """A photo with these bytes where the camera's are."""
    data = jpeg()
    part = b"Exif\0\0" + block
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(part) + 2) + part + data[2:]


def directory_in_a_circle() -> bytes:
    """The next directory of EXIF is the first."""
    return exif(b"MM\0*\0\0\0\x08" + struct.pack(">HHHIII", 1, 0x8769, 4, 1, 8, 8))


def directory_of_billions() -> bytes:
    return exif(
        b"MM\0*\0\0\0\x08" + struct.pack(">H", 65535) + struct.pack(">HHII", 0x8769, 5, 0xFFFFFFFF, 8) * 4000
    )


def fills(count: int) -> bytes:
    """Fill bytes between the parts of a JPEG, and nothing else."""
    return b"\xff\xd8" + b"\xff" * count


PICTURES: dict[str, Callable[[], bytes]] = {
    "PNG: 79 million pixels, 16 bit, with alpha": partial(png, 8900, 8900, bits=16),
    "PNG: 79 million pixels of one bit (10 kB)": partial(png, 8900, 8900, bits=1, colour=0),
    "PNG: says two billion pixels": partial(claimed, 46_000, 46_000),
    "PNG: one row, 80 million wide": partial(png, 79_000_000, 1, bits=1, colour=0),
    "PNG: a text that swells to 100 MB": lambda: png(8, 8, chunk(b"zTXt", b"x\0\0" + zlib.compress(b"x" * 100_000_000, 9))),
    "PNG: a colour profile that swells to 100 MB": lambda: png(8, 8, chunk(b"iCCP", b"x\0\0" + zlib.compress(b"x" * 100_000_000, 9))),
    "PNG: a million parts": lambda: png(8, 8, chunk(b"tEXt", b"k\0v") * 1_000_000),
    "JPEG: 2,000 scans of 16 million pixels": partial(scans, 2000),
    "JPEG: a directory in a circle": directory_in_a_circle,
    "JPEG: a directory of billions": directory_of_billions,
    "JPEG: 20 MB of fill bytes": partial(fills, 20_000_000),
    "JPEG: cut off": lambda: jpeg()[:700],
    "PostScript by the name of a photo": lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9999 9999\n%%EndComments\n{ } loop\n",
    "a GIF of frames by the name of a photo": lambda: b"GIF89a" + b"\xff\xff\xff\xff\x00\x00\x00" + b"\x2c" + b"\0" * 20_000_000,
}  # fmt: skip
