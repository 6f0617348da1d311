"""What people send instead of a clean XLSX: a sentence each, or read as it was meant."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from randal.spreadsheets import reader
from tests.imports.books import UNITS, book, post, repacked, saved
from tests.world import World

ROW = ["C-1", "Contoh Satker Été", "ID-BB"]
CSV = f"{';'.join(UNITS)}\n{';'.join(ROW)}\n"
pytestmark = pytest.mark.database("sqlite")


def said(world: World, data: bytes, name: str = "isian.xlsx") -> str:
    answer = post(world.api(world.secretariat), "units", data, name=name, dry_run=True)
    assert answer.status_code == 422, answer.json
    return " ".join(answer.json["errors"]["file"])


def bomb() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
        for number in range(11):
            archive.writestr(f"xl/worksheets/sheet{number}.xml", b"0" * 10 * 1024 * 1024)
    assert len(stream.getvalue()) < 200_000
    return stream.getvalue()


REFUSED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "Berkas kosong"),
    "only zeros": (b"\x00" * 300, "Berkas kosong"),
    "old xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "(.xls)"),
    "macros": (repacked(book(UNITS, ROW), **{"xl/vbaProject.bin": b"x"}), "makro"),
    "swells": (bomb(), "membengkak"),
    "another zip": (
        repacked(book(UNITS), **{}).replace(b"xl/workbook.xml", b"xl/w0rkb00k.xml"),
        "bukan XLSX",
    ),
    "cut off": (book(UNITS, ROW)[:900], "rusak"),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00", "bukan XLSX dan bukan CSV"),
    "letters of no kind": (CSV.encode() + b"\x81\xff", "CSV UTF-8"),
    "no header": (book(["a", "b"], ["c", "d"]), "Judul kolom tidak ditemukan"),
    "a column is missing": (book(["Kode satuan kerja", "Provinsi"], ["C-1", "ID-BB"]), "Nama satuan kerja"),
    "no row": (book(UNITS), "Tidak ada baris data"),
    "too many": (CSV.encode() + b"A;B;\n" * (reader.MOST_ROWS + 1), "20.000 baris"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_sentence_for_each(world: World, name: str) -> None:
    data, word = REFUSED[name]
    assert word in said(world, data)


def test_xml_that_refers_to_itself_or_elsewhere(world: World) -> None:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "aaaaaaaaaa"}">' for n in range(12))
    for dtd, use in ((entities, "&a11;"), ('<!ENTITY a SYSTEM "file:///etc/passwd">', "&a;")):
        source = book(UNITS, ROW)
        stream = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(source)) as old, zipfile.ZipFile(stream, "w") as new:
            for member in old.namelist():
                content = old.read(member)
                if member.endswith("sheet1.xml"):
                    assert b"C-1" in content and not content.startswith(b"<?xml")
                    content = f'<?xml version="1.0"?><!DOCTYPE x [{dtd}]>'.encode() + content.replace(
                        b"C-1", use.encode()
                    )
                new.writestr(member, content)
        assert "tidak dapat dibaca" in said(world, stream.getvalue())


READ: dict[str, bytes] = {
    "csv ;": CSV.encode(),
    "csv , and a BOM": b"\xef\xbb\xbf" + CSV.replace(";", ",").encode(),
    "csv tab": CSV.replace(";", "\t").encode(),
    "windows-1252": CSV.encode("cp1252"),
    "unicode text of Excel": CSV.replace(";", "\t").encode("utf-16"),
    "sep= and CRLF": ("sep=;\n" + CSV).replace("\n", "\r\n").encode(),
    "quoted": b'"Kode satuan kerja";"Nama satuan kerja";"Provinsi"\n"C-1";"Contoh ""satu"", dua";"ID-BB"\n',
    "a title above": book(["Daftar satuan kerja 2018"], [], UNITS, ROW),
    "headers as people write them": book(
        ["NAMA  SATKER", "Kode *", "kode provinsi:"], [ROW[1], ROW[0], ROW[2]]
    ),
    "more columns": book([*UNITS, "Catatan"], [*ROW, "abaikan"]),
}


@pytest.mark.parametrize("name", READ)
def test_read_as_it_was_meant(world: World, name: str) -> None:
    answer = post(world.api(world.secretariat), "units", READ[name], name="berkas.csv")
    assert answer.status_code == 200, answer.json
    assert answer.json["created"] == 1
    assert answer.json["unused_columns"] == (["Catatan"] if name == "more columns" else [])


def test_headers_merged_over_two_rows(world: World) -> None:
    made = Workbook()
    page = made.active
    page.append(["Kode satuan kerja", "Keterangan", None])
    page.append([None, "Nama satuan kerja", "Provinsi"])
    page.merge_cells("A1:A2")
    page.merge_cells("B1:C1")
    page.append(ROW)
    answer = post(world.api(world.secretariat), "units", saved(made))
    assert answer.json["created"] == 1


def test_formulas_count_as_their_value(world: World) -> None:
    """openpyxl writes a formula without a value, as a program does that never computed it."""
    bare = book(UNITS, ["C-1", '="Contoh "&"Satker"', "ID-BB"])
    answer = post(world.api(world.secretariat), "units", bare)
    assert [(e["cell"], e["message"][:25]) for e in answer.json["errors"]] == [
        ("B2", "Rumus di sel ini belum di")
    ]
    source = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(bare)) as old, zipfile.ZipFile(source, "w") as new:
        for member in old.namelist():
            content = old.read(member)
            if member.endswith("sheet1.xml"):
                head, tail = content.split(b'<c r="B2"')[0], content.split(b"</f>")[1]
                formula = content[len(head) : -len(tail)].replace(b'<c r="B2"', b'<c r="B2" t="str"')
                tail = tail.replace(b"<v></v>", b"<v>Contoh Satker</v>", 1).replace(
                    b"<v />", b"<v>Contoh Satker</v>", 1
                )
                content = head + formula + tail
            new.writestr(member, content)
    computed = load_workbook(io.BytesIO(source.getvalue()), data_only=True)["Isian"]["B2"].value
    assert computed == "Contoh Satker"
    assert post(world.api(world.secretariat), "units", source.getvalue()).json["created"] == 1


def test_a_wrong_dimension_hides_no_row(world: World) -> None:
    source = book(UNITS, ROW, ["C-2", "Contoh Dua", None])
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(source)) as old, zipfile.ZipFile(stream, "w") as new:
        for member in old.namelist():
            new.writestr(member, old.read(member).replace(b'ref="A1:C3"', b'ref="A1"'))
    assert b'ref="A1"' in zipfile.ZipFile(stream).read("xl/worksheets/sheet1.xml")
    assert post(world.api(world.secretariat), "units", stream.getvalue()).json["created"] == 2


def test_what_looks_like_a_formula_stays_text(world: World) -> None:
    """It is kept as it was typed, and the template that offers it again does not let it compute."""
    name = '=HYPERLINK("http://contoh.example","klik")'
    text = f'{";".join(UNITS)}\n=1+1;"{name.replace(chr(34), chr(34) * 2)}";ID-BB\n'
    assert post(world.api(world.secretariat), "units", text.encode()).json["created"] == 1
    got = world.api(world.secretariat).get("/imports/people/template").data
    cells: list[Any] = [
        c for row in load_workbook(io.BytesIO(got))["Daftar"].iter_rows() for c in row if c.value == "=1+1"
    ]
    assert [(c.data_type, c.quotePrefix) for c in cells] == [("s", True)]
    assert b"<f>" not in b"".join(
        zipfile.ZipFile(io.BytesIO(got)).read(n)
        for n in zipfile.ZipFile(io.BytesIO(got)).namelist()
        if "worksheets" in n
    )
