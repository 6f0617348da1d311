"""Search, as the page /cari does it."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, request

from randal.api.furniture import actor, answer, api, instant, shown
from randal.core.moving import MAX_ID
from randal.search.models import KINDS
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


@api.get("/search")
@shown(
    None,
    "Cari (`q`) dalam rapat, notula, keputusan, arahan, tindak lanjut, temuan, kendala; `type` untuk satu jenis",
    "search",
)
def find() -> Response:
    q, kind, cursor = (request.args.get(name, "") for name in ("q", "type", "cursor"))
    if not q.strip():
        abort(400, "Tulis kata yang dicari: ?q=…")
    if kind and kind not in KINDS:
        abort(400, f"type harus salah satu dari: {', '.join(KINDS)}.")
    if cursor and not (cursor.isdecimal() and 0 < int(cursor) <= MAX_ID):
        abort(400, "cursor tidak dikenal; pakai nilai next dari jawaban sebelumnya.")
    limit = request.args.get("limit", str(MANY))
    if not limit.isdecimal() or not 1 <= int(limit) <= 200:
        abort(400, "limit harus angka 1 sampai 200.")
    found = search(actor(), q, kind or None, int(cursor) if cursor else None, int(limit))
    hits = [hit_json(hit) for rows in found.hits.values() for hit in rows]
    return answer({"items": hits, "counts": found.counts, "next": str(found.next) if found.next else None})
