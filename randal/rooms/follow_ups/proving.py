"""Evidence on pages: handing a piece in (also again, by itself, on a bad line), judging it, and giving its file out."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from randal.base.ids import bounded
from randal.database.base import db
from randal.documents.thumbnails import Preview
from randal.engine.transitions import require_version
from randal.models.follow_ups import Evidence, FollowUp
from randal.rooms.follow_ups import proof
from randal.rooms.follow_ups.blueprint import bp
from randal.rooms.follow_ups.forms import VerdictForm
from randal.rooms.follow_ups.views import ProofForm, again, page
from randal.schemas.forms import Form
from randal.storage.files import StoredFile
from randal.web.attempt import attempt, seen
from randal.web.downloads import file_answer
from randal.web.pages import actor, now
from randal.web.problems import problem
from workflows.lifecycle import Refused

KEPT = 3600  # seconds that a browser keeps a small picture


def sent() -> Any:
    raw: Any = request.form.copy()
    raw.update(request.files)
    return raw


@bp.post("/rtl/<int:id>/bukti")
@login_required
def add_evidence(id: int) -> ResponseReturnValue:
    """Upload a piece, or (`then=submit`) upload what was picked and hand the follow-up in, in one transaction.

    The page's own script (X-Sender) sends until it is answered: 200 with the address to go to, else what is wrong.
    """
    item, raw = seen(FollowUp, id, actor()), sent()
    handing_in = raw.get("then") == "submit"
    by_script = bool(request.headers.get("X-Sender"))
    try:
        mine = item.lifecycle().wears(item, "add_evidence", actor())
        came_before = mine and proof.already_sent(item, raw)
        if not (came_before and handing_in and item.state == "submitted"):
            hand_in(item, raw, handing_in, bool(came_before))
            db.session.commit()
    except Refused as refused:
        if refused.kind == "need":  # what it needs is a piece: said at the field for one
            refused.errors = {"file": [s for several in refused.errors.values() for s in several]}
        if by_script and refused.kind in ("need", "field"):
            db.session.rollback()
            return problem(422, refused.detail, refused.errors)
        return again(id, refused, "proof_form", ProofForm)
    flash(
        "Diajukan selesai. Tim Monev akan memeriksa." if handing_in else "Bukti dukung tersimpan.", "success"
    )
    target = url_for(".show", id=id, _anchor=None if handing_in else "bukti")
    return {"url": target} if by_script else redirect(target, 303)


def hand_in(item: FollowUp, raw: Any, handing_in: bool, came_before: bool) -> None:
    if handing_in:
        item.lifecycle().row_for(item, "submit", actor())  # role and state, before a file is kept
        if not came_before:
            require_version(item, request.form.get("version", type=bounded))
    if not handing_in or proof.picked(raw) or raw.get("link"):
        proof.add_evidence(item, actor(), raw, now())
    if handing_in:
        attempt(FollowUp, item.id, "submit", {"note": raw.get("note")}, actor(), now=now())


@bp.post("/rtl/<int:id>/bukti/<int:piece>/nilai")
@login_required
def judge_evidence(id: int, piece: int) -> ResponseReturnValue:
    row = piece_of(id, piece)
    try:
        require_version(row, request.form.get("version", type=bounded))
        proof.judge_evidence(row, actor(), request.form, now())
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        if refused.kind not in ("need", "field"):
            raise
        form = Form(VerdictForm, request.form, refused.errors)
        return page(seen(FollowUp, id, actor()), verdicts={piece: form}), 422
    return redirect(url_for(".show", id=id, _anchor=f"bukti-{piece}"), 303)


def piece_of(id: int, piece: int) -> Evidence:
    row: Evidence = seen(Evidence, piece, actor())
    if row.follow_up_id != id:
        abort(404)
    return row


def file_of(row: Evidence) -> StoredFile:
    if row.file is None:
        abort(404)
    return row.file


@bp.get("/rtl/<int:id>/bukti/<int:piece>/berkas")
@login_required
def evidence_file(id: int, piece: int) -> ResponseReturnValue:
    row = piece_of(id, piece)
    return file_answer(file_of(row), inline="tampil" in request.args, bare=not row.shows_all_to(actor()))


@bp.get("/rtl/<int:id>/bukti/<int:piece>/pratinjau")
@login_required
def evidence_preview(id: int, piece: int) -> ResponseReturnValue:
    """The picture to judge by, or with `kecil` the one for a list: pixels alone, so the same for every reader."""
    made = Preview.of([file_of(piece_of(id, piece))])
    shown = next((p.thumb if "kecil" in request.args else p.view for p in made.values()), None)
    if shown is None:
        abort(404)
    return file_answer(shown, inline=True, keep_for=KEPT)
