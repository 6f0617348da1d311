"""How a signed paper is forged, kind by kind: each maker takes a signed file and gives back what a forger would send."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pypdf import PdfReader, PdfWriter

from randal.signatures.certificates import revocation_list
from randal.signatures.manifest import Manifest, Version, revisions
from randal.signatures.reading import read
from tests.minutes import signed

NAME = generic.NameObject


@dataclass(frozen=True)
class Kind:
    """One kind of tampering. ``reason`` must be among the reasons beside the archive, ``alone`` without it ("": a file
    alone cannot show it; None: no PDF reader can open it any more)."""

    make: Callable[[], bytes]
    reason: str
    alone: str | None = "tambahan sesudah tanda tangan terakhir"
    manifest: Callable[[Manifest, bytes], Manifest] | None = None
    crls: Callable[[], list[bytes]] = list
    roots: Callable[[], list[bytes]] | None = None

    @property
    def name(self) -> str:
        return self.make.__name__


KINDS: list[Kind] = []
OTHER, TAIL = "Berkas berbeda dari yang disimpan", "tambahan di belakang dokumen yang disimpan"
TEXT, SEALS = "Isi dokumen berbeda dari naskah", "bagian tanda tangannya berbeda"


def kind(reason: str, **more: Any) -> Callable[[Callable[[], bytes]], Callable[[], bytes]]:
    def add(make: Callable[[], bytes]) -> Callable[[], bytes]:
        once = cache(make)
        KINDS.append(Kind(once, reason, **more))
        return once

    return add


def case() -> signed.Case:
    return signed.case(2)


def genuine() -> bytes:
    return case().pdf


def held(manifest: Manifest, pdf: bytes) -> Manifest:
    """The forger reached the archive, too: it holds his file as the newest version."""
    return replace(
        manifest, versions=(*manifest.versions[:-1], Version.of(pdf, manifest.versions[-1].signatures))
    )


def flip(pdf: bytes, at: int, bits: int = 0x01) -> bytes:
    return pdf[:at] + bytes([pdf[at] ^ bits]) + pdf[at + 1 :]


def incremental(change: Callable[[Any], None], pdf: bytes | None = None) -> bytes:
    writer, out = IncrementalPdfFileWriter(io.BytesIO(pdf or genuine())), io.BytesIO()
    change(writer)
    writer.write(out)
    return out.getvalue()


def page(writer: Any, number: int = 0) -> Any:
    found = writer.find_page_for_modification(number)[0].get_object()
    writer.update_container(found)
    return found


def stream(writer: Any, data: bytes, **entries: Any) -> Any:
    made = generic.StreamObject(stream_data=data)
    for name, value in entries.items():
        made[NAME("/" + name)] = value
    return writer.add_object(made)


def words(**entries: Any) -> generic.DictionaryObject:
    return generic.DictionaryObject({NAME("/" + name): value for name, value in entries.items()})


def rectangle(*edges: float) -> generic.ArrayObject:
    return generic.ArrayObject(map(generic.FloatObject, edges))


# -- single bytes ---------------------------------------------------------------------------------------


@kind(TEXT, alone=None)
def flip_in_the_text() -> bytes:
    return flip(genuine(), 700)


@kind(SEALS, alone="berubah sesudah ditandatangani")
def flip_in_the_first_signatures_revision() -> bytes:
    first = case().versions[0]
    at = genuine().index(b"/Reason", len(first))
    return flip(genuine(), at + 12)


@kind(SEALS, alone="berubah sesudah ditandatangani")
def flip_in_the_last_signatures_revision() -> bytes:
    at = genuine().index(b"/Reason", len(case().versions[1]))
    return flip(genuine(), at + 12)


@kind(SEALS, alone="Stempel waktu dokumen tidak sah")
def flip_in_the_seal() -> bytes:
    return flip(genuine(), genuine().index(b"stream", len(the_seal_stripped())) + 40)


@kind(SEALS, alone="tanda tangan")
def flip_in_a_certificate() -> bytes:
    """Inside the signer's certificate, within the signature's own object."""
    last = read(genuine()).embedded_regular_signatures[-1]
    start = int(last.byte_range[1])
    serial = last.signer_cert.dump().hex().encode()[400:440]
    gap = genuine()[start : int(last.byte_range[2])].lower()
    return flip(genuine(), start + gap.index(serial) + 3)


@kind(SEALS, alone="Bingkai sebuah tanda tangan rusak")
def flip_in_the_signatures_frame() -> bytes:
    """The zeros that fill the last seal's object stand under no signature at all."""
    return flip(genuine(), gap_of_the_seal()[1] - 40)


@kind(SEALS, alone="Bingkai sebuah tanda tangan rusak")
def letters_in_another_case() -> bytes:
    """The same number written otherwise: nothing changes but the file."""
    start, end = gap_of_the_seal()
    letter = re.compile(rb"[a-fA-F]").search(genuine(), start, end)
    assert letter
    return flip(genuine(), letter.start(), 0x20)


def gap_of_the_seal() -> tuple[int, int]:
    last = read(genuine()).embedded_timestamp_signatures[-1]
    return int(last.byte_range[1]), int(last.byte_range[2])


# -- another revision at the end ------------------------------------------------------------------------


@kind(TAIL)
def new_content() -> bytes:
    def change(writer: Any) -> None:
        page(writer)[NAME("/Contents")] = stream(writer, b"0 0 1 rg 0 0 400 400 re f")

    return incremental(change)


@kind(TAIL)
def more_content() -> bytes:
    def change(writer: Any) -> None:
        found = page(writer)
        found[NAME("/Contents")] = generic.ArrayObject(
            [found.raw_get("/Contents"), stream(writer, b"1 1 1 rg 60 600 300 40 re f")]
        )

    return incremental(change)


@kind(TAIL)
def an_annotation_over_the_text() -> bytes:
    def change(writer: Any) -> None:
        note = words(Type=NAME("/Annot"), Subtype=NAME("/FreeText"), Contents=generic.pdf_string("batal"))
        note[NAME("/Rect")] = rectangle(50, 600, 400, 700)
        page(writer)[NAME("/Annots")] = generic.ArrayObject([writer.add_object(note)])

    return incremental(change)


def first_field(writer: Any) -> Any:
    field = writer.root["/AcroForm"]["/Fields"][0]
    writer.update_container(field)
    return field


@kind(TAIL)
def a_stamp_that_names_another() -> bytes:
    def change(writer: Any) -> None:
        first_field(writer)[NAME("/AP")] = words(N=stream(writer, b"1 0 0 rg 0 0 99 99 re f"))

    return incremental(change)


@kind(TAIL)
def field_moved() -> bytes:
    def change(writer: Any) -> None:
        first_field(writer)[NAME("/Rect")] = rectangle(0, 0, 300, 300)

    return incremental(change)


@kind(TAIL)
def field_emptied() -> bytes:
    """The last signature is taken out of its field; its bytes stay in the file."""

    def change(writer: Any) -> None:
        field = writer.root["/AcroForm"]["/Fields"][1]
        del field["/V"]
        writer.update_container(field)

    return incremental(change)


@kind(TAIL, alone="tidak ditandatangani")
def fields_hidden() -> bytes:
    def change(writer: Any) -> None:
        form = writer.root["/AcroForm"]
        form[NAME("/Fields")] = generic.ArrayObject()
        writer.update_container(form)
        writer.update_root()

    return incremental(change)


@kind(TAIL)
def pages_swapped() -> bytes:
    def change(writer: Any) -> None:
        tree = writer.root["/Pages"]
        tree[NAME("/Kids")] = generic.ArrayObject(list(tree["/Kids"])[::-1])
        writer.update_container(tree)

    return incremental(change)


@kind(TAIL)
def page_removed() -> bytes:
    def change(writer: Any) -> None:
        tree = writer.root["/Pages"]
        tree[NAME("/Kids")] = generic.ArrayObject(list(tree["/Kids"])[:1])
        tree[NAME("/Count")] = generic.NumberObject(1)
        writer.update_container(tree)

    return incremental(change)


@kind(OTHER)
def page_added() -> bytes:
    writer, out = PdfWriter(io.BytesIO(genuine()), incremental=True), io.BytesIO()
    writer.insert_page(PdfReader(io.BytesIO(signed.blank("Notula lain"))).pages[0], 0)
    writer.write(out)
    return out.getvalue()


@kind(TAIL)
def page_cropped() -> bytes:
    def change(writer: Any) -> None:
        page(writer)[NAME("/CropBox")] = rectangle(0, 0, 300, 300)

    return incremental(change)


@kind(TAIL)
def letters_redrawn() -> bytes:
    """The fonts of the first page are others: the same codes read as other words."""

    def change(writer: Any) -> None:
        found = page(writer)
        fonts = words(F0=words(Type=NAME("/Font"), Subtype=NAME("/Type1"), BaseFont=NAME("/Symbol")))
        found[NAME("/Resources")] = words(Font=fonts)

    return incremental(change)


@kind(TAIL)
def attachment_swapped() -> bytes:
    def change(writer: Any) -> None:
        file = words(Type=NAME("/Filespec"), F=generic.pdf_string("minutes.json"))
        file[NAME("/EF")] = words(F=stream(writer, b'{"decisions": []}', Type=NAME("/EmbeddedFile")))
        tree = generic.ArrayObject([generic.pdf_string("minutes.json"), writer.add_object(file)])
        writer.root[NAME("/Names")] = words(EmbeddedFiles=words(Names=tree))
        writer.update_root()

    return incremental(change)


@kind(TAIL)
def hidden_layer() -> bytes:
    def change(writer: Any) -> None:
        layer = writer.add_object(words(Type=NAME("/OCG"), Name=generic.pdf_string("lapis")))
        shown = words(Order=generic.ArrayObject(), OFF=generic.ArrayObject([layer]))
        writer.root[NAME("/OCProperties")] = words(OCGs=generic.ArrayObject([layer]), D=shown)
        writer.update_root()

    return incremental(change)


@kind(TAIL)
def opens_another_page() -> bytes:
    def change(writer: Any) -> None:
        target = words(S=NAME("/URI"), URI=generic.pdf_string("https://contoh.example"))
        writer.root[NAME("/OpenAction")] = target
        writer.update_root()

    return incremental(change)


@kind(TAIL)
def a_second_catalog() -> bytes:
    """The trailer points to another catalog, with pages of the forger's."""

    def change(writer: Any) -> None:
        tree = writer.add_object(words(Type=NAME("/Pages"), Count=generic.NumberObject(1)))
        sheet = words(Type=NAME("/Page"), MediaBox=rectangle(0, 0, 595, 842), Parent=tree)
        sheet[NAME("/Contents")] = stream(writer, b"0 0 400 400 re f")
        tree.get_object()[NAME("/Kids")] = generic.ArrayObject([writer.add_object(sheet)])
        catalog = words(Type=NAME("/Catalog"), Pages=tree, AcroForm=writer.root.raw_get("/AcroForm"))
        writer.trailer[NAME("/Root")] = writer.add_object(catalog)
        writer._root_object = catalog
        writer._root = writer.trailer.raw_get("/Root")

    return incremental(change)


@kind(TAIL, alone=None)
def hybrid_cross_references() -> bytes:
    """A classic table that hides a stream of references only some readers follow."""
    pdf = genuine()
    before = int(re.findall(rb"startxref\s+(\d+)", pdf)[-1])
    root = re.findall(rb"/Root (\d+) 0 R", pdf)[-1]
    table = b"xref\n0 0\ntrailer\n<< /Size 9999 /Root %s 0 R /Prev %d /XRefStm %d >>\n" % (
        root,
        before,
        before,
    )
    return pdf + b"\n" + table + b"startxref\n%d\n%%%%EOF\n" % (len(pdf) + 1)


@kind(TAIL, alone=None)
def junk_tail() -> bytes:
    return genuine() + b"\x00" * 2000


@kind(TAIL)
def a_comment_at_the_end() -> bytes:
    return genuine() + b"\n% tambahan\n"


# -- the file made anew ---------------------------------------------------------------------------------


@kind(TEXT, alone="berubah sesudah ditandatangani")
def saved_again_by_another_programme() -> bytes:
    writer, out = PdfWriter(clone_from=io.BytesIO(genuine())), io.BytesIO()
    writer.write(out)
    return out.getvalue()


@kind(TEXT, alone=None)
def something_before_the_file() -> bytes:
    return b"% pembuka\n" + genuine()


@kind(TEXT, alone="")
def another_paper_with_good_signatures() -> bytes:
    return signed.sign(signed.sign(signed.blank("Notula rapat lain"), 0), 1, last=True)


@kind("Tanda tangan Contoh Sekretaris tidak ada", alone="", manifest=lambda m, pdf: replace(
    m, versions=(m.versions[0], m.versions[2])))  # fmt: skip
def the_last_signature_stripped() -> bytes:
    return case().versions[1]


@kind(SEALS, alone="")
def the_seal_stripped() -> bytes:
    return next(old for old in revisions(genuine()) if len(old) < len(genuine()) - 1000)


@kind("Tanda tangan Contoh Notulis tidak ada", alone="tidak ditandatangani", manifest=lambda m, pdf: replace(
    m, versions=(m.versions[1], Version.of(pdf, 2))))  # fmt: skip
def all_signatures_stripped() -> bytes:
    return case().versions[0]


@kind(SEALS, alone="tanda tangan")
def wrapped_signature() -> bytes:
    """The signed ranges are claimed elsewhere: the second part is moved behind something of the forger's."""
    pdf = genuine()
    first = read(case().versions[1]).embedded_regular_signatures[0]
    old = b"%d %d" % (int(first.byte_range[2]), int(first.byte_range[3]))
    new = b"%d %d" % (int(first.byte_range[2]) - 10, int(first.byte_range[3]) - 10)
    at = pdf.index(old, len(case().versions[0]))
    return pdf[:at] + new.ljust(len(old))[: len(old)] + pdf[at + len(old) :]


@kind(SEALS, alone="tanda tangan")
def signature_of_another_paper() -> bytes:
    """Bytes of a good signature by the same person under another paper, put into this one."""
    theirs = signed.sign(signed.blank("Notula rapat lain"), 0)
    other = read(theirs).embedded_regular_signatures[0]
    mine = read(case().versions[1]).embedded_regular_signatures[0]
    start, end = (int(mine.byte_range[n]) for n in (1, 2))
    pasted = theirs[int(other.byte_range[1]) : int(other.byte_range[2])]
    assert len(pasted) == end - start
    return genuine()[:start] + pasted + genuine()[end:]


# -- signed by whom, and when ---------------------------------------------------------------------------


@kind("ditandatangani dengan sertifikat lain", alone="", manifest=held)
def signed_by_the_wrong_person() -> bytes:
    return signed.sign(case().versions[1], 2, field="tte-2", last=True)


@kind("di kolom yang tidak disediakan", alone="", manifest=held)
def signed_in_another_field() -> bytes:
    return signed.sign(case().versions[1], 1, field="tte-3", last=True)


@kind("Urutan tanda tangan berbeda", alone="", manifest=lambda m, pdf: replace(
    m, versions=(m.versions[0], Version.of(pdf, 2))))  # fmt: skip
def the_order_turned_round() -> bytes:
    return signed.sign(signed.sign(signed.blank(), 1), 0, last=True)


@kind(
    "tidak diterbitkan oleh otoritas yang dikenal",
    alone="tidak diterbitkan oleh otoritas yang dikenal",
    manifest=held,
)
def signed_by_an_authority_of_the_same_name() -> bytes:
    return signed.sign(case().versions[1], 1, of="theirs", last=True)


def own_hand(days: int, *, self_signed: bool = False, stamped: bool = False, life: int = 1) -> bytes:
    """A signature made outside Randal: by a certificate that held from NOW for `life` days, `days` after."""
    from tests.tampering.outside import sign_outside

    return sign_outside(
        case().versions[1], "tte-2", days, self_signed=self_signed, stamped=stamped, life=life
    )


@kind(
    "tidak diterbitkan oleh otoritas yang dikenal",
    alone="tidak diterbitkan oleh otoritas yang dikenal",
    manifest=held,
)
def self_signed_certificate() -> bytes:
    return own_hand(0, self_signed=True)


@kind("tidak berlaku saat menandatangani", alone="tidak berlaku saat menandatangani", manifest=held)
def signed_with_an_expired_certificate() -> bytes:
    return own_hand(400, stamped=True)


@kind("tidak berlaku saat menandatangani", alone="tidak berlaku saat menandatangani", manifest=held)
def the_clock_put_back() -> bytes:
    """No timestamp, only a claimed time at which the certificate was still in force."""
    return own_hand(0)


@kind("stempel waktunya tidak sah", alone="stempel waktunya tidak sah", manifest=held)
def stamped_by_a_stranger() -> bytes:
    """A good signature whose time is vouched for by nobody we know."""
    from tests.tampering.outside import sign_outside

    return sign_outside(case().versions[1], "tte-2", 0, stamped=True, stranger=True, life=9000)


def list_of(days: int) -> list[bytes]:
    ours, at = signed.authority(), signed.NOW + timedelta(days=days)
    revoked = [(int(signed.key(0).serial, 16), at)]
    return [revocation_list(ours.issuing, ours.key("issuing"), revoked, at, at + timedelta(days=30))]


@kind("sebelum menandatangani", alone="sebelum menandatangani", crls=lambda: list_of(-1))
def signed_with_a_revoked_certificate() -> bytes:
    return genuine()


def digest(pdf: bytes) -> str:
    return hashlib.sha256(pdf).hexdigest()
