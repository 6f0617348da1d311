"""The pages of follow-ups: the desk, one follow-up, its evidence and requests for time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from randal.core import forms
from randal.core.db import db
from randal.core.files import ACCEPT
from randal.core.forms import Form
from randal.core.history import history_of
from randal.core.moving import attempt, seen
from randal.core.transitions import require_version
from randal.core.web import actor, add_moves, me, moves_of, now, public_url
from randal.follow_ups import commands, desk, proof, queries
from randal.follow_ups.forms import EvidenceForm, ExtensionForm, VerdictForm
from randal.follow_ups.models import Evidence, Extension, FollowUp
from randal.follow_ups.tracking import standing
from workflows.follow_up import EVIDENCE_ADDED_IN, EVIDENCE_JUDGED_IN
from workflows.lifecycle import EVALUATOR, Refused

bp = Blueprint("follow_ups", __name__)
add_moves(bp, FollowUp, "follow_ups.show", prefix="/rtl")
add_moves(bp, Extension, "follow_ups.extension", prefix="/rtl/perpanjangan")


class ProofForm(EvidenceForm):
    """Evidence as the page asks for it: the note also says what was done when it is handed in."""

    note = forms.prose("Yang sudah dikerjakan", required=False, max=2000)


@bp.get("/rtl")
@login_required
def index() -> ResponseReturnValue:
    sections = desk.desk(actor(), now())
    return render_template("follow_ups/index.html", sections=sections, whatsapp=whatsapp)


def whatsapp(line: Any) -> str:
    return queries.whatsapp(line, public_url(url_for("follow_ups.show", id=line.item.id)))


@bp.get("/rtl/<int:id>")
@login_required
def show(id: int) -> ResponseReturnValue:
    return page(seen(FollowUp, id, actor()))


def page(item: FollowUp, **refused: Any) -> str:
    """The page of one follow-up; `refused` holds forms that came back (proof, extension, verdicts by piece)."""
    who = actor()
    opened = moves_of(item)
    adding = proof.may_add(item, who) and item.state in EVIDENCE_ADDED_IN
    can_submit = any(o.move.name == "submit" for o in opened)
    asking = adding and can_submit and item.open_extension is None
    judging = who.has(EVALUATOR) and item.state in EVIDENCE_JUDGED_IN
    given: dict[str, Any] = {
        "proof_form": Form(ProofForm) if adding else None,
        "extension_form": Form(ExtensionForm) if asking else None,
        "verdict_forms": {
            e.id: Form(VerdictForm, {"verdict": e.verdict or "", "note": e.verdict_note})
            for e in item.evidence
        }
        if judging
        else {},
    }
    given["verdict_forms"] |= refused.pop("verdicts", {})
    return render_template(
        "follow_ups/show.html",
        item=item,
        line=standing(item, now()),
        opened=[o for o in opened if not (adding and o.move.name == "submit")],
        can_submit=can_submit,
        accept=ACCEPT,
        extensions=[(e, moves_of(e)) for e in item.extensions],
        claims=queries.claims(item, me().zone),
        wanted=queries.wanted_now(item),
        group=queries.group_size(item),
        may_edit=item.lifecycle().may_edit(item, who),
        may_link=not item.lifecycle().hats(item, who).isdisjoint(item.lifecycle().edited_by),
        history=history_of(item, me().zone),
        whatsapp=whatsapp,
        **(given | refused),
    )


def sent() -> Any:
    raw: Any = request.form.copy()
    raw.update(request.files)
    return raw


def again(id: int, refused: Refused, show: str, form: type[forms.Base]) -> ResponseReturnValue:
    """The page with the form that was refused, holding what was typed. Role and state have pages of their own."""
    db.session.rollback()
    if refused.kind not in ("need", "field"):
        raise refused
    errors: Mapping[str, list[str]] = refused.errors
    return page(seen(FollowUp, id, actor()), **{show: Form(form, request.form, errors)}), 422


@bp.post("/rtl/<int:id>/bukti")
@login_required
def add_evidence(id: int) -> ResponseReturnValue:
    """Upload a piece, or (`then=submit`) upload what was picked and hand the follow-up in, in one transaction."""
    item, raw = seen(FollowUp, id, actor()), sent()
    handing_in = raw.get("then") == "submit"
    try:
        if handing_in:
            item.lifecycle().row_for(item, "submit", actor())  # role and state, before a file is kept
            require_version(item, request.form.get("version", type=int))
        if not handing_in or proof.picked(raw) or raw.get("link"):
            proof.add_evidence(item, actor(), raw, now())
        if handing_in:
            attempt(FollowUp, id, "submit", {"note": raw.get("note")}, actor(), now=now())
        db.session.commit()
    except Refused as refused:
        if refused.kind == "need":  # what it needs is a piece: said at the field for one
            refused.errors = {"file": [s for several in refused.errors.values() for s in several]}
        return again(id, refused, "proof_form", ProofForm)
    flash(
        "Diajukan selesai. Tim Monev akan memeriksa." if handing_in else "Bukti dukung tersimpan.", "success"
    )
    return redirect(url_for(".show", id=id, _anchor=None if handing_in else "bukti"), 303)


@bp.post("/rtl/<int:id>/bukti/<int:piece>/nilai")
@login_required
def judge_evidence(id: int, piece: int) -> ResponseReturnValue:
    row = piece_of(id, piece)
    try:
        require_version(row, request.form.get("version", type=int))
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


@bp.get("/rtl/<int:id>/bukti/<int:piece>/berkas")
@login_required
def evidence_file(id: int, piece: int) -> ResponseReturnValue:
    row = piece_of(id, piece)
    if row.file is None:
        abort(404)
    return proof.file_answer(row.file, inline="tampil" in request.args)


@bp.post("/rtl/<int:id>/perpanjangan")
@login_required
def ask_extension(id: int) -> ResponseReturnValue:
    item = seen(FollowUp, id, actor())
    try:
        commands.ask_extension(item, actor(), request.form, now())
        db.session.commit()
    except Refused as refused:
        return again(id, refused, "extension_form", ExtensionForm)
    flash("Perpanjangan diminta. Tim Monev akan memutus.", "success")
    return redirect(url_for(".show", id=id), 303)


@bp.get("/rtl/perpanjangan/<int:id>")
@login_required
def extension(id: int) -> ResponseReturnValue:
    return redirect(url_for(".show", id=seen(Extension, id, actor()).follow_up_id), 303)


from randal.follow_ups import making, tracker  # noqa: E402, F401 - they add their pages to `bp`
