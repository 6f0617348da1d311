"""The pages of imports, and the files that hold them."""

from __future__ import annotations

from flask import Blueprint, abort

from randal.rooms.imports.writing import kind_for
from randal.spreadsheets.importing import Kind
from randal.web.pages import actor

bp = Blueprint("imports", __name__)
PAGES = (
    "views",
    "mapping_views",
    "together_views",
)


def chosen(name: str) -> Kind:
    return kind_for(name, actor()) or abort(404)
