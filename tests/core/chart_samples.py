"""Charts for the tests: a curve with four lines, and tiles that are links."""

from __future__ import annotations

from typing import Any

from randal.documents import chart_colours as colours
from randal.documents.charts import Chart
from randal.spreadsheets.writer import Column


def curve(name: str = "kurva", *, word: str = "Rencana") -> Chart:
    values = [
        {"month": f"2018-{m:02d}", "kind": kind, "percent": m * step}
        for m in range(1, 7)
        for kind, step in ((word, 8), ("Realisasi", 6.5))
    ]
    spec: dict[str, Any] = {
        "data": {"values": values},
        "width": 300,
        "height": 160,
        "mark": {"type": "line", "point": True},
        "encoding": {
            "x": {"field": "month", "type": "ordinal", "title": None},
            "y": {"field": "percent", "type": "quantitative", "title": "persen"},
            "tooltip": [{"field": "kind", "title": "Angka"}, {"field": "percent", "title": "Persen"}],
        }
        | {
            channel: {"field": "kind", "title": None} | scale
            for channel, scale in colours.kinds_scale([word, "Realisasi"]).items()
        },
    }
    rows = tuple((v["month"], v["kind"], v["percent"]) for v in values)
    columns = (Column("Bulan"), Column("Angka"), Column("Persen", "percent"))
    return Chart(name, "Kurva S", "Realisasi 39 persen, di bawah rencana 48 persen.", spec, columns, rows)


def tiles(name: str = "peta") -> Chart:
    values = [
        {"code": code, "x": x, "url": f"/ke/{code}", "called": f"{code}: {x * 20}"}
        for x, code in enumerate(("AC", "SU", "BB"))
    ]
    mark = {"type": "rect", "aria": True, "cursor": "pointer"}
    spec = {
        "data": {"values": values},
        "width": 132,
        "height": 44,
        "mark": mark,
        "encoding": {
            "x": {"field": "x", "type": "ordinal", "axis": None},
            "href": {"field": "url"},
            "description": {"field": "called"},
        },
    }
    rows = tuple((v["code"], v["x"] * 20) for v in values)
    return Chart(name, "Peta", "Tiga provinsi.", spec, (Column("Kode"), Column("Nilai", "integer")), rows)
