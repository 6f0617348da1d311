"""Telaah: the same numbers as the page, as JSON, or as its paper."""

from __future__ import annotations

from typing import Any

from apiflask import Schema, fields
from flask import Response, request

from randal.api.documents import DocumentOut
from randal.api.furniture import actor, answer, api, body, described, now, shown
from randal.api.resources import dump
from randal.database.base import db
from randal.models.kendala import category_names
from randal.org.places import Unit
from randal.rooms.follow_ups.insight import insight
from randal.rooms.follow_ups.insight_charts import charts
from randal.rooms.follow_ups.insight_papers import order_insight
from randal.schemas import forms
from randal.web.attempt import seen


class InsightForm(forms.Base):
    unit_id = forms.number_of("PPK", required=False)


class TableOut(Schema):
    name = fields.String()
    title = fields.String()
    says = fields.String()
    note = fields.String()
    columns = fields.List(fields.String())
    rows = fields.List(fields.List(fields.Raw()))


class InsightOut(Schema):
    total = fields.Integer()
    open = fields.Integer()
    parts = fields.List(fields.Nested(TableOut))


def unit_of(given: Any) -> int | None:
    unit = forms.load(InsightForm, {name: value for name, value in given.items() if value != ""}).get(
        "unit_id"
    )
    return seen(Unit, unit, actor()).id if unit else None


@api.get("/tracker/insight")
@described(InsightForm, "query")
@shown(InsightOut, "Telaah tindak lanjut: waktu, keterlambatan, yang menunggu, yang berulang", "tracker")
def tracker_insight() -> Response:
    found = insight(actor(), now(), unit_of(request.args.to_dict()))
    parts = [
        {
            "name": one.name, "title": one.title, "says": one.says, "note": one.note,
            "columns": [column.header for column in one.columns], "rows": [list(row) for row in one.rows],
        }
        for one in charts(found, category_names(all=True))
    ]  # fmt: skip
    return answer({"total": found.total, "open": found.open, "parts": parts})


@api.post("/tracker/insight")
@described(InsightForm, "json")
@shown(DocumentOut, "Minta telaah tindak lanjut sebagai PDF", "tracker", status=202)
def tracker_insight_paper() -> Response:
    document = order_insight(actor(), unit_of(body()), now=now())
    db.session.commit()
    return answer(dump(document), 202, {"Location": f"/api/v1/documents/{document.id}"})
