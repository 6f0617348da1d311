"""PDFs made by hand: objects and a table of where they stand, and nothing that a library would put right."""

from __future__ import annotations


def pdf(*objects: bytes, root: int = 1, trailer: bytes = b"") -> bytes:
    """The objects are numbered from 1; the first is the catalogue, unless `root` says another."""
    out, places = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start, size = len(out), len(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % size
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<</Size %d/Root %d 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (size, root, trailer, start)
    return bytes(out)


def stream(data: bytes, more: bytes = b"") -> bytes:
    return b"<</Length %d%s>>\nstream\n%s\nendstream" % (len(data), more, data)


def page(*more: bytes, catalogue: bytes = b"", contents: bytes = b"", resources: bytes = b"<<>>") -> bytes:
    """One page; `more` are objects 5, 6, …"""
    return pdf(
        b"<</Type/Catalog/Pages 2 0 R%s>>" % catalogue,
        b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources%s>>" % resources,
        stream(contents),
        *more,
    )


FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"


def written(*lines: tuple[int, int, str]) -> bytes:
    """A page on which each text stands at x, y (points from the lower left)."""
    said = b"".join(b"BT /F1 14 Tf %d %d Td (%s) Tj ET\n" % (x, y, text.encode()) for x, y, text in lines)
    return page(FONT, contents=said, resources=b"<</Font<</F1 5 0 R>>>>")
