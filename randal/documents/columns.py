"""How wide the columns of a table are on paper: by what stands in them, within limits.

A column of numbers is as wide as its longest, so that none breaks; columns of words share what is left by how much they
hold, and none falls below its longest word (up to a limit: a word of 80 letters may break). Long texts do not count: they
take the whole width of the table, each a row of its own (documents/grid.pdf.html). Tables keep a fixed layout, which
costs less than letting WeasyPrint look for the widths.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import sqrt
from typing import Any

from markupsafe import Markup

from randal.documents import typefaces
from randal.l10n.formats import NOTHING

LONG = 240  # letters
FIRM = ("no", "num", "firm")  # kinds of columns that are never broken
PADDING, LEAST = 3.6, 9.0  # mm: both sides of a cell with its line; the narrowest column
SIZE = 9.0  # points: letters in a grid
LONGEST_WORD = 32.0  # mm: for one word a column need not be wider
LINES = 60.0  # mm: longer than this, a text may stand in several lines
MM = 25.4 / 72
BOLD = next(face for face in typefaces.LATIN if face.weight == 700)  # the wider letters


# Where a line may end: not at a no-break space, at which str.split would cut.
whole = re.compile(r"[^ \n\t]+").findall


def is_long(cell: Any) -> bool:
    """Is this cell (a text, or a text and what stands small below it) too long for a column?"""
    return len(text_of(cell)) > LONG


def apart(row: Sequence[Any], columns: Sequence[Sequence[str]]) -> list[tuple[str, Any]]:
    """The cells of a row that take the whole width, each with its head; the first needs none when it is the first text."""
    texts = [n for n, (_, kind) in enumerate(columns) if kind == "text"]
    return [("" if n == texts[0] else columns[n][0], row[n]) for n in texts if is_long(row[n])]


def particulars(
    row: Sequence[Any], columns: Sequence[Sequence[str]], headed: bool, above: bool = False
) -> list[tuple[str, Any]]:
    """The other cells that say something, each with its head: those that stand before the first long one (`above`: whose
    text it is), or those after. `headed`: the first cell has a place of its own."""
    first = next(n for n, (_, kind) in enumerate(columns) if kind == "text" and is_long(row[n]))
    return [
        (name, cell)
        for number, ((name, kind), cell) in enumerate(zip(columns, row, strict=True))
        if number >= headed
        and (number < first) is above
        and text_of(cell) not in ("", NOTHING)
        and not (kind == "text" and is_long(cell))
    ]


def text_of(cell: Any) -> str:
    return str((cell[0] if isinstance(cell, list | tuple) else cell) or "")


def small_of(cell: Any) -> str:
    return str(cell[1] or "") if isinstance(cell, list | tuple) else ""


def colgroup(total: float, columns: Sequence[Sequence[str]], rows: Sequence[Sequence[Any]]) -> Markup:
    """The `<colgroup>` of a table `total` mm wide. `columns`: [head, kind] each; `rows`: cells as `is_long` takes them."""
    each = widths(total, columns, rows)
    return Markup("<colgroup>{}</colgroup>").format(
        Markup("").join(Markup('<col style="width:{:.1f}mm">').format(one) for one in each)
    )


def widths(total: float, columns: Sequence[Sequence[str]], rows: Sequence[Sequence[Any]]) -> list[float]:
    """Of all columns, in mm; together `total`."""
    least, more = [], []
    for number, (head, kind) in enumerate(columns):
        cells = [row[number] for row in rows if not is_long(row[number])]
        texts = [
            line for cell in cells for text in (text_of(cell), small_of(cell)) for line in text.splitlines()
        ]
        if kind in FIRM:
            narrow = max(map(length, texts), default=0.0)
        else:
            words = (length(word) for text in texts for word in whole(text))
            narrow = min(max(words, default=0.0), LONGEST_WORD)
        narrow = max([narrow, *map(length, whole(head))]) + PADDING
        least.append(max(narrow, LEAST) if kind != "no" else narrow)
        usual = sorted(map(length, texts))[int(0.9 * (len(texts) - 1))] if texts else 0.0
        wanted = usual if usual <= LINES else sqrt(usual * LINES)
        more.append(0.0 if kind in FIRM else max(wanted + PADDING - least[-1], 0.0))
    room = total - sum(least)
    if room <= 0:  # too many columns for the sheet: those of words give way
        soft = [0.0 if kind in FIRM else one for one, (_, kind) in zip(least, columns, strict=True)]
        if not any(soft):
            return [one * total / sum(least) for one in least]
        return [one + room * part / sum(soft) for one, part in zip(least, soft, strict=True)]
    if sum(more) < room:  # all of it fits: what is over goes to the columns of words
        words_in = [n for n, (_, kind) in enumerate(columns) if kind == "text"] or [len(columns) - 1]
        over = (room - sum(more)) / len(words_in)
        more = [one + (over if n in words_in else 0.0) for n, one in enumerate(more)]
    return [have + extra * room / sum(more) for have, extra in zip(least, more, strict=True)]


def length(text: str) -> float:
    """Width of a text in mm, as a grid prints it."""
    advances = typefaces.advances(BOLD)
    return sum(advances.get(one, 1.0) for one in text) * SIZE * MM


FILTERS = {one.__name__: one for one in (colgroup, text_of, small_of, apart, particulars)}  # of templates
