"""The visible stamp of a signature: who, as what, when, drawn in the documents' own typeface."""

import io
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from fontTools.ttLib import TTFont
from fontTools.ttLib.scaleUpem import scale_upem
from pyhanko.pdf_utils.content import AppearanceContent, ResourceType
from pyhanko.pdf_utils.font.opentype import GlyphAccumulator
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.stamp import BaseStampStyle

from randal.documents import typefaces
from randal.documents.typefaces import Face
from randal.signatures.port import SENTENCE, Stamp

_INK, _GREY, _ACCENT = (0.10, 0.12, 0.16), (0.33, 0.36, 0.42), (0.05, 0.34, 0.42)
_LEFT, _RIGHT, _LEADING, _SMALLEST = 7.0, 3.0, 1.28, 4.0  # points; leading is a factor of the size
_WRITTEN = {"Noto Sans Arabic": ("rtl", "arab"), "Noto Sans Javanese": ("ltr", "java")}  # letters that join
_EM = 1000  # units of what pyHanko writes between glyphs; Arimo has 2048, and its letters stood apart
_UNDRAWN = "nama lengkap ada di sertifikat tanda tangan ini"


NOBODY = Stamp("", "", "")


@dataclass(frozen=True)
class StampStyle(BaseStampStyle):
    """Hands our drawing to pyHanko, which asks a style for a stamp that fits the field's box (points)."""

    stamp: Stamp = NOBODY

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
        fonts: dict[Face, GlyphAccumulator] = {}
        used = sum(line.size * _LEADING for line in lines)
        y = (height + used) / 2
        out = [b"q", b"%g %g %g rg 0 0 2 %g re f" % (*_ACCENT, height)]
        for line in lines:
            y -= line.size * _LEADING
            out.append(
                b"BT %g %g %g rg %g 0 0 %g %g %g Tm"
                % (*line.colour, line.size, line.size, _LEFT, y + line.size * 0.28)
            )
            for face, text in _runs(line.text, line.bold):
                font = fonts.get(face) or fonts.setdefault(face, self._font(face))
                # Joined glyphs are no letters any more: what is copied or read aloud stands beside them.
                shaped = font.shape(text, with_actual_text=face.family in _WRITTEN)
                out.append(b"/F%d 1 Tf %s" % (list(fonts).index(face), shaped.graphics_ops))
            out.append(b"ET")
        for number, font in enumerate(fonts.values()):
            self.set_resource(ResourceType.FONT, pdf_name(f"/F{number}"), font.as_resource())
        return b"\n".join([*out, b"Q"])

    def _font(self, face: Face) -> GlyphAccumulator:
        direction, script = _WRITTEN.get(face.family, ("ltr", "latn"))
        return GlyphAccumulator(
            self._ensure_writer,
            io.BytesIO(_bare(face)),
            font_size=1,
            writing_direction=direction,
            ot_script_tag=script,
            bcp47_lang_code="id" if script == "latn" else None,
        )


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
        _Line(_drawable(stamp.name) or _UNDRAWN, 9.5 * scale, bold=True),
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
    faces = _faces(line.bold)
    return sum(_advance(character, faces) for character in line.text) * line.size


def _advance(character: str, faces: tuple[Face, ...]) -> float:
    face = _face_of(character, faces)
    return typefaces.advances(face)[character] if face else 0.0


def _drawable(text: str) -> str:
    """The text as the page prints it. A letter that no face has loses its accents; one that even so none has is left out
    (the certificate has the name whole)."""
    faces = _faces(False)
    out = []
    for character in typefaces.plain(text):
        if character.isspace() or _face_of(character, faces):
            out.append(" " if character.isspace() else character)
        else:
            parts = unicodedata.normalize("NFKD", character)
            out += [part for part in parts if parts != character and _face_of(part, faces)]
    return " ".join("".join(out).split())


def _runs(text: str, bold: bool) -> list[tuple[Face, str]]:
    """The text cut where its face changes, in the order of reading from the left: words of Arabic that follow each other
    stay one run, which is drawn from the right."""
    faces, runs = _faces(bold), list[tuple[Face, str]]()
    for character in text:
        face = _face_of(character, faces)
        last = runs[-1][0] if runs else None
        if face and last and last.family in _WRITTEN and character in typefaces.covered(last):
            face = last  # blanks and marks between the letters of one script
        if face is None:
            continue
        if runs and last == face:
            runs[-1] = face, runs[-1][1] + character
        else:
            runs.append((face, character))
    return [part for run in runs for part in _parted(run, faces)]


def _parted(run: tuple[Face, str], faces: tuple[Face, ...]) -> list[tuple[Face, str]]:
    """A blank at the end of a run from the right stands after it, not before."""
    face, text = run
    if face.family not in _WRITTEN or not text.endswith(" "):
        return [run]
    return [(face, text.rstrip()), (faces[0], " ")]


@lru_cache
def _faces(bold: bool) -> tuple[Face, ...]:
    """The faces of the papers in their order, one of each family: in this weight where there is one."""
    weight = 700 if bold else 400
    return tuple(
        next((face for face in faces if face.weight == weight and face.style == "normal"), faces[0])
        for faces in typefaces.FAMILIES.values()
    )


def _face_of(character: str, faces: tuple[Face, ...]) -> Face | None:
    if unicodedata.category(character) in ("Cc", "Cf") or character == typefaces.AS_PICTURE:
        return None  # draws nothing
    return next((face for face in faces if character in typefaces.covered(face)), None)


@lru_cache(maxsize=32)
def _bare(face: Face) -> bytes:
    """The face as TrueType, without layout tables where letters stand beside each other: the stamp needs none there, and
    subsetting is faster without."""
    font = TTFont(face.path, recalcTimestamp=False)
    font.flavor = None
    joined = face.family in _WRITTEN
    for table in ("kern", "STAT", "DSIG") if joined else ("GSUB", "GPOS", "GDEF", "kern", "STAT", "DSIG"):
        if table in font:
            del font[table]
    if font["head"].unitsPerEm != _EM:
        scale_upem(font, _EM)
    stream = io.BytesIO()
    font.save(stream)
    return stream.getvalue()
