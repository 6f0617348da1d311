"""The colours of charts: told apart by people who do not see red and green alike, and on a grey print.

No colour stands alone: a line also has its dashes and its symbol, a tile its value in words. Scales run from light to
dark, and dark is always what wants attention or weighs more. tests/core/test_charts.py counts all of this.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

INK, INK_SOFT, LINE, SHEET = "#15262b", "#4a5b63", "#dfe0da", "#ffffff"

#: More is darker: five steps.
STEPS = ("#e7f3f2", "#98ceca", "#4fa3a1", "#387375", "#204043")
#: Worse is darker: five steps, the first is "nothing wrong".
ALARM = ("#fbefe2", "#eeb98b", "#e27a32", "#ac4f19", "#642a0e")
#: Nothing known: paper white within a dashed edge.
UNKNOWN = SHEET

#: Kinds beside each other. Each with its own dashes and symbol.
KINDS = ("#0d5c63", "#b16b26", "#491a78", "#22a282", "#9a62d1", "#5a2513")
DASHES: tuple[list[int], ...] = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [10, 4], [1, 3])
SYMBOLS = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")

PLAN, ACTUAL = "#5d6d75", "#0b3d43"


def luminance(colour: str) -> float:
    """WCAG relative luminance, 0 (black) to 1 (white)."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def ink_on(colour: str) -> str:
    """Which ink is read on this colour."""
    return INK if contrast(INK, colour) >= contrast(SHEET, colour) else SHEET


def kinds_scale(names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Encodings by kind: colour, dashes and symbol together. KeyError-free up to six names."""
    domain = list(names)
    count = len(domain)
    return {
        "color": {"scale": {"domain": domain, "range": list(KINDS[:count])}},
        "strokeDash": {"scale": {"domain": domain, "range": [list(d) for d in DASHES[:count]]}},
        "shape": {"scale": {"domain": domain, "range": list(SYMBOLS[:count])}},
    }


# Reads like the pages; a mark speaks only where the specification gives it a description (a tile that is a link).
CONFIG: dict[str, Any] = {
    "background": None,
    "font": "Noto Sans",
    "padding": 4,
    "view": {"stroke": None},
    "mark": {"aria": False},
    "line": {"strokeWidth": 2.2},
    "point": {"size": 42, "filled": True},
    "axis": {
        "aria": False,
        "domainColor": INK_SOFT,
        "tickColor": INK_SOFT,
        "gridColor": LINE,
        "labelColor": INK,
        "titleColor": INK,
        "labelFontSize": 11,
        "titleFontSize": 11,
        "titleFontWeight": "normal",
        "labelLimit": 150,
    },
    "legend": {
        "aria": False,
        "labelColor": INK,
        "titleColor": INK,
        "labelFontSize": 11,
        "titleFontSize": 11,
        "titleFontWeight": "normal",
        "orient": "top",
        "labelLimit": 220,
        "titleLimit": 320,
        "symbolStrokeWidth": 2,
    },
    "header": {"labelColor": INK, "titleColor": INK, "labelFontSize": 11, "labelFontWeight": "bold"},
    "title": {"aria": False, "color": INK, "fontSize": 12, "anchor": "start"},
    "text": {"color": INK, "fontSize": 11},
}
