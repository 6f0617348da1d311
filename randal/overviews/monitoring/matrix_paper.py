"""The matrix of kawasan and sectors on paper and in a workbook: texts only, so that the paper can be kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from randal.l10n import formats
from randal.models.progress import limits
from randal.overviews.monitoring import matrix
from randal.overviews.monitoring.filters import Filters
from randal.overviews.monitoring.matrix import Cell, Row
from randal.rooms.areas.clash_words import whole
from randal.rooms.areas.clashing import KINDS
from randal.spreadsheets.writer import Column
from workflows.lifecycle import Actor

MOST = 5000  # in a workbook
ON_PAPER = 150


def told(actor: Actor, asked: Filters) -> Mapping[str, Any]:
    """For the workbook `headers` and `rows` (kawasan, province, theme, a text per sector, index, confidence), `clashes`
    (kawasan, kind, text). For the paper `sectors` and `cells`: what clashes is named there by its number in the list."""
    found = matrix.matrix(actor, asked, 1, MOST)
    sectors = list(found.rows[0].cells) if found.rows else []
    index = f"Indeks ({found.label})" if found.label else "Indeks"
    edges = limits()
    return {
        "headers": ["Kawasan", "Provinsi", "Tema", *sectors, index, "Keyakinan"],
        "rows": [row_of(row) for row in found.rows],
        "clashes": [[row.area.name, KINDS[one.kind], whole(one)] for row, one in found.clashing],
        "legend": f"Tiap sel: jumlah kegiatan dan deviasi fisik (poin). «Belum ada»: sektor yang seharusnya bekerja. "
        f"{edges.sentence} {edges.clash_sentence}",
        "label": found.label,
        "sectors": found.used,
        "cells": [on_paper(row, found.used) for row in found.rows[:ON_PAPER]],
        "on_paper": ON_PAPER,
    }


def on_paper(row: Row, sectors: Sequence[str]) -> list[list[str]]:
    """Sector → lines."""
    found = []
    for sector in sectors:
        cell = row.cells[sector]
        lines = cell_text(cell, sector in (row.area.sectors or [])).split("\n")[:1]
        if cell.numbers:
            lines.append(f"bentrok {', '.join(map(str, cell.numbers))}")
        found.append(lines)
    return found


def row_of(row: Row) -> list[str]:
    wanted = row.area.sectors or []
    cells = [cell_text(cell, sector in wanted) for sector, cell in row.cells.items()]
    known = row.index is not None and row.index.value is not None
    value = str(row.index.value) if row.index and known else ""
    sure = str(row.index.confidence) if row.index and known else ""
    return [row.area.name, row.area.province.name, row.area.theme, *cells, value, sure]


def cell_text(cell: Cell, wanted: bool) -> str:
    if not cell.count:
        return "belum ada" if wanted else formats.NOTHING
    away = formats.points(cell.deviation) if cell.deviation is not None else "belum lapor"
    critical = " kritis" if limits().is_critical(cell.sum.physical_plan, cell.sum.physical_actual) else ""
    return "\n".join([f"{cell.count} keg. {away}{critical}", *(f"Bentrok: {said}" for said in cell.clashes)])


def sheets(paper: Mapping[str, Any]) -> list[tuple[str, list[Column], list[list[str]]]]:
    """The two sheets of the workbook."""
    rows, clashes = paper["rows"], paper["clashes"]
    *heads, index, sure = paper["headers"]
    columns = [Column(head, width=26 if n < 3 else 18) for n, head in enumerate(heads)]
    columns += [Column(index, "number", 18), Column(sure, "percent", 18)]
    of_clash = [Column("Kawasan", width=26), Column("Jenis", width=18), Column("Keterangan", width=70)]
    return [("Matriks", columns, rows), ("Bentrok waktu", of_clash, clashes)]
