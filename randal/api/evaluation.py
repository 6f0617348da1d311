"""Progress reports with their figures (the present revision) and totals weighted by budget."""

from __future__ import annotations

from apiflask import Schema, fields

from randal.api.furniture import Instant, ItemOut, Resource, serve
from randal.evaluation import commands
from randal.evaluation.forms import ReportBody, ReportPatch
from randal.evaluation.models import ProgressReport
from randal.evaluation.queries import with_figures


def decimal() -> fields.Decimal:
    return fields.Decimal(as_string=True, allow_none=True)


class FigureOut(Schema):
    activity_id = fields.Integer()
    physical_plan = decimal()
    physical_actual = decimal()
    financial_plan = decimal()
    financial_actual = decimal()
    reason = fields.String()


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
    revision = fields.Integer()
    submitted_by_id = fields.Integer(allow_none=True)
    submitted_at = Instant()
    validated_by_id = fields.Integer(allow_none=True)
    validated_at = Instant()
    figures = fields.List(fields.Nested(FigureOut))
    totals = fields.Nested(TotalsOut)


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
    )
)
