"""The same commands and queries as the pages, as JSON under /api/v1."""

from __future__ import annotations

import importlib

from apiflask import APIFlask

from randal.web import pages

PARTS = (
    "people",
    "grants",
    "places",
    "choices",
    "meetings",
    "parts",
    "answers",
    "agenda",
    "series",
    "changes",
    "attendance",
    "paparan",
    "photos",
    "evaluation",
    "deadlines",
    "findings",
    "kendala",
    "follow_ups",
    "tracker",
    "lists",
    "bulk",
    "saved",
    "signatures",
    "minutes",
    "wordings",
    "signing_keys",
    "documents",
    "bundles",
    "insight",
    "archive",
    "monitoring",
    "feed",
    "search",
    "imports",
    "areas",
    "indices",
    "area_matrix",
    "overview",
    "thresholds",
    "reminders",  # last: of all workflows that are served
)


def init_app(app: APIFlask) -> None:
    from randal.api import docs, furniture

    for part in PARTS:
        name = f"randal.api.{part}"
        if importlib.util.find_spec(name):
            importlib.import_module(name)
    docs.describe(app)
    docs.init_app(app)
    app.register_blueprint(furniture.api)
    pages.csrf.exempt(furniture.api)
