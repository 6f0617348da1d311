"""The national page and the Lembar Pimpinan as JSON; a leader's answer there."""

from __future__ import annotations

from typing import Any

from apiflask import Schema, fields
from flask import Response, request

from randal.api.area_matrix import FilterQuery, filtered_by
from randal.api.furniture import actor, answer, api, described, now, shown
from randal.api.resources import creating
from randal.overviews.monitoring import answering, leader, queries
from randal.schemas import forms
from workflows.lifecycle import LEADER, SEES_ALL, Refused


def decimal(**more: Any) -> fields.Decimal:
    return fields.Decimal(as_string=True, allow_none=True, **more)


class SumOut(Schema):
    physical_plan = decimal()
    physical_actual = decimal()
    physical_deviation = decimal()
    financial_plan = decimal()
    financial_actual = decimal()
    budget = decimal(attribute="weight", metadata={"description": "Rupiah: bobotnya"})
    counted = fields.Integer(attribute="count")


class ProvinceLineOut(Schema):
    iso = fields.String(attribute="province.iso")
    name = fields.String(attribute="province.name")
    units = fields.Function(lambda line: len(line.units), metadata={"type": "integer"})
    handed_in = fields.Integer()
    figures = fields.Nested(SumOut, attribute="now")
    figures_before = fields.Nested(SumOut, attribute="before")
    critical = fields.Boolean()
    gained = decimal(metadata={"description": "Poin realisasi fisik sejak periode sebelumnya"})
    turned = decimal(metadata={"description": "Perubahan deviasi; di atas nol membaik"})
    follow_ups_running = fields.Integer(attribute="running")
    follow_ups_late = fields.Integer(attribute="late")
    index = decimal()
    index_before = decimal()
    confidence = decimal()


class OverviewOut(Schema):
    period = fields.String()
    before = fields.String()
    index_label = fields.String(metadata={"description": "Kosong bila bobotnya sudah ditetapkan Pimpinan"})
    whole = fields.Nested(SumOut)
    silent = fields.List(fields.String(), metadata={"description": "PPK yang belum menyampaikan"})
    items = fields.List(
        fields.Nested(ProvinceLineOut), metadata={"description": "Menurut kode, bukan peringkat"}
    )


@api.get("/overview")
@described(FilterQuery, "query")
@shown(OverviewOut, "Angka nasional per provinsi, dengan perubahan sejak periode sebelumnya", "overview")
def overview() -> Response:
    asked = filtered_by()
    seen = queries.overview(actor(), asked, now(), with_index=True)
    data = {
        "period": asked.period,
        "before": asked.before,
        "index_label": seen.index_label,
        "whole": seen.whole,
        "silent": seen.silent if asked.period else [],
        "items": seen.lines,
    }
    return answer(OverviewOut().dump(data))


class LeaderLineOut(Schema):
    head = fields.String()
    text = fields.String()
    detail = fields.String()
    kind = fields.String(metadata={"description": "kendala, follow_up, report, area, atau kosong"})
    id = fields.Integer()


class LeaderSheetOut(Schema):
    period = fields.String()
    wanted = fields.List(fields.Nested(LeaderLineOut))
    wanted_count = fields.Integer()
    weakest = fields.List(fields.Nested(LeaderLineOut))
    unkept = fields.List(fields.Nested(LeaderLineOut))
    unkept_count = fields.Integer()
    better = fields.List(fields.Nested(LeaderLineOut))


class PeriodQuery(Schema):
    period = fields.String(metadata={"description": "2018-06; bawaan: yang terbaru"})


@api.get("/leader-sheet")
@described(PeriodQuery, "query")
@shown(LeaderSheetOut, "Lembar Pimpinan", "leader-sheet")
def leader_sheet() -> Response:
    if not actor().has(*SEES_ALL):
        raise Refused("role", "Lembar Pimpinan dibuat untuk pimpinan dan tim pusat.")
    return answer(LeaderSheetOut().dump(leader.sheet(actor(), now(), request.args.get("period", ""))))


class LeaderAnswerForm(answering.AnswerForm):
    kind = forms.choice("Yang dijawab", {"kendala": "Kendala", "follow_up": "Tindak lanjut"})
    id = forms.number_of("Nomornya")


class LeaderAnswerOut(Schema):
    follow_up_id = fields.Integer()
    directive_id = fields.Integer(
        allow_none=True, metadata={"description": "Kosong: tidak ada notula yang terbuka"}
    )


@api.post("/leader-sheet/answers")
@described(LeaderAnswerForm, "json")
@shown(LeaderAnswerOut, "Arahan pimpinan dan draf tindak lanjutnya", "leader-sheet", status=201)
def leader_answer() -> Response:
    if not actor().has(LEADER):
        raise Refused("role", "Arahan diberikan oleh pimpinan.")

    def make(raw: dict[str, Any]) -> tuple[Any, Any]:
        given = forms.load(LeaderAnswerForm, raw)
        item = answering.item_of(given["kind"], given["id"], actor())
        if item is None:
            raise forms.wrong("id", "Yang dijawab tidak ditemukan.")
        plain = {name: raw.get(name) for name in answering.AnswerForm().fields}
        return answering.answer(item, actor(), plain, now())

    def told(made: tuple[Any, Any]) -> Any:
        directive, follow_up = made
        return LeaderAnswerOut().dump(
            {"follow_up_id": follow_up.id, "directive_id": directive.id if directive else None}
        )

    return creating(make, told)
