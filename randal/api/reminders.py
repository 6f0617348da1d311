"""What the clock tells people: what they were told of an item, what they will be told, and the policy behind it."""

from __future__ import annotations

from datetime import date
from typing import Any

from apiflask import Schema, fields
from flask import Response, abort, request

from randal.api.furniture import Instant, actor, answer, api, described, instant, now, shown
from randal.api.resources import RESOURCES, Resource, serve
from randal.schedule import forecast, policies
from randal.schedule.policies import Policy
from randal.schedule.rules import RULES
from randal.schedule.runs import told_about
from randal.web.attempt import seen
from workflows.lifecycle import KEEPERS, Refused


def of_each(path: str, model: type[Any]) -> None:
    @api.get(f"/{path}/<int:id>/reminders", endpoint=f"{path.replace('-', '_')}_reminders")
    @shown(None, "Siapa diingatkan tentang ini karena waktu, yang baru dahulu", path)
    def reminded(id: int) -> Response:
        """All of them, with who was told; they stand beside the events of the item, which are its moves."""
        item = seen(model, id, actor())
        told = [
            {
                "rule": row.rule,
                "says": RULES[row.rule].says if row.rule in RULES else "",
                "at": instant(row.at),
                "person_ids": sorted(people),
            }
            for row, people in told_about(item.__lifecycle__, id)
        ]
        return answer({"items": told, "next": None})


for resource in list(RESOURCES.values()):
    if resource.is_workflow:
        of_each(resource.path, resource.model)


class PolicyOut(Schema):
    id = fields.Integer()
    valid_from = fields.Date()
    note = fields.String()
    created_at = Instant()
    created_by_id = fields.Integer(allow_none=True)


for _name in policies.NUMBERS:
    PolicyOut._declared_fields[_name] = fields.Integer()

serve(
    Resource(
        "reminder-policies",
        Policy,
        PolicyOut,
        create=policies.begin,
        create_schema=policies.PolicyForm,
        filters={"valid_from": Policy.valid_from},
    )
)


class ComingQuery(Schema):
    day = fields.Date(metadata={"description": "Default: the next working day; at most ten working days on"})


@api.get("/reminders/coming")
@described(ComingQuery, "query")
@shown(None, "Yang akan dikirim pada satu hari, kepada siapa, dan mengapa", "reminder-policies")
def coming() -> Response:
    if not actor().has(*KEEPERS):
        raise Refused("role", forecast.NOT_YOURS)
    asked = request.args.get("day", "")
    try:
        day = date.fromisoformat(asked) if asked else None
    except ValueError:
        abort(400, "day harus tanggal tttt-bb-hh.")
    found = forecast.coming(day, now())
    lines = [
        {
            "rule": e.rule,
            "person_id": e.person_id or None,
            "text": e.text,
            "url": e.url,
            "why": e.why,
            "at": instant(e.at),
        }
        for e in found.lines
    ]
    return answer({"day": found.day.isoformat(), "day_off": found.day_off, "items": lines, "next": None})
