"""The pages of a PDF as pictures."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium_c
from PIL import ImageDraw

from randal.untrusted.limited.errors import Unreadable
from randal.untrusted.readers.pictures import small

WIDTH = 1240  # pixels: A4 at 150 dots per inch, sharp on a telephone that is enlarged with two fingers
COLOURS = 64  # a page of text needs no more, and is a third of the size
OUTLINE = 620  # pixels wide: to compare a sheet with, not to read
MOST_LETTERS = 20_000
Box = tuple[float, float, float, float]  # left, bottom, right, top: points from the lower left
GREY = (198, 202, 208)
MOST_PAGES = 2000
MOST_HEIGHT = 20 * WIDTH  # of a picture: a page may say that it is a kilometre high
NONE = "Halaman ini tidak ada."


def sizes(pdf: bytes) -> list[tuple[int, int]]:
    """Width and height in pixels of each page's picture. Raises Unreadable."""
    with closing(_opened(pdf)) as document:
        found = [document.get_page_size(number) for number in range(len(document))]
    return [
        (WIDTH, max(1, min(round(WIDTH * height / width), MOST_HEIGHT)))
        for width, height in found
        if width > 0
    ]


def page(pdf: bytes, number: int) -> bytes:
    """Page `number` (from 1) as a PNG, with what stands in its form fields. Raises Unreadable."""
    with closing(_opened(pdf)) as document:
        if not 0 < number <= len(document):
            raise Unreadable(NONE)
        document.init_forms()  # else the stamps of the signatures are left out
        one = document[number - 1]
        width, height = one.get_size()
        if not (width > 0 and 0 < height <= 20 * width):
            raise Unreadable(NONE)
        image = one.render(scale=WIDTH / width, may_draw_forms=True).to_pil()
    stream = io.BytesIO()
    image.convert("RGB").quantize(COLOURS, dither=0).save(stream, "PNG", optimize=True)
    return stream.getvalue()


def outline(pdf: bytes, words: list[str]) -> bytes:
    """The first page as a PNG on which only lines of these words can be read: all other text, and every picture, is a grey
    bar. What a stranger may see of a paper of which he holds the code. Raises Unreadable for a page that is one picture."""
    known = {token for word in words for token in _tokens(word)}
    with closing(_opened(pdf)) as document:
        one = document[0]
        width, height = one.get_size()
        if not (width > 0 and 0 < height <= 20 * width):
            raise Unreadable(NONE)
        scale = OUTLINE / width
        image = one.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
        hide = [shown.get_bounds() for shown in one.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE])]
        if any((right - left) * (top - bottom) > width * height / 2 for left, bottom, right, top in hide):
            raise Unreadable(NONE)
        for said, boxes in _runs(one.get_textpage()):
            if not set(_tokens(said)) <= known:
                hide += boxes
    draw = ImageDraw.Draw(image)
    for left, bottom, right, top in hide:
        x, y, across, down = left * scale, (height - top) * scale, right * scale, (height - bottom) * scale
        draw.rectangle((x - 1, y - 1, across + 1, down + 1), fill=GREY)
    stream = io.BytesIO()
    image.quantize(COLOURS, dither=0).save(stream, "PNG", optimize=True)
    return stream.getvalue()


def _runs(page: pypdfium2.PdfTextPage) -> Iterator[tuple[str, list[Box]]]:
    """The letters of a page that stand together on a line, and the boxes that hide them: one box, or where they are turned
    one for each letter."""
    count = page.count_chars()
    if count > MOST_LETTERS:
        raise Unreadable(NONE)
    said, boxes = "", list[Box]()
    for number in range(count):
        letter = chr(pdfium_c.FPDFText_GetUnicode(page, number))
        box = page.get_charbox(number)
        gap = boxes and box[0] - boxes[-1][2] > 2 * max(top - bottom for _, bottom, _, top in boxes)
        if letter in "\r\n" or gap:
            yield said, _hiding(boxes)
            said, boxes = "", []
        if letter not in "\r\n":
            said += letter
            boxes.append(box)
    yield said, _hiding(boxes)


def _hiding(boxes: list[Box]) -> list[Box]:
    if not boxes:
        return []
    left, bottom, right, top = zip(*boxes, strict=True)
    whole = min(left), min(bottom), max(right), max(top)
    turned = whole[3] - whole[1] > 3 * max(high - low for _, low, _, high in boxes)
    return boxes if turned else [whole]


def _tokens(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def first(pdf: bytes, sizes: list[tuple[int, int]]) -> dict[str, Any]:
    """The first page small, as `pictures.small` answers, and how many `pages` there are. Its forms are not drawn."""
    with closing(_opened(pdf)) as document:
        one = document[0]
        scale = sizes[0][0] / max(one.get_size())
        image = one.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
        count = len(document)
    return small(image, sizes) | {"pages": count}


def _opened(pdf: bytes) -> pypdfium2.PdfDocument:
    try:
        document = pypdfium2.PdfDocument(pdf)
        count = len(document)
    except pypdfium2.PdfiumError:
        raise Unreadable("Berkas ini bukan PDF yang dapat digambar.") from None
    if not 0 < count <= MOST_PAGES:
        raise Unreadable("Berkas ini bukan PDF yang dapat digambar.")
    return document
