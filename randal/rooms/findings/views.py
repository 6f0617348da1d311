"""Temuan monev: the list, one finding with its moves, noting one (also from the live minutes), changing it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from randal.database.base import db
from randal.items.pages import UnitItemPages
from randal.models.findings import Finding
from randal.models.follow_ups import FollowUp
from randal.models.meetings import Meeting
from randal.rooms.findings.commands import edit_finding, make_finding
from randal.rooms.findings.forms import FindingFields, FindingForm
from randal.rooms.findings.proposing import decide, decisions, may_decide, waiting
from randal.web.attempt import seen
from randal.web.pages import actor, now, safe_next
from workflows.lifecycle import Act, Refused

bp = Blueprint("findings", __name__, url_prefix="/temuan")
pages = UnitItemPages(
    bp,
    name="finding",
    model=Finding,
    form=FindingForm,
    fields=FindingFields,
    make=make_finding,
    edit=edit_finding,
    links=FollowUp.findings,
    nowhere="Temuan dicatat oleh Tim Monev, Sekretariat, atau Notulis rapat yang sudah dimulai.",
)
bp.add_app_template_global(
    lambda meeting, unit_id: waiting(meeting, actor(), unit_id).get(unit_id, []), "proposed_findings"
)
bp.add_app_template_global(lambda meeting: may_decide(meeting, actor()), "may_decide_proposals")


@bp.get("/usulan/<int:meeting_id>")
@login_required
def proposed(meeting_id: int) -> ResponseReturnValue:
    """What the thresholds point at in all reports of a meeting, and what was decided."""
    meeting = seen(Meeting, meeting_id, actor())
    meeting.lifecycle().require(meeting, "proposals", Act(actor(), now()))
    return proposed_page(meeting, {})


def proposed_page(meeting: Meeting, wrong: dict[str, Any]) -> ResponseReturnValue:
    page = render_template(
        "findings/proposed.html",
        meeting=meeting,
        units=[a.unit for a in meeting.invitees if a.unit],
        found=waiting(meeting, actor()),
        decided=decisions(meeting),
        wrong=wrong,
    )
    return page, 422 if wrong else 200


@bp.post("/usulan/<int:meeting_id>")
@login_required
def decide_proposal(meeting_id: int) -> ResponseReturnValue:
    meeting = seen(Meeting, meeting_id, actor())
    try:
        row = decide(meeting, actor(), request.form, now())
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        if refused.kind != "field":
            raise
        return proposed_page(
            seen(Meeting, meeting_id, actor()), {**request.form.to_dict(), "errors": refused.errors}
        )
    flash(
        "Usulan dijadikan temuan." if row.finding_id else "Usulan diabaikan; alasannya disimpan.", "success"
    )
    return redirect(safe_next(request.form.get("next"), url_for(".proposed", meeting_id=meeting_id)), 303)
