"""One move for several follow-ups: what became of each, each in a transaction of its own."""

from __future__ import annotations

from apiflask import Schema, fields
from flask import Response, abort

from randal.api.furniture import actor, answer, api, body, described, now, shown
from randal.api.unread import also_fields, refuse_unread
from randal.base.ids import read as read_id
from randal.database.base import db
from randal.models.follow_ups import FollowUp
from randal.rooms.follow_ups import bulk


class BulkIn(Schema):
    ids = fields.List(fields.Integer(), required=True, metadata={"description": "Paling banyak 100."})
    move = fields.String(required=True)
    versions = fields.Dict(keys=fields.String(), values=fields.Integer())
    note = fields.String()
    reason = fields.String()


class OutcomeOut(Schema):
    id = fields.Integer()
    done = fields.Boolean()
    refused = fields.String(allow_none=True)
    detail = fields.String()
    state = fields.String(allow_none=True)
    version = fields.Integer(allow_none=True)


class OutcomesOut(Schema):
    items = fields.List(fields.Nested(OutcomeOut))


@api.post("/tracker/moves")
@described(BulkIn, "json")
@shown(
    OutcomesOut,
    "Satu langkah untuk beberapa tindak lanjut; isian langkah itu di samping `ids` dan `move`",
    "tracker",
)
def tracker_moves() -> Response:
    """Always 200 when it could be tried: `done` or `refused` (not_found, role, state, need, field, busy) with `detail`
    stand at each row."""
    raw = body()
    name = raw.get("move")
    if not isinstance(name, str) or not (moves := FollowUp.lifecycle().moves_named(name)):
        abort(404)
    also_fields(ask.name for move in moves for ask in move.asks)
    refuse_unread()
    listed = raw.get("ids")
    ids = bulk.ids_of(listed if isinstance(listed, list) else [])
    given = raw.get("versions")
    versions = {
        number: v
        for i, v in (given.items() if isinstance(given, dict) else ())
        if (number := read_id(i)) is not None and isinstance(v, int)
    }
    made = bulk.each(ids, name, raw, actor(), now=now(), versions=versions, keep=db.session.commit)
    rows = [
        {
            "id": one.id,
            "done": one.done,
            "refused": one.refused or None,
            "detail": one.said,
            "state": one.state or None,
            "version": one.version,
        }
        for one in made
    ]
    return answer({"items": rows})
