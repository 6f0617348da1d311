"""XLSX for people who go on working with the numbers: typed cells, one frozen header row with filters.

A cell never becomes a formula, whatever a person typed: text is written as text, and text that a spreadsheet program
could take for a formula when the cell is edited or saved as CSV also carries the "quote prefix" (security.md 15).
Rows stream to a temporary file, so ten thousand rows take no more memory than ten. The same rows give the same bytes.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any, Literal, NamedTuple

import xlsxwriter

from randal.base.personal import mask
from randal.l10n import formats

Kind = Literal["text", "date", "instant", "integer", "number", "percent", "points", "money"]

#: What a spreadsheet may show a person who reads Indonesian; the program draws the separators of its own language.
FORMATS: dict[Kind, str] = {
    "text": "@",
    "date": "dd/mm/yyyy",
    "instant": "dd/mm/yyyy hh:mm",
    "integer": "#,##0",
    "number": "#,##0.0#",
    "percent": "#,##0.00",  # no sign in the format, which some programs take for a hundredfold: it stands in the header
    "points": "+#,##0.00;-#,##0.00;0.00",
    "money": '"Rp"#,##0.00',
}
CELL_LIMIT = 32_767
LINES = (("dash", "square", "#5d6d75"), ("solid", "circle", "#0b3d43"))
_FORMULA = re.compile(r"\s*[=+\-@|%]|[\t\r\n]")


class Column(NamedTuple):
    """One column: its header, what its cells hold, and how wide it is (in characters)."""

    header: str
    kind: Kind = "text"
    width: int = 16

    @property
    def title(self) -> str:
        return f"{self.header} (%)" if self.kind == "percent" else self.header


def workbook(
    columns: Sequence[Column],
    rows: Iterable[Sequence[Any]],
    *,
    sheet: str,
    created_at: str,
    timezone: str = "Asia/Jakarta",
    notes: Sequence[str] = (),
    more: Sequence[tuple[str, Sequence[Column], Iterable[Sequence[Any]]]] = (),
    curves: Sequence[tuple[str, Sequence[Column], Sequence[Sequence[Any]]]] = (),
    comes_back: bool = False,
) -> bytes:
    """One sheet of rows, one for each of ``more`` (name, columns, rows), one for each of ``curves`` (the same; its columns
    after the first are lines over it, drawn beside the numbers), and a sheet "Keterangan" when there are notes.

    A cell takes ``None`` or "" (empty) or what its column holds: str; a date or ``YYYY-MM-DD``; an instant (shown in
    ``timezone``); int; Decimal or its string (percent counts in percent, points
    in percentage points, money in rupiah). ``created_at`` is an instant,
    the only clock in the file. Numbers and addresses of people in texts are masked, unless the sheet ``comes_back``: the
    import would write the mask over what stands there. Raises ValueError for a cell that is not what its column says.
    """
    stream = BytesIO()
    book = xlsxwriter.Workbook(
        stream,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    book.set_properties({"created": formats.as_instant(created_at).replace(tzinfo=None), "author": "Randal"})
    styles = _Styles(book, str if comes_back else mask)
    for name, heads, lines in [(sheet, columns, rows), *more]:
        _fill(book.add_worksheet(_sheet_name(name)), heads, lines, timezone, styles)
    for name, heads, lines in curves:
        page = book.add_worksheet(_sheet_name(name))
        _fill(page, heads, lines, timezone, styles)
        if lines:
            page.insert_chart(1, len(heads) + 1, _lines(book, page.get_name(), name, heads, len(lines)))
    if notes:
        about = book.add_worksheet("Keterangan")
        about.set_column(0, 0, 100, styles.plain["text"])
        for number, note in enumerate(notes):
            _text(about, number, 0, note, styles)
    book.close()
    return stream.getvalue()


def _lines(book: xlsxwriter.Workbook, sheet: str, title: str, columns: Sequence[Column], last: int) -> Any:
    """A line per column, told apart by dashes and markers as on the page."""
    chart = book.add_chart({"type": "line"})
    for number in range(1, len(columns)):
        dash, marker, colour = LINES[(number - 1) % len(LINES)]
        look = {"fill": {"color": colour}, "border": {"color": colour}}
        chart.add_series(
            {
                "name": columns[number].header,
                "categories": [sheet, 1, 0, last, 0],
                "values": [sheet, 1, number, last, number],
                "line": {"color": colour, "dash_type": dash, "width": 2},
                "marker": {"type": marker, "size": 7, **look},
            }
        )
    chart.set_title({"name": title})
    chart.set_y_axis({"min": 0, "num_format": '0"%"'})
    chart.set_size({"width": 620, "height": 340})
    return chart


class _Styles:
    def __init__(self, book: xlsxwriter.Workbook, shown: Callable[[str], str]) -> None:
        self.shown = shown
        top: dict[str, Any] = {"valign": "top", "border": 1, "border_color": "#BBBBBB"}
        self.header = book.add_format({**top, "bold": True, "text_wrap": True, "bg_color": "#E9EDF2"})
        self.plain = {
            kind: book.add_format({**top, "num_format": shape, "text_wrap": kind == "text"})
            for kind, shape in FORMATS.items()
        }
        self.quoted = book.add_format({**top, "num_format": "@", "text_wrap": True})
        self.quoted.set_quote_prefix()


def _fill(
    page: Any, columns: Sequence[Column], rows: Iterable[Sequence[Any]], timezone: str, styles: _Styles
) -> None:
    for number, column in enumerate(columns):
        page.set_column(number, number, column.width, styles.plain[column.kind])
        page.write_string(0, number, column.title, styles.header)
    page.freeze_panes(1, 0)
    last = 0
    for last, row in enumerate(rows, start=1):
        for number, (column, value) in enumerate(zip(columns, row, strict=True)):
            _write(page, last, number, column.kind, value, timezone, styles)
    page.autofilter(0, 0, last, len(columns) - 1)
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)


def _write(page: Any, row: int, column: int, kind: Kind, value: Any, timezone: str, styles: _Styles) -> None:
    style = styles.plain[kind]
    if value is None or value == "":
        page.write_blank(row, column, None, style)
    elif kind == "text":
        _text(page, row, column, str(value), styles)
    elif kind == "date":
        page.write_datetime(row, column, formats.as_date(value), style)
    elif kind == "instant":
        page.write_datetime(row, column, formats.local(value, timezone).replace(tzinfo=None), style)
    else:
        number = Decimal(str(value)) if not isinstance(value, date) else None
        if number is None or not number.is_finite():
            raise ValueError(f"not a number: {value!r}")
        page.write_number(row, column, float(number), style)


def _text(page: Any, row: int, column: int, value: str, styles: _Styles) -> None:
    value = "\n".join(styles.shown(value).splitlines())  # a lone carriage return would show as _x000D_
    shown = value if len(value) <= CELL_LIMIT else value[: CELL_LIMIT - 1] + "…"
    page.write_string(row, column, shown, styles.quoted if _FORMULA.match(value) else styles.plain["text"])


def _sheet_name(name: str) -> str:
    return re.sub(r"[\[\]:*?/\\']", " ", name)[:31].strip() or "Data"
