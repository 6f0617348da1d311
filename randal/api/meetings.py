"""Meetings with their objectives, agenda, directives and decisions."""

from __future__ import annotations

from typing import Any

from apiflask import fields
from flask import Response, current_app

from randal.api.furniture import (
    Instant,
    ItemOut,
    actor,
    answer,
    api,
    caller,
    instant,
    now,
    shown,
)
from randal.api.resources import Resource, serve
from randal.meeting_facts.calendar import file_of
from randal.models.meetings import Meeting
from randal.rooms.attendance import live_code
from randal.rooms.meetings import clashes, commands, queries
from randal.rooms.meetings.forms import MeetingForm, NewMeetingForm
from randal.web.attempt import seen
from workflows.letter import COPIES_KNOWN_TO
from workflows.lifecycle import Act
from workflows.meeting import LIFECYCLE


def local_text(meeting: Meeting, name: str) -> str | None:
    value = commands.local(meeting, name)
    return value.isoformat(timespec="minutes") if value else None


def copies(meeting: Meeting) -> str:
    """The tembusan as it was typed; without addresses for who does not write it."""
    if LIFECYCLE.hats(meeting, actor()).isdisjoint(COPIES_KNOWN_TO):
        return "\n".join(copy.public_name for copy in meeting.copies)
    return meeting.cc


def minutes_id(meeting: Meeting) -> int | None:
    return meeting.minutes.id if meeting.minutes else None


class MeetingOut(ItemOut):
    title = fields.String()
    purpose = fields.String()
    report_period = fields.String()
    starts_at = Instant()
    ends_at = Instant()
    local_starts_at = fields.Function(lambda m: local_text(m, "starts_at"), metadata={"type": "string"})
    local_ends_at = fields.Function(lambda m: local_text(m, "ends_at"), metadata={"type": "string"})
    timezone = fields.String()
    place = fields.String()
    link = fields.String()
    organiser_id = fields.Integer()
    chair_id = fields.Integer()
    chair_post_id = fields.Integer()
    minute_taker_id = fields.Integer()
    quorum = fields.Integer()
    cc = fields.Function(copies, metadata={"type": "string"})
    letter_number = fields.String()
    letter_dated_on = fields.Date()
    letter_version = fields.Integer()
    letter_way = fields.String(
        metadata={"description": "«», here, elsewhere: bagaimana surat ditandatangani"}
    )
    letter_signed_at = Instant()
    letter_declined_at = Instant()
    sequence = fields.Integer()
    opened_at = Instant()
    closed_at = Instant()
    previous_id = fields.Integer()
    source_note = fields.String()
    minutes_id = fields.Function(minutes_id, metadata={"type": "integer"})
    warnings = fields.List(
        fields.String(), metadata={"description": "Tempat atau pimpinan yang terpakai ganda"}
    )


serve(
    Resource(
        "meetings",
        Meeting,
        MeetingOut,
        create=commands.make_meeting,
        create_schema=NewMeetingForm,
        update=commands.edit_meeting,
        update_schema=MeetingForm,
        filters={
            "state": Meeting.state,
            "report_period": Meeting.report_period,
            "chair_id": Meeting.chair_id,
            "minute_taker_id": Meeting.minute_taker_id,
            "organiser_id": Meeting.organiser_id,
        },
        options=queries.with_people,
        warn=clashes.told_to,
    )
)


# -- views of a meeting ------------------------------------------------------------------------------


@api.get("/meetings/<int:id>/check-in")
@shown(None, "Alamat daftar hadir langsung (sekretariat, pimpinan)", "meetings")
def meeting_check_in(id: int) -> Response:
    meeting = seen(Meeting, id, actor())
    LIFECYCLE.require(meeting, "check_in_address", Act(actor(), now()))
    token, expires = live_code.address_of(meeting, now())
    public_url = current_app.config["RANDAL"].public_url
    return answer({"url": f"{public_url}/hadir/{token}", "expires_at": instant(expires)})


@api.get("/meetings/<int:id>/calendar")
@shown(None, "Rapat sebagai text/calendar", "meetings")
def meeting_calendar(id: int) -> Response:
    meeting = seen(Meeting, id, actor())
    mine = caller() if any(row.is_for(actor()) for row in meeting.attendance) else None
    return file_of(meeting, current_app.config["RANDAL"].public_url, now(), mine)


def text_of(value: Any) -> str | None:
    return None if value is None else str(value)


def overview_json(row: queries.OverviewRow) -> dict[str, Any]:
    return {
        "unit_id": row.unit.id,
        "unit": row.unit.short_name,
        "attendance_id": row.attendance.id,
        "attendance_state": row.attendance.state,
        "present": row.present,
        "report_id": row.report_id,
        "report_state": row.report_state,
        "reported": row.reported,
        "physical_plan": text_of(row.physical.plan),
        "physical_actual": text_of(row.physical.actual),
        "physical_deviation": text_of(row.physical.deviation),
        "financial_plan": text_of(row.financial.plan),
        "financial_actual": text_of(row.financial.actual),
        "financial_deviation": text_of(row.financial.deviation),
        "findings": row.findings,
        "kendala": row.kendala,
        "open": row.open,
        "late": row.late,
    }


@api.get("/meetings/<int:id>/overview")
@shown(None, "Ikhtisar per PPK", "meetings")
def meeting_overview(id: int) -> Response:
    meeting = seen(Meeting, id, actor())
    rows = queries.overview(meeting, actor(), now())
    return answer({"items": [overview_json(r) for r in rows], "totals": queries.totals(rows), "next": None})
