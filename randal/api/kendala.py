from __future__ import annotations

from apiflask import fields
from sqlalchemy.orm import selectinload

from randal.api.furniture import ItemOut
from randal.api.resources import Resource, serve
from randal.models.kendala import Kendala
from randal.rooms.kendala import commands
from randal.rooms.kendala.forms import KendalaForm


class KendalaOut(ItemOut):
    code = fields.String()
    meeting_id = fields.Integer()
    unit_id = fields.Integer()
    text = fields.String()
    category = fields.String(allow_none=True)
    subcategory = fields.String()
    area_id = fields.Integer(allow_none=True)
    activity_id = fields.Integer(allow_none=True)
    source_section = fields.String()
    source_paragraph = fields.Integer(allow_none=True)
    source_quote = fields.String()
    cause = fields.String()
    severity = fields.String(allow_none=True)
    solution = fields.String()
    no_follow_up_reason = fields.String()
    result = fields.String()
    level = fields.String()
    addressee = fields.String()
    answer_by = fields.Date(allow_none=True)
    in_treatment = fields.Boolean(metadata={"description": "A linked follow-up is running"})
    follow_up_ids = fields.Function(lambda k: [x.id for x in k.follow_ups])


serve(
    Resource(
        "kendala",
        Kendala,
        KendalaOut,
        create=commands.make_kendala,
        create_schema=KendalaForm,
        update=commands.edit_kendala,
        update_schema=KendalaForm,
        filters={
            "meeting_id": Kendala.meeting_id,
            "unit_id": Kendala.unit_id,
            "state": Kendala.state,
            "severity": Kendala.severity,
            "category": Kendala.category,
            "level": Kendala.level,
        },
        options=lambda query: query.options(selectinload(Kendala.follow_ups), selectinload(Kendala.meeting)),
    )
)
