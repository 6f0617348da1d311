"""By when reports are due: rules that everybody reads, and secretariat and administrator keep."""

from __future__ import annotations

from apiflask import Schema, fields
from flask import Response

from randal.api.furniture import Instant, actor, answer, api, described, now, shown
from randal.api.resources import Resource, creating, serve
from randal.models.deadlines import Deadline
from randal.rooms.deadlines import commands
from randal.rooms.deadlines.forms import DeadlineForm, MarkForm
from randal.web.attempt import seen


class DeadlineOut(Schema):
    id = fields.Integer()
    version = fields.Integer()
    name = fields.String()
    who = fields.String()
    anchor = fields.String()
    working_days = fields.Integer()
    remind_before = fields.Integer()
    met_by = fields.String(
        metadata={"description": "mark: dicatat yang menyampaikan; report: laporan evaluasi nasional dibuat"}
    )
    since = fields.String()
    basis = fields.String()
    active = fields.Boolean()
    updated_at = Instant()


serve(
    Resource(
        "deadlines",
        Deadline,
        DeadlineOut,
        create=commands.make_deadline,
        create_schema=DeadlineForm,
        update=commands.edit_deadline,
        update_schema=DeadlineForm,
        filters={"who": Deadline.who, "anchor": Deadline.anchor},
    )
)


class MarkOut(Schema):
    period = fields.String()
    dated_on = fields.Date()
    note = fields.String()


class MarksOut(Schema):
    items = fields.List(fields.Nested(MarkOut))


@api.get("/deadlines/<int:id>/marks")
@shown(
    MarksOut,
    "Yang sudah disampaikan menurut tenggat ini, per periode; laporan PPK ada di progress-reports",
    "deadlines",
)
def deadline_marks(id: int) -> Response:
    known = seen(Deadline, id, actor()).handed_in()
    items = [{"period": p, "dated_on": one.day, "note": one.how} for p, one in sorted(known.items())]
    return answer(MarksOut().dump({"items": items}))


@api.post("/deadlines/<int:id>/marks")
@described(MarkForm)
@shown(MarkOut, "Catat bahwa yang diminta tenggat ini sudah disampaikan", "deadlines", status=201)
def mark_deadline(id: int) -> Response:
    row = seen(Deadline, id, actor())
    return creating(lambda raw: commands.mark_done(row, raw, actor(), now()), MarkOut().dump)
