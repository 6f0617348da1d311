"""Thresholds: from where on a figure is critical, unusual or old. Read by all, set by the office."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from apiflask import Schema, fields
from flask import Response

from randal.api.furniture import Instant, actor, answer, api, body, described, now, shown
from randal.database.base import db
from randal.models.thresholds import history, limits, require_keeper, set_limits
from randal.rooms.evaluation.forms import LimitsForm
from randal.schemas import forms


class ThresholdOut(Schema):
    name = fields.String()
    value = fields.Decimal(as_string=True)
    note = fields.String()
    set_at = Instant()
    set_by_id = fields.Integer(allow_none=True)


class ThresholdsOut(Schema):
    values = fields.Dict(keys=fields.String(), values=fields.Decimal(as_string=True))
    history = fields.List(fields.Nested(ThresholdOut), metadata={"description": "Yang terbaru dahulu"})


def told() -> Response:
    data: dict[str, Any] = {"values": asdict(limits()), "history": history()}
    return answer(ThresholdsOut().dump(data))


@api.get("/thresholds")
@shown(ThresholdsOut, "Ambang yang berlaku dan riwayatnya", "thresholds")
def thresholds() -> Response:
    return told()


@api.post("/thresholds")
@described(LimitsForm, "json")
@shown(ThresholdsOut, "Ubah ambang yang disebut; yang lain tetap", "thresholds")
def set_thresholds() -> Response:
    require_keeper(actor())
    given = forms.load(LimitsForm, body(), partial=True)
    set_limits(given, given.pop("note", None) or "", actor(), now())
    db.session.commit()
    return told()
