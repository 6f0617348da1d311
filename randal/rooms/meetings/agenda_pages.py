"""The agenda's buttons: take up, finish, put off, up, down, and a row dropped elsewhere. Also without script."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from randal.base.ids import bounded
from randal.database.base import db
from randal.models.meetings import AgendaItem
from randal.rooms.meetings import agenda, ordering
from randal.rooms.meetings.live import part_of
from randal.web.pages import actor, now, safe_next, wants_json
from workflows.lifecycle import Refused


def add_agenda(bp: Blueprint) -> None:
    at = "/<int:id>/acara/<int:part_id>"
    bp.add_url_rule(f"{at}/mulai", view_func=login_required(start_item), methods=["POST"])
    bp.add_url_rule(f"{at}/selesai", view_func=login_required(finish_item), methods=["POST"])
    bp.add_url_rule(f"{at}/tunda", view_func=login_required(defer_item), methods=["GET", "POST"])
    bp.add_url_rule(f"{at}/pindah", view_func=login_required(move_item), methods=["POST"])


def back(row: AgendaItem) -> str:
    default = url_for("meetings.show", id=row.meeting_id, bagian="acara", _anchor=f"acara-{row.id}")
    return safe_next(request.form.get("next"), default)


def version() -> int | None:
    return request.form.get("version", type=bounded)


def start_item(id: int, part_id: int) -> ResponseReturnValue:
    return done(agenda.start, id, part_id, "Acara dimulai: {}")


def finish_item(id: int, part_id: int) -> ResponseReturnValue:
    return done(agenda.finish, id, part_id, "Acara selesai: {}")


def done(act: Callable[..., None], id: int, part_id: int, said: str) -> ResponseReturnValue:
    row = part_of(id, "acara", part_id)
    act(row, actor(), now(), version())
    db.session.commit()
    flash(said.format(row.title), "success")
    return redirect(back(row), 303)


def defer_item(id: int, part_id: int) -> ResponseReturnValue:
    """The reason, in a form of its own where it was refused."""
    row = part_of(id, "acara", part_id)
    row.meeting.lifecycle().row_for(row.meeting, "defer_agenda_item", actor())
    errors: Mapping[str, list[str]] = {}
    status = 200
    if request.method == "POST":
        try:
            agenda.defer(row, actor(), request.form, now(), version())
            db.session.commit()
        except Refused as refused:
            db.session.rollback()
            if refused.kind != "field":
                raise
            row, errors, status = part_of(id, "acara", part_id), refused.errors, 422
        else:
            flash(f"Acara ditunda: {row.title}. Ia dibawa ke rapat berikutnya.", "success")
            return redirect(back(row), 303)
    form = agenda.defer_form(request.form, errors)
    return render_template("meetings/defer.html", row=row, form=form, back=back(row)), status


def move_item(id: int, part_id: int) -> ResponseReturnValue:
    """`arah` (naik, turun), or `posisi` and `sesi` where it was dropped; `urutan`: the order as the page showed it.

    A script is answered in JSON: {said}, or the problem.
    """
    row = part_of(id, "acara", part_id)
    given = request.form
    way = given.get("arah")
    agenda.reorder(
        row,
        actor(),
        now(),
        way=way if way in (ordering.UP, ordering.DOWN) else None,
        position=given.get("posisi", type=bounded),
        session_id=given.get("sesi", type=bounded),
        order=given.get("urutan"),
    )
    said = f"«{row.title}» sekarang nomor {row.position} dari {len(row.meeting.agenda_items)}."
    db.session.commit()
    if wants_json():
        return {"said": said}
    flash(said, "success")
    return redirect(back(row), 303)
