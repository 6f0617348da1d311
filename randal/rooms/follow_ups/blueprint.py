"""The pages of follow-ups, and the files that hold them."""

from flask import Blueprint

bp = Blueprint("follow_ups", __name__)
PAGES = (
    "views",
    "batch_pages",
    "belonging",
    "bulk_pages",
    "insight_pages",
    "making",
    "matrix_pages",
    "party_pages",
    "proving",
    "saved_pages",
    "tracker",
    "verifying",
)
