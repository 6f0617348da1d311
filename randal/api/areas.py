"""Kawasan beside their kegiatan: the lists, theme by year, readiness, promises of the Pemda, benefit."""

from __future__ import annotations

from typing import Any

from apiflask import Schema, fields
from flask import Response, abort
from sqlalchemy import select

from randal.api.furniture import Instant, RowOut, actor, api, shown
from randal.api.resources import Resource, serve
from randal.base.ids import read as read_id
from randal.models.areas import Benefit, BenefitAnswer, Check, Commitment, Criterion, Theme
from randal.models.progress import Activity, AreaKind
from randal.rooms.areas import benefits, commands, lists, queries
from randal.rooms.areas.forms import (
    BenefitAnswerForm,
    BenefitForm,
    CheckForm,
    CommitmentForm,
    CriterionForm,
    ListForm,
)
from randal.web.downloads import file_answer


class ListOut(RowOut):
    name = fields.String()
    active = fields.Boolean()


class CriterionOut(ListOut):
    of = fields.String(metadata={"description": "area atau activity"})
    sectors = fields.List(fields.String())


class FilledOut(RowOut):
    note = fields.String()
    updated_at = Instant()
    updated_by_id = fields.Integer(allow_none=True)


class CheckOut(FilledOut):
    area_id = fields.Integer()
    activity_id = fields.Integer(allow_none=True)
    criterion_id = fields.Integer()
    criterion = fields.Function(lambda row: row.criterion.name)
    status = fields.String()
    dated_on = fields.Date(allow_none=True)
    file_id = fields.Integer(allow_none=True)


class CommitmentOut(FilledOut):
    area_id = fields.Integer()
    kind = fields.String()
    office = fields.String()
    post = fields.String()
    status = fields.String()
    amount = fields.Decimal(as_string=True, allow_none=True, metadata={"description": "Rupiah"})
    dated_on = fields.Date(allow_none=True)
    file_id = fields.Integer(allow_none=True)


class BenefitAnswerOut(Schema):
    id = fields.Integer()
    activity_id = fields.Integer()
    period = fields.String()
    step = fields.String(allow_none=True, metadata={"description": "Kosong: belum terbangun"})
    answered_at = Instant()
    answered_by_id = fields.Integer(allow_none=True)


class BenefitOut(FilledOut):
    activity_id = fields.Integer()
    step = fields.String()
    dated_on = fields.Date()
    people_served = fields.Integer(allow_none=True)
    file_id = fields.Integer(allow_none=True)
    before_id = fields.Integer(allow_none=True)
    after_id = fields.Integer(allow_none=True)


def of_area(model: Any) -> Any:
    def inside(raw: str) -> Any:
        of_it = select(Activity.id).where(Activity.area_id == (read_id(raw) or 0))
        return model.activity_id.in_(of_it)

    return inside


def served(path: str, model: Any, out: Any, schema: Any, make: Any, edit: Any, **filters: Any) -> None:
    serve(
        Resource(
            path,
            model,
            out,
            create=make,
            create_schema=schema,
            update=edit,
            update_schema=schema,
            filters=filters,
        )
    )


served("themes", Theme, ListOut, ListForm, lists.make_theme, lists.edit_listed, name=Theme.name)
served("area-kinds", AreaKind, ListOut, ListForm, lists.make_kind, lists.edit_listed, name=AreaKind.name)
served(
    "readiness-criteria",
    Criterion,
    CriterionOut,
    CriterionForm,
    lists.make_criterion,
    lists.edit_listed,
    of=Criterion.of,
)
served(
    "readiness-checks", Check, CheckOut, CheckForm, commands.put_check, commands.edit_check,
    area_id=Check.area_id, activity_id=Check.activity_id, criterion_id=Check.criterion_id, status=Check.status,
)  # fmt: skip
served(
    "commitments", Commitment, CommitmentOut, CommitmentForm, commands.make_commitment, commands.edit_commitment,
    area_id=Commitment.area_id, kind=Commitment.kind, status=Commitment.status,
)  # fmt: skip
served(
    "benefits", Benefit, BenefitOut, BenefitForm, benefits.put_benefit, benefits.edit_benefit,
    activity_id=Benefit.activity_id, area_id=of_area(Benefit), step=Benefit.step,
)  # fmt: skip
serve(
    Resource(
        "benefit-answers", BenefitAnswer, BenefitAnswerOut, create=benefits.answer_benefit, create_schema=BenefitAnswerForm,
        filters={"activity_id": BenefitAnswer.activity_id, "area_id": of_area(BenefitAnswer),
                 "period": BenefitAnswer.period, "step": BenefitAnswer.step},
    )
)  # fmt: skip


@api.get("/area-files/<int:id>")
@shown(
    None,
    "Berkas bukti kesiapan, komitmen, atau manfaat, dan fotonya (`file_id`, `before_id`, `after_id`)",
    "areas",
)
def area_file(id: int) -> Response:
    return file_answer(queries.file_seen(id, actor()) or abort(404))
