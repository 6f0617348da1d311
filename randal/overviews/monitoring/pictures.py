"""The charts of an overview: the map of tiles, the curves, the small multiples."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from randal.documents.chart_colours import ALARM, STEPS
from randal.documents.charts import Chart
from randal.l10n import formats
from randal.overviews.monitoring import curves, tiles
from randal.overviews.monitoring.queries import Line, Overview
from randal.overviews.monitoring.tiles import Scale, Tile
from randal.spreadsheets.writer import Column

SCALES = {
    "deviasi": Scale(
        "Deviasi fisik (poin)",
        ("0 atau lebih", "sampai −5", "−5 sampai −10", "−10 sampai −20", "di bawah −20"),
        ALARM,
    ),
    "rtl": Scale("RTL terlambat", ("tidak ada", "1–2", "3–5", "6–10", "lebih dari 10"), ALARM),
    "indeks": Scale(
        "Indeks (makin gelap makin terpadu)", ("0–20", "20–40", "40–60", "60–80", "80–100"), STEPS
    ),
}
COLUMNS = {
    "deviasi": Column("Deviasi fisik (poin)", "points"),
    "rtl": Column("RTL terlambat", "integer"),
    "indeks": Column("Indeks", "number"),
}
NEW_SINCE = 2022  # the year in which four provinces were made out of two


def level_of(line: Line, colour: str) -> int | None:
    if colour == "rtl":
        if not line.units:
            return None
        return sum(line.late > edge for edge in (0, 2, 5, 10))
    if colour == "indeks":
        return None if line.index is None else min(int(line.index // 20), 4)
    away = line.now.physical_deviation
    return None if away is None else sum(away < edge for edge in (0, -5, -10, -20))


def short(line: Line, colour: str) -> str:
    """What stands on the tile."""
    if colour == "rtl":
        return str(line.late) if line.units else formats.NOTHING
    value = line.index if colour == "indeks" else line.now.physical_deviation
    if value is None:
        return formats.NOTHING
    return formats.number(value) if colour == "indeks" else formats.number(value, 1)


def told(line: Line, colour: str, period: str) -> str:
    """The tile in a sentence."""
    name = line.province.name
    if not line.province.existed_2018 and period and int(period[:4]) < NEW_SINCE:
        return f"{name}: belum menjadi provinsi pada {formats.month(period)}"
    if not line.units:
        return f"{name}: belum ada PPK"
    said = []
    if colour == "indeks":
        said.append(
            "indeks belum ada"
            if line.index is None
            else f"indeks {formats.number(line.index, 1)}{decided(line.index_label)}"
        )
    away = line.now.physical_deviation
    said.append("belum ada angka" if away is None else f"deviasi fisik {formats.points(away)} poin")
    said.append(f"{line.late} RTL terlambat" if line.late else "tidak ada RTL terlambat")
    return f"{name}: {', '.join(said)}"


def decided(label: str) -> str:
    return f" ({label})" if label else ""


def number_of(line: Line, colour: str) -> int | Decimal | None:
    if colour == "rtl":
        return line.late if line.units else None
    if colour == "indeks":
        return line.index
    return line.now.physical_deviation


def tile_map(seen: Overview, url: Callable[[Line], str]) -> Chart:
    colour, period = seen.filters.colour, seen.filters.period
    made = [
        Tile(
            code=line.code,
            name=line.province.name,
            level=level_of(line, colour),
            value=short(line, colour),
            said=told(line, colour, period),
            url=url(line),
            number=number_of(line, colour),
        )
        for line in seen.lines
    ]
    scale, label = SCALES[colour], decided(seen.index_label if colour == "indeks" else "")
    known = [tile for tile in made if tile.level is not None]
    darkest = [tile.name for tile in known if colour != "indeks" and (tile.level or 0) >= 3]
    if colour == "deviasi":  # whatever the table below marks «Kritis» is named above it
        darkest += [line.province.name for line in seen.lines if line.critical]
        darkest = [line.province.name for line in seen.lines if line.province.name in darkest]
    says = f"{len(known)} dari {len(made)} provinsi mempunyai angka"
    if colour != "indeks":
        says += (
            f"; perlu perhatian: {', '.join(darkest)}."
            if darkest
            else "; tidak ada yang perlu perhatian khusus."
        )
    else:
        says += "."
    title = f"Peta petak {len(made)} provinsi: {scale.title.split(' (')[0].lower()}{label}"
    column = COLUMNS[colour]._replace(header=COLUMNS[colour].header + label)
    return tiles.chart(made, scale, title=title, says=says, column=column)


def both_curves(seen: Overview, of: str) -> list[Chart]:
    year = seen.year_sums()
    return [curves.curve(year, kind, of) for kind in curves.KINDS]


def multiples(seen: Overview) -> Chart:
    by_name = {}
    for line in seen.with_units:
        for unit in line.units:
            found = {p: s for p, s in seen.year_sums({unit.id}).items() if s.weight}
            if found:
                by_name[unit.short_name if len(line.units) == 1 else unit.name] = found
    return curves.multiples(by_name)
