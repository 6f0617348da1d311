"""Numbers as people write them, read by Babel in the meaning of their field.

"1.500" is fifteen hundred to an office in Indonesia and one and a half to a program. On pages and in sheets both ways of writing
are tried, the Indonesian and the English one: money takes points as thousands, a number that fits its field in one reading only
is read so, and what still has two readings is refused with both. In the JSON of the API a point is a decimal point, always.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextvars import ContextVar
from decimal import Decimal

from babel.numbers import NumberFormatError, parse_decimal

from randal.l10n.formats import MINUS, number

_BY_PROGRAM: ContextVar[bool] = ContextVar("numbers are written by a program", default=False)
_PLAIN = re.compile(r"[+-]?\d{1,30}(?:\.\d{1,30})?")
_COMMA = re.compile(r"[+-]?\d{1,30},\d{1,2}")  # has one reading in any language
_MARKED = re.compile(r"[\d.,]*\d[\d.,]*")
_SPACED = re.compile(r"(?<=\d)[ \u00a0\u2009\u202f](?=\d{3}(?!\d))")  # 1 500 000
_RUPIAH = re.compile(r"(?:rp|idr)\.?\s*", re.IGNORECASE)
_ROUND_SUM = re.compile(r",[-–—]+$")  # Rp1.500.000,-
_SIGNS = str.maketrans({MINUS: "-", "\u2013": "-"})
PLAIN_ONLY = 'Tulis angka dengan titik desimal dan tanpa pemisah ribuan, misalnya "51.74".'


class Unread(ValueError):
    """Not a number, or two numbers; the text is a sentence, empty where the field has its own."""


def by_program(yes: bool) -> None:
    """Every request says who wrote the numbers that it brings: a program (JSON), or people."""
    _BY_PROGRAM.set(yes)


def read(text: str, *, money: bool = False, fits: Callable[[Decimal], bool] = lambda _: True) -> Decimal:
    """The number that this text means. `money`: rupiah, whose points part thousands. `fits`: can the field hold it? Raises
    Unread."""
    if _BY_PROGRAM.get():
        if not (_PLAIN.fullmatch(text.strip()) or _COMMA.fullmatch(text.strip())):
            raise Unread(PLAIN_ONLY if _MARKED.search(text) else "")
        return Decimal(text.strip().replace(",", "."))
    sign, bare = _bare(text, money)
    if len(bare) > 40 or not bare.isascii() or not _MARKED.fullmatch(bare):
        raise Unread
    ours, theirs = _as_in("id", bare), _as_in("en", bare)
    if ours is not None and theirs is not None and ours != theirs:
        if money and "," not in bare:
            theirs = None
        elif (first := fits(sign * ours)) != fits(sign * theirs):
            ours, theirs = (ours, None) if first else (None, theirs)
        else:
            large, small = (
                number(one, 3 if one < 1000 else 0) for one in sorted((ours, theirs), reverse=True)
            )
            either = f"{large.replace('.', '')} atau {small.rstrip('0').rstrip(',')}"
            raise Unread(f"«{text.strip()}» dapat dibaca {large} atau {small}. Tulis {either}.")
    found = theirs if ours is None else ours
    if found is None:
        raise Unread
    return sign * found


def whole(text: str) -> int:
    """Raises Unread for all but a whole number, also for one with decimals."""
    text = text.strip()
    if re.fullmatch(r"[+-]?[0-9]{1,18}", text):
        return int(text)
    if not _BY_PROGRAM.get():
        bare = _SPACED.sub("", text)
        if re.fullmatch(r"[+-]?(?:[0-9]{1,18}|[1-9][0-9]{0,2}(?:\.[0-9]{3}){1,5})", bare):
            return int(bare.replace(".", ""))
    raise Unread


def shown(value: Decimal, *, money: bool = False) -> str:
    """As it stands in a box of a page, which reads it back: 1.500.000.000,00 of rupiah, 51,74 else."""
    return number(value, 2).replace(MINUS, "-") if money else str(value).replace(".", ",")


def _bare(text: str, money: bool) -> tuple[int, str]:
    """Sign and digits, without what stands around them."""
    text = text.strip().translate(_SIGNS)
    text = _ROUND_SUM.sub("", _RUPIAH.sub("", text, count=1)) if money else text.removesuffix("%").rstrip()
    sign = -1 if text.startswith("-") else 1
    return sign, _SPACED.sub("", text[1:].lstrip() if text[:1] in "+-" else text)


def _as_in(language: str, text: str) -> Decimal | None:
    try:
        return parse_decimal(text, locale=language, strict=True)
    except NumberFormatError:
        return None
