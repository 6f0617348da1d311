"""Reading what people fill in: XLSX, or CSV as their spreadsheet program saves it. The counterpart of spreadsheets.py.

The file itself is opened in a limited child (readers/workbooks.py), and its rows come as a stream; a formula counts as the
value that the program last computed for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from randal.untrusted.limited import door
from randal.untrusted.limited.errors import Unreadable
from randal.untrusted.limited.limits import WORKBOOK
from randal.untrusted.sheet_values import FILL_IN, MOST_ROWS, Box, Row, unpacked

__all__ = ["FILL_IN", "MOST_ROWS", "Sheet", "Unreadable", "read"]
READ = door.Task("randal.untrusted.readers.workbooks:read", WORKBOOK)


@dataclass
class Sheet:
    """Rows of cells as the file holds them: (row number from 1, values). `total` is a guess, for showing progress.
    What the rows leave to be said is known once they were all read: `merged`, `notes`."""

    rows: Iterator[Row]
    total: int | None = None
    epoch: datetime = field(
        default_factory=lambda: datetime(1899, 12, 30)
    )  # day 0 of dates that are plain numbers
    title: str = ""  # of the sheet that is read
    others: tuple[str, ...] = ()  # the other sheets that are shown
    hidden: tuple[str, ...] = ()
    merged: list[Box] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)

    @property
    def notes(self) -> list[str]:
        """What a person might not expect."""
        found = []
        if self.hidden:
            found.append(f"Lembar tersembunyi tidak dibaca: {', '.join(self.hidden)}.")
        if rows := self.hidden_rows:
            which = ", ".join(map(str, rows[:8])) + (" …" if len(rows) > 8 else "")
            found.append(f"Baris tersembunyi ikut dibaca: {which}.")
        return found


def read(data: bytes) -> Sheet:
    """The sheet to import of these bytes. Raises Unreadable, also while its rows are read."""
    going = door.stream(READ, data)
    told = next(going)
    sheet = Sheet(
        iter(()), told["total"], datetime.fromisoformat(told["epoch"]), told["title"], tuple(told["others"]),
        tuple(told["hidden"]),
    )  # fmt: skip

    def rows() -> Iterator[Row]:
        left: dict[str, Any] = (yield from _each(going))["value"]
        sheet.merged = [tuple(box) for box in left["merged"]]  # type: ignore[misc]
        sheet.hidden_rows = left["hidden_rows"]

    sheet.rows = rows()
    return sheet


def _each(going: Any) -> Any:
    while True:
        try:
            some = next(going)
        except StopIteration as end:
            return end.value
        for number, values in some:
            yield number, tuple(map(unpacked, values))
