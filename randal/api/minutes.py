"""Minutes (notula, berita acara, laporan); their signatures are in signatures.py."""

from __future__ import annotations

from typing import Any

from apiflask import Schema, fields
from flask import Response, abort, request
from sqlalchemy import select

from randal.api.furniture import (
    Instant,
    ItemOut,
    RowOut,
    actor,
    answer,
    api,
    array_body,
    body,
    described,
    in_its_version,
    instant,
    now,
    shown,
)
from randal.api.listing import known, paged
from randal.api.resources import Resource, creating, dump, kept, serve
from randal.api.signatures import SignatureOut
from randal.database.base import db
from randal.documents.model import Document
from randal.documents.richtext import clean
from randal.models.meetings import Meeting
from randal.models.minutes import Minutes, MinutesComment
from randal.models.minutes_kinds import KINDS
from randal.rooms.minutes import commands, opening
from randal.rooms.minutes.forms import AgreeForm, AnswerForm, CommentForm, OpenForm, SectionsForm
from randal.rooms.minutes.queries import minutes_of, papers_of
from randal.web.attempt import seen
from workflows.minutes import MINUTES


class SectionOut(Schema):
    key = fields.String()
    title = fields.String()
    html = fields.Function(lambda s: clean(s.html))  # sanitised when stored, and here again
    version = fields.Integer()
    facts = fields.Function(lambda s: list(s.facts))


class SignerOut(Schema):
    user_id = fields.Integer(attribute="person_id")
    position = fields.Integer()
    name = fields.String(attribute="person.name")


class CommentOut(RowOut):
    author = fields.Function(lambda c: {"id": c.author_id, "name": c.author.name})
    text = fields.String()
    at = Instant()
    answer = fields.String()
    answered_by_id = fields.Integer()
    answered_at = Instant()


class AgreementOut(Schema):
    id = fields.Integer()
    unit_id = fields.Integer()
    unit = fields.String(attribute="unit.short_name")
    user_id = fields.Integer(attribute="person_id")
    version_no = fields.Integer()
    sha256 = fields.String()
    at = Instant()


class MinutesOut(ItemOut):
    kind = fields.String()
    addressee_id = fields.Integer()
    meeting_id = fields.Integer()
    number = fields.String()
    version_no = fields.Integer()
    replaces_id = fields.Integer()
    snapshot_sha256 = fields.String()
    wording_sha256 = fields.String()
    approved_at = Instant()
    approved_by_id = fields.Integer()
    signed_at = Instant()
    sections = fields.List(fields.Nested(SectionOut))
    signers = fields.List(fields.Nested(SignerOut))
    signatures = fields.Function(lambda m: [SignatureOut().dump(s) for s in m.signatures])
    documents = fields.Function(lambda m: [paper_json(d) for d in papers_of(m, actor())])
    comments = fields.List(fields.Nested(CommentOut))
    agreements = fields.List(fields.Nested(AgreementOut))


def paper_json(document: Document) -> dict[str, Any]:
    return {
        "id": document.id,
        "kind": document.kind,
        "state": document.stage,
        "code": document.code,
        "revision": document.revision,
        "sha256": document.newest.sha256 if document.newest else None,
        "versions": len(document.versions),
        "withdrawn_at": instant(document.withdrawn_at),
        "superseded_by": document.superseded_by_id,
    }


def notula_unless_asked(query: Any) -> Any:
    """`/minutes` lists notula, as ever; berita acara and laporan when `kind` asks for them (`any`: all)."""
    return query if request.args.get("kind") else query.where(Minutes.kind == MINUTES)


def of_kind(kind: str) -> Any:
    known("kind", kind, [*KINDS, "any"])
    return Minutes.kind.is_not(None) if kind == "any" else Minutes.kind == kind


serve(
    Resource(
        "minutes",
        Minutes,
        MinutesOut,
        update=commands.write_sections,
        update_schema=SectionsForm,
        filters={"meeting_id": Minutes.meeting_id, "state": Minutes.state, "kind": of_kind},
        options=notula_unless_asked,
    )
)


class KindQuery(Schema):
    kind = fields.String(metadata={"description": "minutes (bila kosong), record, report"})


@api.get("/meetings/<int:id>/minutes", endpoint="meeting_minutes")
@described(KindQuery, "query")
@shown(MinutesOut, "Notula rapat: yang berlaku, dan semua di items", "minutes")
def of_meeting(id: int) -> Response:
    """The minutes that count, with all that the caller may see under `items`; `?kind=record` or `report`: that paper."""
    meeting = seen(Meeting, id, actor())
    found = minutes_of(meeting.id, actor(), request.args.get("kind") or MINUTES)
    if not found:
        abort(404, "Rapat ini belum mempunyai naskah itu, atau naskahnya masih disusun.")
    items = [dump(m) for m in found]
    return answer(items[0] | {"items": items, "next": None}, headers={"ETag": f'"{found[0].version}"'})


@api.post("/meetings/<int:id>/minutes", endpoint="meeting_minutes_open")
@described(OpenForm)
@shown(MinutesOut, "Buka berita acara (record) atau laporan dengan nota dinas (report) rapat", "minutes", 201)
def open_one(id: int) -> Response:
    meeting = seen(Meeting, id, actor())
    return creating(lambda raw: opening.open_paper(meeting, actor(), raw, now()))


@api.put("/minutes/<int:id>/signers", endpoint="minutes_signers")
@shown(MinutesOut, "Tetapkan penanda tangan, menurut urutan", "minutes")
def put_signers(id: int) -> Response:
    minutes = seen(Minutes, id, actor())
    raw = array_body()
    with in_its_version(minutes, required=False):
        commands.name_signers(minutes, actor(), raw, now())
    return kept(minutes)


@api.get("/minutes/<int:id>/signatures", endpoint="minutes_signatures")
@shown(None, "Tanda tangan semua versi", "minutes")
def list_signatures(id: int) -> Response:
    minutes = seen(Minutes, id, actor())
    return answer({"items": [dump(s, own_page=False) for s in minutes.all_signatures], "next": None})


@api.get("/minutes/<int:id>/comments", endpoint="minutes_comments")
@shown(None, "Tanggapan atas notula", "minutes")
def list_comments(id: int) -> Response:
    minutes = seen(Minutes, id, actor())
    query = select(MinutesComment).where(MinutesComment.minutes_id == minutes.id)
    return paged(query, MinutesComment, comment_json)


@api.post("/minutes/<int:id>/comments", endpoint="minutes_comment")
@described(CommentForm)
@shown(CommentOut, "Tanggapi notula", "minutes", 201)
def comment(id: int) -> Response:
    minutes = seen(Minutes, id, actor())
    return creating(lambda raw: commands.add_comment(minutes, actor(), raw, now()), comment_json)


@api.get("/minutes/<int:id>/comments/<int:comment_id>", endpoint="minutes_comment_one")
@shown(CommentOut, "Satu tanggapan", "minutes")
def read_comment(id: int, comment_id: int) -> Response:
    row = comment_of(id, comment_id)
    return answer(comment_json(row), headers={"ETag": f'"{row.version}"'})


@api.patch("/minutes/<int:id>/comments/<int:comment_id>", endpoint="minutes_comment_answer")
@described(AnswerForm)
@shown(CommentOut, "Jawab tanggapan", "minutes")
def answer_comment(id: int, comment_id: int) -> Response:
    row, raw = comment_of(id, comment_id), body()
    with in_its_version(row):
        commands.answer_comment(row, actor(), raw, now())
    db.session.commit()
    return answer(comment_json(row), headers={"ETag": f'"{row.version}"'})


def comment_of(minutes_id: int, comment_id: int) -> MinutesComment:
    minutes = seen(Minutes, minutes_id, actor())
    row = db.session.get(MinutesComment, comment_id)
    if row is None or row.minutes_id != minutes.id:
        abort(404)
    return row


def comment_json(row: MinutesComment) -> dict[str, Any]:
    return dict(CommentOut().dump(row))


@api.get("/minutes/<int:id>/agreements", endpoint="minutes_agreements")
@shown(None, "PPK yang menyetujui", "minutes")
def list_agreements(id: int) -> Response:
    minutes = seen(Minutes, id, actor())
    return answer({"items": [AgreementOut().dump(a) for a in minutes.agreements], "next": None})


@api.post("/minutes/<int:id>/agreements", endpoint="minutes_agree")
@described(AgreeForm)
@shown(AgreementOut, "Menyetujui notula, atas nama PPK sendiri", "minutes", 201)
def agree(id: int) -> Response:
    minutes = seen(Minutes, id, actor())
    return creating(
        lambda raw: commands.agree(minutes, actor(), raw, now()), lambda row: dict(AgreementOut().dump(row))
    )
