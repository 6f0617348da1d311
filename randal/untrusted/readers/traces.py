"""What a file holds of people, by reading all that a program can read in it: pages, attachments, sheets."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import closing
from html import unescape

import pypdfium2

from randal.base.personal import kinds_in
from randal.untrusted.limited.errors import Unreadable

MOST_PARTS = 2000
MOST_BYTES = 64 * 1024 * 1024  # of one part of a workbook, unpacked


def kinds(data: bytes) -> list[str]:
    """ "NIP", "nomor telepon", … as `personal.kinds_in` answers. A picture says nothing. Raises Unreadable."""
    return kinds_in(texts(data))


def texts(data: bytes, depth: int = 2) -> Iterator[str]:
    """Everything readable in it: of a PDF its pages and attachments, of a workbook (a zip) its parts without their tags."""
    if data.startswith(b"%PDF"):
        try:
            with closing(pypdfium2.PdfDocument(data)) as document:
                yield from _of_pdf(document, depth)
        except pypdfium2.PdfiumError:
            raise Unreadable("Berkas ini bukan PDF yang dapat dibaca.") from None
    elif data.startswith(b"PK\3\4"):
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as packed:
                for part in packed.infolist()[:MOST_PARTS]:
                    if part.file_size <= MOST_BYTES:
                        plain = packed.read(part).decode(errors="replace")
                        yield unescape(re.sub(r"<[^>]*>", " ", plain))
        except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError):
            raise Unreadable("Berkas ini tidak dapat dibuka.") from None
    elif not data.startswith((b"\x89PNG", b"\xff\xd8")):
        yield data.decode(errors="replace")


def _of_pdf(document: pypdfium2.PdfDocument, depth: int) -> Iterator[str]:
    for number in range(len(document)):
        yield document[number].get_textpage().get_text_range()
    for number in range(document.count_attachments() if depth else 0):
        yield from texts(bytes(document.get_attachment(number).get_data()), depth - 1)
