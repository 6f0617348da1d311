"""The typefaces of the documents: Noto Sans from the npm lock, never one of the machine.

A machine's own fonts would make two machines print two different papers, and most of them fail PDF/A. So every
character is looked up in our faces: the small Latin face always loads, the wider ones only when a text needs them,
and a character that none of them has is shown as an empty square (□).
"""

import json
import unicodedata
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from fontTools.ttLib import TTFont

PACKAGES = Path(__file__).parents[2] / "node_modules" / "@fontsource"


class Face(NamedTuple):
    """One font file; ``family`` is the name that paper.css uses."""

    family: str
    package: str
    subset: str
    weight: int
    style: str

    @property
    def file(self) -> str:
        """The file's name, which is also its address in the style sheet: ``font:<file>``."""
        return f"{self.package}-{self.subset}-{self.weight}-{self.style}.woff"

    @property
    def path(self) -> Path:
        return PACKAGES / self.package / "files" / self.file

    @property
    def rule(self) -> str:
        return (
            f'@font-face {{ font-family: "{self.family}"; font-weight: {self.weight}; font-style: {self.style}; '
            f'src: url("font:{self.file}") format("truetype") }}'
        )


def _family(name: str, subset: str, package: str = "noto-sans") -> tuple[Face, ...]:
    kinds = (
        ((400, "normal"),) if package != "noto-sans" else ((400, "normal"), (400, "italic"), (700, "normal"))
    )
    return tuple(Face(name, package, subset, weight, style) for weight, style in kinds)


LATIN = _family("Noto Sans", "latin")
WIDER = (
    _family("Noto Sans Ext", "latin-ext"),
    _family("Noto Sans Vietnamese", "vietnamese"),
    _family("Noto Sans Greek", "greek"),
    _family("Noto Sans Cyrillic", "cyrillic"),
    _family("Noto Sans Math", "latin", "noto-sans-math"),
)
FACES = {face.file: face for faces in (LATIN, *WIDER) for face in faces}
MISSING = "□"
_BLANK = frozenset("\t\n\r\f")


@lru_cache
def covered(face: Face) -> frozenset[str]:
    """Every character that a face can draw."""
    with TTFont(face.path, lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap()))


@lru_cache
def unpacked(face: Face) -> bytes:
    """The font out of its WOFF wrapper. Left to WeasyPrint, this writes the present time into every document."""
    stream = BytesIO()
    with TTFont(face.path, recalcTimestamp=False) as font:
        font.flavor = font.flavorData = None
        font.save(stream)
    return stream.getvalue()


def _stand_in(character: str) -> str:
    # Joiners, variation selectors and controls draw nothing anyway; a square in their place would be noise.
    return "" if unicodedata.category(character) in ("Cf", "Cc", "Mn") else MISSING


def dress(text: str) -> tuple[str, str]:
    """The text with undrawable characters replaced, and the ``@font-face`` rules that it needs.

    Raises FileNotFoundError when the npm packages are not installed.
    """
    text = unicodedata.normalize("NFC", text)
    rules = [face.rule for face in LATIN]
    open_questions = set(text) - covered(LATIN[0]) - _BLANK
    for faces in WIDER:
        if not open_questions:
            break
        answered = open_questions & covered(faces[0])
        if answered:
            rules += [face.rule for face in faces]
            open_questions -= answered
    if open_questions:
        text = text.translate({ord(character): _stand_in(character) for character in open_questions})
        rules += [face.rule for face in WIDER[-1] if face.rule not in rules]
    return text, "\n".join(rules)


def version() -> str:
    """Which release of the typeface is installed, for the record beside each document."""
    return "@fontsource/noto-sans " + str(
        json.loads((PACKAGES / "noto-sans" / "package.json").read_text())["version"]
    )
