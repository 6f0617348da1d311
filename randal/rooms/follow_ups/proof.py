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

from randal.database.base import db
from randal.documents.thumbnails import Preview
from randal.engine.deeds import Unchanged, doing
from randal.engine.transitions import lock
from randal.models.follow_ups import Evidence, FollowUp
from randal.schemas import forms
from randal.storage import photos
from randal.storage.files import StoredFile
from randal.web.attempt import carry_out
from workflows.evidence import PIECE
from workflows.lifecycle import EVALUATOR, Act, Actor, Refused


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


FLAT = tuple(ask.name for ask in PIECE if ask.name != "file")


def add_evidence(item: FollowUp, actor: Actor, raw: Mapping[str, Any], now: datetime) -> Evidence:
    """One file or one link; what `sent_as` names already is answered as it is. Refused: role, state, fields."""
    lock(item)
    if item.lifecycle().wears(item, "add_evidence", actor) and (kept := already_sent(item, raw)):
        return kept
    upload = picked(raw)
    flat = {name: raw[name] for name in FLAT if name in raw}
    given = flat | ({"file": upload} if upload is not None else {})
    made: Evidence = carry_out(item, "add_evidence", given, actor, now=now).made
    return made


@doing("follow_up.add_evidence")
def keep_piece(item: FollowUp, act: Act) -> Evidence | Unchanged:
    if kept := already_sent(item, act.given):
        return Unchanged(kept)
    file_id, link = act.get("file"), act.get("link") or ""
    errors: dict[str, list[str]] = {}
    if not file_id and not link:
        errors["file"] = ["Pilih berkas, atau tulis tautan."]
    elif file_id and link:
        errors["link"] = ["Kirim berkas atau tautan, satu demi satu."]
    elif link and leads_back(item, link):
        errors["link"] = ["Tautan ini kembali ke tindak lanjut ini sendiri. Tulis alamat buktinya."]
    if said := cannot_replace(item, act.get("replaces_id")):
        errors["replaces_id"] = [said]
    if errors:
        raise Refused("field", next(iter(errors.values()))[0] if len(errors) == 1 else forms.TOO_MUCH, errors)
    stored = db.session.get(StoredFile, file_id) if file_id else None
    row = Evidence(
        follow_up_id=item.id,
        file=stored,
        link=link,
        note=act.get("note") or "",
        dated_on=act.get("dated_on"),
        place=act.get("place") or "",
        replaces_id=act.get("replaces_id"),
        sent_as=act.get("sent_as"),
        added_by_id=act.actor.id,
        added_at=act.now,
        updated_at=act.now,
    )
    if stored and stored.mime in (photos.JPEG, photos.HEIC):
        told = photos.facts(stored.read())
        row.taken_at, row.latitude, row.longitude = told.taken_at, told.latitude, told.longitude
    db.session.add(row)
    db.session.flush()
    act.tell(evidence_id=row.id, sha256=stored.sha256 if stored else None)
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
    """The verdict on one piece by an evaluator who neither added nor submitted it. Refused: role, state, fields."""
    given = {name: raw[name] for name in ("verdict", "note") if name in raw}
    carry_out(row.follow_up, "judge_evidence", given | {"evidence_id": row.id}, actor, now=now)


@doing("follow_up.judge_evidence")
def keep_verdict(item: FollowUp, act: Act) -> Evidence:
    row = next(e for e in item.evidence if e.id == act.get("evidence_id"))
    row.verdict, row.verdict_note = act.get("verdict"), act.get("note") or ""
    row.judged_by_id, row.judged_at, row.updated_at = act.actor.id, act.now, act.now
    return row


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
