"""Where the columns stand: headers are looked for in the first rows, and compared as people write them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from itertools import chain, islice
from typing import Any, NamedTuple

from randal.base.cleaning import clean
from randal.spreadsheets import reader
from randal.spreadsheets.coercion import written
from randal.spreadsheets.importing import Kind

HEAD = 20  # the headers are looked for in so many rows


class Unmapped(reader.Unreadable):
    """The required columns were not found under names that the kind knows."""


class Places(NamedTuple):
    """Where each column stands (from 0), in which row the headers are, and those that no column knows."""

    columns: dict[str, int]
    head: int
    unused: list[str]


def placed(
    kind: Kind, sheet: reader.Sheet, mapping: Mapping[str, str] | None = None
) -> tuple[Places, Iterator[tuple[int, tuple[Any, ...]]]]:
    """Where the columns stand, and the rows below the headers; with a `mapping`, where that says so, and nowhere else."""
    first = list(islice(sheet.rows, HEAD))
    names = known(kind)
    if mapping:
        names = {header: key for header, key in mapping.items() if key}
    best, places, headers = -1, dict[str, int](), list[str]()
    for position in range(len(first)):
        read = _headers(first, position)
        found = _meant(kind, names, read)
        if len(found) > len(places):
            best, places, headers = position, found, read
    missing = [c.header for c in kind.columns if c.required and c.key not in places]
    where = f"Di lembar «{sheet.title}»: " if sheet.title else ""
    if not places or len(missing) == sum(c.required for c in kind.columns) > 0:
        others = f" Lembar lain di berkas ini: {', '.join(sheet.others)}." if sheet.others else ""
        raise Unmapped(
            f"{where}Judul kolom tidak ditemukan di {HEAD} baris pertama. Pakai templat «{kind.title}»: "
            f"{', '.join(c.header for c in kind.columns if c.required) or kind.columns[0].header}."
            f" Yang dibaca ialah lembar «{reader.FILL_IN}», atau lembar pertama.{others}"
        )
    if missing:
        raise Unmapped(f"{where}Kolom wajib tidak ada: {', '.join(missing)}.")
    weak = {folded(name) for c in kind.columns for name in c.perhaps}
    twice = [h for at, h in enumerate(headers) if names.get(folded(h)) and at not in places.values()]
    twice = [
        h
        for h in twice
        if folded(h) not in weak or folded(h) in (folded(headers[at]) for at in places.values())
    ]
    if twice:
        raise reader.Unreadable(f"{where}Kolom ini ada dua: {', '.join(twice)}. Sisakan satu.")
    unused = [h for at, h in enumerate(headers) if h and at not in places.values()]
    return Places(places, first[best][0], unused), chain(first[best + 1 :], sheet.rows)


def known(kind: Kind) -> dict[str, str]:
    """Every name that means a column, folded → its key."""
    return {folded(name): c.key for c in kind.columns for name in (*c.perhaps, c.header, *c.also, c.key)}


def _meant(kind: Kind, names: Mapping[str, str], headers: list[str]) -> dict[str, int]:
    """Key → where it stands, the first time. A name that only perhaps means a column does so where no other name does: a list
    may name both the unit and its province."""
    weak = {folded(name): rank for c in kind.columns for rank, name in enumerate(c.perhaps, 1)}
    found: dict[str, tuple[int, int]] = {}
    for at, header in enumerate(map(folded, headers)):
        if key := names.get(header):
            found[key] = min(found.get(key, (99, at)), (weak.get(header, 0), at))
    return {key: at for key, (_rank, at) in found.items()}


class Heads(NamedTuple):
    """The headers of a file that may be anybody's, as they are written, with what stands under each (at most three)."""

    names: list[str]
    under: list[list[str]]

    @property
    def digest(self) -> str:
        """Of the set of headers: the same list next month has the same."""
        return sha256("\n".join(sorted({folded(name) for name in self.names})).encode()).hexdigest()


def heads_of(sheet: reader.Sheet) -> Heads:
    """The row with the most different words in it, of the first ones, is the one of the headers."""
    first = list(islice(sheet.rows, HEAD))
    rows = [
        [h if isinstance(h, str) and not h.isdecimal() else "" for h in _headers(first, n)]
        for n in range(len(first))
    ]
    best = max(range(len(rows)), key=lambda n: (len({h for h in rows[n] if h}), -n), default=None)
    if best is None or not any(rows[best]):
        raise reader.Unreadable(f"Judul kolom tidak ditemukan di {HEAD} baris pertama.")
    places = {folded(name): at for at, name in reversed(list(enumerate(rows[best]))) if name}
    columns = sorted(places.values())
    under = [
        [said for _n, row in first[best + 1 :] if at < len(row) and (said := written(row[at]).strip())][:3]
        for at in columns
    ]
    return Heads([rows[best][at] for at in columns], under)


def _headers(rows: list[tuple[int, tuple[Any, ...]]], position: int) -> list[str]:
    """The texts of one row; where it has none, what stands right above: a header merged over two rows."""
    own = rows[position][1]
    above = rows[position - 1][1] if position else ()
    width = max(len(own), len(above))
    padded = [(own[i] if i < len(own) else None, above[i] if i < len(above) else None) for i in range(width)]
    return [written(one if one not in (None, "") else other).strip() for one, other in padded]


def folded(header: str) -> str:
    """Headers are compared without case, stars, colons and double spaces."""
    plain = clean(header.encode("utf-8", "replace").decode(), one_line=True)
    return " ".join(plain.replace("*", " ").replace(":", " ").split()).casefold()
