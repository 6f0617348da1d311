"""Evidence: adding a piece, judging a piece, and giving its file out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import select
from werkzeug.datastructures import FileStorage, MultiDict

from randal.core import forms, photos
from randal.core.db import db
from randal.core.files import StoredFile
from randal.core.history import EDITS
from randal.core.moving import keep_upload
from randal.core.previews import Preview
from randal.core.transitions import lock, record
from randal.follow_ups.forms import EvidenceForm, VerdictForm
from randal.follow_ups.models import Evidence, FollowUp
from workflows.follow_up import EVIDENCE_ADDED_IN, EVIDENCE_JUDGED_IN
from workflows.lifecycle import EVALUATOR, UNIT_PPK, UNIT_STAFF, Actor, Refused


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


FLAT = ("link", "note", "dated_on", "place", "replaces_id", "sent_as")
EDITS.update(evidence_id="menambah bukti dukung", judged_id="menilai bukti dukung")


def add_evidence(item: FollowUp, actor: Actor, raw: Mapping[str, Any], now: datetime) -> Evidence:
    """One file or one link by the unit's PPK or staff, while the follow-up runs; what `sent_as` names already is
    answered as it is. Refused: role, state, fields."""
    if not may_add(item, actor):
        raise Refused("role", "Bukti dukung ditambahkan oleh PPK yang bertanggung jawab atau stafnya.")
    lock(item)
    if kept := already_sent(item, raw):
        return kept
    if item.state not in EVIDENCE_ADDED_IN:
        raise Refused("state", f"Bukti dukung tidak dapat ditambah: statusnya «{item.state_label}».")
    upload = picked(raw)
    flat = {name: raw.get(name) for name in FLAT if raw.get(name) is not None}
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
    elif link and leads_back(item, link):
        errors["link"] = ["Tautan ini kembali ke tindak lanjut ini sendiri. Tulis alamat buktinya."]
    if (dated := given.get("dated_on")) and dated > item.local_today(now):
        errors["dated_on"] = ["Tanggal bukti belum terjadi di provinsi ini."]
    if said := cannot_replace(item, given.get("replaces_id")):
        errors["replaces_id"] = [said]
    stored = None
    if isinstance(upload, FileStorage) and not errors:
        try:
            stored = keep_upload("file", upload, actor, now)
        except Refused as refused:
            errors |= refused.errors
    if errors:
        raise Refused("field", next(iter(errors.values()))[0] if len(errors) == 1 else forms.TOO_MUCH, errors)
    row = Evidence(
        follow_up_id=item.id,
        file=stored,
        link=link,
        note=given.get("note") or "",
        dated_on=dated,
        place=given.get("place") or "",
        replaces_id=given.get("replaces_id"),
        sent_as=given.get("sent_as") or None,
        added_by_id=actor.id,
        added_at=now,
        updated_at=now,
    )
    if stored and stored.mime == photos.JPEG:
        told = photos.facts(stored.read())
        row.taken_at, row.latitude, row.longitude = told.taken_at, told.latitude, told.longitude
    db.session.add(row)
    db.session.flush()
    told_of = {"evidence_id": row.id, "replaces_id": row.replaces_id, "sha256": stored and stored.sha256}
    record(item, "edit", actor, now=now, before=item.state, given=told_of, kinds={"sha256": "choice"})
    db.session.expire(item, ["all_evidence"])
    return row


def already_sent(item: FollowUp, raw: Mapping[str, Any]) -> Evidence | None:
    """The piece that came under this key before: a phone on a bad line sends again what has arrived."""
    key = raw.get("sent_as")
    if not key or not isinstance(key, str) or "\0" in key:
        return None
    mine = Evidence.follow_up_id == item.id, Evidence.sent_as == key.strip()[:36]
    return db.session.scalar(select(Evidence).where(*mine))


def leads_back(item: FollowUp, link: str) -> bool:
    """Does this link lead round to the very page that it would stand on?"""
    here = urlsplit(current_app.config["RANDAL"].public_url)
    there = urlsplit(link)
    return there.netloc.lower() == here.netloc.lower() and there.path.startswith(f"/rtl/{item.id}")


def cannot_replace(item: FollowUp, piece_id: int | None) -> str:
    """Why this piece cannot be given a new version; "" when it can."""
    if piece_id is None:
        return ""
    if piece_id not in {e.id for e in item.all_evidence}:
        return "Yang digantikan harus bukti dukung dari tindak lanjut ini."
    if piece_id not in {e.id for e in item.evidence}:
        return "Bukti ini sudah punya versi yang lebih baru. Gantikan versi terbarunya."
    return ""


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
    facts = {"judged_id": row.id, "verdict": row.verdict}
    record(item, "edit", actor, now=now, before=item.state, given=facts, kinds={"verdict": "choice"})


def duplicates(item: FollowUp) -> dict[int, list[Evidence]]:
    """For who judges: by piece, what else was handed in with the very same bytes, here or for another follow-up.
    Versions of one piece are no duplicates of each other's."""
    marks = {e.file.sha256 for e in item.evidence if e.file}
    if not marks:
        return {}
    same = select(Evidence).join(StoredFile, StoredFile.id == Evidence.file_id)
    found = list(
        db.session.scalars(same.where(StoredFile.sha256.in_(marks)).order_by(Evidence.id).limit(200))
    )
    return {
        piece.id: others
        for piece in item.evidence
        if piece.file
        and (
            others := [e for e in found if e.id != piece.id and e.file and e.file.sha256 == piece.file.sha256]
        )
    }


def file_for(row: Evidence, actor: Actor) -> bytes | None:
    """A photo as this reader may have it: without its position for who is neither its unit nor its judge.
    None: the file as it is."""
    if row.file is None or row.file.mime not in photos.KINDS or row.shows_all_to(actor):
        return None
    return photos.stripped(row.file.read(), row.file.mime)


@dataclass(frozen=True)
class Piece:
    """One piece as a page shows it."""

    row: Evidence
    preview: Preview | None
    earlier: list[Evidence]
    same: list[Evidence]  # handed in elsewhere with the same bytes; for who judges
    whole: bool  # may this reader have the photo with its position?

    @property
    def lines(self) -> list[str]:
        """What is known of it besides who and when."""
        said = []
        if self.row.place:
            said.append(self.row.place)
        if self.whole and self.row.taken_at:
            said.append(f"difoto {self.row.taken_at:%d-%m-%Y %H.%M} (jam kamera)")
        if self.preview and self.preview.pages:
            said.append(f"{self.preview.pages} halaman")
        return said

    @property
    def position(self) -> str:
        """ "-2.130000, 106.108472" for who may know, else ""."""
        if not self.whole or self.row.latitude is None:
            return ""
        return f"{self.row.latitude}, {self.row.longitude}"


def shown(item: FollowUp, actor: Actor) -> list[Piece]:
    """The pieces that stand, in the order they came."""
    previews = Preview.of([e.file for e in item.evidence])
    same = duplicates(item) if actor.has(EVALUATOR) else {}
    return [
        Piece(
            e,
            previews.get(e.file.sha256) if e.file else None,
            item.earlier_versions(e),
            same.get(e.id, []),
            e.shows_all_to(actor),
        )
        for e in item.evidence
    ]
