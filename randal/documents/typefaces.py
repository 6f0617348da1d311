"""The typefaces of the papers: Arimo, which has the measures of Arial, and behind it Noto for other scripts and signs, and
Chocolate Classical Sans for Han letters, simplified and traditional (Noto's own would be eight times as much to install).

All come from the npm lock, never from the machine: its own fonts would make two machines print two different papers, and
most of them fail PDF/A. So every character is looked up in our faces: the small Latin ones always load, the wider ones
only when a text needs them, and a character that none of them has is shown as an empty square (□).
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


TEXT = ((400, "normal"), (400, "italic"), (700, "normal"))
UPRIGHT = ((400, "normal"), (700, "normal"))
ONE = ((400, "normal"),)


def _family(
    name: str, package: str, subset: str, kinds: tuple[tuple[int, str], ...] = TEXT
) -> tuple[Face, ...]:
    return tuple(Face(name, package, subset, weight, style) for weight, style in kinds)


LATIN = _family("Arimo", "arimo", "latin")
CHARTS = _family("Noto Sans", "noto-sans", "latin")  # what a chart is drawn in, on paper as on a page
WIDER = (
    _family("Arimo Ext", "arimo", "latin-ext"),
    _family("Arimo Vietnamese", "arimo", "vietnamese"),
    _family("Arimo Greek", "arimo", "greek"),
    _family("Arimo Cyrillic", "arimo", "cyrillic"),
    CHARTS,
    _family("Noto Sans Ext", "noto-sans", "latin-ext"),
    _family("Noto Sans Arabic", "noto-sans-arabic", "arabic", UPRIGHT),
    _family("Noto Sans Javanese", "noto-sans-javanese", "javanese", UPRIGHT),
    _family("Noto Sans Math", "noto-sans-math", "latin", ONE),  # after the letters that it also has, unjoined
    *(
        _family(f"Noto Sans Symbols {subset}", "noto-sans-symbols-2", subset, ONE)
        for subset in ("latin", "math", "symbols")
    ),
    *(
        _family(f"Noto Emoji {subset}", "noto-emoji", subset, ONE)
        for subset in ("emoji", *map(str, range(11)))
    ),
    *(
        _family(f"Chocolate Classical Sans {subset}", "chocolate-classical-sans", subset, ONE)
        for subset in map(str, (*range(8), *range(10, 13), *range(23, 97), *range(101, 124)))
    ),
)
FACES = {face.file: face for faces in (LATIN, *WIDER) for face in faces}
FAMILIES = {faces[0].family: faces for faces in (LATIN, *WIDER)}
MISSING = "□"
_BLANK = frozenset("\t\n\r\f")
JOINED = ("Noto Sans Arabic", "Noto Sans Javanese")
AS_PICTURE = "\ufe0f"
AS_TEXT = "\ufe0e"  # asks for the plain form of a sign that a machine would look for among its coloured ones
# Bullets and ticks that word processors keep in private places of their symbol fonts.
PRIVATE = {0xF0B7: "•", 0xF0A7: "▪", 0xF0D8: "➢", 0xF0FC: "✓", 0xF0A8: "□", 0xF0E0: "→"}


@lru_cache
def covered(face: Face) -> frozenset[str]:
    """Every character that a face can draw."""
    with TTFont(face.path, lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap()))


@lru_cache
def advances(face: Face) -> dict[str, float]:
    """How wide each character of a face is, in em."""
    with TTFont(face.path, lazy=True) as font:
        em, metrics = font["head"].unitsPerEm, font["hmtx"]
        return {chr(code): metrics[glyph][0] / em for code, glyph in font.getBestCmap().items()}


@lru_cache
def unpacked(face: Face) -> bytes:
    """The font out of its WOFF wrapper. Left to WeasyPrint, this writes the present time into every document."""
    stream = BytesIO()
    with TTFont(face.path, recalcTimestamp=False) as font:
        font.flavor = font.flavorData = None
        font.save(stream)
    return stream.getvalue()


def plain(text: str) -> str:
    """The text as our faces print it: composed, the private characters of word processors as the signs that they meant."""
    text = unicodedata.normalize("NFC", text).translate(PRIVATE)
    return "".join(one for one in text if unicodedata.category(one) != "Co")


def _stand_in(character: str) -> str:
    # Joiners, variation selectors and controls draw nothing anyway; a square in their place would be noise.
    return "" if unicodedata.category(character) in ("Cf", "Cc", "Mn") else MISSING


def family_of(character: str) -> str | None:
    """The first of our families that draws this character; None: no one does."""
    return next((name for name, faces in FAMILIES.items() if character in covered(faces[0])), None)


def dress(text: str) -> tuple[str, str]:
    """The text with undrawable characters replaced, and the style rules that it needs: its faces, in order.

    Raises FileNotFoundError when the npm packages are not installed.
    """
    text = plain(text)
    needed = {LATIN[0].family, CHARTS[0].family}
    instead: dict[int, str] = {}
    letters = set(filter(str.isalpha, text)) - covered(LATIN[0])
    joined = any(covered(FAMILIES[name][0]) & letters for name in JOINED)
    for character in set(text) - covered(LATIN[0]) - _BLANK:
        unseen = character == AS_PICTURE or unicodedata.category(character) == "Cf"
        if unseen and joined and character != AS_PICTURE:
            continue  # it says where letters join
        family = None if unseen else family_of(character)
        if family is None:
            instead[ord(character)] = _stand_in(character)
        else:
            needed.add(family)
            if family.startswith("Noto Emoji"):
                instead[ord(character)] = character + AS_TEXT
    if MISSING in instead.values():
        needed.add(family_of(MISSING) or "")
    text = text.translate(instead)
    families = [name for name in FAMILIES if name in needed]
    rules = [face.rule for name in families for face in FAMILIES[name]]
    named = ", ".join(f'"{name}"' for name in families)
    dressed = f"html {{ font-family: {named} }} @page {{ font-family: {named} }}"
    return text, "\n".join([*rules, dressed])


def version() -> str:
    """Which releases of the typefaces are installed, for the record beside each document."""
    packages = dict.fromkeys(face.package for face in FACES.values())
    return ", ".join(f"@fontsource/{name} {_release(name)}" for name in packages)


def _release(package: str) -> str:
    return str(json.loads((PACKAGES / package / "package.json").read_text())["version"])
