"""A meeting in its series: what comes before and after, what is carried over, the next one; and its packet."""

from __future__ import annotations

from typing import Any

from flask import Response

from randal.api.furniture import actor, answer, api, described, now, shown
from randal.api.meetings import MeetingOut
from randal.api.resources import creating
from randal.models.meetings import Meeting
from randal.rooms.meetings import packet, series
from randal.rooms.meetings.forms import NewMeetingForm
from randal.web.attempt import seen


def named(meeting: Meeting | None) -> dict[str, Any] | None:
    return {"id": meeting.id, "title": meeting.title, "state": meeting.state} if meeting else None


@api.get("/meetings/<int:id>/series")
@shown(None, "Rapat sebelum dan sesudahnya, dan yang dibawa dari rapat sebelumnya", "meetings")
def meeting_series(id: int) -> Response:
    meeting = seen(Meeting, id, actor())
    before, after = series.before_and_after(meeting, actor())
    over = series.carried_over(meeting)
    return answer(
        {
            "previous": named(before),
            "next": [named(m) for m in after],
            "carried_over": {
                "follow_ups": over.follow_ups,
                "units": over.units,
                "agenda": [{"id": i.id, "title": i.title, "note": i.note} for i in over.deferred],
                "objectives": [
                    {"id": o.id, "kind": o.kind, "text": o.text, "assessment": o.assessment}
                    for o in over.unmet
                ],
            },
        }
    )


@api.post("/meetings/<int:id>/next")
@described(NewMeetingForm)
@shown(MeetingOut, "Buat rapat berikutnya; yang tidak disebut sama seperti rapat ini", "meetings", 201)
def meeting_next(id: int) -> Response:
    meeting = seen(Meeting, id, actor())
    return creating(
        lambda raw: series.make_next(meeting, actor(), series.as_next(meeting, now()) | raw, now())
    )


@api.post("/meetings/<int:id>/copy")
@described(NewMeetingForm)
@shown(
    MeetingOut, "Buat lagi rapat yang dibatalkan; yang tidak disebut sama seperti rapat ini", "meetings", 201
)
def meeting_copy(id: int) -> Response:
    meeting = seen(Meeting, id, actor())
    return creating(
        lambda raw: series.make_again(
            meeting, actor(), series.as_next(meeting, now(), same_day=True) | raw, now()
        )
    )


@api.post("/meetings/<int:id>/packet")
@shown(
    None,
    "Cetak paket rapat: daftar hadir kosong, acara, ikhtisar, tindak lanjut terbuka, dalam satu PDF",
    "meetings",
    201,
)
def meeting_packet(id: int) -> Response:
    meeting = seen(Meeting, id, actor())
    return creating(lambda raw: packet.order(meeting, actor(), now()))
