"""What the working lists of follow-ups offer beside the tracker: the matrix PPK × rapat."""

from __future__ import annotations

from apiflask import Schema, fields
from flask import Response

from randal.api.furniture import actor, answer, api, described, now, shown
from randal.api.listing import cursor_asked
from randal.rooms.follow_ups.matrix import matrix


class FollowUpCellOut(Schema):
    meeting_id = fields.Integer()
    open = fields.Integer()
    late = fields.Integer()
    ended = fields.Integer()


class UnitRowOut(Schema):
    unit_id = fields.Integer()
    unit = fields.String()
    cells = fields.List(fields.Nested(FollowUpCellOut))


class MatrixMeetingOut(Schema):
    id = fields.Integer()
    title = fields.String()


class FollowUpMatrixOut(Schema):
    meetings = fields.List(fields.Nested(MatrixMeetingOut))
    items = fields.List(fields.Nested(UnitRowOut))
    next = fields.String(allow_none=True)


class CursorQuery(Schema):
    cursor = fields.String()


@api.get("/tracker/matrix")
@described(CursorQuery, "query")
@shown(
    FollowUpMatrixOut,
    "Tindak lanjut menurut PPK dan rapat: terbuka, terlambat (di antaranya), berakhir; rapat terbaru dahulu",
    "tracker",
)
def tracker_matrix() -> Response:
    found = matrix(actor(), now(), cursor_asked())
    rows = [
        {
            "unit_id": row.unit.id,
            "unit": row.unit.name,
            "cells": [
                {"meeting_id": m, "open": c.open, "late": c.late, "ended": c.ended}
                for m, c in row.cells.items()
            ],
        }
        for row in found.rows
    ]
    meetings = [{"id": m.id, "title": m.title} for m in found.meetings]
    return answer({"meetings": meetings, "items": rows, "next": str(found.later) if found.later else None})
