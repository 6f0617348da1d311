"""The visible stamp of a signature: who, as what, when, drawn in the documents' own typeface.

The sentence is neutral on purpose: it must never name a certified provider that was not used.
"""

import io
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from fontTools.ttLib import TTFont
from pyhanko.pdf_utils.content import AppearanceContent, ResourceType
from pyhanko.pdf_utils.font.opentype import GlyphAccumulator
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.stamp import BaseStampStyle

from randal.core import typefaces

SENTENCE = "Ditandatangani secara elektronik melalui aplikasi Randal"
_INK, _GREY, _ACCENT = (0.10, 0.12, 0.16), (0.33, 0.36, 0.42), (0.05, 0.34, 0.42)
_LEFT, _RIGHT, _LEADING, _SMALLEST = 7.0, 3.0, 1.28, 4.0  # points; leading is a factor of the size


@dataclass(frozen=True)
class Stamp:
    """What the stamp says. ``at_text`` is the time as people read it, with its zone: "25 Juni 2018 pukul 15.42 WIB"."""

    name: str
    post: str
    at_text: str
    note: str = ""


@dataclass(frozen=True)
class StampStyle(BaseStampStyle):
    """Hands our drawing to pyHanko, which asks a style for a stamp that fits the field's box (points)."""

    stamp: Stamp = Stamp("", "", "")

    def create_stamp(  # type: ignore[override]
        self, writer: BasePdfFileWriter, box: BoxConstraints, text_params: dict[str, str]
    ) -> "_Drawing":
        return _Drawing(writer, box, self.stamp)


@dataclass(frozen=True)
class _Line:
    text: str
    size: float
    bold: bool = False
    colour: tuple[float, float, float] = _INK


class _Drawing(AppearanceContent):
    def __init__(self, writer: BasePdfFileWriter, box: BoxConstraints, stamp: Stamp):
        super().__init__(writer=writer, box=box)
        self.stamp = stamp

    def render(self) -> bytes:
        width, height = self.box.width, self.box.height
        lines = _fit(self.stamp, width - _LEFT - _RIGHT, height - 4)
        fonts: dict[bool, GlyphAccumulator] = {}
        used = sum(line.size * _LEADING for line in lines)
        y = (height + used) / 2
        out = [b"q", b"%g %g %g rg 0 0 2 %g re f" % (*_ACCENT, height)]
        for line in lines:
            y -= line.size * _LEADING
            if line.bold not in fonts:
                fonts[line.bold] = GlyphAccumulator(
                    self._ensure_writer,
                    io.BytesIO(_font(line.bold)),
                    font_size=1,
                    writing_direction="ltr",
                    ot_script_tag="latn",
                    bcp47_lang_code="id",
                )
            shaped = fonts[line.bold].shape(line.text, with_actual_text=False)
            out.append(
                b"BT %g %g %g rg /F%d %g Tf %g %g Td %s ET"
                % (*line.colour, line.bold, line.size, _LEFT, y + line.size * 0.28, shaped.graphics_ops)
            )
        for bold, font in fonts.items():
            self.set_resource(ResourceType.FONT, pdf_name(f"/F{int(bold)}"), font.as_resource())
        return b"\n".join([*out, b"Q"])


def _fit(stamp: Stamp, width: float, height: float) -> list[_Line]:
    """The lines at the largest size that the box holds, from comfortable down to small, then cut."""
    for scale in (1.0, 0.92, 0.85, 0.78, 0.7, 0.62, 0.55, 0.5):
        lines = _lines(stamp, width, scale)
        if sum(line.size * _LEADING for line in lines) <= height and all(
            _width(line) <= width for line in lines
        ):
            return lines
    lines = [_shorten(line, width) for line in lines]
    while len(lines) > 1 and sum(line.size * _LEADING for line in lines) > height:
        lines.pop(-2 if len(lines) > 2 else 0)
    return lines


def _lines(stamp: Stamp, width: float, scale: float) -> list[_Line]:
    blocks = [
        _Line(SENTENCE, 5.8 * scale, colour=_GREY),
        _Line(stamp.name, 9.5 * scale, bold=True),
        _Line(stamp.post, 7 * scale),
        _Line(stamp.at_text, 7 * scale),
        _Line(stamp.note, 6.2 * scale, bold=True, colour=_ACCENT),
    ]
    lines = []
    for block in blocks:
        text = _drawable(block.text)
        for part in _wrap(text, block, width) if text else ():
            lines.append(_Line(part, max(block.size, _SMALLEST), block.bold, block.colour))
    return lines


def _wrap(text: str, block: _Line, width: float) -> list[str]:
    rows: list[str] = []
    for word in text.split():
        longer = f"{rows[-1]} {word}" if rows else word
        if rows and _width(_Line(longer, block.size, block.bold)) <= width:
            rows[-1] = longer
        else:
            rows.append(word)
    return rows


def _shorten(line: _Line, width: float) -> _Line:
    text = line.text
    while text and _width(_Line(text + "…", line.size, line.bold)) > width:
        text = text[:-1]
    return line if text == line.text else _Line(text.rstrip() + "…", line.size, line.bold, line.colour)


def _width(line: _Line) -> float:
    advances = _advances(line.bold)
    return sum(advances.get(character, 0.6) for character in line.text) * line.size


def _drawable(text: str) -> str:
    """The text with what the face lacks replaced: accents fall off, the rest becomes "?" (the certificate has it whole)."""
    known = _advances(False)
    out = []
    for character in unicodedata.normalize("NFC", text):
        plain = unicodedata.normalize("NFKD", character)[0]
        out.append(
            character
            if character in known
            else plain
            if plain in known
            else " "
            if character.isspace()
            else "?"
        )
    return " ".join("".join(out).split())


def _face(bold: bool) -> typefaces.Face:
    return next(
        face for face in typefaces.LATIN if face.style == "normal" and face.weight == (700 if bold else 400)
    )


@lru_cache
def _font(bold: bool) -> bytes:
    """The face as bare TrueType without layout tables: the stamp needs none, and subsetting is faster without."""
    font = TTFont(_face(bold).path)
    font.flavor = None
    for table in ("GSUB", "GPOS", "GDEF", "kern", "STAT", "DSIG"):
        if table in font:
            del font[table]
    stream = io.BytesIO()
    font.save(stream)
    return stream.getvalue()


@lru_cache
def _advances(bold: bool) -> dict[str, float]:
    """Width of each character in em."""
    font = TTFont(io.BytesIO(_font(bold)))
    em, metrics = font["head"].unitsPerEm, font["hmtx"]
    return {chr(code): metrics[glyph][0] / em for code, glyph in font.getBestCmap().items()}
