"""The pages of people and their access, and the files that hold them."""

from flask import Blueprint

bp = Blueprint("accounts", __name__)
PAGES = (
    "views",
    "grants_pages",
    "people_pages",
    "profile_pages",
)
