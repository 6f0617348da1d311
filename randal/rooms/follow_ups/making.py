"""Pages that make and edit follow-ups: alone, for all units at once, and from within a meeting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from randal.base.ids import bounded
from randal.database.base import db
from randal.engine.transitions import require_version
from randal.models.follow_ups import PRIORITIES, FollowUp
from randal.models.meetings import Meeting
from randal.rooms.follow_ups import commands, queries
from randal.rooms.follow_ups.blueprint import bp
from randal.rooms.follow_ups.forms import FollowUpForm
from randal.rooms.follow_ups.tracking import standing
from randal.rooms.follow_ups.views import warn_of_day_off
from randal.schemas.forms import TOO_MUCH, Form
from randal.web.attempt import seen
from randal.web.pages import actor, now, safe_next
from workflows.lifecycle import Refused

ALL = "semua"


@bp.app_template_global()
def may_make_follow_up(meeting: Meeting) -> bool:
    """For a page of the meeting's room: may who is here make a follow-up of this meeting now?"""
    hats = meeting.relations(actor()) | actor().roles
    return FollowUp.lifecycle().may_make(hats, meeting.state)


@bp.app_template_global()
def may_assign_follow_ups(meeting: Meeting) -> bool:
    hats = meeting.relations(actor()) | actor().roles
    return any(not hats.isdisjoint(row.by) for row in FollowUp.lifecycle().moves_named("assign"))


@bp.app_template_global()
def follow_up_form(meeting: Meeting, data: Any = None, errors: Mapping[str, list[str]] | None = None) -> Form:
    """The form of a new follow-up of this meeting; its list of units begins with "untuk semua PPK"."""
    units = {str(a.unit_id): a.unit.short_name for a in meeting.invitees if a.unit}
    if len(units) > 1:
        units = {ALL: f"Semua PPK ({len(units)})"} | units
    lists: dict[str, Mapping[Any, str]] = {"unit_id": units, **queries.links_of(actor(), meeting.id)}
    return Form(FollowUpForm, {} if data is None else data, errors, choices=lists)


@bp.app_template_global()
def follow_up_line(item: FollowUp) -> Any:
    return standing(item, now())


@bp.get("/rtl/baru")
@login_required
def new() -> ResponseReturnValue:
    meeting = seen(Meeting, request.args.get("meeting_id", 0, type=bounded), actor())
    hats = meeting.relations(actor()) | actor().roles
    FollowUp.lifecycle().require_make(hats, meeting.state, meeting.state_label)
    form = follow_up_form(meeting, {"unit_id": request.args.get("unit_id", "")})
    return render_template("follow_ups/new.html", meeting=meeting, form=form)


@bp.post("/rtl")
@login_required
def create() -> ResponseReturnValue:
    """Make one, or one per unit (`unit_id=semua`, or `unit_ids`).

    With HX-Request (the live minutes) the answer is the rows alone, 201, or what is wrong, 422.
    """
    raw = request.form.copy()
    meeting = seen(Meeting, raw.get("meeting_id", 0, type=bounded), actor())
    if raw.get("unit_id") == ALL:
        raw.setlist("unit_ids", [str(a.unit_id) for a in meeting.invitees if a.unit_id])
    within = bool(request.headers.get("HX-Request"))
    try:
        if raw.getlist("unit_ids"):
            made = commands.make_follow_ups(actor(), raw, now())
        else:
            made = [commands.make_follow_up(actor(), raw, now())]
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        if refused.kind not in ("need", "field"):
            raise
        errors = dict(refused.errors)
        if "unit_ids" in errors:
            errors.setdefault("unit_id", errors.pop("unit_ids"))
        if within:
            return what_is_wrong(errors), 422
        meeting = seen(Meeting, meeting.id, actor())
        form = follow_up_form(meeting, request.form, errors)
        return render_template("follow_ups/new.html", meeting=meeting, form=form), 422
    if within:
        return render_template("follow_ups/rows.html", made=made), 201
    number = f"{len(made)} tindak lanjut tersimpan" if len(made) > 1 else f"{made[0].code} tersimpan"
    flash(f"{number} sebagai draf.", "success")
    warn_of_day_off(made[0].due_on)
    target = url_for(".show", id=made[0].id) if len(made) == 1 else url_for("meetings.show", id=meeting.id)
    return redirect(safe_next(raw.get("next"), target), 303)


def what_is_wrong(errors: Mapping[str, list[str]]) -> str:
    labels = {name: spec.metadata["label"] for name, spec in FollowUpForm().fields.items()}
    named = {n: [f"{labels.get(n, n)}: {s}" for s in several] for n, several in errors.items()}
    return render_template("errors/part.html", code=422, sentence=TOO_MUCH, errors=named)


@bp.route("/rtl/<int:id>/ubah", methods=["GET", "POST"])
@login_required
def edit(id: int) -> ResponseReturnValue:
    """Text, date and the rest of a draft; afterwards only what it answers (findings, kendala)."""
    item = seen(FollowUp, id, actor())
    lifecycle = item.lifecycle()
    draft = lifecycle.may_edit(item, actor())
    if lifecycle.hats(item, actor()).isdisjoint(lifecycle.edited_by):
        lifecycle.require_edit(item, actor())
    errors: Mapping[str, list[str]] = {}
    if request.method == "POST":
        try:
            require_version(item, request.form.get("version", type=bounded))
            commands.edit_follow_up(item, actor(), request.form, now())
            db.session.commit()
        except Refused as refused:
            db.session.rollback()
            if refused.kind not in ("need", "field"):
                raise
            item, errors = seen(FollowUp, id, actor()), refused.errors
        else:
            flash("Perubahan tersimpan.", "success")
            warn_of_day_off(item.due_on if draft else None)
            return redirect(url_for(".show", id=id), 303)
    data = request.form if request.method == "POST" else stored(item)
    form = Form(FollowUpForm, data, errors, choices=_with_linked(item))
    return render_template("follow_ups/edit.html", item=item, form=form, draft=draft), 422 if errors else 200


def stored(item: FollowUp) -> dict[str, Any]:
    plain = {name: getattr(item, name) for name in commands.PLAIN}
    links = {name: [x.id for x in getattr(item, relation)] for name, (relation, *_) in commands.LINKS.items()}
    return plain | links


def _with_linked(item: FollowUp) -> dict[str, Mapping[Any, str]]:
    """What may be linked, and what is: a closed one stays in the list, so that it is not let go unseen."""
    lists = queries.links_of(actor(), item.meeting_id, item.unit_id)
    for name, (relation, *_rest) in commands.LINKS.items():
        lists[name] |= {x.id: f"{x.unit.short_name}: {x.text[:90]}" for x in getattr(item, relation)}
    return dict(lists)


@bp.post("/rtl/tugaskan")
@login_required
def assign_all() -> ResponseReturnValue:
    """Assign every draft of a meeting at once."""
    meeting = seen(Meeting, request.form.get("meeting_id", 0, type=bounded), actor())
    priority = request.form.get("priority", "")
    given = {"priority": priority} if priority in PRIORITIES else {}
    try:
        done = commands.assign_all(meeting, actor(), given, now())
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        if refused.kind not in ("need", "field"):
            raise
        flash(f"Belum ada yang ditugaskan. {refused.detail}", "danger")
    else:
        flash(
            f"{len(done)} tindak lanjut ditugaskan." if done else "Tidak ada draf.",
            "success" if done else "info",
        )
    back = url_for("meetings.show", id=meeting.id, bagian="tindak-lanjut")
    return redirect(safe_next(request.form.get("next"), back), 303)
