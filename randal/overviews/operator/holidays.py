"""The working days of a year: what the national calendar says, what was corrected by hand, and by whom."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from randal.base.ids import bounded
from randal.database.base import db
from randal.l10n.clock import DEFAULT_ZONE, local_date
from randal.overviews.operator.blueprint import bp
from randal.schedule import workdays
from randal.schedule.workdays import DayOverride
from randal.schemas import forms
from randal.web.pages import actor, now
from workflows.lifecycle import Refused

YEARS = range(2000, 2101)
KINDS = {"off": "Libur", "working": "Hari kerja"}


class DayForm(forms.Base):
    """What a day is, whatever the national calendar says."""

    day = forms.day("Tanggal")
    kind = forms.choice("Hari itu", KINDS)
    name = forms.text("Nama hari", max=120, help="Misalnya: Cuti bersama Idul Fitri.")
    note = forms.prose(
        "Dasar", required=False, max=2000, help="Misalnya nomor dan tanggal keputusan bersama."
    )


class Shown(NamedTuple):
    """One line of the year: a day that is off, or that was corrected."""

    day: date
    working: bool
    name: str
    source: str
    override: DayOverride | None


@bp.route("/operator/hari-kerja", methods=["GET", "POST"])
def holidays() -> ResponseReturnValue:
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        try:
            return correct()
        except Refused as refused:
            db.session.rollback()
            if refused.kind != "field":
                raise
            errors = refused.errors
    year = year_asked()
    form = forms.Form(DayForm, request.form if errors else None, errors)
    page = render_template(
        "operator/holidays.html",
        form=form,
        year=year,
        years=YEARS,
        lines=lines_of(year),
        unknown=not workdays.joint_leave(year),
        guessed=[day for day, name in sorted(workdays.national(year).items()) if workdays.GUESSED in name],
        history=history_of(year),
    )
    return page, 422 if errors else 200


def correct() -> ResponseReturnValue:
    given = forms.load(DayForm, request.form)
    if given["day"].year not in YEARS:
        raise forms.wrong("day", f"Pilih tanggal antara tahun {YEARS[0]} dan {YEARS[-1]}.")
    working = given["kind"] == "working"
    workdays.correct(given["day"], working, given["name"], given.get("note") or "", actor(), now())
    db.session.commit()
    flash("Hari kerja disimpan. Pengingat berikutnya mengikutinya.", "success")
    return redirect(url_for(".holidays", tahun=given["day"].year), 303)


@bp.post("/operator/hari-kerja/<int:id>/cabut")
def holidays_withdraw(id: int) -> ResponseReturnValue:
    row = db.session.get(DayOverride, id)
    if row is None:
        abort(404)
    workdays.withdraw(row, actor(), now())
    db.session.commit()
    flash("Koreksi dicabut: hari itu kembali mengikuti kalender nasional.", "success")
    return redirect(url_for(".holidays", tahun=row.day.year), 303)


def year_asked() -> int:
    year = request.args.get("tahun", type=bounded)
    return year if year is not None and year in YEARS else local_date(now(), DEFAULT_ZONE).year


def of_year(year: int) -> Any:
    return DayOverride.day.between(date(year, 1, 1), date(year, 12, 31))


def lines_of(year: int) -> list[Shown]:
    """The days of the year that are off though they are no ordinary weekend, and all that were corrected."""
    national, leave = workdays.national(year), workdays.joint_leave(year)
    query = select(DayOverride).where(of_year(year), DayOverride.ended_at.is_(None))
    corrected = {row.day: row for row in db.session.scalars(query)}
    lines = []
    for day in sorted({*national, *corrected}):
        if row := corrected.get(day):
            lines.append(Shown(day, row.working, row.name, "Koreksi", row))
        else:
            lines.append(
                Shown(day, False, national[day], "Cuti bersama" if day in leave else "Libur nasional", None)
            )
    return lines


def history_of(year: int) -> list[DayOverride]:
    query = select(DayOverride).where(of_year(year)).order_by(DayOverride.id.desc()).limit(200)
    both = joinedload(DayOverride.created_by), joinedload(DayOverride.ended_by)
    return list(db.session.scalars(query.options(*both)))
