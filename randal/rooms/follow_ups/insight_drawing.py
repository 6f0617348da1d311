"""Bars for Telaah: lying ones with their numbers, and counts on top of each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from typing import Any

from randal.documents.chart_colours import INK, STEPS
from randal.l10n import formats

Layers = Sequence[tuple[str, str, Mapping[str, int]]]  # label, colour, row → count

ROOM = {"left": 18, "right": 14, "top": 4, "bottom": 4}  # a browser's own letters are wider than ours


def bars(values: Iterable[tuple[str, float]], title: str) -> dict[str, Any]:
    """Lying bars with their numbers."""
    given = list(values)
    longest = max([4.0, *(value for _name, value in given)])  # no halves of a follow-up on the axis
    rows = [
        {"name": name, "value": value, "said": formats.number(str(value), 0 if value == int(value) else 1)}
        for name, value in given
    ]
    y = {
        "field": "name",
        "type": "nominal",
        "title": None,
        "sort": [name for name, _value in given],
        "axis": {"labelLimit": 190},
    }
    x = {"field": "value", "type": "quantitative", "title": title, "axis": {"tickMinStep": 1, "tickCount": 5}}
    x["scale"] = {"domainMax": longest}
    tooltip = [{"field": "name", "title": "Baris"}, {"field": "said", "title": title}]
    return {
        "data": {"values": rows if any(row["value"] for row in rows) else []},
        "width": 320,
        "padding": ROOM,
        "height": {"step": 26},
        "encoding": {"y": y, "x": x},
        "layer": [
            {"mark": {"type": "bar", "color": STEPS[3]}, "encoding": {"tooltip": tooltip}},
            {
                "mark": {"type": "text", "align": "left", "dx": 4, "color": INK},
                "encoding": {"text": {"field": "said"}},
            },
        ],
    }


def stacked(parts: Layers, order: Sequence[str], title: str, *, flat: bool) -> dict[str, Any]:
    """Counts on top of each other, never shares: a row of three looks like three. `flat`: lying."""
    domain = [label for label, _colour, _counts in parts]
    rows = [
        {"name": name, "part": label, "count": counts.get(name, 0), "place": place}
        for place, (label, _colour, counts) in enumerate(parts)
        for name in order
    ]
    names: dict[str, Any] = {"field": "name", "type": "ordinal", "sort": list(order), "title": None}
    names["axis"] = {"labelLimit": 190} if flat else {"labelAngle": -45, "labelOverlap": False}
    count = {
        "field": "count",
        "type": "quantitative",
        "title": "Tindak lanjut",
        "axis": {"tickMinStep": 1, "tickCount": 5},
    }
    colour = {
        "field": "part", "type": "nominal",
        "scale": {"domain": domain, "range": [colour for _label, colour, _counts in parts]},
        "legend": {"title": None, "columns": 2, "labelLimit": 260},
    }  # fmt: skip
    return {
        "data": {"values": rows if any(row["count"] for row in rows) else []},
        "width": 320,
        "padding": ROOM,
        "height": {"step": 22} if flat else 190,
        "mark": {"type": "bar", "stroke": INK, "strokeWidth": 0.4},
        "encoding": {
            ("y" if flat else "x"): names,
            ("x" if flat else "y"): count,
            "color": colour,
            "order": {"field": "place", "type": "quantitative"},
            "tooltip": [
                {"field": "name", "title": title},
                {"field": "part", "title": "Hasil"},
                {"field": "count", "title": "Jumlah"},
            ],
        },
    }


def narrowed(spec: Mapping[str, Any]) -> dict[str, Any]:
    """The same for a phone: read at its own size, not shrunk."""
    made: dict[str, Any] = deepcopy(dict(spec))
    encoding = made["encoding"]
    lying = encoding["y"]["field"] == "name"
    made["width"] = 150 if lying else 270
    if lying:
        encoding["y"]["axis"]["labelLimit"] = 125
    if "color" in encoding:
        encoding["color"]["legend"]["columns"] = 1
    return made
