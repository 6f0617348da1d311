"""The S-curve (plan and actual, cumulative, month by month), and the same small for every PPK."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from randal.documents.chart_colours import ACTUAL, INK_SOFT, PLAN
from randal.documents.charts import Chart
from randal.l10n import formats
from randal.overviews.monitoring.sums import Sum
from randal.spreadsheets.writer import Column

PLANNED, REAL = "Rencana", "Realisasi"
KINDS = {"physical": "fisik", "financial": "keuangan"}
LINES: dict[str, Any] = {
    "color": {"domain": [PLANNED, REAL], "range": [PLAN, ACTUAL]},
    "strokeDash": {"domain": [PLANNED, REAL], "range": [[6, 4], [1, 0]]},
    "shape": {"domain": [PLANNED, REAL], "range": ["square", "circle"]},
}


def month_name(period: str) -> str:
    """Jun"""
    return formats.month(period)[:3]


def points(sums: Mapping[str, Sum], kind: str) -> list[dict[str, Any]]:
    found = []
    for period in sorted(sums):
        for label, measure in ((PLANNED, f"{kind}_plan"), (REAL, f"{kind}_actual")):
            value = sums[period].mean(measure)
            if value is not None:
                found.append(
                    {"period": period, "month": month_name(period), "kind": label, "percent": float(value)}
                )
    return found


def encoding(months: Sequence[str], *, legend: bool = True) -> dict[str, Any]:
    shown = {"title": None, "symbolStrokeColor": INK_SOFT} if legend else None
    return {
        "x": {
            "field": "month",
            "type": "ordinal",
            "title": None,
            "scale": {"domain": list(months)},
            "axis": {"labelAngle": 0, "labelOverlap": True},
        },
        "y": {
            "field": "percent",
            "type": "quantitative",
            "title": None,
            "scale": {"domainMax": 100, "domainMin": 0},
            "axis": {"tickCount": 5, "labelExpr": "datum.label + '%'"},
        },
        "tooltip": [
            {"field": "kind", "title": "Angka"},
            {"field": "period", "title": "Periode"},
            {"field": "percent", "title": "Persen", "format": ".2f"},
        ],
    } | {
        # The dashes are left out of the legend: they would fray the edge of its small square.
        channel: {
            "field": "kind",
            "type": "nominal",
            "scale": scale,
            "legend": shown if channel != "strokeDash" else None,
        }
        for channel, scale in LINES.items()
    }


def curve(sums: Mapping[str, Sum], kind: str, of: str) -> Chart:
    """Of the periods of one year. `kind`: physical or financial; `of`: whose, as in "seluruh provinsi"."""
    called = KINDS[kind]
    months = list(dict.fromkeys(month_name(p) for p in sorted(sums)))
    spec = {
        "data": {"values": points(sums, kind)},
        "width": 320,
        "height": 190,
        "mark": {"type": "line", "point": {"size": 46, "filled": True}, "clip": False},
        "encoding": encoding(months),
    }
    rows = [
        (
            formats.month(period),
            one.mean(f"{kind}_plan"),
            one.mean(f"{kind}_actual"),
            one.physical_deviation if kind == "physical" else one.financial_deviation,
            one.count,
            str(one.weight),
        )
        for period, one in sorted(sums.items())
    ]
    columns = (
        Column("Periode"),
        Column("Rencana", "percent"),
        Column("Realisasi", "percent"),
        Column("Deviasi (poin)", "points"),
        Column("Kegiatan", "integer"),
        Column("Bobot (pagu)", "money"),
    )
    return Chart(f"kurva-{called}", f"Kurva S {called}", says(sums, kind, of), spec, columns, rows)


def says(sums: Mapping[str, Sum], kind: str, of: str) -> str:
    if not sums:
        return f"Belum ada angka {KINDS[kind]} {of}."
    period = max(sums)
    plan, actual = sums[period].mean(f"{kind}_plan"), sums[period].mean(f"{kind}_actual")
    if plan is None or actual is None:
        return f"Belum ada angka {KINDS[kind]} {of}."
    away = actual - plan
    where = (
        "sesuai rencana"
        if not away
        else f"{formats.number(abs(away), 2)} poin {'di atas' if away > 0 else 'di bawah'} rencana"
    )
    return (
        f"{formats.month(period)}, {of}: realisasi {KINDS[kind]} {formats.percent(actual)}, rencana {formats.percent(plan)}; "
        f"{where}."
    )


def multiples(by_unit: Mapping[str, Mapping[str, Sum]], called: str = "PPK") -> Chart:
    """Physical plan and actual of each PPK (name → period → sum), in the order given."""
    periods = sorted({p for sums in by_unit.values() for p in sums})
    months = list(dict.fromkeys(month_name(p) for p in periods))
    values = [point | {"unit": name} for name, sums in by_unit.items() for point in points(sums, "physical")]

    def spec(columns: int, width: int) -> dict[str, Any]:
        small = encoding(months)
        small["x"]["axis"] = {
            "labelAngle": 0,
            "labelOverlap": True,
            "values": [months[0], months[-1]] if months else [],
        }
        small["y"]["axis"] = {"tickCount": 2, "values": [0, 50, 100]}
        facet = {
            "field": "unit",
            "type": "nominal",
            "title": None,
            "sort": list(by_unit),
            "header": {"labelLimit": width + 20},
        }
        return {
            "data": {"values": values},
            "columns": columns,
            "facet": facet,
            "spacing": {"row": 12, "column": 14},
            "spec": {
                "width": width,
                "height": 62,
                "mark": {"type": "line", "point": {"size": 16}, "strokeWidth": 1.6},
                "encoding": small,
            },
        }

    rows = [
        (
            name,
            formats.month(period),
            one.physical_plan,
            one.physical_actual,
            one.physical_deviation,
        )
        for name, sums in by_unit.items()
        for period, one in sorted(sums.items())
    ]
    behind = sum(1 for sums in by_unit.values() if sums and (sums[max(sums)].physical_deviation or 0) < 0)
    columns = (
        Column(called),
        Column("Periode"),
        Column("Rencana fisik", "percent"),
        Column("Realisasi fisik", "percent"),
        Column("Deviasi (poin)", "points"),
    )
    return Chart(
        name="per-ppk",
        title=f"Kurva S fisik setiap {called}",
        says=f"{len(by_unit)} {called} dengan angka; {behind} di bawah rencananya pada laporan terakhir."
        if values
        else f"Belum ada {called} dengan angka.",
        spec=spec(6, 112),
        narrow=spec(2, 130),
        columns=columns,
        rows=rows,
    )
