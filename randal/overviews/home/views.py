"""Beranda, notices and the lifecycles as drawings."""

from __future__ import annotations

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required
from sqlalchemy import update

from randal.base.ids import bounded
from randal.database.base import db
from randal.engine.transitions import ITEMS
from randal.notifications.notices import Mail, Notice
from randal.overviews.home.queries import home_of
from randal.web.attempt import seen
from randal.web.pages import actor, me, now, safe_next
from workflows import LIFECYCLES
from workflows.diagram import mermaid
from workflows.lifecycle import HATS

bp = Blueprint("home", __name__)


@bp.get("/")
@login_required
def index() -> ResponseReturnValue:
    return render_template("home/index.html", home=home_of(actor(), now()))


@bp.get("/pemberitahuan")
@login_required
def notices() -> ResponseReturnValue:
    rows = list(db.session.scalars(Notice.visible_to(actor()).order_by(Notice.id.desc()).limit(100)))
    mails = list(db.session.scalars(Mail.visible_to(actor()).order_by(Mail.id.desc()).limit(30)))
    return render_template("home/notices.html", notices=rows, mails=mails)


@bp.post("/pemberitahuan")
@login_required
def read_notices() -> ResponseReturnValue:
    """Mark all of one's notices as read."""
    db.session.execute(
        update(Notice).where(Notice.person_id == me().id, Notice.read_at.is_(None)).values(read_at=now())
    )
    db.session.commit()
    return redirect(url_for(".notices"), 303)


@bp.get("/pemberitahuan/<int:id>")
@login_required
def open_notice(id: int) -> ResponseReturnValue:
    return redirect(safe_next(seen(Notice, id, actor()).url, url_for(".notices")))


@bp.get("/alur-kerja")
@bp.get("/alur-kerja/<name>")
@login_required
def workflows(name: str = "meeting") -> ResponseReturnValue:
    """One lifecycle as a drawing and as a table; `?id=` marks the present state of that item."""
    if name not in LIFECYCLES:
        abort(404)
    item_id, item = request.args.get("id", type=bounded), None
    if item_id is not None:
        item = seen(ITEMS[name], item_id, actor())
    lifecycle = LIFECYCLES[name]
    page = render_template(
        "home/workflows.html",
        lifecycle=lifecycle,
        all=LIFECYCLES,
        item=item,
        hats=HATS,
        drawing=mermaid(lifecycle, item.state if item else None),
    )
    # The drawing library writes style elements into its own SVG; nothing people typed is on this page.
    answer = make_response(page)
    answer.headers["Content-Security-Policy"] = (
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
    return answer
