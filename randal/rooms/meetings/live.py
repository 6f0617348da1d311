"""The live minutes: every field saves itself, and what is added is answered as a row. Also without script."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, abort, flash, json, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from randal.base.ids import bounded
from randal.database.base import db, will_write
from randal.engine.transitions import Changed
from randal.l10n.formats import moment
from randal.meeting_facts import etag
from randal.models.findings import Finding
from randal.models.follow_ups import PRIORITIES, FollowUp
from randal.models.kendala import Kendala, category_names
from randal.models.meetings import Meeting
from randal.models.paparan import paparan_of, reach_of
from randal.models.unit_items import SEVERITIES
from randal.rooms.meetings import parts, room, series, writers
from randal.rooms.meetings.answers import answers
from randal.schemas.forms import Form
from randal.web.attempt import seen
from randal.web.pages import actor, me, now, safe_next
from workflows.agenda import ASSESSMENTS, OUTCOMES
from workflows.lifecycle import Actor, Refused
from workflows.meeting import LIFECYCLE

SLUGS = {
    "sesi": "sessions",
    "sasaran": "objectives",
    "acara": "agenda",
    "arahan": "directives",
    "keputusan": "decisions",
}
STATEMENTS = ("arahan", "keputusan")


def add_live(bp: Blueprint) -> None:
    bp.add_url_rule("/<int:id>/langsung", view_func=login_required(live))
    bp.add_url_rule("/<int:id>/penulis", view_func=login_required(writing))
    bp.add_url_rule("/<int:id>/bagian/<slug>", view_func=login_required(add_part), methods=["POST"])
    bp.add_url_rule(
        "/<int:id>/bagian/<slug>/<int:part_id>", view_func=login_required(save_part), methods=["POST"]
    )
    bp.add_url_rule(
        "/<int:id>/bagian/<slug>/<int:part_id>/hapus", view_func=login_required(drop_part), methods=["POST"]
    )


def live(id: int) -> ResponseReturnValue:
    others = at_work(id, may_note)
    mark = etag.mark_of(id, actor(), now(), others)
    if etag.has(mark):
        return etag.same(mark)
    meeting = room.open_room(id, actor())
    LIFECYCLE.row_for(meeting, "note_outcome", actor(), now())
    who, at = actor(), now()
    may_record = LIFECYCLE.can(meeting, "add_directive", who, at)
    lists = {
        name: room.unit_items(model)(meeting, who, at, {})["rows"]
        for name, model in (("findings", Finding), ("kendala", Kendala), ("follow_ups", FollowUp))
    }
    units = [(a.unit_id, a.unit.short_name) for a in meeting.invitees if a.unit]
    slides = paparan_of(meeting)
    return render_template(
        "meetings/live.html",
        meeting=meeting,
        mark=mark,
        others=others,
        runs=LIFECYCLE.can(meeting, "start_agenda_item", who, at),
        slides=slides,
        reach=reach_of(meeting, slides),
        carried=series.of_agenda(meeting),
        answers=answers(meeting),
        may_record=may_record,
        may_close=LIFECYCLE.may(meeting, "close", who),
        units=units,
        severities=list(SEVERITIES.items()),
        categories=list(category_names().items()),
        priorities=list(PRIORITIES.items()),
        assessments=[("", "Belum dinilai"), *ASSESSMENTS.items()],
        outcomes=[("", "Belum dicatat"), *OUTCOMES.items()],
        **lists,
    )


def at_work(id: int, may_write: Callable[[Meeting, Actor], bool]) -> list[writers.Seen]:
    """The others, and where: the same question tells where this one writes, when it is time to write that down."""
    rows = writers.at_work(id, now())
    section = request.headers.get("X-Here", "")
    known = section in writers.SECTIONS or writers.OF_MINUTES.fullmatch(section)
    if known and writers.is_due(rows, actor().id, now()):
        will_write()
        if may_write(seen(Meeting, id, actor()), actor()):
            writers.note(id, me().id, section, now())
            db.session.commit()
    return writers.others(rows, actor().id, now())


def may_note(meeting: Meeting, who: Actor) -> bool:
    return LIFECYCLE.can(meeting, "note_outcome", who, now())


def writing(id: int) -> ResponseReturnValue:
    """Who writes where in the minutes: for those who may write there."""
    if not may_write_minutes(seen(Meeting, id, actor()), actor()):
        abort(403, "Siapa yang sedang menulis terlihat oleh yang menulis notula ini.")
    others = at_work(id, may_write_minutes)
    mark = etag.digest(list(others))
    if etag.has(mark):
        return etag.same(mark)
    asked = [key for key in request.args.getlist("bagian")[:20] if writers.OF_MINUTES.fullmatch(key)]
    return render_template("meetings/writers.html", others=others, mark=mark, sections=asked)


def may_write_minutes(meeting: Meeting, who: Actor) -> bool:
    return any(paper.lifecycle().may(paper, "write", who) for paper in meeting.all_minutes)


def kind_of(slug: str) -> str:
    return SLUGS.get(slug) or abort(404)


def part_of(id: int, slug: str, part_id: int) -> Any:
    row = seen(parts.KINDS[kind_of(slug)].model, part_id, actor())
    return row if row.meeting_id == id else abort(404)


def back(id: int, slug: str) -> ResponseReturnValue:
    default = (
        url_for("meetings.live", id=id)
        if slug in STATEMENTS
        else url_for("meetings.show", id=id, bagian="acara")
    )
    return redirect(safe_next(request.form.get("next"), default), 303)


def add_part(id: int, slug: str) -> ResponseReturnValue:
    """One more. The live minutes get its row (201) or the sentences (422)."""
    meeting = seen(Meeting, id, actor())
    asked_by_htmx = bool(request.headers.get("HX-Request"))
    try:
        row = parts.make_part(kind_of(slug), meeting, actor(), request.form, now())
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        if refused.kind != "field":
            raise
        if asked_by_htmx:
            return render_template(
                "errors/part.html", code=422, sentence=str(refused), errors=named(slug, refused)
            ), 422
        for several in named(slug, refused).values():
            flash(" ".join(several), "danger")
        return back(id, slug)
    if asked_by_htmx and slug in STATEMENTS:
        return render_template("meetings/statement.html", row=row, slug=slug, meeting=meeting), 201
    return back(id, slug)


def named(slug: str, refused: Refused) -> dict[str, list[str]]:
    form = Form(parts.KINDS[kind_of(slug)].form)
    labels = {f.name: f.label for f in form}
    return {
        name: [f"{labels.get(name, name)}: {s}" for s in several] for name, several in refused.errors.items()
    }


def save_part(id: int, slug: str, part_id: int) -> ResponseReturnValue:
    """One field of one row, with the version it was read at. A stale save is answered with both texts."""
    row = part_of(id, slug, part_id)
    by_itself = "X-Autosave" in request.headers
    raw = {k: v for k, v in request.form.items() if k not in ("version", "csrf_token", "next")}
    try:
        parts.edit_part(row, actor(), raw, now(), version=request.form.get("version", type=bounded))
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        if isinstance(refused, Changed) and by_itself:
            return both_texts(part_of(id, slug, part_id), raw)
        if refused.kind == "field" and by_itself:
            return answer({"errors": refused.errors}, 422)
        if refused.kind != "field":
            raise
        for several in named(slug, refused).values():
            flash(" ".join(several), "danger")
    return answer({"version": row.version}, 200) if by_itself else back(id, slug)


def both_texts(row: Any, raw: dict[str, Any]) -> Response:
    name = next((n for n in raw if hasattr(row, n)), "")
    there = {
        "version": row.version,
        "value": getattr(row, name, None) or "",
        "by": parts.writer_of(row),
        "at": moment(row.updated_at, row.meeting.timezone),
    }
    return answer(there, 409)


def answer(data: dict[str, Any], status: int) -> Response:
    return Response(json.dumps(data), status, content_type="application/json")


def drop_part(id: int, slug: str, part_id: int) -> ResponseReturnValue:
    row = part_of(id, slug, part_id)
    parts.remove_part(row, actor(), now())
    db.session.commit()
    return back(id, slug)
