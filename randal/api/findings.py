from __future__ import annotations

from apiflask import Schema, fields
from flask import Response
from sqlalchemy.orm import selectinload

from randal.api.furniture import Instant, ItemOut, actor, answer, api, body, described, now, shown
from randal.api.resources import Resource, serve
from randal.database.base import db
from randal.models.findings import Finding
from randal.models.meetings import Meeting
from randal.rooms.findings import commands
from randal.rooms.findings.forms import FindingForm
from randal.rooms.findings.proposing import DecisionForm, decide, decisions, waiting
from randal.web.attempt import seen
from workflows.lifecycle import Act


class FindingOut(ItemOut):
    code = fields.String()
    meeting_id = fields.Integer()
    unit_id = fields.Integer()
    text = fields.String()
    severity = fields.String()
    area_id = fields.Integer(allow_none=True)
    activity_id = fields.Integer(allow_none=True)
    source_section = fields.String()
    source_paragraph = fields.Integer(allow_none=True)
    source_quote = fields.String()
    response = fields.String()
    responded_at = Instant()
    no_follow_up_reason = fields.String()
    evaluation = fields.String()
    closed_at = Instant()
    follow_up_ids = fields.Function(lambda f: [x.id for x in f.follow_ups])


class ProposalOut(Schema):
    unit_id = fields.Integer()
    kind = fields.String()
    subject = fields.String(metadata={"description": "report, atau nomor kegiatannya"})
    severity = fields.String()
    text = fields.String()
    facts = fields.Dict()


class ProposalDecisionOut(Schema):
    id = fields.Integer()
    unit_id = fields.Integer()
    kind = fields.String()
    subject = fields.String()
    text = fields.String()
    facts = fields.Dict()
    decision = fields.String()
    reason = fields.String()
    finding_id = fields.Integer(allow_none=True)
    decided_at = Instant()
    decided_by_id = fields.Integer(allow_none=True)


class ProposalsOut(Schema):
    items = fields.List(fields.Nested(ProposalOut))
    decided = fields.List(fields.Nested(ProposalDecisionOut))
    next = fields.String(allow_none=True)


@api.get("/meetings/<int:id>/finding-proposals")
@shown(ProposalsOut, "Usulan temuan dari ambang, dan yang sudah diputuskan (Tim Monev)", "findings")
def finding_proposals(id: int) -> Response:
    meeting = seen(Meeting, id, actor())
    meeting.lifecycle().require(meeting, "proposals", Act(actor(), now()))
    found = [one for several in waiting(meeting, actor()).values() for one in several]
    told = {"items": found, "decided": decisions(meeting), "next": None}
    return answer(dict(ProposalsOut().dump(told)))


@api.post("/meetings/<int:id>/finding-proposals")
@described(DecisionForm)
@shown(
    ProposalDecisionOut, "Jadikan temuan (accepted), atau abaikan dengan alasan (dismissed)", "findings", 201
)
def decide_finding_proposal(id: int) -> Response:
    row = decide(seen(Meeting, id, actor()), actor(), body(), now())
    made = answer(dict(ProposalDecisionOut().dump(row)), 201)
    db.session.commit()
    return made


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
