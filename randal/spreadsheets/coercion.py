"""One cell of a spreadsheet, as people leave it: numbers kept as text, dates as serial numbers, spaces that no eye sees."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from marshmallow import ValidationError, validate

from randal.base.cleaning import HalfLetter, clean, digits_and_signs
from randal.l10n import numbers
from randal.untrusted.sheet_values import Percent, Share

if TYPE_CHECKING:
    from randal.spreadsheets.importing import Column

ERROR_VALUE = re.compile(r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!)")
MONTHS = "januari februari maret april mei juni juli agustus september oktober november desember".split()
YES, NO = ("ya", "y", "1", "true", "benar"), ("tidak", "t", "0", "false", "salah")
_email = validate.Email(error="Tulis alamat surel yang benar, misalnya nama@contoh.example.")


class Wrong(ValueError):
    """A cell cannot be taken as it is; the text is a sentence."""


def read(column: Column, value: Any, epoch: datetime) -> Any:
    """The clean value: str, date, bool, Decimal, or None for an empty cell. `epoch`: day 0 of dates that are numbers.
    Raises Wrong."""
    if isinstance(value, str):
        try:
            value = " ".join(clean(value, one_line=True).split())
        except HalfLetter as half:
            raise Wrong(str(half)) from None
        if value[:1] == "#" and ERROR_VALUE.fullmatch(value):
            raise Wrong(f"Sel ini berisi galat Excel ({value}). Perbaiki rumusnya atau tulis nilainya.")
    if value is None or value == "":
        return None
    return READERS[column.kind](column, value, epoch)


def written(value: Any) -> str:
    """A cell as a person sees it: a whole number without a point, a date with slashes."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if isinstance(value, Share):
        return f"{_number(value * 100)}%"
    if isinstance(value, Percent):
        return f"{_number(value)}%"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    return f"{value:%d/%m/%Y}" if type(value) is date else str(value)


def _text(column: Column, value: Any, _epoch: datetime) -> str:
    text = written(value)
    if len(text) > column.most:
        raise Wrong(f"Paling banyak {column.most} karakter.")
    return text


def _address(column: Column, value: Any, epoch: datetime) -> str:
    text = digits_and_signs(_text(column, value, epoch)).removeprefix("mailto:").lower()
    try:
        _email(text)
    except ValidationError as error:
        raise Wrong(str(error.messages[0])) from None
    return text


def _digits(column: Column, value: Any, epoch: datetime) -> str:
    if isinstance(value, int | float) and abs(value) >= 10**15:
        raise Wrong(
            "Excel membulatkan angka sepanjang ini. Ubah format kolom menjadi Teks, lalu tulis ulang."
        )
    text = re.sub(r"[\s.\-']", "", digits_and_signs(_text(column, value, epoch)))
    if not re.fullmatch(r"[0-9]+", text) or (column.length and len(text) != column.length):
        raise Wrong(f"Tulis {column.length} angka." if column.length else "Tulis dengan angka saja.")
    return text


class Restored(str):
    """A number that a sheet has bent, set right: who sends it is told."""


def _phone(column: Column, value: Any, epoch: datetime) -> str:
    """A telephone number; of one that was typed as a number the sheet has lost the 0 (or the +) in front."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        if not 10**6 <= value < 10**15 or value != int(value):
            raise Wrong("Tulis nomor telepon sebagai teks, misalnya 0812 3456 7890.")
        digits = str(int(value))
        return Restored(f"+{digits}" if digits.startswith("62") and len(digits) > 10 else f"0{digits}")
    return digits_and_signs(_text(column, value, epoch))


def _date(_column: Column, value: Any, epoch: datetime) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    said = Wrong("Tulis tanggal sebagai hh/bb/tttt, misalnya 25/06/2018.")
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return (epoch + timedelta(days=int(value))).date() if 1 <= value < 2_958_466 else _refuse(said)
        text = str(value).lower()
        if found := re.fullmatch(r"(\d{4})-(\d\d?)-(\d\d?)(?:[ t]00:00(?::00)?)?", text):
            return date(*map(int, found.groups()))
        if found := re.fullmatch(r"(\d\d?)[/.\-](\d\d?)[/.\-](\d{4})", text):
            day, month, year = map(int, found.groups())
            return date(year, month, day)
        if (found := re.fullmatch(r"(\d\d?) ([a-z]+) (\d{4})", text)) and found[2] in MONTHS:
            return date(int(found[3]), MONTHS.index(found[2]) + 1, int(found[1]))
        if text.isdecimal() and len(text) == 5:  # a serial number that became text
            return (epoch + timedelta(days=int(text))).date()
    except (ValueError, OverflowError):
        raise said from None
    raise said


def _refuse(said: Wrong) -> Any:
    raise said


def _flag(_column: Column, value: Any, _epoch: datetime) -> bool:
    text = written(value).lower()
    if text in YES:
        return True
    if text in NO:
        return False
    raise Wrong("Tulis ya atau tidak.")


def _choice(column: Column, value: Any, _epoch: datetime) -> str:
    text, options = written(value).lower(), column.options
    for code, label in options.items():
        if text in (code.lower(), label.lower()):
            return code
    raise Wrong(
        f"Pilih salah satu: {', '.join(options.values())}." if len(options) <= 12 else "Pilih dari daftar."
    )


def _money(_column: Column, value: Any, _epoch: datetime) -> Decimal:
    """Rupiah: of a number the cents that its sheet shows; a text must say it in two places."""
    if isinstance(value, bool | datetime) or (isinstance(value, float) and not math.isfinite(value)):
        raise Wrong(NO_MONEY)
    if isinstance(value, int | float):
        if abs(value) >= 10**15:
            raise Wrong("Angka ini terlalu besar untuk rupiah.")
        return Decimal(repr(value)).quantize(CENT, ROUND_HALF_UP)
    found = _said(written(value), money=True, wrong=NO_MONEY)
    if abs(found) < 10**15 and found != found.quantize(CENT):
        raise Wrong(TWO_PLACES)
    return found.quantize(CENT) if abs(found) < 10**15 else found


def _said(text: str, *, money: bool = False, wrong: str) -> Decimal:
    try:
        return numbers.read(text, money=money, fits=lambda n: money or 0 <= n <= 999)
    except numbers.Unread as unread:
        raise Wrong(str(unread) or wrong) from None


def _month(_column: Column, value: Any, _epoch: datetime) -> str:
    if isinstance(value, date):  # also a datetime: any day of the month
        return f"{value:%Y-%m}"
    text = written(value).lower()
    if found := re.fullmatch(r"(20\d\d)[-/.](\d\d?)", text):
        year, month = int(found[1]), int(found[2])
    elif found := re.fullmatch(r"(\d\d?)[-/. ](20\d\d)", text):
        year, month = int(found[2]), int(found[1])
    elif (found := re.fullmatch(r"([a-z]+)[ .-]*(20\d\d)", text)) and len(found[1]) > 2:
        month = next((n for n, name in enumerate(MONTHS, 1) if name.startswith(found[1])), 0)
        year = int(found[2])
    else:
        year = month = 0
    if not 1 <= month <= 12:
        raise Wrong("Tulis periode sebagai tttt-bb, misalnya 2018-06, atau Juni 2018.")
    return f"{year}-{month:02}"


class Sure(Decimal):
    """A percent that said so itself: a small one is no fraction of one."""


CENT = Decimal("0.01")


def _number(value: float) -> str:
    return f"{Decimal(repr(round(value, 10))).normalize():f}"


def _percent(_column: Column, value: Any, _epoch: datetime) -> Decimal:
    """A number is rounded to what its sheet shows; a text must say it in two places. A cell with a percent format holds the
    share (0.5174); that, one whose format writes the sign, and a text with its sign ("0,5%"), is Sure to be a percent."""
    if isinstance(value, bool | datetime):
        raise Wrong(NO_PERCENT)
    if isinstance(value, int | float):
        shown = value * 100 if isinstance(value, Share) else value
        if not -1000 < shown < 1000:  # also what is no number
            raise Wrong("Isi angka 0 sampai 999.")
        found = Decimal(repr(float(shown))).quantize(CENT, ROUND_HALF_UP)
    else:
        exact = _said(written(value), wrong=NO_PERCENT)
        if abs(exact) < 1000 and exact != exact.quantize(CENT):
            raise Wrong(TWO_PLACES)
        found = exact if abs(exact) >= 1000 else exact.quantize(CENT)
    if not 0 <= found <= 999:
        raise Wrong("Isi angka 0 sampai 999.")
    sure = isinstance(value, Share | Percent) or (isinstance(value, str) and value.rstrip().endswith("%"))
    return Sure(found) if sure else found


TWO_PLACES = "Paling banyak dua angka di belakang koma."
NO_MONEY = "Isi dengan rupiah, misalnya 1.500.000 atau 1500000."
NO_PERCENT = "Isi dengan angka persen, misalnya 51,74."
READERS: dict[str, Callable[[Column, Any, datetime], Any]] = {
    "text": _text, "email": _address, "digits": _digits, "phone": _phone, "date": _date, "flag": _flag, "choice": _choice,
    "money": _money, "month": _month, "percent": _percent,
}  # fmt: skip
