from __future__ import annotations

from typing import Any

from apiflask import fields
from flask import Response

from randal.api.furniture import Instant, RowOut, actor, api, now, shown
from randal.api.resources import Resource, kept, serve
from randal.documents import model
from randal.documents.model import Document
from randal.rooms.documents import queries
from randal.storage.files import StoredFile
from randal.web.attempt import seen


def of_newest(name: str) -> Any:
    def read(document: Document) -> Any:
        file: StoredFile | None = document.newest
        return getattr(file, name) if file else None

    return read


class DocumentOut(RowOut):
    class Meta:
        exclude = ("version",)

    kind = fields.String()
    title = fields.String()
    subject = fields.Function(lambda d: {"type": d.subject_type, "id": d.subject_id})
    state = fields.String(attribute="stage")
    error = fields.String()
    code = fields.String()
    sha256 = fields.Function(of_newest("sha256"))
    mime = fields.Function(of_newest("mime"))
    size = fields.Function(of_newest("size"))
    versions = fields.Function(lambda d: len(d.versions))
    revision = fields.Integer()
    draft = fields.Function(lambda d: d.kind == "invitation" and d.restricted)
    meeting_id = fields.Integer()
    unit_id = fields.Integer()
    bundle_id = fields.Integer()
    superseded_by = fields.Integer(attribute="superseded_by_id")
    withdrawn_at = Instant()
    created_at = Instant()
    updated_at = Instant()


serve(
    Resource(
        "documents",
        Document,
        DocumentOut,
        filters={
            "kind": Document.kind,
            "subject_type": Document.subject_type,
            "subject_id": Document.subject_id,
            "state": Document.stage,
            "meeting_id": Document.meeting_id,
            "unit_id": Document.unit_id,
            "code": Document.code,
            "bundle_id": Document.bundle_id,
        },
    )
)


@api.get("/documents/<int:id>/file")
@shown(None, "Berkas terbaru dokumen", "documents")
def document_file(id: int) -> Response:
    """The newest bytes; 409 while there are none."""
    return queries.sent(queries.file_of(seen(Document, id, actor())))


@api.post("/documents/<int:id>/retry")
@shown(DocumentOut, "Buat ulang dokumen yang gagal", "documents")
def document_retry(id: int) -> Response:
    document = seen(Document, id, actor())
    model.retry(document, actor(), now())
    return kept(document)
