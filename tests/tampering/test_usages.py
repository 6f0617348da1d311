"""Our walk over a revision finds what pyHanko's own finds, in genuine files and in forged ones."""

from __future__ import annotations

import io
from typing import Any

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader

from randal.signatures.reading import Reader
from randal.signatures.usages import Revision
from randal.signatures.verification import verify
from tests.minutes import signed
from tests.tampering import forge

NAME = generic.NameObject


def found(made: type[PdfFileReader], resolver: type[HistoricalResolver], pdf: bytes, revision: int) -> Any:
    """Every object of the file with its paths; None when the file makes the walk stumble."""
    try:
        reader = made(io.BytesIO(pdf))
        past = resolver(reader, revision)
        past._load_reverse_xref_cache()
        refs = {generic.Reference(n) for n in range(int(reader.trailer["/Size"]))}
        return {ref: paths for ref in refs if (paths := past._get_usages_of_ref(ref))}
    except Exception:  # whatever it is, the signature counts as broken
        return None


ODD = ("null", "ring", "tree", "kid")


def odd(change: str) -> bytes:
    """A page tree and a structure tree as nobody draws them."""

    def spoil(writer: Any) -> None:
        tree, kids = writer.root["/StructTreeRoot"], writer.root["/Pages"]["/Kids"]
        first = tree["/K"][0]
        if change == "null":
            first[NAME("/Type")] = generic.NullObject()
        elif change == "ring":
            first[NAME("/K")] = tree["/K"].raw_get(0)
        elif change == "tree":
            writer.root[NAME("/StructTreeRoot")] = generic.ArrayObject()
        else:
            kids.append(generic.TextStringObject("/Type"))
        writer.update_container(first if change in ("null", "ring") else kids)
        writer.update_root()

    return forge.incremental(spoil)


KINDS = [k for k in forge.KINDS if k.name in ("page_removed", "a_second_catalog", "wrapped_signature")]


@pytest.mark.parametrize("name", ["genuine", *(kind.name for kind in KINDS), *ODD])
def test_the_same_paths(name: str) -> None:
    """Tried with every kind of forgery; a few are kept here, for the time it takes."""
    pdf = odd(name) if name in ODD else getattr(forge, name)()
    newest = PdfFileReader(io.BytesIO(pdf)).total_revisions - 1
    for revision in {0, newest}:
        ours = found(Reader, Revision, pdf, revision)
        assert ours == found(PdfFileReader, HistoricalResolver, pdf, revision), revision
    assert (ours is None) == (name in ("ring", "tree", "kid"))


def test_ways_without_end() -> None:
    """Forty lists, each naming the next one twice: 2⁴⁰ paths. Whoever sends such a file hears so soon."""

    def ladder(writer: Any) -> None:
        rung: Any = writer.add_object(generic.DictionaryObject())
        for _ in range(40):
            rung = writer.add_object(generic.ArrayObject([rung, rung]))
        writer.root[NAME("/Ladder")] = rung
        writer.update_root()

    pdf = signed.sign(signed.sign(forge.incremental(ladder, signed.blank()), 0), 1)
    report = verify(pdf, roots=[signed.authority().root_pem()], manifest=None, now=signed.LATER)
    assert report.verdict == "mismatch" and "tidak dapat diperiksa" in report.reasons[0]
