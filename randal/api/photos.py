"""Photos of a meeting: listed and added under it, captioned and taken off by themselves."""

from __future__ import annotations

from typing import Any

from apiflask import Schema, fields
from flask import Response, jsonify, request

from randal.api.furniture import Instant, actor, answer, api, body, described, in_its_version, now, shown
from randal.api.listing import paged
from randal.api.resources import creating
from randal.database.base import db
from randal.models.meetings import Meeting
from randal.models.photos import Photo
from randal.rooms.photos import commands
from randal.schemas import forms
from randal.web.attempt import seen
from randal.web.downloads import file_answer


class PhotoOut(Schema):
    id = fields.Integer()
    version = fields.Integer()
    meeting_id = fields.Integer()
    caption = fields.String()
    on_paper = fields.Boolean()
    width = fields.Integer()
    height = fields.Integer()
    sha256 = fields.String(attribute="file.sha256")
    added_at = Instant()


class PhotosForm(forms.Base):
    caption = forms.text("Keterangan", required=False, max=250)
    file = forms.upload("Foto; boleh beberapa", help="JPEG, PNG, atau HEIC, maks. 20 MB.")


OUT = PhotoOut()


def dump(row: Photo) -> dict[str, Any]:
    found: dict[str, Any] = OUT.dump(row)
    return found


@api.get("/meetings/<int:id>/photos")
@shown(PhotoOut, "Foto rapat ini", "meetings")
def meeting_photos(id: int) -> Response:
    seen(Meeting, id, actor())
    return paged(Photo.visible_to(actor()).where(Photo.meeting_id == id), Photo, dump)


@api.post("/meetings/<int:id>/photos")
@described(PhotosForm, "form_and_files")
@shown(None, "Tambah foto: multipart `file`, boleh beberapa; jawabannya daftar", "meetings", 201)
def meeting_add_photos(id: int) -> Response:
    meeting = seen(Meeting, id, actor())
    uploads = request.files.getlist("file")
    return creating(
        lambda raw: commands.add_photos(meeting, actor(), uploads, raw, now()),
        lambda rows: {"items": [dump(row) for row in rows], "next": None},
    )


@api.get("/photos/<int:id>")
@shown(PhotoOut, "Satu foto", "meetings")
def photo_show(id: int) -> Response:
    return jsonify(dump(seen(Photo, id, actor())))


@api.patch("/photos/<int:id>")
@described(commands.PhotoForm)
@shown(PhotoOut, "Ubah keterangan foto, atau apakah ia dilampirkan", "meetings")
def photo_change(id: int) -> Response:
    row = seen(Photo, id, actor())
    raw = body()
    with in_its_version(row):
        commands.change_photo(row, actor(), raw, now())
    db.session.commit()
    return answer(dump(row))


@api.delete("/photos/<int:id>")
@shown(None, "Tarik foto dari rapat", "meetings")
def photo_withdraw(id: int) -> Response:
    row = seen(Photo, id, actor())
    with in_its_version(row, required=False):
        commands.withdraw(row, actor(), now())
    db.session.commit()
    return Response(status=204)


@api.get("/photos/<int:id>/file")
@shown(None, "Berkas foto", "meetings")
def photo_file(id: int) -> Response:
    return file_answer(seen(Photo, id, actor()).file)
