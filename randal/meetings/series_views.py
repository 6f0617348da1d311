"""The next meeting, from the form that the last one fills."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from randal.core.db import db
from randal.core.forms import Form
from randal.core.moving import seen
from randal.core.web import actor, now
from randal.meetings import choices, series
from randal.meetings.forms import NewMeetingForm
from randal.meetings.models import Meeting
from workflows.lifecycle import Refused


def add_series(bp: Blueprint) -> None:
    bp.add_url_rule("/<int:id>/berikutnya", view_func=login_required(follow_on), methods=["GET", "POST"])


def follow_on(id: int) -> ResponseReturnValue:
    meeting = seen(Meeting, id, actor())
    if not series.may_follow(meeting, actor()):
        raise Refused("role", "Rapat berikutnya dibuat oleh Sekretariat, dari rapat yang sudah terjadwal.")
    given: Mapping[str, Any] = series.as_next(meeting, now())
    errors: Mapping[str, list[str]] = {}
    status = 200
    if request.method == "POST":
        try:
            made = series.make_next(meeting, actor(), request.form, now())
            db.session.commit()
            flash("Draf rapat berikutnya disimpan. Periksa waktu dan undangannya, lalu jadwalkan.", "success")
            return redirect(url_for("meetings.show", id=made.id), 303)
        except Refused as refused:
            db.session.rollback()
            if refused.kind != "field":
                raise
            meeting = seen(Meeting, id, actor())
            given, errors, status = request.form, refused.errors, 422
    form = Form(NewMeetingForm, given, errors, choices=choices.of_form())
    page = render_template("meetings/form.html", form=form, meeting=None, before=meeting, status=status)
    return page, status
