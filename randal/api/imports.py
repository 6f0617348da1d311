"""Spreadsheets to import: the template to fill, and the rows with their errors by cell."""

from __future__ import annotations

from apiflask import Schema, fields
from flask import Response, abort, json, request
from werkzeug.datastructures import FileStorage

from randal.api.furniture import actor, answer, api, described, now, shown
from randal.base.ids import MAX_ID
from randal.database.base import db
from randal.l10n import numbers
from randal.rooms.imports.checking import Outcome, check
from randal.rooms.imports.mapping import remembered
from randal.rooms.imports.template import template
from randal.rooms.imports.writing import kind_for, told, write
from randal.schemas import forms
from randal.spreadsheets.importing import Desk, Kind
from randal.spreadsheets.reader import Unreadable
from randal.web.downloads import XLSX, given


class WrongCellOut(Schema):
    cell = fields.String(metadata={"description": "C7"})
    column = fields.String()
    value = fields.String()
    message = fields.String()


class ImportOut(Schema):
    rows = fields.Integer()
    created = fields.Integer()
    updated = fields.Integer()
    unchanged = fields.Integer()
    errors = fields.List(fields.Nested(WrongCellOut), metadata={"description": "Paling banyak 1000"})
    wrong = fields.Integer(metadata={"description": "Banyaknya sel yang salah"})
    asked = fields.Integer(metadata={"description": "Baris yang angkanya akan diminta penjelasannya"})
    unused_columns = fields.List(fields.String())
    notes = fields.List(fields.String())
    dry_run = fields.Boolean()


class ImportForm(forms.Base):
    file = forms.upload("Berkas", help="XLSX atau CSV, maks. 20 MB.")
    dry_run = forms.flag("Periksa saja")
    meeting_id = forms.whole("Rapat (untuk undangan rapat)", required=False, max=MAX_ID)


def known(name: str) -> Kind:
    return kind_for(name, actor()) or abort(404)


class TemplateQuery(Schema):
    unit_id = fields.String()
    period = fields.String()


@api.get("/imports/<kind>/template")
@described(TemplateQuery, "query")
@shown(None, "Templat XLSX untuk diisi", "imports")
def import_template(kind: str) -> Response:
    """A kind that is filled beforehand takes what it is filled with (figures: `unit_id`, `period`)."""
    made = template(known(kind), Desk(actor(), now()), request.args)
    return given(made, XLSX, f"templat-{kind}.xlsx")


@api.post("/imports/<kind>")
@described(ImportForm, "form_and_files")
@shown(ImportOut, "Impor, atau periksa saja (dry_run); 422 dengan kesalahan per sel", "imports")
def import_file(kind: str) -> Response:
    """All rows, or none."""
    found, raw = known(kind), {**request.form.to_dict(), **request.files.to_dict()}
    numbers.by_program(False)  # a sheet is written by people, whoever sends it
    given = forms.load(ImportForm, raw)
    file: FileStorage = given["file"]
    try:
        data = file.stream.read()
        desk = Desk(
            actor(), now(), given.get("meeting_id"), file.filename or "", writing=not given["dry_run"],
            mapping=remembered(found, data, actor()),
        )  # fmt: skip
        outcome = check(found, data, desk)
    except Unreadable as unreadable:
        raise forms.wrong("file", str(unreadable)) from None
    if outcome.wrong:
        return refused(outcome, given["dry_run"])
    if not given["dry_run"]:
        write(outcome)
        db.session.commit()
    return answer({**told(outcome), "dry_run": given["dry_run"]})


def refused(outcome: Outcome, dry_run: bool) -> Response:
    """problem+json whose `errors` are cells, each with its sentence."""
    said = f"{outcome.wrong} sel harus diperbaiki; tidak ada yang disimpan."
    body = {"type": "about:blank", "title": "Unprocessable Entity", "status": 422, "detail": said,
            **told(outcome), "dry_run": dry_run}  # fmt: skip
    return Response(json.dumps(body), 422, content_type="application/problem+json")
