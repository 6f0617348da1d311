"""The pages of kawasan, and the files that hold them."""

from flask import Blueprint

bp = Blueprint("areas", __name__)
PAGES = (
    "views",
    "benefit_views",
    "formula_views",
    "list_views",
    "proposing_views",
)
