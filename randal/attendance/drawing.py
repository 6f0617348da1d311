"""The picture of a signature drawn at the door: a PNG of our own making, no larger than it is printed.

Only the picture is kept. How it was drawn (the strokes, their speed) is never sent, and what else a PNG can carry
along is left behind by drawing it anew.
"""

from __future__ import annotations

import base64
import binascii
import io

from PIL import Image

from randal.core import files, forms

MAX_PICTURE = 300_000  # bytes; a drawn signature has some ten thousand
MOST_PIXELS = 4_000_000  # a pad of a tablet has one; a small file may unfold to hundreds
KEPT = (600, 264)  # pixels; printed 25 mm wide
PREFIX = "data:image/png;base64,"
NO_DRAWING = "Gambar tanda tangan Anda, atau centang bahwa Anda tidak dapat menggambarnya."
UNREADABLE = "Gambar tanda tangan tidak dapat dibaca. Silakan gambar lagi."


def drawn(data: str) -> files.Checked | None:
    """The picture of a drawn signature (a PNG in a data URL); None when there is none, Refused when it is no PNG."""
    if not data:
        return None
    if not data.startswith(PREFIX) or len(data) > MAX_PICTURE * 4 // 3 + len(PREFIX):
        raise forms.wrong("signature", UNREADABLE)
    try:
        checked = files.check(
            "tanda-tangan.png", base64.b64decode(data[len(PREFIX) :], validate=True), ("png",)
        )
        return files.check(checked.name, _anew(checked.data), ("png",))
    except (binascii.Error, ValueError, OSError, SyntaxError):  # what Pillow says of a broken PNG
        raise forms.wrong("signature", UNREADABLE) from None


def _anew(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data)) as image:
        if image.width * image.height > MOST_PIXELS:
            raise ValueError("too large to unfold")
        fresh = image.convert("LA")  # ink and paper: half the work of colours
    fresh.thumbnail(KEPT, Image.Resampling.BILINEAR)
    kept = io.BytesIO()
    fresh.save(kept, "PNG", compress_level=4)
    return kept.getvalue()
