"""Merged cells: a file holds the value in the first of them alone.

Merged downwards in a column that says whose the rows are (unit, period, source), it means all of its rows. Anywhere else
nobody can know which row it belongs to, and the cell is refused with its address.
"""

from __future__ import annotations

from typing import Any

from xlsxwriter.utility import xl_col_to_name

from randal.spreadsheets.importing import Column, Kind, Line
from randal.untrusted.sheet_values import Box


class Merges:
    def __init__(self, kind: Kind, places: dict[str, int], boxes: list[Box]):
        self._columns: dict[int, Column] = {places[c.key] + 1: c for c in kind.read if c.key in places}
        self._coming = sorted(boxes, reverse=True)
        self._here: list[Box] = []
        self._values: dict[
            Box, tuple[Any, str]
        ] = {}  # of the first cell: its clean value, and as it was written

    def spread(self, line: Line, cells: dict[str, str]) -> None:
        """Give the line what the merged cells above it hold, or say which of its cells is merged."""
        while self._coming and self._coming[-1][0] <= line.number:
            self._here.append(self._coming.pop())
        self._here = [box for box in self._here if box[2] >= line.number]
        for box in self._here:
            for at in range(box[1], min(box[3], max(self._columns, default=0)) + 1):
                if column := self._columns.get(at):
                    self._one(line, cells, box, at, column)

    def _one(self, line: Line, cells: dict[str, str], box: Box, at: int, column: Column) -> None:
        if (line.number, at) == box[:2]:
            self._values[box] = line[column.key], cells.get(column.key, "")
        elif column.spreads and box[1] == box[3]:
            value, written = self._values.get(box, (None, ""))
            if value is not None:
                line.given[column.key], cells[column.key] = value, written
                line.errors[:] = [error for error in line.errors if error[0] != column.key]
        else:
            first, last = (f"{xl_col_to_name(box[n + 1] - 1)}{box[n]}" for n in (0, 2))
            line.errors[:] = [error for error in line.errors if error[0] != column.key]
            line.wrong(
                column.key,
                f"Sel ini bagian dari sel gabungan {first}:{last}. Pisahkan, lalu isi tiap selnya.",
            )
