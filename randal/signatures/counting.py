"""Counting a PDF before anybody walks it: bytes, objects, pages, fields. A paper has an end; what is sent here need not."""

import re

from pyhanko.pdf_utils import generic

from randal.signatures.manifest import MAX_REVISIONS
from randal.untrusted.limited.errors import ELSEWHERE, TooComplex, Unreadable

MAX_BYTES = 30_000_000
MAX_PAGES = 2_000
MAX_FIELDS = 5_000
# Outside of streams: objects as text, signatures in hexadecimal. pyHanko reads a megabyte of it in two seconds.
MAX_TEXT = 10_000_000
_HEAD = 1024  # how far in a reader looks for "%PDF-"
MAX_OBJECTS = 999_999
_TABLE = re.compile(rb"/XRef\b[^>]{0,500}?/Size\s+\d{7}|/Size\s+\d{7}[^>]{0,500}?/XRef\b")
_STREAM = re.compile(rb"stream\r?\n(?s:.*?)endstream")


def check_bytes(pdf: bytes) -> None:
    """The limits that need no parsing. Raises Unreadable, TooComplex."""
    if not pdf:
        raise Unreadable("Berkas kosong.")
    if len(pdf) > MAX_BYTES:
        raise TooComplex("size", f"Berkas lebih besar dari {MAX_BYTES // 1_000_000} MB.")
    if b"%PDF-" not in pdf[:_HEAD]:
        raise Unreadable("Berkas ini bukan PDF.")
    if len(pdf) > MAX_TEXT and len(pdf) - sum(_streams(pdf)) > MAX_TEXT:
        raise TooComplex("text")
    if _TABLE.search(pdf):
        raise TooComplex("objects", f"PDF ini memuat lebih dari {MAX_OBJECTS} objek. {ELSEWHERE}")


def _streams(pdf: bytes) -> list[int]:
    return [match.end() - match.start() for match in _STREAM.finditer(pdf)]


def check_trees(root: generic.DictionaryObject, pages: int, revisions: int) -> None:
    """Raises Unreadable for a tree that names a child twice, TooComplex for one without end."""
    if pages > MAX_PAGES or revisions > MAX_REVISIONS:
        raise TooComplex(
            "pages", f"PDF ini melebihi {MAX_PAGES} halaman atau {MAX_REVISIONS} revisi. {ELSEWHERE}"
        )
    _count(root.get("/Pages"), MAX_PAGES * 2, "halaman")
    _count(root.get("/AcroForm"), MAX_FIELDS, "kolom isian")


def _count(tree: object, most: int, what: str) -> None:
    """pyHanko enters a child once for each time that its parents name it: forty parents that name theirs twice have no end."""
    rows: list[object] = [tree]
    seen, found = set[generic.Reference](), 0
    while rows:
        node = rows.pop()
        if not isinstance(node, generic.DictionaryObject):
            continue
        for kids in (node.get("/Kids"), node.get("/Fields")):
            if not isinstance(kids, generic.ArrayObject):
                continue
            found += len(kids)
            if found > most:
                raise TooComplex("nodes", f"PDF ini memuat lebih dari {most} {what}. {ELSEWHERE}")
            for kid in list.__iter__(kids):
                if isinstance(kid, generic.IndirectObject):
                    if kid.reference in seen:
                        raise Unreadable(f"PDF ini rusak: {what} yang sama disebut dua kali.")
                    seen.add(kid.reference)
                    rows.append(kid.get_object())
                else:
                    rows.append(kid)
