"""Workbooks, archives and lists: what swells, what refers to itself, what says more than it holds."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from functools import partial

import xlsxwriter

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
HEADS = ["Kode satuan kerja", "Nama satuan kerja", "Provinsi"]
SHEET, STRINGS, STYLES = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"


def plain() -> bytes:
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept, {"in_memory": True}) as made:
        page = made.add_worksheet("Isian")
        page.write_row(0, 0, HEADS)
        page.write_row(1, 0, ["C-1", "Contoh", "ID-BB"])
    return kept.getvalue()


def with_parts(**parts: bytes) -> bytes:
    """A workbook in which these parts (named by their ends) are what is given."""
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(plain())) as old, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            given = next((data for end, data in parts.items() if name.endswith(f"{end}.xml")), None)
            new.writestr(name, old.read(name) if given is None else given)
    return kept.getvalue()


def sheet(body: bytes) -> bytes:
    return with_parts(sheet1=b'<worksheet xmlns="%s">%s</worksheet>' % (MAIN.encode(), body))


def rows(xml: bytes) -> bytes:
    return sheet(b"<sheetData>%s</sheetData>" % xml)


def archive(members: int, size: int, name: str = "xl/worksheets/sheet%d.xml") -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as new:
        new.writestr("xl/workbook.xml", "<x/>")
        new.writestr("[Content_Types].xml", "<x/>")
        for number in range(members):
            new.writestr(name % number, b"0" * size)
    return kept.getvalue()


def says_less() -> bytes:
    """A member of 120 MB whose table says that it is small."""
    data = bytearray(archive(1, 120_000_000))
    wrong = (120_000_000).to_bytes(4, "little")
    at = data.find(wrong)
    while at >= 0:
        data[at : at + 4] = (1000).to_bytes(4, "little")
        at = data.find(wrong, at)
    return bytes(data)


def laughs() -> bytes:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "aaaaaaaaaa"}">' for n in range(12))
    return with_parts(workbook=f'<!DOCTYPE x [{entities}]><workbook xmlns="{MAIN}">&a11;</workbook>'.encode())


BOOKS: dict[str, Callable[[], bytes]] = {
    "XLSX: swells to 200 MB": partial(archive, 40, 5_000_000),
    "XLSX: 60,000 parts": partial(archive, 60_000, 1),
    "XLSX: a part of 120 MB that says it is small": says_less,
    "XLSX: entities of entities": laughs,
    "XLSX: three million shared texts": lambda: with_parts(sharedStrings=b'<sst xmlns="%s">%s</sst>' % (MAIN.encode(), b"<si><t>x</t></si>" * 3_000_000)),
    "XLSX: 400,000 styles": lambda: with_parts(styles=b'<styleSheet xmlns="%s"><cellXfs>%s</cellXfs></styleSheet>' % (MAIN.encode(), b'<xf numFmtId="0"/>' * 400_000)),
    "XLSX: elements a million deep": lambda: rows(b"<x>" * 1_000_000 + b"</x>" * 1_000_000),
    "XLSX: one cell of 90 MB": lambda: rows(b'<row r="1"><c r="A1" t="str"><v>' + b"x" * 90_000_000 + b"</v></c></row>"),
    "XLSX: a number of a million digits": lambda: rows(b'<row r="1"><c r="A1"><v>' + b"1" * 1_000_000 + b"</v></c></row>"),
    "XLSX: two million rows of nothing": lambda: rows(b'<row r="1"/>' * 2_000_000),
    "XLSX: 19,000 rows of 60 long cells": lambda: rows(b"".join(b'<row r="%d">%s</row>' % (n, b'<c t="str"><v>xxxxxxxxxxxxxxxxxxxx</v></c>' * 60) for n in range(1, 19_000))),
    "XLSX: a row at the end of the world": lambda: rows(b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    "XLSX: it says it has seventeen billion cells": lambda: sheet(b'<dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData>'),
    "XLSX: a million merged cells": lambda: sheet(b"<sheetData/><mergeCells>" + b'<mergeCell ref="A1:B2"/>' * 1_000_000 + b"</mergeCells>"),
    "XLSX: a million defined names": lambda: with_parts(workbook=b'<workbook xmlns="%s"><sheets><sheet name="Isian" sheetId="1" r:id="rId1" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"/></sheets><definedNames>%s</definedNames></workbook>' % (MAIN.encode(), b'<definedName name="a">B1</definedName>' * 1_000_000)),
    "DOCX by the name of XLSX": partial(archive, 3, 9, "word/document%d.xml"),
    "a zip of nothing but its end": lambda: b"PK\x05\x06" + b"\xff" * 18,
    "CSV: ten million columns": lambda: b";" * 10_000_000,
    "CSV: one line of 20 MB": lambda: b"Kode satuan kerja;" + b"x" * 20_000_000,
    "CSV: a quotation that never ends": lambda: b'Kode satuan kerja;"' + b"x\n" * 9_000_000,
    "CSV: ten million empty lines": lambda: b"\n" * 10_000_000,
}  # fmt: skip
