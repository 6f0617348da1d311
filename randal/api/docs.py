"""The OpenAPI document and the page that shows it, both open to everybody: they say nothing about anyone."""

from __future__ import annotations

from typing import Any

from apiflask import APIFlask
from flask import Response, current_app, json, render_template

from randal.api.furniture import api

PREFIX = "/api/v1/"


@api.get("/openapi.json")
@api.doc(hide=True)
def openapi() -> Response:
    return Response(json.dumps(current_app.spec), content_type="application/json")  # type: ignore[attr-defined]


@api.get("/docs")
@api.doc(hide=True)
def docs() -> str:
    return render_template("api/docs.html")


def only_ours(spec: Any) -> Any:
    """Leave out what is not the API (pages, assets), and describe refusals once."""
    spec["paths"] = {path: item for path, item in spec["paths"].items() if path.startswith(PREFIX)}
    refusal = {
        "description": "Ditolak, dengan kalimat di `detail`",
        "content": {"application/problem+json": {"schema": PROBLEM}},
    }
    for item in spec["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict) and "responses" in operation:
                operation["responses"].setdefault("default", refusal)
    return spec


PROBLEM = {
    "type": "object",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
    },
}


def init_app(app: APIFlask) -> None:
    app.spec_processor(only_ours)


def describe(app: APIFlask) -> None:
    """The OpenAPI 3.1 document and its page."""
    app.config.update(
        OPENAPI_VERSION="3.1.0",
        SPEC_FORMAT="json",
        VALIDATION_ERROR_SCHEMA=None,
        HTTP_ERROR_SCHEMA=None,
        AUTO_404_RESPONSE=False,
        AUTO_VALIDATION_ERROR_RESPONSE=False,
        AUTO_AUTH_ERROR_RESPONSE=False,
        AUTO_OPERATION_ID=True,
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]  # codes keep the order of their meaning: low, medium, high
    app.title, app.version = "Randal", "1"
    app.security_schemes = {"bearer": {"type": "http", "scheme": "bearer"}}
