import io
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pypdf import PdfWriter

from randal.signatures.counting import MAX_BYTES
from randal.signatures.kinds import OWN, UNKNOWN, UNSIGNED
from randal.signatures.manifest import Expected, Manifest, Version, revisions
from randal.signatures.report import Report
from randal.signatures.verification import verify
from randal.untrusted.limited.errors import Unreadable
from tests.minutes import signed

NAME = generic.NameObject


def check(pdf: bytes, manifest: Manifest | None = None, *, roots=None, now=signed.LATER, crls=()) -> Report:
    return verify(pdf, roots=roots or [signed.authority().root_pem()], manifest=manifest, now=now, crls=crls)


def case() -> signed.Case:
    return signed.case(2)


# -- genuine ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("signers", [1, 3, 16])
def test_genuine(signers):
    held = signed.case(signers)
    report = check(held.pdf, held.manifest)
    assert (report.verdict, report.label, report.exit_code) == ("intact", "Utuh dan cocok", 0), report.reasons
    assert report.kind == OWN
    assert [(one["field"], one["name"], one["post"]) for one in report.signatures] == [
        (signed.FIELDS[n], *signed.PEOPLE[n % 3]) for n in range(signers)
    ]
    assert all(
        one["valid"] and one["timestamped"] and one["at"] == "2018-06-26T08:42:00Z"
        for one in report.signatures
    )
    assert [one["covers_whole"] for one in report.signatures] == [False] * (signers - 1) + [True]


def test_genuine_without_the_archive_is_noted():
    report = check(case().pdf)
    assert (report.verdict, report.exit_code) == ("noted", 3)
    assert any("tidak dicocokkan dengan arsip" in reason for reason in report.reasons)
    assert any("tte-3" in reason for reason in report.reasons)


@pytest.mark.parametrize("years", [6, 15, 30])
def test_it_stands_when_the_certificates_have_ended(years):
    report = check(case().pdf, case().manifest, now=signed.NOW + timedelta(days=366 * years))
    assert report.verdict == "intact", report.reasons
    assert any("kini sudah berakhir" in reason for reason in report.reasons)


def test_an_unsigned_paper_of_the_store():
    manifest = Manifest((Version.of(signed.blank(), 0),))
    assert (check(signed.blank(), manifest).verdict, check(signed.blank(), manifest).kind) == (
        "intact",
        UNSIGNED,
    )
    assert check(signed.blank()).verdict == "mismatch"


def test_an_earlier_version_is_noted_with_who_is_missing():
    report = check(signed.case(3).versions[2], signed.case(3).manifest)
    assert report.verdict == "noted"
    assert any("2 dari 3 tanda tangan" in reason for reason in report.reasons)
    assert any("Belum ada tanda tangan Contoh Pimpinan Rapat" in reason for reason in report.reasons)


def test_half_signed_and_newest():
    held = signed.case(3)
    report = check(held.versions[2], replace(held.manifest, versions=held.manifest.versions[:3]))
    assert report.verdict == "intact" and [one["field"] for one in report.signatures] == ["tte-1", "tte-2"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"contoh": True}, "dokumen contoh, tidak berlaku"),
        ({"withdrawn": True}, "ditarik"),
        ({"superseded_by": "Ralat Nomor 2"}, "digantikan oleh Ralat Nomor 2"),
    ],
)
def test_what_the_archive_knows_about_it(change, sentence):
    report = check(case().pdf, replace(case().manifest, **change))
    assert report.verdict == "noted" and any(sentence in reason for reason in report.reasons)
    assert report.superseded_by == (change.get("superseded_by") or None)


def test_a_manifest_travels():
    held = replace(case().manifest, superseded_by="Ralat", contoh=True)
    assert Manifest.from_json(held.to_json()) == held
    for text in (
        "",
        "[]",
        "{}",
        '{"manifest": 2}',
        '{"manifest": 1, "versions": [], "signers": []}',
        '{"manifest": 1, "versions": [{}], "signers": []}',
    ):
        with pytest.raises(ValueError):
            Manifest.from_json(text)


# -- tampered (the kinds: tests/tampering) ------------------------------------------------------------


def flip(pdf: bytes, at: int) -> bytes:
    return pdf[:at] + bytes([pdf[at] ^ 0x01]) + pdf[at + 1 :]


def incremental(pdf: bytes, change) -> bytes:
    writer, out = IncrementalPdfFileWriter(io.BytesIO(pdf)), io.BytesIO()
    change(writer)
    writer.write(out)
    return out.getvalue()


def page(writer, number: int = 0):
    found = writer.find_page_for_modification(number)[0].get_object()
    writer.update_container(found)
    return found


def new_content(writer):
    page(writer)[NAME("/Contents")] = writer.add_object(
        generic.StreamObject(stream_data=b"0 0 1 rg 0 0 400 400 re f")
    )


def new_annotation(writer):
    note = writer.add_object(
        generic.DictionaryObject(
            {
                NAME("/Type"): NAME("/Annot"),
                NAME("/Subtype"): NAME("/FreeText"),
                NAME("/Contents"): generic.pdf_string("batal"),
                NAME("/Rect"): generic.ArrayObject(map(generic.FloatObject, (50, 600, 400, 700))),
            }
        )
    )
    page(writer)[NAME("/Annots")] = generic.ArrayObject([note])


def new_appearance(writer):
    field = writer.root["/AcroForm"]["/Fields"][0]
    field[NAME("/AP")] = generic.DictionaryObject(
        {NAME("/N"): writer.add_object(generic.StreamObject(stream_data=b"1 0 0 rg 0 0 99 99 re f"))}
    )
    writer.update_container(field)


def moved_field(writer):
    field = writer.root["/AcroForm"]["/Fields"][0]
    field[NAME("/Rect")] = generic.ArrayObject(map(generic.FloatObject, (0, 0, 300, 300)))
    writer.update_container(field)


def pages_swapped(writer):
    tree = writer.root["/Pages"]
    tree[NAME("/Kids")] = generic.ArrayObject(list(tree["/Kids"])[::-1])
    writer.update_container(tree)


def page_removed(writer):
    tree = writer.root["/Pages"]
    tree[NAME("/Kids")], tree[NAME("/Count")] = (
        generic.ArrayObject(list(tree["/Kids"])[:1]),
        generic.NumberObject(1),
    )
    writer.update_container(tree)


def hidden_layer(writer):
    writer.root[NAME("/OCProperties")] = generic.DictionaryObject({NAME("/OCGs"): generic.ArrayObject()})
    writer.update_root()


def opens_a_page(writer):
    writer.root[NAME("/OpenAction")] = generic.DictionaryObject(
        {NAME("/S"): NAME("/URI"), NAME("/URI"): generic.pdf_string("https://evil.example")}
    )
    writer.update_root()


CHANGES = [
    new_content,
    new_annotation,
    new_appearance,
    moved_field,
    pages_swapped,
    page_removed,
    hidden_layer,
    opens_a_page,
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_an_update_between_two_signatures_is_caught(change):
    """The forger changes the paper after the first signature and lets the second person sign that."""
    pdf = signed.sign(incremental(signed.case(3).versions[1], change), 1, last=True)
    report = check(pdf)
    assert report.verdict == "mismatch"
    assert any("Contoh Notulis" in reason and "tidak diizinkan" in reason for reason in report.reasons)
    assert check(pdf, case().manifest).verdict == "mismatch"


@pytest.mark.parametrize("tail", [b"\n", b"sampah", b"\n%%EOF\n", b"\x00" * 2000])
def test_a_junk_tail(tail):
    assert any(
        f"({len(tail)} bita)" in reason for reason in check(case().pdf + tail, case().manifest).reasons
    )
    with suppress(Unreadable):  # some tails hide the end that a strict reader starts from
        assert check(case().pdf + tail).verdict == "mismatch"


def test_another_authority_with_the_same_name():
    pdf = signed.sign(signed.blank(), 0, of="theirs", last=True)
    held = Manifest(
        (Version.of(signed.blank(), 0), Version.of(pdf, 1)), (Expected("tte-1", "Contoh Notulis", ""),)
    )
    for manifest in (None, held):
        report = check(pdf, manifest)
        assert (report.verdict, report.kind) == ("mismatch", UNKNOWN)
        assert any("tidak diterbitkan oleh otoritas yang dikenal" in reason for reason in report.reasons)
    assert check(pdf, roots=[signed.stranger().root_pem()]).verdict == "noted"


@pytest.mark.parametrize(
    ("days", "verdict", "sentence"),
    [(-1, "mismatch", "sebelum menandatangani"), (30, "noted", "sesudah menandatangani")],
)
def test_revoked_before_or_after(days, verdict, sentence):
    from randal.signatures.certificates import revocation_list

    serial = int(signed.key(0).serial, 16)
    at = signed.NOW + timedelta(days=days)
    crl = revocation_list(
        signed.authority().issuing,
        signed.authority().key("issuing"),
        [(serial, at)],
        at,
        at + timedelta(days=30),
    )
    report = check(case().pdf, case().manifest, crls=[crl])
    assert report.verdict == verdict and any(sentence in reason for reason in report.reasons)
    theirs = revocation_list(
        signed.stranger().issuing,
        signed.stranger().key("issuing"),
        [(serial, at)],
        at,
        at + timedelta(days=30),
    )
    assert (
        check(case().pdf, case().manifest, crls=[theirs]).verdict == "intact"
    )  # a list that another one signed says nothing


# -- unreadable ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pdf", "sentence"),
    [
        (b"", "kosong"),
        (b"PK\x03\x04", "bukan PDF"),
        (b"%PDF-1.7\n%%EOF", "rusak"),
        (b"%PDF-" + b"0" * MAX_BYTES, "lebih besar"),
    ],
    ids=["empty", "zip", "stump", "large"],
)
def test_unreadable(pdf, sentence):
    with pytest.raises(Unreadable, match=sentence):
        check(pdf)


@pytest.mark.parametrize("lock", [b"/Standard", b"/EBX_HAND"])
@pytest.mark.parametrize("password", ["kata sandi", ""])
def test_encrypted(password, lock):
    """With a password, only against printing, by a lock that we do not know: locked is not broken."""
    writer, out = PdfWriter(clone_from=io.BytesIO(signed.blank())), io.BytesIO()
    writer.encrypt(password, "pemilik", algorithm="AES-256")
    writer.write(out)
    with pytest.raises(Unreadable, match=r"terkunci.*Kirim berkas aslinya") as told:
        check(out.getvalue().replace(b"/Standard", lock))
    assert told.value.locked


def test_cut_short_against_the_archive_is_a_mismatch_not_an_error():
    assert check(case().pdf[:5000], case().manifest).verdict == "mismatch"


def test_a_stored_version_is_found_inside_a_changed_file():
    tampered = incremental(case().pdf, new_annotation)
    found = {Version.of(old, 0).sha256 for old in revisions(tampered)}
    assert {version.sha256 for version in case().manifest.versions} <= found
