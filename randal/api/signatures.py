"""Signatures: the pile of who asks, signing (a move), and the scan of one in ink."""

from __future__ import annotations

from typing import Any

from apiflask import fields
from flask import Response
from sqlalchemy import and_

from randal.api.furniture import (
    Instant,
    ItemOut,
    actor,
    api,
    body,
    described,
    in_its_version,
    now,
    shown,
)
from randal.api.listing import known
from randal.api.resources import Resource, kept, serve
from randal.models.minutes import Signature
from randal.rooms.minutes import commands
from randal.rooms.minutes.forms import ScanForm
from randal.web.attempt import seen


class SignatureOut(ItemOut):
    minutes_id = fields.Integer()
    meeting_id = fields.Integer()
    document_id = fields.Function(lambda s: s.document.id if s.document else None)
    version_no = fields.Integer()
    position = fields.Integer()
    field = fields.String()
    signer_id = fields.Integer()
    signer = fields.Function(lambda s: {"id": s.signer_id, "name": s.signer.name, "post": s.signs_as})
    signed_at = Instant()
    signed_by_id = fields.Integer()
    way = fields.String()
    scan_file_id = fields.Integer()
    scan_by_id = fields.Integer()


def waiting_or_all(state: str) -> Any:
    """`state=ready` is the caller's own pile (and that of the posts he holds); other states list what he may see."""
    known("state", state, Signature.lifecycle().states)
    condition = Signature.state == state
    return and_(condition, Signature.waits_for(actor())) if state == "ready" else condition


serve(
    Resource(
        "signatures",
        Signature,
        SignatureOut,
        filters={"minutes_id": Signature.minutes_id, "state": waiting_or_all},
    )
)


@api.post("/signatures/<int:id>/scan", endpoint="signatures_scan")
@described(ScanForm, "form_and_files")
@shown(SignatureOut, "Unggah pindaian tanda tangan basah", "signatures")
def add_scan(id: int) -> Response:
    signature = seen(Signature, id, actor())
    raw = body()
    with in_its_version(signature, required=False):
        commands.add_scan(signature, actor(), raw, now())
    return kept(signature)
