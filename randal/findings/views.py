"""Temuan monev: the list, one finding with its moves, noting one (also from the live minutes), changing it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from randal.core import forms
from randal.core.db import db
from randal.core.forms import FieldView, Form
from randal.core.history import history_of
from randal.core.moving import seen
from randal.core.transitions import Changed, require_version
from randal.core.web import actor, add_moves, me, moves_of, now
from randal.findings import commands, queries
from randal.findings.forms import FindingFields, FindingForm
from randal.findings.models import Finding
from randal.meetings.models import Meeting
from randal.meetings.unit_items import SEVERITIES, may_note, meetings_to_note, units_to_name
from workflows.lifecycle import Refused

bp = Blueprint("findings", __name__, url_prefix="/temuan")
add_moves(bp, Finding, "findings.show")


@bp.app_template_global()
def may_note_finding(meeting: Meeting) -> bool:
    return may_note(Finding, meeting, actor())


@bp.get("")
@login_required
def index() -> ResponseReturnValue:
    found = queries.findings(actor(), request.args)
    asked = request.args.get
    filters = [
        FieldView("rapat", "Rapat", "choice", asked("rapat", ""), choices=listed(found.meetings)),
        FieldView("ppk", "PPK", "choice", asked("ppk", ""), choices=listed(found.units)),
        FieldView(
            "status", "Status", "choice", asked("status", ""), choices=listed(Finding.lifecycle().states)
        ),
        FieldView("tingkat", "Tingkat", "choice", asked("tingkat", ""), choices=listed(SEVERITIES)),
    ]
    filters = [replace(f, attrs={"empty": "Semua"}) for f in filters if len(f.choices) > 1 or f.value]
    further: dict[str, Any] = {**request.args.to_dict(), "sebelum": found.later}
    later = url_for(".index", **further) if found.later else None
    may_make = bool(meetings_to_note(Finding, actor()))
    return render_template(
        "findings/index.html", found=found, filters=filters, later=later, may_make=may_make
    )


@bp.get("/<int:id>")
@login_required
def show(id: int) -> ResponseReturnValue:
    finding = seen(Finding, id, actor())
    return render_template(
        "findings/show.html",
        finding=finding,
        opened=moves_of(finding),
        follow_ups=queries.follow_ups_of(finding, actor()),
        sees_meeting=queries.sees_meeting(finding, actor()),
        may_edit=finding.lifecycle().may_edit(finding, actor()),
        history=history_of(finding, me().zone),
    )


@bp.get("/baru")
@login_required
def new() -> ResponseReturnValue:
    return noting(request.args, {}, 200)


@bp.post("")
@login_required
def create() -> ResponseReturnValue:
    """Note a finding. With HX-Request (the live minutes) the answer is its row alone, 201, or what is wrong, 422."""
    live = bool(request.headers.get("HX-Request"))
    try:
        finding = commands.make_finding(actor(), request.form, now())
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        if refused.kind != "field":
            raise
        if live:
            return what_is_wrong(refused), 422
        return noting(request.form, refused.errors, 422)
    if live:
        return render_template("findings/row.html", item=finding), 201
    flash("Temuan dicatat.", "success")
    return redirect(url_for(".show", id=finding.id), 303)


@bp.route("/<int:id>/ubah", methods=["GET", "POST"])
@login_required
def change(id: int) -> ResponseReturnValue:
    finding = seen(Finding, id, actor())
    finding.lifecycle().require_edit(finding, actor())
    errors: Mapping[str, list[str]] = {}
    status = 200
    if request.method == "POST":
        try:
            require_version(finding, request.form.get("version", type=int))
            commands.edit_finding(finding, actor(), request.form, now())
            db.session.commit()
            flash("Perubahan disimpan.", "success")
            return redirect(url_for(".show", id=id), 303)
        except Refused as refused:
            db.session.rollback()
            if refused.kind != "field" and not isinstance(refused, Changed):
                raise
            finding = seen(Finding, id, actor())
            stale = isinstance(refused, Changed)
            errors, status = ({"": [str(refused)]}, 409) if stale else (refused.errors, 422)
    form = Form(FindingFields, request.form if request.method == "POST" else finding, errors)
    return render_template("findings/change.html", finding=finding, form=form, status=status), status


def noting(given: Mapping[str, Any], errors: Mapping[str, list[str]], status: int) -> ResponseReturnValue:
    """The form: first at which meeting, then what and of whom. What was typed is kept."""
    meetings = meetings_to_note(Finding, actor())
    if not meetings:
        raise Refused(
            "role", "Temuan dicatat oleh Tim Monev, Sekretariat, atau Notulis rapat yang sudah dimulai."
        )
    chosen = next(
        (id for id in meetings if str(id) == str(given.get("meeting_id") or given.get("rapat"))), None
    )
    meeting = seen(Meeting, chosen, actor()) if chosen else None
    choices = {"unit_id": units_to_name(Finding, meeting, actor())} if meeting else {}
    if meeting and len(choices["unit_id"]) == 1:  # a PPK names only itself
        given = {**dict(given.items()), "unit_id": next(iter(choices["unit_id"]))}
    form = Form(FindingForm, given, errors, choices=choices)
    return render_template("findings/new.html", meetings=listed(meetings), meeting=meeting, form=form), status


def listed(choices: Mapping[Any, str]) -> list[tuple[str, str]]:
    return [(str(code), label) for code, label in choices.items()]


def what_is_wrong(refused: Refused) -> str:
    labels = {name: spec.metadata["label"] for name, spec in FindingForm().fields.items()}
    errors = {
        name: [f"{labels.get(name, name)}: {s}" for s in several] for name, several in refused.errors.items()
    }
    return render_template("errors/part.html", code=422, sentence=forms.TOO_MUCH, errors=errors)
