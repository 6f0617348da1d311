"""Several papers asked for at once, as one zip."""

from __future__ import annotations

from flask import Response

from randal.api.documents import DocumentOut
from randal.api.furniture import actor, answer, api, body, described, now, shown
from randal.api.resources import dump
from randal.database.base import db
from randal.rooms.follow_ups.batches import BatchForm, order


@api.post("/tracker/bundles")
@described(BatchForm, "json")
@shown(
    DocumentOut,
    "Minta pelacak banyak PPK atau banyak rapat sekaligus, sebagai satu ZIP",
    "tracker",
    status=202,
)
def tracker_bundle() -> Response:
    """The parts are `/documents?bundle_id=<id>`; the zip is `ready` when all of them are in it."""
    document = order(actor(), body(), now())
    db.session.commit()
    return answer(dump(document), 202, {"Location": f"/api/v1/documents/{document.id}"})
