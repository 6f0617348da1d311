from __future__ import annotations

from apiflask import fields
from sqlalchemy.orm import selectinload

from randal.api.furniture import Instant, ItemOut, Resource, serve
from randal.findings import commands
from randal.findings.forms import FindingForm
from randal.findings.models import Finding


class FindingOut(ItemOut):
    meeting_id = fields.Integer()
    unit_id = fields.Integer()
    text = fields.String()
    severity = fields.String()
    response = fields.String()
    responded_at = Instant()
    no_follow_up_reason = fields.String()
    evaluation = fields.String()
    closed_at = Instant()
    follow_up_ids = fields.Function(lambda f: [x.id for x in f.follow_ups])


serve(
    Resource(
        "findings",
        Finding,
        FindingOut,
        create=commands.make_finding,
        create_schema=FindingForm,
        update=commands.edit_finding,
        update_schema=FindingForm,
        filters={
            "meeting_id": Finding.meeting_id,
            "unit_id": Finding.unit_id,
            "state": Finding.state,
            "severity": Finding.severity,
        },
        options=lambda query: query.options(selectinload(Finding.follow_ups), selectinload(Finding.meeting)),
    )
)
