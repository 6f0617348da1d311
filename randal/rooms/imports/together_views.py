"""Several workbooks in one go (/impor/kelompok): each has an outcome of its own, what one brought the next may not bring
again, and all that are right are applied, each wholly or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from randal.database.base import db
from randal.engine.transitions import Changed
from randal.models.imports import Import
from randal.rooms.imports.blueprint import bp, chosen
from randal.rooms.imports.checking import checking
from randal.rooms.imports.writing import apply, keep, keep_unread, named
from randal.spreadsheets import reader
from randal.spreadsheets.importing import Desk, Kind
from randal.web.pages import actor, now
from workflows.lifecycle import Actor, Refused


def going_together(kind: Kind, sent: list[tuple[str, bytes]], desk: Desk) -> Iterator[dict[str, Any]]:
    """{file, rows, total} while it goes on; at the end {url} of the list of outcomes."""
    batch, taken = uuid4().hex, dict[Any, str]()
    for name, data in sent:
        mine = replace(desk, name=named(name), taken=taken)
        steps = checking(kind, data, mine)
        try:
            while True:
                try:
                    done, total = next(steps)
                except StopIteration as end:
                    keep(end.value, data, mine, batch)
                    break
                yield {"file": mine.name, "rows": done, "total": total}
        except (reader.Unreadable, Refused) as problem:
            db.session.rollback()
            keep_unread(kind, str(problem), data, mine, batch)
        db.session.commit()
    yield {"url": url_for("imports.together", batch=batch)}


def files_of(batch: str, actor: Actor) -> list[Import]:
    query = Import.visible_to(actor).where(Import.batch == batch, Import.batch != "").order_by(Import.id)
    return list(db.session.scalars(query))


@bp.get("/impor/kelompok/<batch>")
@login_required
def together(batch: str) -> ResponseReturnValue:
    rows = files_of(batch, actor()) or abort(404)
    return render_template(
        "imports/together.html",
        rows=sorted(
            rows, key=lambda row: not (row.problem or (row.open and row.wrong))
        ),  # what is to be mended first
        batch=batch,
        kind=chosen(rows[0].kind),
        ready=[row for row in rows if row.ready],
        written=[row for row in rows if row.written_at],
        broken=[row for row in rows if row.problem or (row.open and row.wrong)],
    )


@bp.post("/impor/kelompok/<batch>/terapkan")
@login_required
def write_together(batch: str) -> ResponseReturnValue:
    """Each file is written wholly or not at all, and does not hold back the others."""
    rows = files_of(batch, actor()) or abort(404)
    chosen(rows[0].kind)
    ready = [row.id for row in rows if row.ready]
    written = 0
    for id in ready:
        row = db.session.get_one(Import, id)
        try:
            done = apply(row, actor(), now())
            db.session.commit()
            written += done
            if not done:
                flash(
                    f"«{row.name}»: data di sistem berubah sejak diperiksa. Lihat pratinjaunya yang baru.",
                    "warning",
                )
        except (Refused, Changed) as refused:
            db.session.rollback()
            flash(f"«{row.name}»: {refused.detail}", "warning")
    if written:
        flash(f"{written} berkas diterapkan.", "success")
    return redirect(url_for(".together", batch=batch), 303)
