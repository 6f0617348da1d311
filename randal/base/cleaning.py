"""Text as people and programs send it, made plain once, where it enters: page, API, import, the name of a file.

Out: what no reader draws and strict readers refuse (control characters, half surrogates, noncharacters), and marks that turn the
direction of all that follows. Kept: joiners inside a word, which emoji, Arabic and Javanese are written with.
"""

from __future__ import annotations

import re
import unicodedata

LINE_ENDS = re.compile(
    r"\r\n|[\n\r\v\f\x85\u2028\u2029]"
)  # a vertical tab is how Word ends a line in a paragraph
_C0_C1 = r"\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"
_TURNING = r"\u202a-\u202e\u2066-\u2069"  # telephones put them around numbers
_NO_CHARACTERS = r"\ufdd0-\ufdef" + "".join(
    f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
)
_OUT = re.compile(f"[{_C0_C1}{_TURNING}{_NO_CHARACTERS}]")
_HALF = re.compile(r"[\ud800-\udfff]")
_EDGES = "\u200b\u2060\ufeff"  # zero width, at the ends of what was copied from a page
# Letters by their category that nobody sees, and a joiner of the category "mark".
_BLANK = re.compile(r"[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0]")
HALF_LETTER = "Teks ini memuat setengah huruf (separuh pasangan UTF-16). Ketik ulang huruf yang rusak."


class HalfLetter(ValueError):
    """A surrogate without its other half: no text at all, and no database or file can hold it."""

    def __init__(self) -> None:
        super().__init__(HALF_LETTER)


def clean(text: str, *, one_line: bool = False, as_is: bool = False) -> str:
    """The text without what cannot be seen at its ends and cannot be kept anywhere; line ends are "\\n", and in a field of
    `one_line` spaces. "" when nothing of it can be seen. `as_is`: a secret, of which only the ends are cut. Raises HalfLetter."""
    if text.isascii() and text.isprintable():
        return text.strip()
    if _HALF.search(text):
        raise HalfLetter
    if as_is:
        return text.replace("\x00", "").strip()
    text = LINE_ENDS.sub(" " if one_line else "\n", text)
    text = _OUT.sub("", text.replace("\t", " ") if one_line else text)
    text = _stripped(text)
    return "" if blank(text) else text


def blank(text: str) -> bool:
    """Is there nothing in it that anybody sees?"""
    return not text or text.isspace() or not any(map(_seen, text))


def _stripped(text: str) -> str:
    while (less := text.strip().strip(_EDGES)) != text:
        text = less
    return text


def _seen(letter: str) -> bool:
    return unicodedata.category(letter) not in ("Cf", "Zs", "Zl", "Zp", "Cc") and not _BLANK.match(letter)


def digits_and_signs(text: str) -> str:
    """For an address or a number: also without what has no width inside."""
    return "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
