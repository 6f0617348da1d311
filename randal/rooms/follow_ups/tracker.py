"""The action tracker as a page, and asking for it as a paper."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from randal.base.ids import bounded
from randal.database.base import db
from randal.documents.model import Document
from randal.models.saved_filters import SavedFilter
from randal.org.app_settings import public_url
from randal.rooms.follow_ups import queries, saved, tracking
from randal.rooms.follow_ups.blueprint import bp
from randal.rooms.follow_ups.forms import TrackerForm
from randal.rooms.follow_ups.papers import order_tracker
from randal.rooms.follow_ups.views import whatsapp
from randal.schemas.forms import Form
from randal.web.pages import actor, now
from workflows.lifecycle import Refused

PAGE = 50
PAPERS = {"pdf": "tracker", "xlsx": "tracker_sheet"}


@bp.get("/pelacak")
@login_required
def tracker() -> ResponseReturnValue:
    raw = request.args.to_dict()
    errors: dict[str, list[str]] = {}
    try:
        filters = tracking.read_filters(raw, now())
    except Refused as refused:  # show everything, and say what is wrong at its field
        errors, filters = dict(refused.errors), tracking.Filters()
    opened = saved.by_code(raw["saringan"], actor()) if raw.get("saringan") else None
    if opened and opened.params != filters.given:
        opened = None  # sifted further since
    after = tracking.place_of(raw.get("setelah", ""))
    lines, more = tracking.lines_of(actor(), filters, now(), limit=PAGE, after=after)
    lists = {"unit_id": queries.units_followed(actor()), "meeting_id": queries.meetings_followed(actor())}
    form = Form(TrackerForm, raw if errors else filters.given, errors, choices=lists)
    kept = filters.given | ({"saringan": opened.code} if opened else {})
    later = url_for(".tracker", **kept, setelah=lines[-1].cursor) if more else None
    return render_template(
        "follow_ups/tracker.html",
        lines=lines,
        filters=filters,
        form=form,
        hidden=[] if len(lists["unit_id"]) > 1 else ["unit_id"],
        later=later,
        first=url_for(".tracker", **kept) if after else None,
        document=ordered(),
        ticks=filters.as_of is None,  # what was that day cannot be moved now
        opened=opened,
        link=public_url(url_for(".saved_filter", code=opened.code)) if opened else "",
        mine=list(db.session.scalars(SavedFilter.owned_by(actor()))),
        whatsapp=whatsapp,
    ), 422 if errors else 200


def ordered() -> Document | None:
    """The document asked for just before, on a browser without script."""
    wanted = request.args.get("dokumen", 0, type=bounded)
    query = Document.visible_to(actor()).where(Document.id == wanted, Document.kind.in_(PAPERS.values()))
    found: Document | None = db.session.scalar(query) if wanted else None
    return found


@bp.post("/pelacak")
@login_required
def order() -> ResponseReturnValue:
    """Ask for the tracker under these filters as PDF or XLSX; htmx gets its progress, which then follows by itself."""
    raw: dict[str, Any] = request.form.to_dict()
    kind = PAPERS.get(raw.get("sebagai", ""), "tracker")
    filters = tracking.read_filters(raw, now())
    document = order_tracker(kind, filters, actor(), now=now())
    db.session.commit()
    if request.headers.get("HX-Request"):
        return render_template("follow_ups/ordered.html", document=document), 201
    return redirect(url_for(".tracker", **filters.given, dokumen=document.id, _anchor="unduhan"), 303)
