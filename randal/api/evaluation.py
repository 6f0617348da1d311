"""Progress reports with their figures (the present revision) and totals weighted by budget."""

from __future__ import annotations

from typing import Any

from apiflask import Schema, fields

from randal.api.furniture import Instant, ItemOut, now
from randal.api.resources import Resource, serve
from randal.models.deadlines import standing_of
from randal.models.progress import ProgressReport
from randal.rooms.evaluation import commands
from randal.rooms.evaluation.forms import ReportBody, ReportPatch
from randal.rooms.evaluation.queries import questions, with_figures


def decimal() -> fields.Decimal:
    return fields.Decimal(as_string=True, allow_none=True)


class DueOn(fields.Date):
    """The day of the first deadline that counts for the report; none where no rule does."""

    def get_value(self, obj: Any, *args: Any, **more: Any) -> Any:
        stands = standing_of(obj, now())
        return stands.due_on if stands else None


class DaysLate(fields.Integer):
    def get_value(self, obj: Any, *args: Any, **more: Any) -> Any:
        stands = standing_of(obj, now())
        return stands.days_late if stands else None


class FigureOut(Schema):
    activity_id = fields.Integer()
    physical_plan = decimal()
    physical_actual = decimal()
    financial_plan = decimal()
    financial_actual = decimal()
    reason = fields.String()
    physical_forecast = decimal()
    financial_forecast = decimal()
    source = fields.String(allow_none=True, metadata={"description": "Kosong: sumber laporannya"})
    as_of = fields.Date(allow_none=True, metadata={"description": "Kosong: posisi laporannya"})
    explanation = fields.String(metadata={"description": "Mengapa angka turun, melonjak, atau melewati 100"})


class TotalsOut(Schema):
    physical_plan = decimal()
    physical_actual = decimal()
    physical_deviation = decimal()
    financial_plan = decimal()
    financial_actual = decimal()
    financial_deviation = decimal()
    budget = decimal()
    counted = fields.Integer()
    weights = fields.Dict(keys=fields.String(), values=decimal())


class ReportOut(ItemOut):
    unit_id = fields.Integer()
    period = fields.String()
    source = fields.String(allow_none=True)
    as_of = fields.Date(allow_none=True)
    note = fields.String()
    critical = fields.String()
    help_wanted = fields.String()
    revision = fields.Integer()
    submitted_by_id = fields.Integer(allow_none=True)
    submitted_at = Instant()
    first_submitted_at = Instant()
    due_on = DueOn(allow_none=True)
    days_late = DaysLate(
        allow_none=True, metadata={"description": "Hari kerja sesudah tenggat; 0 tepat waktu"}
    )
    validated_by_id = fields.Integer(allow_none=True)
    validated_at = Instant()
    figures = fields.List(fields.Nested(FigureOut))
    totals = fields.Nested(TotalsOut)
    warnings = fields.List(
        fields.String(),
        metadata={"description": "Angka yang turun, melonjak, atau melewati 100, beserta penjelasannya"},
    )


serve(
    Resource(
        "progress-reports",
        ProgressReport,
        ReportOut,
        create=commands.make_report,
        create_schema=ReportBody,
        update=commands.edit_report,
        update_schema=ReportPatch,
        filters={
            "unit_id": ProgressReport.unit_id,
            "period": ProgressReport.period,
            "state": ProgressReport.state,
            "source": ProgressReport.source,
        },
        options=with_figures,
        warn=questions,
    )
)
