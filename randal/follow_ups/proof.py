"""Evidence: adding a piece, judging a piece, and giving its file out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Response
from werkzeug.datastructures import FileStorage, MultiDict

from randal.core import forms
from randal.core.db import db
from randal.core.files import StoredFile
from randal.core.moving import keep_upload
from randal.core.transitions import lock
from randal.follow_ups.forms import EvidenceForm, VerdictForm
from randal.follow_ups.models import Evidence, FollowUp
from workflows.follow_up import EVIDENCE_ADDED_IN, EVIDENCE_JUDGED_IN
from workflows.lifecycle import EVALUATOR, UNIT_PPK, UNIT_STAFF, Actor, Refused

SHOWN_INLINE = {  # what a browser may show instead of saving, and what it may do meanwhile
    "image/jpeg": "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox",
    "image/png": "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox",
    "application/pdf": "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'",
}


def picked(raw: Mapping[str, Any]) -> FileStorage | str | None:
    """The upload under `file`: a page has two inputs of that name (camera, files), of which one stays empty."""
    several: list[Any] = raw.getlist("file") if isinstance(raw, MultiDict) else [raw.get("file")]
    for value in several:
        if isinstance(value, FileStorage):
            if value.filename:
                return value
        elif value:
            return str(value)
    return None


def may_add(item: FollowUp, actor: Actor) -> bool:
    return bool({UNIT_PPK, UNIT_STAFF} & item.relations(actor))


def add_evidence(item: FollowUp, actor: Actor, raw: Mapping[str, Any], now: datetime) -> Evidence:
    """One file or one link by the unit's PPK or staff, while the follow-up runs. Refused: role, state, fields."""
    if not may_add(item, actor):
        raise Refused("role", "Bukti dukung ditambahkan oleh PPK yang bertanggung jawab atau stafnya.")
    lock(item)
    if item.state not in EVIDENCE_ADDED_IN:
        raise Refused("state", f"Bukti dukung tidak dapat ditambah: statusnya «{item.state_label}».")
    upload = picked(raw)
    flat = {name: raw.get(name) for name in ("link", "note", "dated_on") if raw.get(name) is not None}
    given, errors = {}, {}
    try:
        given = forms.load(EvidenceForm, flat | ({"file": upload} if upload is not None else {}))
    except Refused as refused:
        errors = dict(refused.errors)
    link = given.get("link") or ""
    if not errors and not upload and not link:
        errors["file"] = ["Pilih berkas, atau tulis tautan."]
    elif not errors and upload and link:
        errors["link"] = ["Kirim berkas atau tautan, satu demi satu."]
    if (dated := given.get("dated_on")) and dated > item.local_today(now):
        errors["dated_on"] = ["Tanggal bukti belum terjadi di provinsi ini."]
    kept = None
    if isinstance(upload, FileStorage) and "file" not in errors:
        try:
            kept = keep_upload("file", upload, actor, now)
        except Refused as refused:
            errors |= refused.errors
    if errors:
        raise Refused("field", next(iter(errors.values()))[0] if len(errors) == 1 else forms.TOO_MUCH, errors)
    row = Evidence(
        follow_up_id=item.id,
        file=kept,
        link=link,
        note=given.get("note") or "",
        dated_on=dated,
        added_by_id=actor.id,
        added_at=now,
        updated_at=now,
    )
    db.session.add(row)
    db.session.flush()
    db.session.expire(item, ["evidence"])
    return row


def judge_evidence(row: Evidence, actor: Actor, raw: Mapping[str, Any], now: datetime) -> None:
    """The verdict on one piece by an evaluator who neither added nor submitted it. Refused: role, state, need, fields."""
    item = row.follow_up
    if not actor.has(EVALUATOR):
        raise Refused("role", "Bukti dukung dinilai oleh Tim Monev.")
    lock(item)
    if item.state not in EVIDENCE_JUDGED_IN:
        raise Refused("state", f"Bukti dukung tidak dapat dinilai: statusnya «{item.state_label}».")
    if actor.id in (item.submitted_by_id, row.added_by_id):
        said = "Penilaian dilakukan orang lain, bukan yang mengajukan."
        raise Refused("need", said, {"": [said]})
    given = forms.load(VerdictForm, raw)
    row.verdict, row.verdict_note = given["verdict"], given.get("note") or ""
    row.judged_by_id, row.judged_at, row.updated_at = actor.id, now, now
    db.session.flush()


def file_answer(file: StoredFile, *, inline: bool = False) -> Response:
    """The bytes of a file. Saved, not shown, unless `inline` is asked for a kind that a browser shows safely."""
    shown = inline and file.mime in SHOWN_INLINE
    answer = Response(file.read(), content_type=file.mime)
    answer.headers.set("Content-Disposition", "inline" if shown else "attachment", filename=file.name)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = (
        SHOWN_INLINE[file.mime] if shown else "default-src 'none'; sandbox"
    )
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
