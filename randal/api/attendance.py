"""Attendance: invited under a meeting, moved at the top. No contact data in it."""

from __future__ import annotations

from apiflask import Schema, fields
from flask import Response
from sqlalchemy.orm import joinedload, selectinload

from randal.api.furniture import Instant, ItemOut, actor, api, described, in_its_version, now, shown
from randal.api.listing import paged
from randal.api.resources import Resource, creating, dump, serve
from randal.database.base import db
from randal.meeting_facts import invitees
from randal.meeting_facts.forms import GuestForm, InviteForm
from randal.models.attendance import Attendance
from randal.models.meetings import Meeting
from randal.web.attempt import seen


class PresenceOut(Schema):
    """From when to when somebody was in the room; `phone_time` is what a phone without network said it was."""

    session_id = fields.Integer()
    arrived_at = Instant()
    left_at = Instant()
    phone_time = Instant()


class AttendanceOut(ItemOut):
    meeting_id = fields.Integer()
    position = fields.Integer()
    label = fields.String()
    unit_id = fields.Integer()
    user_id = fields.Integer(attribute="person_id")
    is_guest = fields.Boolean()
    post_invited = fields.String()
    name = fields.String(attribute="name_attending")
    post = fields.String(attribute="post_attending")
    institution = fields.String()
    reason = fields.String()
    checked_in_at = Instant()
    way = fields.String(attribute="check_in_way")
    presences = fields.List(fields.Nested(PresenceOut))
    has_signature = fields.Function(lambda a: a.signature_file_id is not None, metadata={"type": "boolean"})


class NewAttendance(InviteForm):
    guest = fields.Nested(GuestForm)


serve(
    Resource(
        "attendance",
        Attendance,
        AttendanceOut,
        filters={
            "meeting_id": Attendance.meeting_id,
            "unit_id": Attendance.unit_id,
            "user_id": Attendance.person_id,
            "state": Attendance.state,
            "is_guest": Attendance.is_guest,
        },
        options=lambda query: query.options(
            joinedload(Attendance.meeting).selectinload(Meeting.all_minutes),
            selectinload(Attendance.person),
            selectinload(Attendance.presences),
        ),
    )
)


@api.get("/meetings/<int:id>/attendance")
@shown(
    type("AttendanceList", (Schema,), {"items": fields.List(fields.Nested(AttendanceOut))}),
    "Daftar hadir",
    "meetings",
)
def meeting_attendance(id: int) -> Response:
    seen(Meeting, id, actor())
    query = Attendance.visible_to(actor()).where(Attendance.meeting_id == id)
    query = query.options(selectinload(Attendance.person), selectinload(Attendance.presences))
    return paged(query, Attendance, lambda row: dump(row, own_page=False))


@api.post("/meetings/<int:id>/attendance")
@described(NewAttendance)
@shown(AttendanceOut, "Undang PPK atau orang, atau catat tamu", "meetings", 201)
def meeting_attendance_create(id: int) -> Response:
    meeting = seen(Meeting, id, actor())
    return creating(lambda raw: invitees.add_attendance(meeting, actor(), raw, now()))


@api.delete("/attendance/<int:id>")
@shown(None, "Hapus dari daftar undangan (selama rapat masih draf)", "attendance")
def attendance_delete(id: int) -> Response:
    row = seen(Attendance, id, actor())
    with in_its_version(row, required=False):
        invitees.uninvite(row, actor(), now())
    db.session.commit()
    return Response(status=204)
