"""A meeting from another one, by the form that this one fills: the next, or one in place of a cancelled one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from randal.database.base import db
from randal.models.meetings import Meeting
from randal.rooms.meetings import choices, series
from randal.rooms.meetings.forms import NewMeetingForm
from randal.schemas.forms import Form
from randal.web.attempt import seen
from randal.web.pages import actor, now
from workflows.lifecycle import Act, Actor, Refused
from workflows.meeting import LIFECYCLE

Make = Callable[[Meeting, Actor, Mapping[str, Any], datetime], Meeting]


def add_series(bp: Blueprint) -> None:
    for address, view in (("berikutnya", follow_on), ("buat-lagi", make_again)):
        bp.add_url_rule(f"/<int:id>/{address}", view_func=login_required(view), methods=["GET", "POST"])


def follow_on(id: int) -> ResponseReturnValue:
    meeting = seen(Meeting, id, actor())
    LIFECYCLE.require(meeting, "follow_on", Act(actor(), now()))
    said = "Draf rapat berikutnya disimpan. Periksa waktu dan undangannya, lalu jadwalkan."
    return filled_by(meeting, series.as_next(meeting, now()), series.make_next, said)


def make_again(id: int) -> ResponseReturnValue:
    meeting = seen(Meeting, id, actor())
    LIFECYCLE.require(meeting, "copy", Act(actor(), now()))
    said = "Draf disimpan. Periksa waktu dan undangannya, lalu jadwalkan."
    return filled_by(meeting, series.as_next(meeting, now(), same_day=True), series.make_again, said)


def filled_by(meeting: Meeting, given: Mapping[str, Any], make: Make, said: str) -> ResponseReturnValue:
    errors: Mapping[str, list[str]] = {}
    status = 200
    if request.method == "POST":
        try:
            made = make(meeting, actor(), request.form, now())
            db.session.commit()
            flash(said, "success")
            return redirect(url_for("meetings.show", id=made.id), 303)
        except Refused as refused:
            db.session.rollback()
            if refused.kind != "field":
                raise
            meeting = seen(Meeting, meeting.id, actor())
            given, errors, status = request.form, refused.errors, 422
    form = Form(NewMeetingForm, given, errors, choices=choices.of_form())
    page = render_template("meetings/form.html", form=form, meeting=None, before=meeting, status=status)
    return page, status
