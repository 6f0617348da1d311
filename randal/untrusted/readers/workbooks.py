"""A workbook (XLSX), or CSV as a spreadsheet program saves it, row by row.

A file is judged by its bytes before anything is parsed: macros, old formats and archives that swell are refused with a
sentence each. Rows stream (worksheet.py); a formula counts as the value that the program last computed for it.
"""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.datetime import WINDOWS_EPOCH

from randal.base.cleaning import blank
from randal.untrusted.limited.errors import Unreadable
from randal.untrusted.readers.kinds import members as counted
from randal.untrusted.readers.worksheet import Worksheet
from randal.untrusted.sheet_values import FILL_IN, MOST_ROWS, Row, packed

MOST_COLUMNS = 60
MOST_UNPACKED = 100 * 1024 * 1024  # bytes; 20,000 full rows take about 20 MB
MOST_MEMBERS = 1000
OLD = b"\xd0\xcf\x11\xe0"  # .xls, and .xlsx under a password
SEPARATORS = (";", ",", "\t")
MOST_MERGED = 5000
MERGED = b"<mergeCell "
BESIDE = ("customXml/", "customUI/")
PIECE = 1 << 16
TOGETHER = 200  # rows that travel in one piece
SWELLS = "Isi berkas ini membengkak terlalu besar saat dibuka. Salin datanya ke templat yang baru diunduh."
SAVE_AGAIN = "Buka di Excel atau LibreOffice, simpan ulang sebagai .xlsx, lalu unggah lagi."


def read(data: bytes) -> Generator[Any, None, dict[str, Any]]:
    """First {total, epoch, title, others, hidden}, then lists of [row number, values]; at the end {merged, hidden_rows}, which
    are known once all rows were read. Raises Unreadable, also in the middle."""
    sheet = _opened(data)
    yield {
        "total": sheet.total,
        "epoch": sheet.epoch.isoformat(),
        "title": sheet.title,
        "others": sheet.others,
        "hidden": sheet.hidden,
    }
    some: list[Any] = []
    for number, values in sheet.rows:
        some.append([number, [packed(value) for value in values]])
        if len(some) == TOGETHER:
            yield some
            some = []
    if some:
        yield some
    of = sheet.of
    return {"merged": of.merged, "hidden_rows": of.hidden_rows} if of else {"merged": [], "hidden_rows": []}


@dataclass
class _Sheet:
    rows: Iterator[Row]
    total: int | None = None
    epoch: datetime = WINDOWS_EPOCH
    title: str = ""
    others: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    of: Worksheet | None = None


def _opened(data: bytes) -> _Sheet:
    if not data.strip(b"\x00 \r\n\t"):
        raise Unreadable("Berkas kosong. Pilih berkas yang berisi.")
    if data.startswith(OLD):
        raise Unreadable(
            "Ini berkas Excel lama (.xls) atau terkunci kata sandi. Simpan sebagai .xlsx tanpa kata sandi, lalu unggah lagi."
        )
    return _xlsx(data) if data.startswith(b"PK") else _csv(data)


# -- XLSX --------------------------------------------------------------------------------------------


def _xlsx(data: bytes) -> _Sheet:
    _judge_archive(data)
    book = _open(data)
    shown = [page for page in book.worksheets if page.sheet_state == "visible"]
    hidden = tuple(page.title for page in book.worksheets if page.sheet_state != "visible")
    if not shown:
        raise Unreadable("Berkas ini tidak mempunyai lembar yang terlihat.")
    page = next((page for page in shown if _is_fill_in(page.title)), None)
    if page is None and any(map(_is_fill_in, hidden)):
        raise Unreadable(
            f"Lembar «{FILL_IN}» tersembunyi. Tampilkan lembar itu di Excel, simpan, lalu unggah lagi."
        )
    page = page or shown[0]
    others = tuple(other.title for other in shown if other is not page)
    of = Worksheet(page, MOST_COLUMNS)
    return _Sheet(_guarded(of), page.max_row, book.epoch, page.title, others, hidden, of)


def _is_fill_in(title: str) -> bool:
    return title.strip().lower() == FILL_IN.lower()


def _judge_archive(data: bytes) -> None:
    """Refuse what is not a plain workbook. Its parts are looked through piece by piece, never held whole."""
    try:
        if counted(data) > MOST_MEMBERS:
            raise Unreadable(SWELLS)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            names = {member.filename for member in members}
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                raise Unreadable(
                    "Berkas ini memuat makro (.xlsm). Simpan sebagai .xlsx tanpa makro, lalu unggah lagi."
                )
            if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > MOST_UNPACKED:
                raise Unreadable(SWELLS)
            if "xl/workbook.xml" not in names:
                raise Unreadable(f"Berkas ini bukan XLSX. {SAVE_AGAIN}")
            types = archive.read("[Content_Types].xml")
            if b"macroEnabled" in types:
                raise Unreadable(
                    "Berkas ini jenis bermakro (.xlsm). Simpan sebagai .xlsx tanpa makro, lalu unggah lagi."
                )
            for name in names:
                if name.endswith((".xml", ".rels")) and _parsed(name, types):
                    _judge_part(archive, name)
    except (Unreadable, MemoryError):
        raise
    except Exception as error:  # whatever a bent archive makes the library say
        raise Unreadable(f"Berkas XLSX ini rusak. {SAVE_AGAIN}") from error


def _parsed(name: str, types: bytes) -> bool:
    """Is this part read? What a program keeps beside its workbook (customXml: Power Query, labels of secrecy) is not, however it
    is written, unless the file declares it as part of the workbook."""
    declared = (piece for piece in types.split(b"<") if f'"/{name}"'.encode() in piece)
    return not name.startswith(BESIDE) or any(b"spreadsheetml" in piece for piece in declared)


def _judge_part(archive: zipfile.ZipFile, name: str) -> None:
    merged, tail = 0, b""
    with archive.open(name) as part:
        while piece := part.read(PIECE):
            # No spreadsheet program writes a DTD, by which XML refers to itself or elsewhere, nor UTF-16.
            if b"<!DOCTYPE" in tail + piece or (not tail and b"\x00" in piece[:4]):
                raise Unreadable(f"Berkas XLSX ini tidak dapat dibaca. {SAVE_AGAIN}")
            merged += (tail[-len(MERGED) + 1 :] + piece).count(MERGED)
            tail = piece[-16:]
    if merged > MOST_MERGED:
        raise Unreadable(f"Sel gabungan terlalu banyak ({merged}). Pisahkan sel-selnya, lalu unggah lagi.")


def _open(data: bytes) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # extensions that openpyxl leaves out are of no use here
            return load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    except MemoryError:
        raise
    except Exception as error:
        raise Unreadable(f"Berkas XLSX ini tidak dapat dibaca. {SAVE_AGAIN}") from error


def _guarded(of: Worksheet) -> Iterator[Row]:
    try:
        for found, row in enumerate(of.rows(), start=1):
            _not_too_many(found)
            yield row
    except (Unreadable, MemoryError):
        raise
    except Exception as error:
        raise Unreadable(f"Lembar «{of.page.title}» tidak dapat dibaca sampai akhir. {SAVE_AGAIN}") from error


# -- CSV ---------------------------------------------------------------------------------------------


def _csv(data: bytes) -> _Sheet:
    text = _decoded(data)
    first, _, rest = text.partition("\n")
    said = re.fullmatch(r"sep=(.)\s*", first.strip("\r"))  # a line that Excel understands, too
    body, start = (rest, 2) if said else (text, 1)
    separator = said[1] if said else _separator(body)
    return _Sheet(_lines(body, separator, start), body.count("\n") + 1)


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]  # "Unicode text" of Excel
    elif b"\x00" in data:
        raise Unreadable("Berkas ini bukan XLSX dan bukan CSV. Unduh templat, isi, lalu unggah.")
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable("Huruf dalam CSV ini tidak dapat dibaca. Simpan sebagai «CSV UTF-8», lalu unggah lagi.")


def _separator(text: str) -> str:
    """The one that the first lines agree on: it parts most of them into the same number of cells, more than one."""
    head = "\n".join(text.splitlines()[:20])

    def agreed(separator: str) -> tuple[int, int]:
        widths = [len(row) for row in csv.reader(io.StringIO(head), delimiter=separator) if row]
        return (max(widths, default=1) > 1 and widths.count(max(widths))) or 0, max(widths, default=1)

    try:
        return max(SEPARATORS, key=agreed)
    except csv.Error:
        return SEPARATORS[0]


def _lines(text: str, separator: str, start: int) -> Iterator[Row]:
    found = 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        # Rows, not lines of the file: a spreadsheet program counts a cell of several lines as one row, and so do we.
        for number, values in enumerate(reader, start=start):
            if not all(map(blank, values)):
                found += 1
                _not_too_many(found)
                yield number, tuple(values[:MOST_COLUMNS])
    except csv.Error as error:
        raise Unreadable(
            "CSV ini tidak dapat dibaca: tanda kutip tidak berpasangan atau sel terlalu panjang."
        ) from error


def _not_too_many(found: int) -> None:
    if found > MOST_ROWS + 1:  # and the headers
        raise Unreadable(f"Paling banyak {MOST_ROWS:,} baris sekali impor. Bagi berkasnya.".replace(",", "."))
