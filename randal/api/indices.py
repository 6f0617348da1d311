"""Indeks keterpaduan of a kawasan, a unit's province and the nation; its formula, and themes by year."""

from __future__ import annotations

import re
from typing import Any

from apiflask import Schema, fields
from flask import Response, abort, request
from sqlalchemy import Select, select

from randal.api.furniture import Instant, RowOut, actor, answer, api, body, described, now, shown
from randal.api.resources import Resource, serve
from randal.database.base import db
from randal.l10n.clock import local_date
from randal.models.areas import AreaTheme, IndexFormula
from randal.models.progress import Area
from randal.org.places import Unit
from randal.rooms.areas import facts, lists, rolling
from randal.rooms.areas.forms import AdoptForm, FormulaForm, ThemeOfYearForm
from randal.rooms.areas.index import PARTS, Index
from randal.web.attempt import seen


class PartOut(Schema):
    name = fields.String()
    label = fields.String()
    value = fields.Decimal(as_string=True, allow_none=True)
    weight = fields.Decimal(as_string=True)
    known = fields.Decimal(as_string=True, allow_none=True, metadata={"description": "0 sampai 1"})


class IndexOut(Schema):
    period = fields.String()
    value = fields.Decimal(as_string=True, allow_none=True)
    version = fields.String()
    label = fields.String(metadata={"description": "Kosong bila bobotnya sudah ditetapkan Pimpinan"})
    confidence = fields.Decimal(as_string=True, metadata={"description": "Persen"})
    areas = fields.Integer()
    kept = fields.Boolean(metadata={"description": "Disimpan ketika periodenya dievaluasi"})
    parts = fields.List(fields.Nested(PartOut))


class PeriodQuery(Schema):
    period = fields.String(metadata={"description": "Bila kosong: bulan ini"})


def asked_period() -> str:
    """`period`, else the present month in Jakarta."""
    said = request.args.get("period") or local_date(now(), "Asia/Jakarta").strftime("%Y-%m")
    if not re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", said):
        abort(400, "Tulis period sebagai tttt-bb, misalnya 2018-06.")
    return said


def told(one: Index, period: str, formulas: facts.Formulas, kept: bool) -> Response:
    parts = [
        {
            "name": part.name,
            "label": PARTS[part.name],
            "value": part.value,
            "weight": part.weight,
            "known": None if part.known is None else round(part.known, 4),
        }
        for part in one.parts
    ]
    data: dict[str, Any] = {
        "period": period,
        "value": one.value,
        "version": one.version,
        "label": formulas.label(one.version),
    }
    data |= {"confidence": one.confidence, "areas": one.areas, "kept": kept, "parts": parts}
    return answer(IndexOut().dump(data))


def of_all(areas: Select[Any]) -> Response:
    period, formulas = asked_period(), facts.Formulas()
    found = facts.indices(areas, period, formulas)
    return told(facts.sum_of(found, formulas), period, formulas, bool(found) and all(of.kept for of in found))


@api.get("/areas/<int:id>/index")
@described(PeriodQuery, "query")
@shown(IndexOut, "Indeks keterpaduan kawasan", "areas")
def area_index(id: int) -> Response:
    area = seen(Area, id, actor())
    period, formulas = asked_period(), facts.Formulas()
    (one,) = facts.indices(select(Area).where(Area.id == area.id), period, formulas)
    return told(one.index, period, formulas, one.kept)


@api.get("/units/<int:id>/index")
@described(PeriodQuery, "query")
@shown(IndexOut, "Indeks keterpaduan provinsi satuan kerja, berbobot pagu", "units")
def unit_index(id: int) -> Response:
    unit = seen(Unit, id, actor())
    return of_all(Area.visible_to(actor()).where(Area.province_id == (unit.province_id or 0)))


@api.get("/index")
@described(PeriodQuery, "query")
@shown(IndexOut, "Indeks keterpaduan semua kawasan yang terlihat, berbobot pagu", "index")
def whole_index() -> Response:
    return of_all(Area.visible_to(actor()))


class FormulaOut(Schema):
    id = fields.Integer()
    name = fields.String()
    content = fields.Dict()
    note = fields.String()
    created_at = Instant()
    adopted_at = Instant(allow_none=True)
    adopted_by_id = fields.Integer(allow_none=True)


serve(
    Resource(
        "index-formulas", IndexFormula, FormulaOut, create=lists.propose, create_schema=FormulaForm,
        filters={"name": IndexFormula.name},
    )
)  # fmt: skip


@api.post("/index-formulas/<int:id>/adopt")
@described(AdoptForm)
@shown(FormulaOut, "Tetapkan versi ini (Pimpinan)", "index-formulas")
def adopt_formula(id: int) -> Response:
    row = seen(IndexFormula, id, actor())
    lists.adopt(row, actor(), body(), now())
    db.session.commit()
    return answer(FormulaOut().dump(row))


class ThemeOfYearOut(RowOut):
    area_id = fields.Integer()
    year = fields.Integer()
    theme = fields.Function(lambda row: row.theme.name)


serve(
    Resource(
        "area-themes", AreaTheme, ThemeOfYearOut, create=rolling.put, create_schema=ThemeOfYearForm,
        filters={"area_id": AreaTheme.area_id, "year": AreaTheme.year},
    )
)  # fmt: skip
