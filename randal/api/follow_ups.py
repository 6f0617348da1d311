from __future__ import annotations

from typing import Any

from apiflask import fields
from flask import Response, abort, url_for
from sqlalchemy.orm import joinedload, selectinload

from randal.api.furniture import Instant, ItemOut, RowOut, actor, api, described, now, shown
from randal.api.listing import paged
from randal.api.resources import Resource, creating, dump, serve
from randal.models.follow_ups import Evidence, Extension, FollowUp
from randal.rooms.follow_ups import commands, proof
from randal.rooms.follow_ups.forms import EvidenceForm, ExtensionForm, FollowUpForm, VerdictForm
from randal.web.attempt import seen
from randal.web.downloads import file_answer
from workflows.lifecycle import EVALUATOR


class FollowUpOut(ItemOut):
    code = fields.String()
    number = fields.Integer()
    meeting_id = fields.Integer()
    unit_id = fields.Integer()
    text = fields.String()
    expected_output = fields.String()
    due_on = fields.Date()
    priority = fields.String()
    waits_for = fields.String()
    waits_post = fields.String()
    waits_since = fields.Date(allow_none=True)
    area_id = fields.Integer(allow_none=True)
    activity_id = fields.Integer(allow_none=True)
    source_section = fields.String()
    source_paragraph = fields.Integer(allow_none=True)
    source_quote = fields.String()
    first_due_on = fields.Date(allow_none=True)
    extensions_granted = fields.Function(lambda f: len(f.granted_extensions))
    group_key = fields.String()
    after_minutes = fields.Boolean()
    finding_ids = fields.Function(lambda f: [x.id for x in f.findings])
    kendala_ids = fields.Function(lambda f: [x.id for x in f.kendala])
    evidence_ids = fields.Function(lambda f: [x.id for x in f.evidence])
    days_late = fields.Function(lambda f: f.days_late(now()))
    due_soon = fields.Function(lambda f: f.is_due_soon(now()))
    submitted_at = Instant()
    verified_at = Instant()
    returned_at = Instant()
    returned_reason = fields.String()
    infeasible_ground = fields.String()


class FollowUpIn(FollowUpForm):
    unit_ids = fields.List(fields.Integer(), metadata={"description": "Menggantikan unit_id: satu per PPK."})


def degrees(piece: Evidence, value: Any) -> str | None:
    """For its own unit and who judges it, as a decimal string."""
    return str(value) if value is not None and piece.shows_all_to(actor()) else None


class EvidenceOut(RowOut):
    follow_up_id = fields.Integer()
    link = fields.Function(lambda e: e.link or None)
    file = fields.Function(
        lambda e: (
            e.file
            and {
                "name": e.file.name,
                "mime": e.file.mime,
                "size": e.file.size,
                "sha256": e.file.sha256,
                "url": url_for("api.evidence_file", id=e.id),
            }
        )
    )
    note = fields.String()
    dated_on = fields.Date()
    place = fields.String()
    replaces_id = fields.Integer()
    taken_at = fields.Function(
        lambda e: e.taken_at.isoformat() if e.taken_at and e.shows_all_to(actor()) else None,
        metadata={"description": "By the camera's own clock, without zone; for the unit and Tim Monev"},
    )
    latitude = fields.Function(lambda e: degrees(e, e.latitude))
    longitude = fields.Function(lambda e: degrees(e, e.longitude))
    same_as = fields.Function(
        lambda e: (
            [x.id for x in proof.duplicates(e.follow_up).get(e.id, [])] if actor().has(EVALUATOR) else None
        ),
        metadata={"description": "Pieces with the very same bytes, here or elsewhere; for Tim Monev"},
    )
    added_by_id = fields.Integer()
    added_at = Instant()
    verdict = fields.String()
    verdict_note = fields.String()
    judged_by_id = fields.Integer()
    judged_at = Instant()
    updated_at = Instant()


class ExtensionOut(ItemOut):
    follow_up_id = fields.Integer()
    old_due_on = fields.Date()
    new_due_on = fields.Date()
    reason = fields.String()
    decided_by_id = fields.Integer()
    decided_at = Instant()


serve(
    Resource(
        "follow-ups",
        FollowUp,
        FollowUpOut,
        update=commands.edit_follow_up,
        update_schema=FollowUpForm,
        filters={
            "meeting_id": FollowUp.meeting_id,
            "unit_id": FollowUp.unit_id,
            "state": FollowUp.state,
            "priority": FollowUp.priority,
            "group_key": FollowUp.group_key,
        },
        options=lambda query: query.options(
            joinedload(FollowUp.meeting),
            selectinload(FollowUp.findings),
            selectinload(FollowUp.kendala),
            selectinload(FollowUp.all_evidence),
            selectinload(FollowUp.extensions),
        ),
    )
)
serve(
    Resource(
        "evidence",
        Evidence,
        EvidenceOut,
        update=proof.judge_evidence,
        update_schema=VerdictForm,
        filters={"follow_up_id": Evidence.follow_up_id, "verdict": Evidence.verdict},
    )
)
serve(
    Resource(
        "extensions",
        Extension,
        ExtensionOut,
        filters={"follow_up_id": Extension.follow_up_id, "state": Extension.state},
        options=lambda query: query.options(joinedload(Extension.follow_up).joinedload(FollowUp.meeting)),
    )
)


@api.post("/follow-ups")
@described(FollowUpIn)
@shown(FollowUpOut, "Buat tindak lanjut; dengan unit_ids satu per PPK", "follow-ups", 201)
def follow_ups_create() -> Response:
    def make(raw: dict[str, Any]) -> Any:
        if raw.get("unit_ids") is not None:
            return commands.make_follow_ups(actor(), raw, now())
        return commands.make_follow_up(actor(), raw, now())

    def show(made: Any) -> Any:
        return {"items": [dump(f) for f in made], "next": None} if isinstance(made, list) else dump(made)

    return creating(make, show)


@api.get("/follow-ups/<int:id>/evidence")
@shown(None, "Bukti dukung tindak lanjut ini", "evidence")
def follow_up_evidence(id: int) -> Response:
    item = seen(FollowUp, id, actor())
    return paged(Evidence.visible_to(actor()).where(Evidence.follow_up_id == item.id), Evidence, dump)


@api.post("/follow-ups/<int:id>/evidence")
@described(EvidenceForm, "form_and_files")
@shown(EvidenceOut, "Tambah bukti dukung: multipart `file`, atau JSON `link`", "evidence", 201)
def follow_up_add_evidence(id: int) -> Response:
    item = seen(FollowUp, id, actor())
    return creating(lambda raw: proof.add_evidence(item, actor(), raw, now()))


@api.get("/evidence/<int:id>/file")
@shown(None, "Berkas bukti dukung", "evidence")
def evidence_file(id: int) -> Response:
    row = seen(Evidence, id, actor())
    if row.file is None:
        abort(404)
    return file_answer(row.file, bare=not row.shows_all_to(actor()))


@api.get("/follow-ups/<int:id>/extensions")
@shown(None, "Permintaan perpanjangan tindak lanjut ini", "extensions")
def follow_up_extensions(id: int) -> Response:
    item = seen(FollowUp, id, actor())
    mine = Extension.visible_to(actor()).where(Extension.follow_up_id == item.id)
    return paged(mine, Extension, lambda row: dump(row, own_page=False))


@api.post("/follow-ups/<int:id>/extensions")
@described(ExtensionForm)
@shown(ExtensionOut, "Minta perpanjangan tenggat", "extensions", 201)
def follow_up_ask_extension(id: int) -> Response:
    item = seen(FollowUp, id, actor())
    return creating(lambda raw: commands.ask_extension(item, actor(), raw, now()))
