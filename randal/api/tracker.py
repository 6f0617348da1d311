"""The action tracker: as JSON by pages, or as a document that is asked for."""

from __future__ import annotations

from typing import Any

from apiflask import Schema, fields
from flask import Response, abort, request

from randal.api.furniture import actor, answer, api, described, now, shown
from randal.api.listing import limit_asked
from randal.api.resources import dump
from randal.api.unread import unread_args
from randal.database.base import db, will_write
from randal.rooms.follow_ups import tracking
from randal.rooms.follow_ups.forms import TrackerForm
from randal.rooms.follow_ups.papers import order_tracker
from workflows.lifecycle import Refused

PAPERS = {
    "application/pdf": "tracker",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "tracker_sheet",
}


class LineOut(Schema):
    id = fields.Integer()
    number = fields.Integer()
    meeting_id = fields.Integer()
    meeting = fields.String()
    unit_id = fields.Integer()
    unit = fields.String()
    text = fields.String()
    expected_output = fields.String()
    due_on = fields.Date()
    priority = fields.String()
    waits_for = fields.String()
    state = fields.String()
    state_label = fields.String()
    overdue = fields.Boolean()
    due_soon = fields.Boolean()
    days_late = fields.Integer()


def line_json(line: tracking.Line) -> dict[str, Any]:
    item = line.item
    plain = {
        name: getattr(item, name)
        for name in (
            "id",
            "number",
            "meeting_id",
            "unit_id",
            "text",
            "expected_output",
            "priority",
            "waits_for",
        )
    }
    return plain | {
        "meeting": item.meeting.title,
        "unit": item.unit.name,
        "due_on": line.due_on.isoformat() if line.due_on else None,
        "state": line.state,
        "state_label": line.state_label,
        "overdue": line.days_late > 0,
        "due_soon": line.due_soon,
        "days_late": line.days_late,
    }


class TrackerPage(Schema):
    items = fields.List(fields.Nested(LineOut))
    next = fields.String(allow_none=True)


class TrackerQuery(TrackerForm):
    limit = fields.String()
    cursor = fields.String()


@api.get("/tracker")
@described(TrackerQuery, "query")
@shown(TrackerPage, "Pelacak tindak lanjut; dengan Accept PDF atau XLSX: dokumennya", "tracker")
def tracker() -> Response:
    if sentence := unread_args():
        abort(400, sentence)  # before a document is ordered
    try:
        filters = tracking.read_filters(request.args.to_dict(), now())
    except Refused as refused:
        abort(400, "; ".join(f"{n}: {s}" for n, several in refused.errors.items() for s in several))
    best = request.accept_mimetypes.best_match(["application/json", *PAPERS])
    if best in PAPERS:
        will_write()
        document = order_tracker(PAPERS[best], filters, actor(), now=now())
        db.session.commit()
        return answer(dump(document), 202, {"Location": f"/api/v1/documents/{document.id}"})
    limit = limit_asked()
    after = read_cursor(request.args.get("cursor", ""))
    lines, more = tracking.lines_of(actor(), filters, now(), limit=limit, after=after)
    following = lines[-1].cursor if more else None
    return answer({"items": [line_json(line) for line in lines], "next": following})


def read_cursor(raw: str) -> Any:
    if not raw:
        return None
    found = tracking.place_of(raw)
    if found is None:
        abort(400, "cursor tidak dikenal; pakai nilai next dari jawaban sebelumnya.")
    return found
