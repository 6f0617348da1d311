"""The pages of the overview of all units, and the files that hold them."""

from flask import Blueprint

bp = Blueprint("monitoring", __name__, url_prefix="/pemantauan")
PAGES = (
    "views",
    "answer_views",
)
