"""Paparan of a meeting: listed and added under it, versions and readings under each."""

from __future__ import annotations

from apiflask import Schema, fields
from flask import Response, jsonify

from randal.api.furniture import Instant, actor, api, described, now, shown
from randal.api.listing import paged
from randal.api.resources import creating
from randal.models.meetings import Meeting
from randal.models.paparan import Paparan, PaparanVersion, Reading
from randal.rooms.paparan import commands
from randal.rooms.paparan.forms import PaparanForm, VersionForm
from randal.web.attempt import seen
from randal.web.downloads import file_answer


class VersionOut(Schema):
    id = fields.Integer()
    number = fields.Integer()
    name = fields.String(attribute="file.name")
    size = fields.Integer(attribute="file.size")
    sha256 = fields.String(attribute="file.sha256")
    added_at = Instant()
    read_by = fields.Function(lambda v: [r.unit_id for r in v.readings], metadata={"type": "array"})


class PaparanOut(Schema):
    id = fields.Integer()
    meeting_id = fields.Integer()
    agenda_item_id = fields.Integer()
    unit_id = fields.Integer()
    title = fields.String()
    speaker = fields.String()
    created_at = Instant()
    versions = fields.List(fields.Nested(VersionOut))


class ReadingOut(Schema):
    id = fields.Integer()
    version_id = fields.Integer()
    unit_id = fields.Integer()
    at = Instant()


OUT = {Paparan: PaparanOut(), PaparanVersion: VersionOut(), Reading: ReadingOut()}


def dump(row: Paparan | PaparanVersion | Reading) -> dict[str, object]:
    found: dict[str, object] = OUT[type(row)].dump(row)
    return found


@api.get("/meetings/<int:id>/paparan")
@shown(PaparanOut, "Paparan rapat ini", "meetings")
def meeting_paparan(id: int) -> Response:
    seen(Meeting, id, actor())
    return paged(Paparan.visible_to(actor()).where(Paparan.meeting_id == id), Paparan, dump)


@api.post("/meetings/<int:id>/paparan")
@described(PaparanForm, "form_and_files")
@shown(PaparanOut, "Tambah paparan: multipart `file`", "meetings", 201)
def meeting_add_paparan(id: int) -> Response:
    meeting = seen(Meeting, id, actor())
    return creating(lambda raw: commands.add_paparan(meeting, actor(), raw, now()), dump)


@api.get("/paparan/<int:id>")
@shown(PaparanOut, "Satu paparan dengan versinya", "meetings")
def paparan_show(id: int) -> Response:
    return jsonify(dump(seen(Paparan, id, actor())))


@api.post("/paparan/<int:id>/versions")
@described(VersionForm, "form_and_files")
@shown(VersionOut, "Unggah versi baru", "meetings", 201)
def paparan_add_version(id: int) -> Response:
    row = seen(Paparan, id, actor())
    return creating(lambda raw: commands.add_version(row, actor(), raw, now()), dump)


@api.post("/paparan/<int:id>/acknowledgements")
@shown(ReadingOut, "Nyatakan sudah membaca versi terbaru, oleh PPK yang diundang", "meetings", 201)
def paparan_read(id: int) -> Response:
    row = seen(Paparan, id, actor())
    return creating(lambda raw: commands.acknowledge(row, actor(), now()), dump)


@api.get("/paparan/<int:id>/file")
@shown(None, "Berkas versi terbaru", "meetings")
def paparan_file(id: int) -> Response:
    return file_answer(seen(Paparan, id, actor()).newest.file)
