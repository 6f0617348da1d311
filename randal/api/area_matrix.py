"""Kawasan × sector: who works where, how far each is, and what clashes in time."""

from __future__ import annotations

from apiflask import Schema, fields
from flask import Response, request

from randal.api.furniture import actor, answer, api, described, shown
from randal.base.ids import bounded
from randal.models.progress import limits
from randal.overviews.monitoring import filters, matrix
from randal.rooms.areas.clash_words import whole
from randal.rooms.areas.clashing import KINDS


class FilterQuery(Schema):
    period = fields.String(metadata={"description": "2018-06; bawaan: yang terbaru"})
    province = fields.String(metadata={"description": "Kode ISO"})
    theme = fields.String()
    sector = fields.String()
    meeting_id = fields.String(
        metadata={"description": "Hanya satuan kerja yang diundang, pada periode rapatnya"}
    )


class MatrixQuery(FilterQuery):
    cursor = fields.String()


class SectorCellOut(Schema):
    sector = fields.String()
    wanted = fields.Boolean(metadata={"description": "Sektor ini seharusnya bekerja di kawasan ini"})
    count = fields.Integer()
    budget = fields.Decimal(as_string=True)
    physical_deviation = fields.Decimal(as_string=True, allow_none=True)
    critical = fields.Boolean()
    clashes = fields.List(fields.String())


class ClashOut(Schema):
    kind = fields.String(
        metadata={"description": "step: tidak seiring (poin); order: urutan terbalik (hari)"}
    )
    label = fields.Function(lambda one: KINDS[one.kind], metadata={"type": "string"})
    sector = fields.String()
    other = fields.String()
    amount = fields.Decimal(as_string=True)
    until = fields.Date(allow_none=True)
    since = fields.Date(allow_none=True)
    text = fields.Function(whole, metadata={"type": "string"})


class MatrixRowOut(Schema):
    area_id = fields.Integer()
    name = fields.String()
    province = fields.String()
    theme = fields.String()
    index = fields.Decimal(as_string=True, allow_none=True)
    index_version = fields.String(allow_none=True)
    confidence = fields.Decimal(as_string=True, allow_none=True)
    cells = fields.List(fields.Nested(SectorCellOut))
    clashes = fields.List(fields.Nested(ClashOut))


class AreaMatrixOut(Schema):
    period = fields.String()
    index_label = fields.String(metadata={"description": "Kosong bila bobotnya sudah ditetapkan Pimpinan"})
    thresholds = fields.String()
    items = fields.List(fields.Nested(MatrixRowOut))
    next = fields.String(allow_none=True)


NAMES = {
    "period": "periode",
    "province": "provinsi",
    "theme": "tema",
    "sector": "sektor",
    "meeting_id": "rapat",
}


def filtered_by() -> filters.Filters:
    """What FilterQuery asks for, as the pages read it."""
    given = {NAMES[name]: value for name, value in request.args.items() if name in NAMES}
    return filters.read(given, actor())


@api.get("/area-matrix")
@described(MatrixQuery, "query")
@shown(AreaMatrixOut, "Matriks kawasan dan sektor, dengan yang bentrok waktu", "areas")
def area_matrix() -> Response:
    asked = filtered_by()
    page = request.args.get("cursor", 1, type=bounded)
    found = matrix.matrix(actor(), asked, page)
    edges = limits()
    items = [
        {
            "area_id": row.area.id,
            "name": row.area.name,
            "province": row.area.province.iso,
            "theme": row.area.theme,
            "index": row.index.value if row.index else None,
            "index_version": row.index.version if row.index else None,
            "confidence": row.index.confidence if row.index else None,
            "cells": [
                {
                    "sector": sector,
                    "wanted": sector in (row.area.sectors or []),
                    "count": cell.count,
                    "budget": cell.budget,
                    "physical_deviation": cell.deviation,
                    "critical": edges.is_critical(cell.sum.physical_plan, cell.sum.physical_actual),
                    "clashes": cell.clashes,
                }
                for sector, cell in row.cells.items()
            ],
            "clashes": row.clashes,
        }
        for row in found.rows
    ]
    data = {
        "period": asked.period,
        "index_label": found.label,
        "thresholds": f"{edges.sentence} {edges.clash_sentence}",
        "items": items,
        "next": str(found.page + 1) if found.more else None,
    }
    return answer(AreaMatrixOut().dump(data))
