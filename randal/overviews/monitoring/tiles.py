"""The 38 provinces as tiles of one size, where they lie to each other: a small province is seen as well as a large one.

Tiles are links, in the order of the Kemendagri codes (as everywhere), so a keyboard walks them from Aceh to Papua.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from randal.documents import chart_colours as colours
from randal.documents.charts import Chart
from randal.spreadsheets.writer import Column

PLACES: dict[str, tuple[int, int]] = {
    "AC": (0, 0), "SU": (1, 1), "SB": (1, 2), "RI": (2, 1), "KR": (3, 1), "JA": (2, 2), "BB": (3, 2), "BE": (1, 3),
    "SS": (2, 3), "LA": (2, 4), "BT": (3, 5), "JK": (4, 4), "JB": (4, 5), "JT": (5, 5), "YO": (5, 6), "JI": (6, 5),
    "BA": (7, 5), "NB": (8, 5), "NT": (9, 5), "KB": (5, 1), "KT": (6, 1), "KS": (6, 2), "KI": (7, 1), "KU": (7, 0),
    "SR": (8, 2), "SN": (8, 3), "ST": (9, 2), "SG": (9, 3), "GO": (9, 1), "SA": (10, 1), "MU": (11, 1), "MA": (11, 3),
    "PD": (12, 2), "PB": (13, 2), "PA": (14, 3), "PT": (13, 3), "PE": (13, 4), "PS": (14, 4),
}  # fmt: skip
HALF = 8  # on a phone the columns from here on stand below the others
NOTHING = "Belum ada angka"


@dataclass(frozen=True)
class Tile:
    """One province. `level`: which step of the scale, None while nothing is known. `value` is written on the tile, `said` is
    the whole of it in words."""

    code: str  # BB
    name: str
    level: int | None
    value: str
    said: str
    url: str
    number: Any = None  # for the table


@dataclass(frozen=True)
class Scale:
    title: str
    steps: tuple[str, ...]  # what each step means, from light to dark
    colours: tuple[str, ...]


def chart(tiles: Sequence[Tile], scale: Scale, *, title: str, says: str, column: Column) -> Chart:
    rows = tuple((tile.code, tile.name, tile.number, tile.said) for tile in tiles)
    return Chart(
        name="peta",
        title=title,
        says=says,
        spec=spec(tiles, scale, 48, narrow=False),
        narrow=spec(tiles, scale, 41, narrow=True),
        columns=(Column("Kode"), Column("Provinsi"), column, Column("Keterangan")),
        rows=rows,
    )


def spec(tiles: Sequence[Tile], scale: Scale, size: int, *, narrow: bool) -> dict[str, Any]:
    values = [value(tile, scale, narrow) for tile in tiles if tile.code in PLACES]
    across = HALF if narrow else max(x for x, _ in PLACES.values()) + 1
    down = 7 + (6 if narrow else 0)
    present = [NOTHING] if any(t.level is None for t in tiles) else []
    shown = [*scale.steps, *present]
    fills = [*scale.colours[: len(scale.steps)], *([colours.UNKNOWN] if present else [])]

    def axis(field: str, count: int) -> dict[str, Any]:
        spread = {"domain": list(range(count)), "paddingInner": 0.07, "paddingOuter": 0.03}
        return {"field": field, "type": "ordinal", "axis": None, "scale": spread}

    key = {
        "title": scale.title,
        "columns": 2 if narrow else 3,
        "columnPadding": 26,
        "rowPadding": 4,
        "symbolType": "square",
        "symbolSize": 180,
        "symbolStrokeWidth": 1,
    }

    def by_step(values: list[Any]) -> dict[str, Any]:
        return {
            "field": "step",
            "type": "nominal",
            "scale": {"domain": shown, "range": values},
            "legend": key,
        }

    tile = {"type": "bar", "width": {"band": 1}, "height": {"band": 1}, "aria": True}  # a rect gets no dashes
    words = {"type": "text", "aria": False, "baseline": "middle"}
    ink = {"field": "ink", "type": "nominal", "scale": None}
    return {
        "data": {"values": values},
        "width": across * size,
        "height": down * size,
        "encoding": {"x": axis("x", across), "y": axis("y", down)},
        "layer": [
            {
                "mark": tile | {"cornerRadius": 3, "strokeWidth": 1},
                "encoding": {
                    "color": by_step(fills),
                    "stroke": by_step([colours.INK_SOFT] * len(shown)),
                    "strokeDash": by_step([*([1, 0] for _ in scale.steps), *([3, 3] for _ in present)]),
                    "href": {"field": "url"},
                    "description": {"field": "said"},
                },
            },
            {
                "mark": words | {"fontWeight": "bold", "fontSize": 12, "dy": -8},
                "encoding": {"text": {"field": "code"}, "color": ink},
            },
            {
                "mark": words | {"fontSize": 11, "dy": 9},
                "encoding": {"text": {"field": "value"}, "color": ink},
            },
        ],
    }


def value(tile: Tile, scale: Scale, narrow: bool) -> dict[str, Any]:
    x, y = PLACES[tile.code]
    if narrow and x >= HALF:
        x, y = x - HALF, y + 7
    fill = scale.colours[tile.level] if tile.level is not None else colours.UNKNOWN
    return {
        "x": x,
        "y": y,
        "code": tile.code,
        "value": tile.value,
        "said": tile.said,
        "url": tile.url,
        "known": tile.level is not None,
        "step": scale.steps[tile.level] if tile.level is not None else NOTHING,
        "ink": colours.ink_on(fill),
    }
