"""What a meeting is made of: sessions, objectives, agenda, directives and decisions, under it and at the top."""

from __future__ import annotations

from typing import Any

from apiflask import fields
from flask import Response
from marshmallow import Schema
from sqlalchemy.orm import joinedload

from randal.api.furniture import Instant, RowOut, actor, api, body, described, in_its_version, now, shown
from randal.api.listing import paged
from randal.api.resources import Resource, creating, dump, kept, one, serve
from randal.database.base import db
from randal.models.meetings import Meeting
from randal.rooms.meetings import parts
from randal.rooms.meetings.forms import AgendaForm, ObjectiveForm, SessionForm, StatementForm
from randal.web.attempt import seen


class PartOut(RowOut):
    meeting_id = fields.Integer()
    updated_at = Instant()


class SessionOut(PartOut):
    kind = fields.String()
    title = fields.String()
    place = fields.String()
    starts_at = Instant()
    ends_at = Instant()


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


def serve_part(name: str, out: type[Schema], form: type[Schema]) -> None:
    kind = parts.KINDS[name]
    model = kind.model
    serve(
        Resource(
            name,
            model,
            out,
            update=parts.edit_part,
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
        row, raw = part_of(id, part_id), body()
        with in_its_version(row):
            parts.edit_part(row, actor(), raw, now())
        return kept(row)

    def remove(row: Any) -> Response:
        with in_its_version(row, required=False):
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


serve_part("sessions", SessionOut, SessionForm)
serve_part("objectives", ObjectiveOut, ObjectiveForm)
serve_part("agenda", AgendaOut, AgendaForm)
serve_part("directives", StatementOut, StatementForm)
serve_part("decisions", StatementOut, StatementForm)
