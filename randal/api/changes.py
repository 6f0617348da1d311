"""What changed since the last meeting, as the page shows it; with Accept PDF the paper."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from randal.api.furniture import actor, answer, api, instant, now, shown
from randal.api.resources import dump
from randal.database.base import db, will_write
from randal.models.meetings import Meeting
from randal.overviews.changes import papers
from randal.overviews.changes.queries import Line, OfUnit, changes_of
from randal.web.attempt import seen


def line_json(line: Line) -> dict[str, Any]:
    due = line.after.due_on
    return {
        "type": line.kind,
        "id": line.item.id,
        "name": line.name,
        "text": line.item.text,
        "from": line.before.state,
        "to": line.after.state,
        "due_on": due.isoformat() if due else None,
        "days_late": line.days_late,
        "steps": list(line.steps),
    }


def unit_json(one: OfUnit) -> dict[str, Any]:
    def pair(two: Any) -> dict[str, str | None]:
        return {name: None if v is None else str(v) for name, v in zip(("then", "now"), two, strict=True)}

    lines = {name: [line_json(line) for line in rows] for name, rows in one.lines.items()}
    return {
        "unit_id": one.unit.id,
        "unit": one.unit.short_name,
        "physical": pair(one.physical),
        "financial": pair(one.financial),
    } | lines


@api.get("/meetings/<int:id>/changes")
@shown(None, "Apa yang berubah sejak rapat sebelumnya, per PPK; dengan Accept PDF: dokumennya", "meetings")
def meeting_changes(id: int) -> Response:
    meeting = seen(Meeting, id, actor())
    if request.accept_mimetypes.best_match(["application/json", "application/pdf"]) == "application/pdf":
        will_write()
        document = papers.order(seen(Meeting, id, actor()), actor(), now())
        db.session.commit()
        return answer(dump(document), 202, {"Location": f"/api/v1/documents/{document.id}"})
    found = changes_of(meeting, actor(), now())
    return answer(
        {
            "previous_id": found.before.id if found.before else None,
            "since": instant(found.since) if found.since else None,
            "until": instant(found.until),
            "totals": found.totals,
            "items": [unit_json(one) for one in found.units],
            "next": None,
        }
    )
