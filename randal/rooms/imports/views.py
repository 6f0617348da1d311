"""/impor: choose what, upload, look at what would happen, apply. All or nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

from flask import (
    Response,
    flash,
    redirect,
    render_template,
    request,
    stream_with_context,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import login_required

from randal.base.ids import bounded
from randal.database.base import db
from randal.l10n.formats import short_date
from randal.models.imports import Import
from randal.models.meetings import Meeting
from randal.rooms.imports import together_views
from randal.rooms.imports.blueprint import bp, chosen
from randal.rooms.imports.checking import checking
from randal.rooms.imports.heads import Unmapped
from randal.rooms.imports.mapping import remembered
from randal.rooms.imports.template import template
from randal.rooms.imports.writing import MOVED_ON, apply, forget, keep, keep_unmapped
from randal.schemas.forms import FieldView
from randal.spreadsheets import reader
from randal.spreadsheets.importing import CHANGED, KINDS, NEW, SAME, Desk, Kind
from randal.web.attempt import seen
from randal.web.downloads import XLSX, given
from randal.web.pages import actor, now
from workflows.lifecycle import Refused

PAGE = 50
ASKED = "asked"
MOST_FILES = 60
SHOWN = {
    "": "Semua",
    "wrong": "Salah",
    ASKED: "Diminta penjelasan",
    NEW: "Baru",
    CHANGED: "Berubah",
    SAME: "Sama",
}
NDJSON = "application/x-ndjson"
EMPTY = "Pilih berkas yang akan diimpor."


@bp.get("/impor")
@login_required
def index() -> ResponseReturnValue:
    kinds = [kind for kind in KINDS.values() if actor().has(*kind.who)]
    if not kinds:
        raise Refused("role", "Impor adalah tugas Admin Sistem, Sekretariat, Tim Monev, dan PPK.")
    last = Import.visible_to(actor()).order_by(Import.id.desc()).limit(10)
    return render_template("imports/index.html", kinds=kinds, imports=list(db.session.scalars(last)))


@bp.get("/impor/<kind>/templat")
@login_required
def blank(kind: str) -> ResponseReturnValue:
    made = template(chosen(kind), Desk(actor(), now()), request.args)
    return given(made, XLSX, f"templat-{kind}.xlsx")


@bp.route("/impor/<kind>", methods=["GET", "POST"])
@login_required
def upload(kind: str) -> ResponseReturnValue:
    """Choose a file; its preview is kept. A script that asks for NDJSON is told how far the checking is."""
    of = chosen(kind)
    if request.method == "GET":
        return choose(of, {})
    sent = [(file.filename, file.stream.read()) for file in request.files.getlist("file") if file.filename]
    meeting = request.form.get("meeting_id", type=bounded)
    if of.of_meeting and (meeting is None or str(meeting) not in meetings(of)):
        return answer(of, {"meeting_id": ["Pilih rapatnya."]})
    if not sent:
        return answer(of, {"file": [EMPTY]})
    if len(sent) > (MOST_FILES if of.several else 1):
        return answer(
            of, {"file": [f"Paling banyak {MOST_FILES if of.several else 1} berkas sekali unggah."]}
        )
    desk = Desk(actor(), now(), meeting if of.of_meeting else None)
    steps = going(of, *sent[0], desk) if len(sent) == 1 else together_views.going_together(of, sent, desk)
    if streams():
        return Response(stream_with_context(json.dumps(step) + "\n" for step in steps), content_type=NDJSON)
    *_, last = steps
    return redirect(last["url"], 303) if "url" in last else choose(of, last["errors"])


def streams() -> bool:
    return NDJSON in request.headers.get("Accept", "")


def answer(kind: Kind, errors: dict[str, list[str]]) -> ResponseReturnValue:
    if streams():
        return Response(json.dumps({"errors": errors}) + "\n", content_type=NDJSON)
    return choose(kind, errors)


def going(kind: Kind, name: str, data: bytes, desk: Desk) -> Iterator[dict[str, Any]]:
    """{rows, total} while it goes on; at the end {url} of the preview or {errors} by field."""
    try:
        desk = replace(desk, name=name, mapping=remembered(kind, data, desk.actor))
        steps = checking(kind, data, desk)
        while True:
            try:
                done, total = next(steps)
            except StopIteration as end:
                row = keep(end.value, data, desk)
                db.session.commit()
                yield {"url": url_for("imports.preview", id=row.id)}
                return
            yield {"rows": done, "total": total}
    except reader.Unreadable as unreadable:
        db.session.rollback()
        if not (kind.mapped and isinstance(unreadable, Unmapped)):
            yield {"errors": {"file": [str(unreadable)]}}
            return
        row = keep_unmapped(kind, data, desk)
        db.session.commit()
        yield {"url": url_for("imports.columns", id=row.id)}
    except Refused as refused:
        db.session.rollback()
        yield {"errors": refused.errors or {"": [refused.detail]}}


def choose(kind: Kind, errors: dict[str, list[str]]) -> ResponseReturnValue:
    many = f" Boleh beberapa berkas sekaligus, paling banyak {MOST_FILES}." if kind.several else ""
    attrs = {"accept": ".xlsx,.csv,.txt,.tsv"} | ({"multiple": "multiple"} if kind.several else {})
    fields = [
        FieldView(
            "file", "Berkas yang sudah diisi", "file", required=True, errors=errors.get("file", []),
            help=f"XLSX atau CSV, maks. 20 MB.{many} Belum ada yang disimpan sebelum Anda memeriksanya.", attrs=attrs,
        )
    ]  # fmt: skip
    if kind.of_meeting:
        picked = request.values.get("meeting_id", "")
        field = FieldView(
            "meeting_id", "Rapat", "choice", picked, required=True, errors=errors.get("meeting_id", [])
        )
        field.choices = list(meetings(kind).items())
        fields.insert(0, field)
    choices = kind.fields(Desk(actor(), now())) if kind.fields else {}
    asked = [
        FieldView(name, label, "choice", request.args.get(name, ""), choices=list(listed.items()))
        for name, (label, listed) in choices.items()
    ]
    for one in asked:
        one.attrs = {"empty": "Yang terakhir terbuka" if one.name == "period" else "Semua"}
    status = 422 if errors else 200
    page = render_template(
        "imports/upload.html", kind=kind, fields=fields, asked=asked, said=errors.get("", [])
    )
    return page, status


def meetings(kind: Kind) -> dict[str, str]:
    """Those into which this kind may still be brought, the newest first."""
    query = Meeting.visible_to(actor()).where(Meeting.state.in_(kind.meeting_states))
    found = db.session.scalars(query.order_by(Meeting.starts_at.desc(), Meeting.id.desc()).limit(200))
    return {str(m.id): f"{m.title} ({short_date(m.local_start_date)})" for m in found}


@bp.get("/impor/<int:id>")
@login_required
def preview(id: int) -> ResponseReturnValue:
    row = seen(Import, id, actor())
    return redirect(url_for(".columns", id=id)) if row.unmapped else show(row)


def show(row: Import, status: int = 200) -> ResponseReturnValue:
    kind, about = chosen(row.kind), row.about
    what = request.args.get("hanya", "wrong" if row.wrong else "")
    what = what if what in SHOWN else ""
    counts = {"": row.rows, "wrong": row.wrong_rows, ASKED: row.asked, NEW: row.created, CHANGED: row.updated,
              SAME: row.unchanged}  # fmt: skip
    pages = max(1, -(-counts[what] // PAGE))
    page = min(max(request.args.get("hal", 1, type=bounded), 1), pages)
    picked = (r for r in row.preview if not what or (r["asks"] if what == ASKED else r["what"] == what))
    return render_template(
        "imports/preview.html",
        row=row,
        kind=kind,
        meeting=db.session.get(Meeting, row.meeting_id) if row.meeting_id else None,
        columns=[c for c in kind.columns if c.key in about.get("keys", [])],
        rows=list(islice(picked, (page - 1) * PAGE, page * PAGE)),
        errors=about.get("errors", {}),
        unused=about.get("unused", []),
        notes=about.get("notes", []),
        shown=[
            (code, kind.asks_label if code == ASKED else label, counts[code])
            for code, label in SHOWN.items()
            if counts[code] or not code
        ],
        what=what,
        page=page,
        pages=pages,
    ), status


@bp.post("/impor/<int:id>/terapkan")
@login_required
def write(id: int) -> ResponseReturnValue:
    row = seen(Import, id, actor())
    chosen(row.kind)
    if not apply(row, actor(), now()):
        db.session.commit()
        flash(MOVED_ON, "warning")
        return show(row, 409)
    db.session.commit()
    flash(f"Tersimpan: {row.created} baru, {row.updated} berubah, {row.unchanged} sama.", "success")
    return back_to(row)


def back_to(row: Import) -> ResponseReturnValue:
    """To the files it came with, or to itself."""
    if row.batch:
        return redirect(url_for(".together", batch=row.batch), 303)
    return redirect(url_for(".preview", id=row.id), 303)


@bp.post("/impor/<int:id>/buang")
@login_required
def drop(id: int) -> ResponseReturnValue:
    row = seen(Import, id, actor())
    chosen(row.kind)
    forget(row)
    db.session.commit()
    flash("Berkas dibuang; tidak ada yang disimpan.", "success")
    return back_to(row) if row.batch else redirect(url_for(".index"), 303)
