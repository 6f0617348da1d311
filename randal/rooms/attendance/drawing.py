"""The picture of a signature drawn at the door: a PNG of our own making, no larger than it is printed.

Only the picture is kept. How it was drawn (the strokes, their speed) is never sent, and what else a PNG can carry
along is left behind by drawing it anew.
"""

from __future__ import annotations

import base64
import binascii
import hashlib

from randal.schemas import forms
from randal.storage import files
from randal.untrusted.limited import door
from randal.untrusted.limited.errors import Busy, Unreadable
from randal.untrusted.limited.limits import INK

MAX_PICTURE = 300_000  # bytes; a drawn signature has some ten thousand
DRAWN = door.Task("randal.untrusted.readers.pictures:ink", INK)
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
        ours: bytes = door.ask(DRAWN, base64.b64decode(data[len(PREFIX) :], validate=True))
    except Busy as busy:
        raise forms.wrong("signature", str(busy)) from None
    except (binascii.Error, Unreadable):
        raise forms.wrong("signature", UNREADABLE) from None
    return files.Checked("tanda-tangan.png", files.TYPES["png"], ours, hashlib.sha256(ours).hexdigest())
