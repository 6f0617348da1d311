"""Paparan on pages: one with its versions and readers, adding, reading, reminding."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from randal.base.ids import bounded
from randal.database.base import db
from randal.models.meetings import Meeting
from randal.models.paparan import Paparan, PaparanVersion, reach_of
from randal.rooms.paparan import commands
from randal.rooms.paparan.forms import PaparanForm, VersionForm
from randal.schemas.forms import Form
from randal.web.attempt import seen
from randal.web.downloads import file_answer
from randal.web.pages import actor, now, sent
from workflows.lifecycle import Refused
from workflows.meeting import LIFECYCLE

bp = Blueprint("paparan", __name__)


@bp.app_context_processor
def words() -> dict[str, Any]:
    return {
        "may_add_paparan": lambda meeting: LIFECYCLE.may(meeting, "add_paparan", actor()),
        "paparan_unread": unread,
    }


def unread(meeting: Meeting) -> set[int]:
    """Ids of what the reader's unit has still to read at this meeting."""
    query = Paparan.unread(actor()).where(Paparan.meeting_id == meeting.id)
    return set(db.session.scalars(query.with_only_columns(Paparan.id)))


def blank_form(meeting: Meeting, raw: Any = None, errors: Mapping[str, list[str]] | None = None) -> Form:
    items = {item.id: item.title for item in meeting.agenda_items}
    required, choices = ["title", "file"], {"agenda_item_id": items}
    return Form(PaparanForm, raw or {}, errors or {}, required=required, choices=choices)


@bp.get("/rapat/<int:meeting_id>/paparan/baru")
@login_required
def new(meeting_id: int) -> ResponseReturnValue:
    meeting = seen(Meeting, meeting_id, actor())
    LIFECYCLE.row_for(meeting, "add_paparan", actor(), now())
    return render_template("paparan/new.html", meeting=meeting, form=blank_form(meeting))


@bp.post("/rapat/<int:meeting_id>/paparan")
@login_required
def create(meeting_id: int) -> ResponseReturnValue:
    meeting = seen(Meeting, meeting_id, actor())
    try:
        row = commands.add_paparan(meeting, actor(), sent(), now())
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        if refused.kind != "field":
            raise
        meeting = seen(Meeting, meeting_id, actor())
        form = blank_form(meeting, request.form, refused.errors)
        return render_template("paparan/new.html", meeting=meeting, form=form), 422
    flash("Paparan ditambahkan. PPK yang diundang diminta menyatakan sudah membaca.", "success")
    return redirect(url_for(".show", id=row.id), 303)


@bp.get("/paparan/<int:id>")
@login_required
def show(id: int) -> ResponseReturnValue:
    return page(seen(Paparan, id, actor()), Form(VersionForm))


def page(row: Paparan, version_form: Form, status: int = 200) -> ResponseReturnValue:
    meeting, unit_id = row.meeting, commands.own_unit(row.meeting, actor())
    mine = next((r for r in row.newest.readings if r.unit_id == unit_id), None)
    shown = render_template(
        "paparan/show.html",
        row=row,
        meeting=meeting,
        reach=reach_of(meeting, [row]),
        when={reading.unit_id: reading for reading in row.newest.readings},
        mine=mine,
        asked=unit_id is not None and unit_id != row.unit_id and mine is None,
        may_change=commands.may_change(row, actor()),
        may_remind=commands.leads(meeting, actor()),
        version_form=version_form,
    )
    return shown, status


@bp.post("/paparan/<int:id>/versi")
@login_required
def add_version(id: int) -> ResponseReturnValue:
    row = seen(Paparan, id, actor())
    try:
        commands.add_version(row, actor(), sent(), now())
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        if refused.kind != "field":
            raise
        return page(seen(Paparan, id, actor()), Form(VersionForm, request.form, refused.errors), 422)
    flash("Versi baru tersimpan. Yang sudah membaca versi sebelumnya diminta membaca lagi.", "success")
    return redirect(url_for(".show", id=id), 303)


def done(id: int, act: Callable[[Paparan], str]) -> Paparan:
    """One deed on one paparan, and the sentence that says what came of it."""
    row = seen(Paparan, id, actor())
    said = act(row)
    db.session.commit()
    flash(said, "success")
    return row


@bp.post("/paparan/<int:id>/baca")
@login_required
def read(id: int) -> ResponseReturnValue:
    def act(row: Paparan) -> str:
        commands.acknowledge(row, actor(), now(), request.form.get("number", type=bounded))
        return "Tercatat: sudah dibaca."

    done(id, act)
    return redirect(url_for(".show", id=id), 303)


@bp.post("/paparan/<int:id>/ingatkan")
@login_required
def remind(id: int) -> ResponseReturnValue:
    def act(row: Paparan) -> str:
        units = commands.remind(row, actor(), now())
        return f"Pengingat dikirim kepada {units} PPK." if units else "Semua PPK sudah membaca."

    done(id, act)
    return redirect(url_for(".show", id=id), 303)


@bp.post("/paparan/<int:id>/tarik")
@login_required
def withdraw(id: int) -> ResponseReturnValue:
    def act(row: Paparan) -> str:
        commands.withdraw(row, actor(), now())
        return "Paparan ditarik dari rapat ini."

    row = done(id, act)
    return redirect(url_for("meetings.show", id=row.meeting_id, bagian="paparan"), 303)


@bp.get("/paparan/versi/<int:id>/berkas")
@login_required
def file(id: int) -> ResponseReturnValue:
    return file_answer(seen(PaparanVersion, id, actor()).file, inline="tampil" in request.args)
