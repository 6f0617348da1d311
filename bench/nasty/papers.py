"""PDFs: what pyHanko has to judge (JUDGED), and what PDFium has to draw (DRAWN)."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from functools import partial

from tests.security.pdfs import FONT, page, pdf, stream

MAKERS = dict[str, Callable[[], bytes]]


def form(fields: bytes, *more: bytes) -> bytes:
    """A paper with a form: `fields` stands in its list, `more` are objects 5, 6, …"""
    return page(*more, catalogue=b"/AcroForm<</Fields[%s]/SigFlags 3>>" % fields)


def kids(levels: int, each: int) -> bytes:
    """Each field names the next one `each` times: each ** levels ways to the last."""
    rows = [b"<</T(a)/FT/Tx/Kids[%s]>>" % (b"%d 0 R " % (number + 6) * each) for number in range(levels)]
    return form(b"5 0 R", *rows, b"<</T(z)/FT/Sig>>")


def lists(levels: int) -> bytes:
    """Not a form: lists in the catalogue that name each other, met when two revisions are compared."""
    rows = [b"[%d 0 R %d 0 R]" % (number + 6, number + 6) for number in range(levels)]
    return twice(page(*rows, b"[]", catalogue=b"/X 5 0 R"))


def twice(data: bytes) -> bytes:
    """The same file with an empty second revision, and a signature field that claims the first."""
    start = data.rindex(b"startxref\n") + 10
    at = data[start : data.index(b"\n", start)]
    place = len(data)
    body = b"4 0 obj\n<</Length 0>>\nstream\n\nendstream\nendobj\n"
    table = b"xref\n0 1\n0000000000 65535 f \n4 1\n%010d 00000 n \n" % place
    return (
        data
        + body
        + table
        + (b"trailer\n<</Size 99/Root 1 0 R/Prev %s>>\nstartxref\n%d\n%%%%EOF\n" % (at, place + len(body)))
    )


def revisions(count: int) -> bytes:
    data = page()
    for _ in range(count):
        data = twice(data)
    return data


def pages_in_a_circle() -> bytes:
    return pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
               b"<</Type/Pages/Parent 2 0 R/Count 1/Kids[2 0 R]>>")  # fmt: skip


def flat(data: bytes, times: int = 1) -> bytes:
    for _ in range(times):
        data = zlib.compress(data, 9)
    return data


def object_stream(count: int) -> bytes:
    """A stream that says it holds a million objects."""
    head = b"".join(b"%d %d " % (number + 100, number) for number in range(count))
    packed = flat(head + b"0 " * count)
    more = b"/Type/ObjStm/N %d/First %d/Filter/FlateDecode" % (count, len(head))
    return page(stream(packed, more), catalogue=b"/AcroForm 100 0 R/X 5 0 R")


def table_stream(size: int) -> bytes:
    """A cross-reference stream for more objects than there are bytes."""
    data = b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Count 0/Kids[]>>\nendobj\n"
    packed = flat(b"\x01\x00\x00\x00\x09\x00" * size)
    more = b"/Type/XRef/Size %d/W[1 4 1]/Index[0 %d]/Root 1 0 R/Filter/FlateDecode" % (size, size)
    return data + b"3 0 obj\n" + stream(packed, more) + b"\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(data)


def table_in_a_circle() -> bytes:
    data = page()
    start = data.rindex(b"startxref\n") + 10
    at = data[start : data.index(b"\n", start)]
    return data.replace(b"/Root 1 0 R>>", b"/Root 1 0 R/Prev %s>>" % at)


def signed(contents: bytes, byte_range: bytes = b"0 10 20 30", count: int = 1) -> bytes:
    value = b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/ByteRange[%s]/Contents<%s>>>" % (
        byte_range,
        contents,
    )
    rows = [
        b"<</Type/Annot/Subtype/Widget/Rect[0 0 0 0]/FT/Sig/T(s%d)/V %d 0 R>>" % (n, 5 + count)
        for n in range(count)
    ]
    return form(b" ".join(b"%d 0 R" % (5 + n) for n in range(count)), *rows, value)


def nested_asn1(levels: int) -> bytes:
    """A CMS whose sequences hold each other."""
    inner = b"\x05\x00"
    for _ in range(levels):
        length = len(inner)
        size = length.to_bytes((length.bit_length() + 7) // 8 or 1, "big")
        inner = b"\x30" + (bytes([length]) if length < 128 else bytes([0x80 | len(size)]) + size) + inner
    return inner.hex().encode()


JUDGED: MAKERS = {
    "form: each field names the next one twice, 40 deep (3 kB)": partial(kids, 40, 2),
    "form: 100 names a list, 5 deep (4 kB)": partial(kids, 5, 100),
    "form: 50,000 fields": lambda: form(b"5 0 R " * 50_000, b"<</T(a)/FT/Tx>>"),
    "form: 300,000 fields of their own": lambda: form(b"<</T(a)/FT/Tx>>" * 300_000),
    "lists that name the next one twice, 40 deep, two revisions": partial(lists, 40),
    "a list of nine million numbers (18 MB)": lambda: form(b"0 " * 9_000_000),
    "a dictionary of a million keys (15 MB)": lambda: page(b"<<" + b"".join(b"/K%07d 0 " % n for n in range(1_200_000)) + b">>", catalogue=b"/AcroForm 5 0 R"),
    "a number of a million digits": lambda: form(b"1" * 1_000_000),
    "a name of five million letters": lambda: form(b"/" + b"N" * 5_000_000),
    "a string of brackets in brackets": lambda: form(b"(" * 2_000_000 + b")" * 2_000_000),
    "a hexadecimal string of 15 MB": lambda: form(b"<" + b"0" * 15_000_000 + b">"),
    "lists in lists, 100,000 deep": lambda: form(b"[" * 100_000 + b"]" * 100_000),
    "dictionaries in dictionaries, 50,000 deep": lambda: form(b"<</A " * 50_000 + b"0" + b">>" * 50_000),
    "20 MB of white space": lambda: page() + b" " * 19_000_000,
    "20 MB of comments": lambda: page() + b"%x\n" * 6_000_000,
    "pages in a circle": pages_in_a_circle,
    "a table that names itself as its former": table_in_a_circle,
    "ninety-nine revisions": partial(revisions, 99),
    "five thousand revisions": partial(revisions, 5000),
    "an object stream of a million objects": partial(object_stream, 1_000_000),
    "a table for five million objects (20 kB)": partial(table_stream, 5_000_000),
    "a catalogue in a stream that swells to 2 GB": lambda: page(stream(flat(b"\0" * 20_000_000, 2), b"/Type/ObjStm/N 1/First 4/Filter[/FlateDecode/FlateDecode]"), catalogue=b"/AcroForm 100 0 R"),
    "sixty-four signatures by nobody": lambda: signed(b"30820004", count=64),
    "a signature of 10 MB of zeros": lambda: signed(b"00" * 5_000_000),
    "a signature of sequences in sequences": lambda: signed(nested_asn1(3000)),
    "a signature over bytes that are not there": lambda: signed(b"3080", b"0 99999999999999999999 -5 12"),
}  # fmt: skip


def forms_in_forms(levels: int, each: int) -> bytes:
    """Each drawing draws the next one `each` times (1.4 kB)."""
    rows = []
    for number in range(levels):
        more = b"/Type/XObject/Subtype/Form/BBox[0 0 100 100]/Resources<</XObject<</X %d 0 R>>>>" % (
            number + 6
        )
        rows.append(stream(b"/X Do " * each, more))
    rows.append(stream(b"0 0 10 10 re f", b"/Type/XObject/Subtype/Form/BBox[0 0 100 100]"))
    return page(*rows, contents=b"/X Do " * each, resources=b"<</XObject<</X 5 0 R>>>>")


def pattern() -> bytes:
    """A tile of a hundredth of a point, over the whole page."""
    tile = stream(
        b"0 0 1 1 re f",
        b"/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 .01 .01]/XStep .01/YStep .01/Resources<<>>",
    )
    return page(tile, contents=b"/Pattern cs /P scn 0 0 595 842 re f", resources=b"<</Pattern<</P 5 0 R>>>>")


def image(side: int, bits: int, mask: bool = False) -> bytes:
    """An image of `side` squared pixels in few bytes."""
    row = b"\0" * ((side * bits + 7) // 8)
    packed, packer = [], zlib.compressobj(9)
    for _ in range(side):
        packed.append(packer.compress(row))
    data = b"".join([*packed, packer.flush()])
    colours = b"/ColorSpace/DeviceGray" if not mask else b"/ImageMask true"
    more = b"/Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent %d%s/Filter/FlateDecode" % (
        side,
        side,
        bits,
        colours,
    )
    return page(
        stream(data, more), contents=b"q 595 0 0 842 0 0 cm /I Do Q", resources=b"<</XObject<</I 5 0 R>>>>"
    )


def type3() -> bytes:
    """A letter that is drawn by drawing itself."""
    font = b"<</Type/Font/Subtype/Type3/FontBBox[0 0 1 1]/FontMatrix[1 0 0 1 0 0]/FirstChar 97/LastChar 97/Widths[1]/Encoding<</Differences[97/a]>>/CharProcs<</a 6 0 R>>/Resources<</Font<</F 5 0 R>>>>>>"
    glyph = stream(b"1 0 d0 BT /F 1 Tf (" + b"a" * 50 + b") Tj ET")
    return page(
        font, glyph, contents=b"BT /F 12 Tf (" + b"a" * 500 + b") Tj ET", resources=b"<</Font<</F 5 0 R>>>>"
    )


def sized(box: bytes) -> bytes:
    return page().replace(b"[0 0 595 842]", b"[" + box + b"]")


DRAWN: MAKERS = {
    "drawings that draw the next one ten times, 9 deep (1.4 kB)": partial(forms_in_forms, 9, 10),
    "a tile of a hundredth of a point": pattern,
    "an image of 900 million pixels (1 bit)": partial(image, 30_000, 1),
    "an image of 400 million pixels (8 bit)": partial(image, 20_000, 8),
    "a mask of 900 million pixels": partial(image, 30_000, 1, True),
    "a letter that draws itself": type3,
    "a page a billion points wide": partial(sized, b"0 0 1000000000 1000000000"),
    "a page a point wide and a million high": partial(sized, b"0 0 1 1000000"),
    "a page without a size": partial(sized, b"0 0 0 0"),
    "two million lines": lambda: page(contents=b"0 0 m 595 842 l S " * 1_000_000),
    "a million letters": lambda: page(FONT, contents=b"BT /F1 1 Tf (" + b"x" * 1_000_000 + b") Tj ET", resources=b"<</Font<</F1 5 0 R>>>>"),
    "contents that swell to 1 GB": lambda: page().replace(b"<</Length 0>>\nstream\n\nendstream", stream(flat(b"0 0 m 9 9 l S " * 1_000_000, 2), b"/Filter[/FlateDecode/FlateDecode]")),
    "a locked file": lambda: page().replace(b"/Root", b"/Encrypt<</Filter/Standard/V 1/R 2/O(x)/U(y)/P -4>>/Root"),
}  # fmt: skip
