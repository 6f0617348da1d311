"""/impor/<id>/kolom: what the columns of an uploaded list mean, before its preview."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from randal.database.base import db
from randal.engine.transitions import Changed, lock
from randal.models.imports import Import
from randal.rooms.imports import mapping
from randal.rooms.imports.blueprint import bp, chosen
from randal.rooms.imports.checking import check
from randal.rooms.imports.heads import Heads, heads_of
from randal.rooms.imports.writing import GONE, fill
from randal.schemas.forms import FieldView
from randal.spreadsheets import reader
from randal.spreadsheets.importing import Desk, Kind
from randal.web.attempt import seen
from randal.web.pages import actor, now


@bp.route("/impor/<int:id>/kolom", methods=["GET", "POST"])
@login_required
def columns(id: int) -> ResponseReturnValue:
    row = seen(Import, id, actor())
    kind = chosen(row.kind)
    if row.written_at or row.file is None or not kind.mapped:
        raise Changed(GONE)
    heads = heads_of(reader.read(row.file))
    if request.method == "GET":
        return page(row, kind, heads, mapping.proposed(kind, heads, row.mapping), {}, [])
    picked = [request.form.get(f"kolom-{at}", "") for at in range(len(heads.names))]
    found, wrong, said = mapping.judged(kind, heads, picked)
    if wrong or said:
        return page(row, kind, heads, picked, wrong, said), 422
    lock(row)
    desk = Desk(actor(), now(), row.meeting_id, row.name, mapping=found)
    try:
        fill(row, check(kind, row.file, desk))
    except reader.Unreadable as unreadable:
        db.session.rollback()
        return page(row, kind, heads, picked, {}, [str(unreadable)]), 422
    row.mapping = found
    mapping.remember(kind, heads, found, actor(), now())
    db.session.commit()
    return redirect(url_for(".preview", id=id), 303)


def page(
    row: Import, kind: Kind, heads: Heads, picked: list[str], wrong: dict[int, str], said: list[str]
) -> str:
    listed = [(column.key, column.header + (" (wajib)" if column.required else "")) for column in kind.read]
    fields = [
        FieldView(
            f"kolom-{at}", name, "choice", picked[at], choices=listed, attrs={"empty": "Tidak dibaca"},
            errors=[wrong[at]] if at in wrong else [],
            help=f"Isinya: {'; '.join(text[:60] for text in under)}" if under else "Kosong di baris-baris pertama.",
        )
        for at, (name, under) in enumerate(zip(heads.names, heads.under, strict=True))
    ]  # fmt: skip
    return render_template("imports/columns.html", row=row, kind=kind, fields=fields, said=said)
