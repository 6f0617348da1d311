"""From the tracker: one move for the rows that were ticked, and what became of each."""

from __future__ import annotations

from collections.abc import Sequence

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from randal.base.ids import bounded
from randal.database.base import db
from randal.models.follow_ups import FollowUp
from randal.rooms.follow_ups import bulk
from randal.rooms.follow_ups.blueprint import bp
from randal.rooms.follow_ups.tracking import standing
from randal.schemas import forms
from randal.schemas.moves import ask_schema
from randal.web.pages import actor, now, safe_next
from workflows.lifecycle import Refused


@bp.get("/pelacak/langkah")
@login_required
def bulk_choose() -> ResponseReturnValue:
    """The rows that were ticked, the moves that are open to at least one of them, and the fields of the one chosen."""
    return bulk_page(request.args.getlist("ids"), request.args.get("langkah", ""))


def bulk_page(
    raw_ids: Sequence[str], name: str, outcomes: Sequence[bulk.Outcome] = (), typed: bool = False
) -> ResponseReturnValue:
    """With `outcomes`: what became of each, and the form again for those that were refused."""
    back = safe_next(request.values.get("next", ""), url_for(".tracker"))
    error = ""
    items: list[FollowUp] = []
    try:
        items = bulk.chosen(bulk.ids_of(raw_ids), actor()) if raw_ids or not outcomes else []
    except Refused as refused:
        error = " ".join(s for several in refused.errors.values() for s in several)
    if not items and not error and not outcomes:
        abort(404)
    offers = bulk.offers(items, actor())
    offer = next((o for o in offers if o.move.name == name), None)
    form = forms.Form(
        ask_schema(offer.move.asks if offer else ()),
        request.form if typed else None,
        required=[a.name for a in offer.move.asks if a.required] if offer else (),
    )
    page = render_template(
        "follow_ups/bulk.html",
        lines=[standing(item, now()) for item in items],
        offers=offers,
        offer=offer,
        form=form,
        back=back,
        error=error,
        outcomes=outcomes,
        move=FollowUp.lifecycle().moves_named(name)[0] if outcomes else None,
    )
    return page, 422 if error else 200


@bp.post("/pelacak/langkah")
@login_required
def bulk_make() -> ResponseReturnValue:
    name = request.form.get("langkah", "")
    if not FollowUp.lifecycle().moves_named(name):
        abort(404)
    raw_ids = request.form.getlist("ids")
    try:
        ids = bulk.ids_of(raw_ids)
    except Refused:
        return bulk_page(raw_ids, name, typed=True)
    given = {f"version-{i}": request.form.get(f"version-{i}", type=bounded) for i in ids}
    versions = {i: v for i in ids if (v := given[f"version-{i}"]) is not None}
    made = list(
        bulk.each(ids, name, request.form, actor(), now=now(), versions=versions, keep=db.session.commit)
    )
    refused = [str(one.id) for one in made if not one.done and one.refused != "not_found"]
    return bulk_page(refused, name, made, typed=True)
