"""The archive of a meeting, asked for."""

from __future__ import annotations

from flask import Response

from randal.api.documents import DocumentOut
from randal.api.furniture import actor, answer, api, now, shown
from randal.api.resources import dump
from randal.database.base import db
from randal.models.meetings import Meeting
from randal.rooms.archive.export import order_archive
from randal.web.attempt import seen


@api.post("/meetings/<int:id>/archive")
@shown(DocumentOut, "Minta arsip lengkap rapat (ZIP)", "documents", status=202)
def meeting_archive(id: int) -> Response:
    document = order_archive(seen(Meeting, id, actor()), actor(), now=now())
    db.session.commit()
    return answer(dump(document), 202, {"Location": f"/api/v1/documents/{document.id}"})
