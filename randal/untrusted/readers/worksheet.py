"""The rows of one worksheet, read as a stream: what stands in the cells, and what a person would want to be told.

openpyxl opens the workbook (strings, styles, sheets); its rows are read here, because three things are asked that it does
not tell in one pass: a formula that no program has computed, a number that is shown as a percent, and merged cells. Expat
calls back for each cell, and no tree is built: a row costs half of what it costs there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from openpyxl.styles.numbers import BUILTIN_FORMATS
from openpyxl.utils.datetime import from_excel, from_ISO8601

from randal.base.cleaning import blank
from randal.untrusted.sheet_values import UNCOMPUTED, Box, Percent, Row, Share

PIECE = 1 << 16
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_DIGITS = "0123456789"
# In a number format: text in quotes, a letter after \, and what _ and * take as width and filling. None of it counts.
_LITERAL = re.compile(r'"[^"]*"?|[\\_*].|\[[^\]]*\]')


@dataclass
class Worksheet:
    """`rows` yields what is not empty; the rest is known once all of it was read."""

    page: Any
    most_columns: int
    merged: list[Box] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)

    def rows(self) -> Iterator[Row]:
        reading = _Reading(self)
        with self.page._get_source() as source:
            while piece := source.read(PIECE):
                reading.parser.Parse(piece, False)
                yield from reading.taken()
        reading.parser.Parse(b"", True)
        yield from reading.taken()


class _Reading:
    """What expat calls. Names of elements are compared without their namespace; prefixes are a matter of taste."""

    def __init__(self, of: Worksheet):
        book = of.page.parent
        self._of, self._most, self._strings, self._epoch = (
            of,
            of.most_columns,
            of.page._shared_strings,
            book.epoch,
        )
        self._dates, self._spans = book._date_formats, book._timedelta_formats
        shapes = {n: _format(book, style.numFmtId) for n, style in enumerate(book._cell_styles)}
        self._percents = {
            n: Share if multiplies(shape) else Percent for n, shape in shapes.items() if "%" in shape
        }
        self._padded = {
            n: len(shape) for n, shape in shapes.items() if len(shape) > 1 and not shape.strip("0")
        }
        self._columns: dict[str, int] = {}
        self._ready: list[tuple[int, tuple[Any, ...]]] = []
        self._number, self._hidden, self._phonetic = 0, False, 0
        self._values: list[Any] = []
        self._text: list[str] | None = None  # what is being read of a value
        self._kind, self._style, self._place = "n", 0, ""
        self._value: str | None = None
        self._formula = False
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler, self.parser.EndElementHandler = self._start, self._end
        self.parser.CharacterDataHandler = self._said

    def taken(self) -> list[tuple[int, tuple[Any, ...]]]:
        ready, self._ready = self._ready, []
        return ready

    def _start(self, name: str, attrs: dict[str, str]) -> None:
        tag = name if ":" not in name else name.rpartition(":")[2]
        if tag == "c":
            self._kind, self._place = attrs.get("t", "n"), attrs.get("r", "")
            self._style = int(attrs.get("s") or 0)
            self._value, self._formula = None, False
        elif tag == "v" or (tag == "t" and self._kind == "inlineStr" and not self._phonetic):
            self._text = []
        elif tag == "f":
            self._formula = True
        elif tag == "row":
            self._number = int(attrs.get("r") or self._number + 1)
            self._hidden, self._values = attrs.get("hidden") in ("1", "true"), []
        elif tag == "mergeCell":
            self._merge(attrs.get("ref", ""))
        elif tag == "rPh":
            self._phonetic += 1

    def _said(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)

    def _end(self, name: str) -> None:
        tag = name if ":" not in name else name.rpartition(":")[2]
        if self._text is not None and tag in ("v", "t"):
            self._value = (self._value or "") + "".join(self._text)
            self._text = None
        elif tag == "c":
            self._put()
        elif tag == "row":
            if any(
                value is not None and not (isinstance(value, str) and blank(value)) for value in self._values
            ):
                if self._hidden:
                    self._of.hidden_rows.append(self._number)
                self._ready.append((self._number, tuple(self._values)))
        elif tag == "rPh":
            self._phonetic -= 1

    def _put(self) -> None:
        values = self._values
        at = self._at(self._place, len(values))
        if at < self._most:
            if at > len(values):
                values.extend([None] * (at - len(values)))
            values.append(self._clean())

    def _at(self, place: str, otherwise: int) -> int:
        """From 0."""
        letters = place.rstrip(_DIGITS)
        if not letters:
            return otherwise
        at = self._columns.get(letters)
        if at is None:
            at = 0
            for letter in letters:
                at = at * 26 + ord(letter) - 64
            at = self._columns[letters] = at - 1
        return at if at > otherwise else otherwise

    def _clean(self) -> Any:
        kind, text = self._kind, self._value
        if not text:
            return UNCOMPUTED if self._formula and kind != "str" else None
        if kind == "n":
            return self._read_number(text)
        if kind == "s":
            return self._strings[int(text)]
        if kind == "b":
            return text == "1"
        return from_ISO8601(text) if kind == "d" else text  # "str": computed text; "e": the name of an error

    def _read_number(self, text: str) -> Any:
        style = self._style
        value: Any = int(text) if text.lstrip("-").isdecimal() else float(text)
        if style in self._dates:
            try:
                return from_excel(value, self._epoch, timedelta=style in self._spans)
            except (OverflowError, ValueError):
                return "#VALUE!"
        if style in self._percents:
            return self._percents[style](value)
        if style in self._padded and isinstance(value, int) and value >= 0:
            return str(value).zfill(self._padded[style])  # a code of digits, as its sheet shows it
        return value

    def _merge(self, ref: str) -> None:
        ends = [end for each in ref.split(":") if (end := _PLACE.fullmatch(each))]
        if len(ends) == 2:
            (left, top), (right, bottom) = ((end[1], int(end[2])) for end in ends)
            self._of.merged.append((top, self._at(left, 0) + 1, bottom, self._at(right, 0) + 1))


def multiplies(shape: str) -> bool:
    """Does a cell of this number format show a hundred times its value? 0.00% does, 0.00"%" and 0.00\\% write a sign."""
    return "%" in _LITERAL.sub("", shape)


def _format(book: Any, number: int) -> str:
    if number < 164:
        return str(BUILTIN_FORMATS.get(number, ""))
    known = book._number_formats
    return str(known[number - 164]) if number - 164 < len(known) else ""
