"""The OpenAPI document and the page that shows it, both open to everybody: they say nothing about anyone."""

from __future__ import annotations

import re
import warnings
from typing import Any

from apiflask import APIFlask
from flask import Response, current_app, json, render_template

from randal.api.furniture import api

PREFIX = "/api/v1/"
WRITTEN = "randal.openapi"


@api.get("/openapi.json")
@api.doc(hide=True)
def openapi() -> Response:
    """Made once per process: it takes a second, and anybody may ask for it."""
    if WRITTEN not in current_app.extensions:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module="apispec")  # of twins: `each_schema_once` ends them
            current_app.extensions[WRITTEN] = json.dumps(current_app.spec)  # type: ignore[attr-defined]
    return Response(current_app.extensions[WRITTEN], content_type="application/json")


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


def each_schema_once(spec: Any) -> Any:
    """A schema that is met inside a list and as an answer of its own is described twice, as `X` and `X1`: keep `X`."""
    schemas = spec["components"]["schemas"]
    firsts = ((name, name.rstrip("0123456789")) for name in schemas)
    twins = {name: first for name, first in firsts if name != first and schemas.get(first) == schemas[name]}
    if not twins:
        return spec
    for name in twins:
        del schemas[name]
    one = re.sub(
        r'(?<="#/components/schemas/)\w+(?=")', lambda found: twins.get(found[0], found[0]), json.dumps(spec)
    )
    return each_schema_once(json.loads(one))  # what points at a twin may now be a twin itself


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
    app.spec_processor(lambda spec: each_schema_once(only_ours(spec)))


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
