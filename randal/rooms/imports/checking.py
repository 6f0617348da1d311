"""From bytes to what every row would do, and to every wrong cell. Nothing here writes.

Rows pass through: packed as they were read (spool.py), then judged one by one, the preview packed again. So a file of 20,000 rows
takes hardly more memory than one of 200.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from xlsxwriter.utility import xl_col_to_name

from randal.base.spool import Spool, Writer
from randal.rooms.imports.heads import Places, placed
from randal.rooms.imports.merging import Merges
from randal.spreadsheets import coercion as reading
from randal.spreadsheets import reader
from randal.spreadsheets.coercion import Wrong, written
from randal.spreadsheets.importing import CHANGED, NEW, SAME, Column, Deed, Desk, Kind, Line
from randal.untrusted.sheet_values import UNCOMPUTED

ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
EACH = 500  # progress is told once per so many rows
REMEMBERED = 1000  # values of a column
MOST_ERRORS = 1000  # told; more are counted
NO_ROWS = "Tidak ada baris data di bawah judul kolom."


@dataclass
class CellError:
    """A wrong cell: its address (C7), the header of its column, what stands in it, and why it cannot be taken."""

    row: int
    key: str
    cell: str
    column: str
    value: str
    message: str

    def json(self) -> dict[str, Any]:
        return {"cell": self.cell, "column": self.column, "value": self.value, "message": self.message}


@dataclass
class Outcome:
    """What an import would do. `digest` is over all of it: the same file on the same data gives the same. `preview`: a line
    of JSON per row (number, cells, what, before, asks), packed. `known` is what the kind has judged by."""

    kind: Kind
    total: int = 0
    tally: Counter[str] = field(default_factory=Counter)
    asked: int = 0  # rows that will be asked about
    errors: list[CellError] = field(default_factory=list)
    wrong: int = 0  # how many cells; `errors` has the first MOST_ERRORS
    unused: list[str] = field(default_factory=list)  # headers of the file that no column knows
    keys: list[str] = field(default_factory=list)  # columns that the file has
    notes: list[str] = field(default_factory=list)
    digest: str = ""
    preview: bytes = b""
    writes: list[tuple[int, Callable[[], Any]]] = field(default_factory=list)
    known: Any = None

    @property
    def counts(self) -> dict[str, int]:
        return {"created": self.tally[NEW], "updated": self.tally[CHANGED], "unchanged": self.tally[SAME]}

    def add(self, error: CellError) -> None:
        self.wrong += 1
        if len(self.errors) < MOST_ERRORS:
            self.errors.append(error)


Progress = Generator[tuple[int, int | None], None, Outcome]  # (rows checked, rows in all or None)


def check(kind: Kind, data: bytes, desk: Desk) -> Outcome:
    """Judge every row. Raises sheets.Unreadable for a file that is none."""
    going = checking(kind, data, desk)
    while True:
        try:
            next(going)
        except StopIteration as end:
            outcome: Outcome = end.value
            return outcome


def checking(kind: Kind, data: bytes, desk: Desk) -> Progress:
    """The same, telling how far it is."""
    sheet = reader.read(data)
    places, rows = placed(kind, sheet, desk.mapping)
    outcome = Outcome(kind, unused=places.unused, keys=[c.key for c in kind.read if c.key in places.columns])
    spool = Spool()
    for row in rows:
        spool.add(row)
        if spool.count % EACH == 0:
            yield spool.count, sheet.total
    if not spool.count:
        raise reader.Unreadable(NO_ROWS)
    outcome.notes = sheet.notes
    # From here on the database is asked: what it answers stands still until the rows are written.
    outcome.known = kind.load(desk)
    merges = Merges(kind, places.columns, [box for box in sheet.merged if box[2] > places.head])
    _judge_all(outcome, desk, places, merges, spool, sheet.epoch)
    yield spool.count, spool.count
    return outcome


def _judge_all(
    outcome: Outcome, desk: Desk, places: Places, merges: Merges, spool: Spool, epoch: datetime
) -> None:
    columns: list[tuple[Column, int, Memory]] = [
        (column, places.columns[column.key], {})
        for column in outcome.kind.read
        if column.key in places.columns
    ]
    kind, preview, digest, seen = outcome.kind, Writer(), hashlib.sha256(), dict[Any, int]()
    restored = Counter[str]()
    for number, values in spool:
        line, cells = _line(columns, epoch, number, values)
        merges.spread(line, cells)
        key = None if line.errors else kind.key_of(line)
        first = number if key is None else seen.setdefault(key, number)
        if first != number:
            line.wrong(kind.key_column, f"Data yang sama ada pada baris {first} dan {number}.")
        deed = kind.judge(outcome.known, line) if not line.errors else None
        restored.update(key for key, value in line.given.items() if isinstance(value, reading.Restored))
        if line.errors or deed is None:
            what, before, asks = "wrong", {}, {}
        else:
            what, before, asks = deed.what, _before(kind, deed), dict(deed.asks)
            if deed.write is not None:
                outcome.writes.append((number, deed.write))
        outcome.total += 1
        outcome.tally[what] += 1
        outcome.asked += bool(asks)
        told = ENCODE([number, cells, what, before, asks])
        digest.update(told.encode() + b"\n")
        if not desk.writing:
            preview.add(told)
        for name, sentence in line.errors:
            outcome.add(_error(kind, places.columns, number, name, cells, sentence))
    heads = {column.key: column.header for column in kind.columns}
    outcome.notes += [
        f"{heads[key]}: angka 0 di depan hilang karena selnya berisi angka; dikembalikan pada {count} sel."
        for key, count in restored.items()
    ]
    outcome.digest, outcome.preview = digest.hexdigest(), preview.end()


def _error(
    kind: Kind, places: dict[str, int], number: int, name: str, cells: dict[str, str], sentence: str
) -> CellError:
    column = next(c for c in kind.columns if c.key == name)
    cell = f"{xl_col_to_name(places[name])}{number}" if name in places else f"baris {number}"
    return CellError(number, name, cell, column.header, cells.get(name, ""), sentence)


def _before(kind: Kind, deed: Deed) -> dict[str, str]:
    private = {c.key for c in kind.columns if c.private} if deed.changes else ()
    return {k: "" if k in private else written(v) for k, v in deed.changes.items()}


# A text or number that was read → as it is shown, and its clean value: most columns repeat themselves.
Memory = dict[Any, tuple[str, Any]]
REPEATED = (str, float)  # by type, not isinstance: a Share of 0.5 is another thing than 0.5


def _line(
    columns: list[tuple[Column, int, Memory]], epoch: datetime, number: int, values: tuple[Any, ...]
) -> tuple[Line, dict[str, str]]:
    """The clean row, and its cells as they were written."""
    given: dict[str, Any] = {}
    errors: list[tuple[str, str]] = []
    cells: dict[str, str] = {}
    for column, at, known in columns:
        key, value = column.key, values[at] if at < len(values) else None
        if value is None and not column.required:
            given[key], cells[key] = None, ""
            continue
        if (before := known.get(value) if type(value) in REPEATED else None) is not None:
            cells[key], given[key] = before
            continue
        cells[key] = "" if value is None or value is UNCOMPUTED else written(value).strip()
        try:
            given[key] = _read(column, value, epoch)
            if type(value) in REPEATED and len(known) < REMEMBERED:
                known[value] = cells[key], given[key]
        except Wrong as wrong:
            errors.append((key, str(wrong)))
    return Line(number, given, errors), cells


def _read(column: Column, value: Any, epoch: datetime) -> Any:
    if value is UNCOMPUTED:
        raise Wrong(
            "Rumus di sel ini belum dihitung. Buka dan simpan berkasnya di Excel, atau tulis nilainya."
        )
    found = reading.read(column, value, epoch)
    if found is None and column.required:
        raise Wrong("Wajib diisi.")
    return found
