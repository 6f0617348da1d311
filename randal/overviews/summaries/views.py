"""The account of a meeting: written inside, read by everybody."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required
from sqlalchemy import select

from randal.base.ids import bounded
from randal.database.base import db
from randal.engine.transitions import Changed
from randal.models.meetings import Meeting
from randal.models.summaries import Summary
from randal.org.app_settings import public_url
from randal.overviews.summaries import commands
from randal.schemas.forms import Form
from randal.web import pages
from randal.web.attempt import seen
from randal.web.pages import actor, error_page, now
from workflows.lifecycle import Refused
from workflows.meeting import LIFECYCLE

bp = Blueprint("summaries", __name__)
pages.PUBLIC.add("summaries.public")


@bp.app_context_processor
def words() -> dict[str, Any]:
    return {
        "summary_of": commands.summary_of,
        "may_summarise": lambda meeting: LIFECYCLE.may(meeting, "write_summary", actor()),
    }


@bp.post("/rapat/<int:meeting_id>/ringkasan-publik")
@login_required
def start(meeting_id: int) -> ResponseReturnValue:
    row = commands.start(seen(Meeting, meeting_id, actor()), actor(), now())
    db.session.commit()
    return redirect(url_for(".edit", id=row.id), 303)


@bp.get("/ringkasan-publik/<int:id>")
@login_required
def edit(id: int) -> ResponseReturnValue:
    row = seen(Summary, id, actor())
    return page(row, Form(commands.SummaryForm, {"title": row.title, "text": row.text}))


def page(row: Summary, form: Form, status: int = 200, wrong: str = "") -> ResponseReturnValue:
    LIFECYCLE.row_for(row.meeting, "write_summary", actor(), now())
    address = public_url(url_for(".public", slug=row.slug))
    found = commands.points_at(row)
    shown = render_template(
        "summaries/edit.html",
        row=row,
        form=form,
        traces=found,
        address=address,
        wrong=wrong,
        meeting=row.meeting,
    )
    return shown, status


@bp.post("/ringkasan-publik/<int:id>")
@login_required
def save(id: int) -> ResponseReturnValue:
    row = seen(Summary, id, actor())
    try:
        commands.write(row, actor(), request.form, now(), request.form.get("version", type=bounded))
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        stale = isinstance(refused, Changed)
        if not stale and refused.kind != "field":
            raise
        form = Form(commands.SummaryForm, request.form, {} if stale else refused.errors)
        return page(seen(Summary, id, actor()), form, 409 if stale else 422, str(refused) if stale else "")
    flash("Ringkasan disimpan.", "success")
    return redirect(url_for(".edit", id=id), 303)


@bp.post("/ringkasan-publik/<int:id>/<step>")
@login_required
def step(id: int, step: str) -> ResponseReturnValue:
    row = seen(Summary, id, actor())
    if step == "susun-ulang":
        commands.draft_again(row.meeting, actor(), now())
        said = "Ringkasan disusun ulang dari data rapat."
    elif step == "terbitkan":
        try:
            commands.publish(row, actor(), now(), confirmed=request.form.get("confirm") == "true")
        except Refused as refused:
            db.session.rollback()
            if refused.kind != "need":
                raise
            row = seen(Summary, id, actor())
            return page(
                row, Form(commands.SummaryForm, {"title": row.title, "text": row.text}), 422, str(refused)
            )
        said = "Ringkasan terbit dan dapat dibaca siapa saja di alamatnya."
    elif step == "tarik":
        commands.withdraw(row, actor(), now())
        said = "Ringkasan ditarik dari umum."
    else:
        abort(404)
    db.session.commit()
    flash(said, "success")
    return redirect(url_for(".edit", id=id), 303)


@bp.get("/ringkasan/<slug>")
def public(slug: str) -> ResponseReturnValue:
    """Public: the account as published; what was taken back says so, what is none is not there."""
    row = db.session.scalar(select(Summary).where(Summary.slug == slug))
    if row is None or row.published_at is None:
        abort(404)
    if not row.public:
        return error_page(410, "Ringkasan ini sudah ditarik oleh penyelenggara rapat.")
    return render_template("summaries/public.html", row=row, meeting=row.meeting)
