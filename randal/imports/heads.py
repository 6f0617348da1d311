"""Where the columns stand: headers are looked for in the first rows, and compared as people write them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from typing import Any, NamedTuple

from randal.core import sheets
from randal.core.cells import written
from randal.core.importing import Kind

HEAD = 20  # the headers are looked for in so many rows


class Places(NamedTuple):
    """Where each column stands (from 0), in which row the headers are, and those that no column knows."""

    columns: dict[str, int]
    head: int
    unused: list[str]


def placed(kind: Kind, sheet: sheets.Sheet) -> tuple[Places, Iterator[tuple[int, tuple[Any, ...]]]]:
    """Where the columns stand, and the rows below the headers."""
    first = list(islice(sheet.rows, HEAD))
    names = {_folded(name): c.key for c in kind.columns for name in (c.header, *c.also, c.key)}
    best, places, headers = -1, dict[str, int](), list[str]()
    for position in range(len(first)):
        read = _headers(first, position)
        found = {names[_folded(h)]: at for at, h in reversed(list(enumerate(read))) if _folded(h) in names}
        if len(found) > len(places):
            best, places, headers = position, found, read
    missing = [c.header for c in kind.columns if c.required and c.key not in places]
    where = f"Di lembar «{sheet.title}»: " if sheet.title else ""
    if not places or len(missing) == sum(c.required for c in kind.columns) > 0:
        others = f" Lembar lain di berkas ini: {', '.join(sheet.others)}." if sheet.others else ""
        raise sheets.Unreadable(
            f"{where}Judul kolom tidak ditemukan di {HEAD} baris pertama. Pakai templat «{kind.title}»: "
            f"{', '.join(c.header for c in kind.columns if c.required) or kind.columns[0].header}."
            f" Yang dibaca ialah lembar «{sheets.FILL_IN}», atau lembar pertama.{others}"
        )
    if missing:
        raise sheets.Unreadable(f"{where}Kolom wajib tidak ada: {', '.join(missing)}.")
    twice = [h for at, h in enumerate(headers) if names.get(_folded(h)) and places[names[_folded(h)]] != at]
    if twice:
        raise sheets.Unreadable(f"{where}Kolom ini ada dua: {', '.join(twice)}. Sisakan satu.")
    unused = [h for at, h in enumerate(headers) if h and at not in places.values()]
    return Places(places, first[best][0], unused), chain(first[best + 1 :], sheet.rows)


def _headers(rows: list[tuple[int, tuple[Any, ...]]], position: int) -> list[str]:
    """The texts of one row; where it has none, what stands right above: a header merged over two rows."""
    own = rows[position][1]
    above = rows[position - 1][1] if position else ()
    width = max(len(own), len(above))
    padded = [(own[i] if i < len(own) else None, above[i] if i < len(above) else None) for i in range(width)]
    return [written(one if one not in (None, "") else other).strip() for one, other in padded]


def _folded(header: str) -> str:
    """Headers are compared without case, stars, colons and double spaces."""
    return " ".join(header.replace("*", " ").replace(":", " ").split()).casefold()
