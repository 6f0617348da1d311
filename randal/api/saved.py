"""Saved filters of the tracker: one's own list; anyone with the code reads one, and sees with it what he may see."""

from __future__ import annotations

from typing import Any

from apiflask import Schema, fields
from flask import Response, abort

from randal.api.furniture import actor, answer, api, body, described, now, shown
from randal.database.base import db
from randal.models.saved_filters import SavedFilter
from randal.org.app_settings import public_url
from randal.rooms.follow_ups import saved


class SavedOut(Schema):
    code = fields.String()
    name = fields.String()
    owner = fields.String()
    filters = fields.Dict()
    url = fields.String()


class SavedIn(Schema):
    name = fields.String(required=True)
    filters = fields.Dict(required=True, metadata={"description": "Saringan seperti pada GET /tracker."})


class SavedList(Schema):
    items = fields.List(fields.Nested(SavedOut))


def told(row: SavedFilter) -> dict[str, Any]:
    return {
        "code": row.code,
        "name": row.name,
        "owner": row.owner.name,
        "filters": row.params,
        "url": public_url(f"/p/{row.code}"),
    }


@api.get("/tracker/filters")
@shown(SavedList, "Saringan pelacak milik sendiri", "tracker")
def saved_filters() -> Response:
    return answer({"items": [told(row) for row in db.session.scalars(SavedFilter.owned_by(actor()))]})


@api.post("/tracker/filters")
@described(SavedIn, "json")
@shown(SavedOut, "Simpan saringan pelacak; nama yang sama ditimpa", "tracker", status=201)
def save_filter() -> Response:
    raw = body()
    filters = raw.get("filters")
    if not isinstance(filters, dict):
        abort(400, "filters harus satu objek.")
    row = saved.save(actor(), filters | {"name": raw.get("name")}, now())
    db.session.commit()
    return answer(told(row), 201, {"Location": f"/api/v1/tracker/filters/{row.code}"})


@api.get("/tracker/filters/<code>")
@shown(SavedOut, "Satu saringan menurut kodenya", "tracker")
def saved_filter(code: str) -> Response:
    row = saved.by_code(code, actor()) or abort(404)
    return answer(told(row))


@api.delete("/tracker/filters/<code>")
@shown(None, "Hapus saringan sendiri", "tracker", status=204)
def forget_filter(code: str) -> Response:
    if saved.by_code(code, actor()) is None:
        abort(404)
    saved.forget(actor(), code)
    db.session.commit()
    return Response(status=204)
