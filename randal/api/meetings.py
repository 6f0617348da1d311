"""Meetings with their objectives, agenda, directives and decisions."""

from __future__ import annotations

from typing import Any

from apiflask import fields
from flask import Response, current_app
from marshmallow import Schema
from sqlalchemy.orm import joinedload

from randal.api.furniture import (
    Instant,
    ItemOut,
    Resource,
    RowOut,
    actor,
    answer,
    api,
    body,
    caller,
    creating,
    described,
    dump,
    if_match,
    instant,
    kept,
    now,
    one,
    paged,
    serve,
    shown,
)
from randal.attendance import live_code
from randal.core.db import db
from randal.core.moving import seen
from randal.meetings import clashes, commands, parts, queries
from randal.meetings.calendar import file_of
from randal.meetings.forms import AgendaForm, MeetingForm, NewMeetingForm, ObjectiveForm, StatementForm
from randal.meetings.models import Meeting, office
from workflows.lifecycle import CHAIR, SECRETARIAT, Refused


def local_text(meeting: Meeting, name: str) -> str | None:
    value = commands.local(meeting, name)
    return value.isoformat(timespec="minutes") if value else None


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
    cc = fields.String()
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


def update_meeting(row: Meeting, who: Any, raw: dict[str, Any], at: Any) -> None:
    commands.edit_meeting(row, who, raw, at, version=if_match(required=True))


serve(
    Resource(
        "meetings",
        Meeting,
        MeetingOut,
        create=commands.make_meeting,
        create_schema=NewMeetingForm,
        update=update_meeting,
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


# -- parts -------------------------------------------------------------------------------------------


class PartOut(RowOut):
    meeting_id = fields.Integer()
    updated_at = Instant()


class ObjectiveOut(PartOut):
    position = fields.Integer()
    kind = fields.String()
    text = fields.String()
    assessment = fields.String()
    note = fields.String()


class AgendaOut(PartOut):
    position = fields.Integer()
    title = fields.String()
    duration = fields.Integer()
    outcome = fields.String()
    note = fields.String()
    carries_over = fields.Boolean()
    session_id = fields.Integer()
    started_at = Instant()
    ended_at = Instant()


class StatementOut(PartOut):
    number = fields.Integer()
    text = fields.String()
    speaker = fields.String()


def update_part(row: Any, who: Any, raw: dict[str, Any], at: Any) -> None:
    parts.edit_part(row, who, raw, at, version=if_match(required=True))


def serve_part(name: str, out: type[Schema], form: type[Schema]) -> None:
    kind = parts.KINDS[name]
    model = kind.model
    serve(
        Resource(
            name,
            model,
            out,
            update=update_part,
            update_schema=form,
            filters={"meeting_id": model.meeting_id},
            options=lambda query: query.options(joinedload(model.meeting)),
        )
    )
    nested, tag = f"/meetings/<int:id>/{name}", "meetings"

    def part_of(id: int, part_id: int) -> Any:
        meeting, row = seen(Meeting, id, actor()), seen(model, part_id, actor())
        return row if row.meeting_id == meeting.id else seen(model, -1, actor())

    @api.get(nested, endpoint=f"meeting_{name}")
    @shown(
        type(f"{model.__name__}List", (Schema,), {"items": fields.List(fields.Nested(out))}),
        f"Daftar {kind.label}",
        tag,
    )
    def listing(id: int) -> Response:
        seen(Meeting, id, actor())
        return paged(model.visible_to(actor()).where(model.meeting_id == id), model, dump)

    @api.post(nested, endpoint=f"meeting_{name}_create")
    @described(form)
    @shown(out, f"Tambah {kind.label}", tag, 201)
    def making(id: int) -> Response:
        meeting = seen(Meeting, id, actor())
        return creating(lambda raw: parts.make_part(name, meeting, actor(), raw, now()))

    @api.get(f"{nested}/<int:part_id>", endpoint=f"meeting_{name}_one")
    @shown(out, f"Satu {kind.label}", tag)
    def reading(id: int, part_id: int) -> Response:
        return one(part_of(id, part_id))

    @api.patch(f"{nested}/<int:part_id>", endpoint=f"meeting_{name}_update")
    @described(form)
    @shown(out, f"Ubah atau nilai {kind.label}", tag)
    def changing(id: int, part_id: int) -> Response:
        row = part_of(id, part_id)
        parts.edit_part(row, actor(), body(), now(), version=if_match(required=True))
        return kept(row)

    def remove(row: Any) -> Response:
        parts.remove_part(row, actor(), now())
        db.session.commit()
        return Response(status=204)

    @api.delete(f"{nested}/<int:part_id>", endpoint=f"meeting_{name}_delete")
    @shown(None, f"Hapus {kind.label}", tag)
    def removing(id: int, part_id: int) -> Response:
        return remove(part_of(id, part_id))

    @api.delete(f"/{name}/<int:id>", endpoint=f"{name}_delete")
    @shown(None, f"Hapus {kind.label}", tag)
    def removing_top(id: int) -> Response:
        return remove(seen(model, id, actor()))


serve_part("objectives", ObjectiveOut, ObjectiveForm)
serve_part("agenda", AgendaOut, AgendaForm)
serve_part("directives", StatementOut, StatementForm)
serve_part("decisions", StatementOut, StatementForm)


# -- views of a meeting ------------------------------------------------------------------------------


@api.get("/meetings/<int:id>/check-in")
@shown(None, "Alamat daftar hadir langsung (sekretariat, pimpinan)", "meetings")
def meeting_check_in(id: int) -> Response:
    meeting = seen(Meeting, id, actor())
    if not actor().has(SECRETARIAT) and CHAIR not in office(meeting, actor()):
        raise Refused("role", "Alamat daftar hadir dibuka oleh sekretariat atau pimpinan rapat.")
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
