"""The workbook to fill in: the sheet "Isian" with its lists, an example, and what every column means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter
from sqlalchemy import select

from randal.database.base import db
from randal.org.places import Province, Unit
from randal.spreadsheets.importing import Column, Desk, Kind
from randal.spreadsheets.reader import FILL_IN, MOST_ROWS

ROWS = 5000  # so many rows have lists to choose from and the right format
HOW = (
    "Isi lembar «Isian», satu baris satu data. Lembar lain tidak dibaca.",
    "Judul kolom jangan diubah; kolom yang tidak diperlukan boleh dihapus. Kolom bertanda * wajib.",
    "Sel kosong tidak mengubah data yang sudah ada.",
    "Tanggal ditulis hh/bb/tttt. Angka panjang (NIP, kode) ditulis sebagai teks.",
    "Setelah diunggah, sistem menunjukkan dahulu apa yang baru dan apa yang berubah; baru kemudian disimpan.",
    f"Paling banyak {MOST_ROWS} baris sekali impor; XLSX tanpa makro, atau CSV.",
)


def template(kind: Kind, desk: Desk, asked: Mapping[str, str] | None = None) -> bytes:
    """XLSX; `read` of spreadsheets/reader.py finds its way in it. `asked`: what it is filled with, where the kind fills it."""
    stream = BytesIO()
    book = xlsxwriter.Workbook(
        stream, {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    book.set_properties(
        {"created": desk.now.replace(tzinfo=None), "author": "Randal", "title": f"Templat {kind.title}"}
    )
    styles = _Styles(book)
    lists = {column.key: list(column.options.values()) or _known(column) for column in kind.columns}
    page = book.add_worksheet(FILL_IN)
    _fill_in(page, kind, lists, styles)
    if kind.rows:
        _rows(page, kind, kind.rows(desk, asked or {}), styles)
    _example(book.add_worksheet("Contoh"), kind, styles)
    _about(book.add_worksheet("Petunjuk"), kind, styles)
    _lists(book.add_worksheet("Daftar"), kind, lists, styles)
    book.close()
    return stream.getvalue()


class _Styles:
    def __init__(self, book: Any) -> None:
        border = {"border": 1, "border_color": "#BBBBBB", "valign": "vcenter"}
        self.head = book.add_format({**border, "bold": True, "text_wrap": True, "bg_color": "#E9EDF2"})
        self.must = book.add_format({**border, "bold": True, "text_wrap": True, "bg_color": "#D8E7E6"})
        self.text = book.add_format({"num_format": "@"})
        self.date = book.add_format({"num_format": "dd/mm/yyyy"})
        self.number = book.add_format({"num_format": "0.00"})
        self.money = book.add_format({"num_format": "#,##0.00"})
        self.info = book.add_format({"font_color": "#4A5B63", "bg_color": "#F1F1EE"})
        self.info_head = book.add_format({**border, "italic": True, "text_wrap": True, "bg_color": "#F1F1EE"})
        self.wrap = book.add_format({"text_wrap": True, "valign": "top"})
        self.title = book.add_format({"bold": True, "font_size": 14, "font_color": "#0B3D43"})
        # A name out of the database that begins with "=" stays a name, also when the sheet is saved as CSV.
        self.quoted = book.add_format({"num_format": "@"})
        self.quoted.set_quote_prefix()

    def of(self, column: Column) -> Any:
        kinds = {"date": self.date, "percent": self.number, "money": self.money, "info": self.info}
        return kinds.get(column.kind, self.text)


def _known(column: Column) -> list[str]:
    """What there is to choose from in the database; typed values are still allowed."""
    if column.key == "unit":
        return [
            u.code or u.name for u in db.session.scalars(select(Unit).order_by(Unit.code, Unit.name)).unique()
        ]
    if column.key == "province":
        return list(db.session.scalars(select(Province.iso).order_by(Province.iso)))
    return []


def _head(page: Any, kind: Kind, styles: _Styles) -> None:
    page.set_row(0, 32)
    for number, column in enumerate(kind.columns):
        page.set_column(number, number, column.width, styles.of(column))
        said = f"{column.header} *" if column.required else column.header
        head = styles.info_head if column.kind == "info" else styles.must if column.required else styles.head
        page.write_string(0, number, said, head)
    page.freeze_panes(1, 0)


def _fill_in(page: Any, kind: Kind, lists: dict[str, list[str]], styles: _Styles) -> None:
    _head(page, kind, styles)
    place = 0
    for number, column in enumerate(kind.columns):
        rule: dict[str, Any] = {"validate": "any"}
        if items := lists[column.key]:
            letter = xlsxwriter.utility.xl_col_to_name(place)
            rule = {"validate": "list", "source": f"=Daftar!${letter}$2:${letter}${len(items) + 1}"}
            rule |= {"error_type": "stop" if column.options else "information"}
            rule |= {"error_title": "Tidak ada di daftar", "error_message": "Pilih dari daftar."}
            place += 1
        help = " ".join(filter(None, ["Wajib." if column.required else "", column.help]))
        if help:
            rule |= {"input_title": column.header[:32], "input_message": help[:255]}
        if column.kind == "percent":
            rule |= {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 999}
            rule |= {"error_title": "Bukan persen", "error_message": "Isi 0 sampai 999, misalnya 51,74."}
        if len(rule) > 1:
            page.data_validation(1, number, ROWS, number, rule)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)


def _rows(page: Any, kind: Kind, rows: Iterable[Mapping[str, Any]], styles: _Styles) -> None:
    for number, row in enumerate(rows, start=1):
        for place, column in enumerate(kind.columns):
            value = row.get(column.key)
            if value is None or value == "":
                continue
            if isinstance(value, int | float | Decimal):
                page.write_number(number, place, float(value), styles.of(column))
            else:
                quoted = str(value)[:1] in "=+-@|%\t\r\n"
                page.write_string(number, place, str(value), styles.quoted if quoted else styles.of(column))


def _example(page: Any, kind: Kind, styles: _Styles) -> None:
    _head(page, kind, styles)
    for number, column in enumerate(kind.columns):
        for row, value in enumerate(column.examples, start=1):
            page.write_string(row, number, value, styles.text)
    last = max((len(column.examples) for column in kind.columns), default=0)
    page.write_string(last + 2, 0, "Lembar ini contoh dan tidak dibaca.", styles.text)


def _about(page: Any, kind: Kind, styles: _Styles) -> None:
    page.hide_gridlines(2)
    page.set_column(0, 0, 32)
    page.set_column(1, 1, 90)
    page.write_string(0, 0, f"Impor {kind.title}", styles.title)
    row = 2
    for sentence in (kind.about, *HOW, *kind.notes):
        page.merge_range(row, 0, row, 1, sentence, styles.wrap)
        row += 1
    row += 1
    for column in kind.columns:
        said = ("Wajib. " if column.required else "") + column.help
        if column.kind == "info":
            said = f"Tidak dibaca. {column.help}"
        if column.options:
            said += f" Pilihan: {', '.join(column.options.values())}."
        page.write_string(row, 0, column.header, styles.head)
        page.write_string(row, 1, said.strip() or "Boleh kosong.", styles.wrap)
        row += 1


def _lists(page: Any, kind: Kind, lists: dict[str, list[str]], styles: _Styles) -> None:
    place = 0
    for column in kind.columns:
        if items := lists[column.key]:
            page.set_column(place, place, 32, styles.text)
            page.write_string(0, place, column.header, styles.head)
            for row, item in enumerate(items, start=1):
                page.write_string(
                    row, place, item, styles.quoted if item[:1] in "=+-@|%\t\r\n" else styles.text
                )
            place += 1
