"""Search, as the page /cari does it."""

from __future__ import annotations

from typing import Any

from apiflask import Schema, fields
from flask import Response, abort, request

from randal.api.furniture import actor, answer, api, described, instant, shown
from randal.api.listing import cursor_asked, limit_asked
from randal.models.search import KINDS
from randal.search.queries import MANY, Hit, search


def hit_json(hit: Hit) -> dict[str, Any]:
    entry = hit.entry
    return {
        "type": entry.kind,
        "id": entry.item_id,
        "meeting_id": entry.meeting_id,
        "title": entry.title,
        "at": instant(entry.at),
        "excerpt": hit.excerpt.striptags(),
        "excerpt_html": str(hit.excerpt),
    }


class SearchQuery(Schema):
    q = fields.String(required=True)
    type = fields.String()
    limit = fields.String()
    cursor = fields.String()


@api.get("/search")
@described(SearchQuery, "query")
@shown(
    None,
    "Cari (`q`) dalam rapat, notula, keputusan, arahan, tindak lanjut, temuan, kendala; `type` untuk satu jenis",
    "search",
)
def find() -> Response:
    q, kind = (request.args.get(name, "") for name in ("q", "type"))
    if not q.strip():
        abort(400, "Tulis kata yang dicari: ?q=…")
    if kind and kind not in KINDS:
        abort(400, f"type harus salah satu dari: {', '.join(KINDS)}.")
    found = search(actor(), q, kind or None, cursor_asked(), limit_asked(MANY))
    hits = [hit_json(hit) for rows in found.hits.values() for hit in rows]
    return answer({"items": hits, "counts": found.counts, "next": str(found.next) if found.next else None})
