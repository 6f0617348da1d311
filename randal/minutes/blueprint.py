"""The one blueprint of this room; its pages stand in three files."""

from flask import Blueprint

from randal.core.richtext import rich

bp = Blueprint("minutes", __name__)
bp.add_app_template_filter(rich, "rich")
