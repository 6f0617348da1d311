"""The pages of progress reports and of what is reported about, and the files that hold them."""

from flask import Blueprint

bp = Blueprint("evaluation", __name__)
PAGES = (
    "views",
    "limits_views",
    "places_views",
)
