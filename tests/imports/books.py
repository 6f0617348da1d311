"""Spreadsheets as people send them."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from openpyxl import Workbook, load_workbook

from randal.l10n import clock
from randal.rooms.imports.template import template
from randal.spreadsheets.importing import KINDS, Desk
from tests.world import Client
from workflows.lifecycle import ADMIN, Actor

UNITS = ["Kode satuan kerja", "Nama satuan kerja", "Provinsi"]
PEOPLE = ["Surel", "Nama lengkap dengan gelar", "Peran", "Satuan kerja", "NIP", "Telepon"]
POSTS = ["Surel", "Jabatan", "Satuan kerja", "Cara menjabat", "Sejak", "Sampai", "Kepala satuan kerja"]


def book(*rows: Any, title: str = "Isian") -> bytes:
    made = Workbook()
    page = made.active
    page.title = title
    for row in rows:
        page.append(row)
    return saved(made)


def saved(made: Workbook) -> bytes:
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def filled(kind: str, *rows: Any) -> bytes:
    """Our own template with these rows."""
    made = load_workbook(
        io.BytesIO(template(KINDS[kind], Desk(Actor(None, frozenset({ADMIN})), clock.now())))
    )
    for number, row in enumerate(rows, start=2):
        for place, value in enumerate(row, start=1):
            made["Isian"].cell(number, place, value)
    return saved(made)


def repacked(data: bytes, **members: bytes) -> bytes:
    """The archive with these members besides."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        for name, content in members.items():
            new.writestr(name, content)
    return stream.getvalue()


def post(
    api: Any, kind: str, data: bytes, *, name: str = "isian.xlsx", dry_run: bool = False, **more: Any
) -> Any:
    sent = {"file": (io.BytesIO(data), name), "dry_run": "true" if dry_run else "false", **more}
    return api.post(f"/imports/{kind}", data=sent, content_type="multipart/form-data")


def upload(client: Client, kind: str, data: bytes, *, name: str = "isian.xlsx", **more: Any) -> Any:
    return client.post(
        f"/impor/{kind}", data={"file": (io.BytesIO(data), name), **more}, content_type="multipart/form-data"
    )
