"""The pages of follow-ups: the desk, one follow-up, its evidence and requests for time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from randal.base.ids import bounded
from randal.database.base import db, will_write
from randal.items.links import source_of
from randal.models import follow_up_parties
from randal.models.follow_ups import GROUNDS, Extension, FollowUp
from randal.org.app_settings import public_url
from randal.rooms.follow_ups import commands, desk, groups, opening, proof, queries
from randal.rooms.follow_ups.blueprint import bp
from randal.rooms.follow_ups.forms import ExtensionForm, VerdictForm, WaitingForm
from randal.rooms.follow_ups.tracking import standing
from randal.schedule import workdays
from randal.schemas import forms
from randal.schemas.forms import Form
from randal.schemas.moves import ask_schema
from randal.storage.files import ACCEPT
from randal.web.attempt import seen
from randal.web.pages import actor, add_moves, me, moves_of, now
from randal.web.timeline import history_of
from workflows.evidence import PIECE
from workflows.lifecycle import Refused

bp.add_app_template_global(workdays.day_off, "day_off")
add_moves(bp, FollowUp, "follow_ups.show", prefix="/rtl")
add_moves(bp, Extension, "follow_ups.extension", prefix="/rtl/perpanjangan")


# Evidence as the page asks for it: the note also says what was done when it is handed in.
ProofForm = ask_schema(replace(a, label="Yang sudah dikerjakan") if a.name == "note" else a for a in PIECE)


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
    item = seen(FollowUp, id, actor())
    if opening.is_first(item, actor()):
        will_write()
        opening.note(item, now())
        db.session.commit()
        item = seen(FollowUp, id, actor())
    return page(item)


def page(item: FollowUp, **refused: Any) -> str:
    """The page of one follow-up; `refused` holds forms that came back (proof, extension, verdicts by piece)."""
    who = actor()
    opened = moves_of(item)
    adding, can_submit = opened.offers("add_evidence"), opened.offers("submit")
    asking = can_submit and item.open_extension is None
    given: dict[str, Any] = {
        "proof_form": proof_form(item) if adding else None,
        "waiting_form": Form(WaitingForm, item) if opened.offers("wait_for") else None,
        "extension_form": Form(ExtensionForm) if asking else None,
        "verdict_forms": {
            e.id: Form(VerdictForm, {"verdict": e.verdict or "", "note": e.verdict_note})
            for e in item.evidence
        }
        if opened.can("judge_evidence")
        else {},
    }
    given["verdict_forms"] |= refused.pop("verdicts", {})
    return render_template(
        "follow_ups/show.html",
        item=item,
        line=standing(item, now()),
        opened=[o for o in opened.steps if not (adding and o.move.name == "submit")],
        can_submit=can_submit,
        accept=ACCEPT,
        extensions=[(e, moves_of(e)) for e in item.extensions],
        shown=proof.shown(item, who),
        claims=queries.claims(item, me().zone),
        wanted=queries.wanted_now(item),
        group=groups.of(item.group_key, now()),
        source=source_of(item, who),
        party_papers=follow_up_parties.papers_of(item, who),
        may_place=opened.offers("place"),
        may_edit=item.lifecycle().may_edit(item, who),
        may_link=opened.offers("link"),
        history=history_of(item, me()),
        whatsapp=whatsapp,
        grounds=GROUNDS,
        **(given | refused),
    )


def proof_form(item: FollowUp, data: Any = None, errors: Mapping[str, list[str]] | None = None) -> Form:
    """The form of a new piece, or of a new version of one (`?ganti=`)."""
    data = {"replaces_id": request.args.get("ganti", type=bounded)} if data is None else data
    return Form(ProofForm, data, errors, choices={"replaces_id": {e.id: e.name for e in item.evidence}})


def again(id: int, refused: Refused, show: str, form: type[forms.Base]) -> ResponseReturnValue:
    """The page with the form that was refused, holding what was typed. Role and state have pages of their own."""
    db.session.rollback()
    if refused.kind not in ("need", "field"):
        raise refused
    errors: Mapping[str, list[str]] = refused.errors
    item = seen(FollowUp, id, actor())
    made = proof_form(item, request.form, errors) if form is ProofForm else Form(form, request.form, errors)
    return page(item, **{show: made}), 422


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
    warn_of_day_off(item.extensions[-1].new_due_on)
    return redirect(url_for(".show", id=id), 303)


def warn_of_day_off(day: Any) -> None:
    """A due date on a day off is taken, and said."""
    if said := workdays.day_off(day):
        flash(f"Tenggat jatuh pada hari libur: {said}", "warning")


@bp.get("/rtl/perpanjangan/<int:id>")
@login_required
def extension(id: int) -> ResponseReturnValue:
    return redirect(url_for(".show", id=seen(Extension, id, actor()).follow_up_id), 303)
