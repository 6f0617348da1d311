"""/tenggat: by when what is due, how it stands, and the rules themselves for secretariat and administrator."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from randal.base.ids import bounded
from randal.database.base import db
from randal.engine.transitions import Changed, require_version
from randal.l10n import formats
from randal.l10n.clock import DEFAULT_ZONE, local_date
from randal.models.deadlines import WHO, Deadline, Standing, end_of, periods_back, standing, standing_of
from randal.models.progress import Activity, ProgressReport
from randal.rooms.deadlines.commands import edit_deadline, make_deadline, mark_done
from randal.rooms.deadlines.forms import DeadlineForm, MarkForm
from randal.schedule import workdays
from randal.schedule.workdays import Calendar
from randal.schemas.forms import Form
from randal.web.pages import actor, now
from workflows.lifecycle import KEEPERS, PPK, Refused

bp = Blueprint("deadlines", __name__)
bp.add_app_template_global(lambda report: standing_of(report, now()), "report_standing")
SHOWN = 3  # periods of a rule


class Period(NamedTuple):
    """One rule in one period. `handed_in` of `of` units, where units owe it; else `standing` says whether it is done."""

    period: str
    name: str
    due_on: date
    over: bool
    handed_in: int
    of: int
    standing: Standing | None
    how: str  # it was handed in
    may_mark: bool


@bp.get("/tenggat")
@login_required
def index() -> ResponseReturnValue:
    rules = list(
        db.session.scalars(
            select(Deadline)
            .options(selectinload(Deadline.marks))
            .order_by(Deadline.active.desc(), Deadline.id)
        )
    )
    today, days = local_date(now(), DEFAULT_ZONE), workdays.calendar()
    handed_in, units = counts(today)
    return render_template(
        "deadlines/index.html",
        rules=[(rule, periods_of(rule, today, days, handed_in, units)) for rule in rules],
        may_keep=actor().has(*KEEPERS),
    )


def counts(today: date) -> tuple[dict[str, int], int]:
    """Reports handed in by period, and how many units owe one. Numbers only: everybody may know them."""
    since = list(periods_back(today, 15))[-1]
    owe = select(Activity.unit_id).where(Activity.active).distinct()
    query = (
        select(ProgressReport.period, func.count())
        .where(ProgressReport.period >= since, ProgressReport.first_submitted_at.is_not(None))
        .where(ProgressReport.unit_id.in_(owe))
        .group_by(ProgressReport.period)
    )
    found = {row[0]: row[1] for row in db.session.execute(query)}
    return found, db.session.scalar(select(func.count()).select_from(owe.subquery())) or 0


def periods_of(
    rule: Deadline, today: date, days: Calendar, handed_in: dict[str, int], units: int
) -> list[Period]:
    """The latest periods, also the running one: its deadline comes."""
    known = {} if rule.who == PPK else rule.handed_in()
    found: list[Period] = []
    ahead = date(
        today.year + (today.month > 9), (today.month + 2) % 12 + 1, 1
    )  # a running quarter ends within three months
    for period in periods_back(ahead, 15):
        if not rule.counts_for(period) or not rule.active:
            continue
        due = rule.due_on(period, days)
        if period > f"{today:%Y-%m}" and any(p.due_on >= today for p in found):
            continue
        done = known.get(period)
        stands = (
            None if rule.who == PPK else standing(period, done.day if done else None, today, [rule], days)
        )
        how = " · ".join(filter(None, (formats.long_date(done.day), done.how))) if done else ""
        may = rule.who != PPK and done is None and end_of(period) <= today and actor().has(rule.who, *KEEPERS)
        counted = handed_in.get(period, 0), units
        found.append(Period(period, rule.name_of(period), due, due < today, *counted, stands, how, may))
    coming = [p for p in found if not p.over]
    return (coming[-1:] + [p for p in found if p.over])[:SHOWN]


@bp.route("/tenggat/<int:id>/sudah", methods=["GET", "POST"])
@login_required
def mark(id: int) -> ResponseReturnValue:
    row, errors = found(id), dict[str, list[str]]()
    data: Any = {"period": request.args.get("period", ""), "dated_on": local_date(now(), DEFAULT_ZONE)}
    if request.method == "POST":
        try:
            mark_done(row, request.form, actor(), now())
            db.session.commit()
            flash(f"Dicatat: {row.name} sudah disampaikan.", "success")
            return redirect(url_for(".index"), 303)
        except Refused as refused:
            db.session.rollback()
            if refused.kind != "field":
                raise
            errors, data = refused.errors, request.form
    elif row.who == PPK or not actor().has(row.who, *KEEPERS):
        raise Refused("role", f"Ini dicatat oleh {WHO[row.who]}.")
    page = render_template("deadlines/mark.html", form=Form(MarkForm, data, errors), row=found(id))
    return page, 422 if errors else 200


@bp.route("/tenggat/baru", methods=["GET", "POST"])
@login_required
def new() -> ResponseReturnValue:
    return writing(None)


@bp.route("/tenggat/<int:id>/ubah", methods=["GET", "POST"])
@login_required
def change(id: int) -> ResponseReturnValue:
    return writing(found(id))


def found(id: int) -> Deadline:
    return db.session.get(Deadline, id) or abort(404)


def writing(row: Deadline | None) -> ResponseReturnValue:
    if not actor().has(*KEEPERS):
        raise Refused("role", "Tenggat diatur oleh Sekretariat atau Admin Sistem.")
    data: Any = row or {
        "active": True,
        "remind_before": 3,
        "since": f"{local_date(now(), DEFAULT_ZONE):%Y-%m}",
    }
    errors: dict[str, list[str]] = {}
    status = 200
    if request.method == "POST":
        try:
            if row:
                require_version(row, request.form.get("version", type=bounded))
                edit_deadline(row, actor(), request.form, now(), whole=True)
            else:
                make_deadline(actor(), request.form, now())
            db.session.commit()
            flash("Tenggat disimpan. Pengingat berikutnya mengikutinya.", "success")
            return redirect(url_for(".index"), 303)
        except Refused as refused:
            stale = isinstance(refused, Changed)
            id = row.id if row else 0
            db.session.rollback()
            if refused.kind != "field" and not stale:
                raise
            row = found(id) if id else None
            errors, status = ({"": [str(refused)]}, 409) if stale else (refused.errors, 422)
            data = request.form
    form = Form(DeadlineForm, data, errors)
    return render_template("deadlines/form.html", form=form, row=row, general=errors.get("", [])), status
