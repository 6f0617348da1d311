"""The pages of a PDF of ours as pictures: read on any telephone, without a reader and without a plugin.

Drawn when somebody looks, one page at a time, and kept in this process for the next who looks (the same few pages are
read by all who sign). Only stored papers come here, never what a stranger has sent.
"""

from __future__ import annotations

import io
import threading
from collections import OrderedDict
from dataclasses import dataclass

import pypdfium2

WIDTH = 1240  # pixels: A4 at 150 dots per inch, sharp on a telephone that is enlarged with two fingers
COLOURS = 64  # a page of text needs no more, and is a third of the size
KEPT = 24_000_000  # bytes in this process

_drawn: OrderedDict[tuple[str, int], bytes] = OrderedDict()
# PDFium is not made for several threads: one page at a time.
_one = threading.Lock()


@dataclass(frozen=True)
class Sheet:
    """A page before it is drawn: its number from 1, and the size of its picture in pixels."""

    number: int
    width: int
    height: int


def sheets(pdf: bytes) -> list[Sheet]:
    """The pages of the file. Raises ValueError when it is no PDF that can be drawn."""
    with _one, _opened(pdf) as document:
        sizes = [document.get_page_size(number) for number in range(len(document))]
    return [Sheet(n, WIDTH, round(WIDTH * height / width)) for n, (width, height) in enumerate(sizes, 1)]


def picture(pdf: bytes, sha256: str, number: int) -> bytes:
    """Page `number` (from 1) as a PNG, with what stands in its form fields. Raises LookupError, ValueError."""
    mark = (sha256, number)
    with _one:
        if mark in _drawn:
            _drawn.move_to_end(mark)
            return _drawn[mark]
        with _opened(pdf) as document:
            if not 0 < number <= len(document):
                raise LookupError("no such page")
            document.init_forms()  # else the stamps of the signatures are left out
            page = document[number - 1]
            image = page.render(scale=WIDTH / page.get_width(), may_draw_forms=True).to_pil()
        stream = io.BytesIO()
        image.convert("RGB").quantize(COLOURS, dither=0).save(stream, "PNG", optimize=True)
        _drawn[mark] = stream.getvalue()
        while len(_drawn) > 1 and sum(map(len, _drawn.values())) > KEPT:
            _drawn.popitem(last=False)
        return _drawn[mark]


def _opened(pdf: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError as error:
        raise ValueError("not a PDF that can be drawn") from error
