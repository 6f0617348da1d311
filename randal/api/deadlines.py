"""By when reports are due: rules that everybody reads, and secretariat and administrator keep."""

from __future__ import annotations

from apiflask import Schema, fields

from randal.api.furniture import Instant, Resource, serve
from randal.deadlines import commands
from randal.deadlines.forms import DeadlineForm
from randal.deadlines.models import Deadline


class DeadlineOut(Schema):
    id = fields.Integer()
    version = fields.Integer()
    name = fields.String()
    who = fields.String()
    anchor = fields.String()
    working_days = fields.Integer()
    remind_before = fields.Integer()
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
