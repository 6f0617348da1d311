"""Errors as `application/problem+json` (RFC 9457), each with a sentence for people in `detail`."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from flask import Response, json


def problem(
    code: int, detail: str, errors: Mapping[str, list[str]] | None = None, reference: str = ""
) -> Response:
    """`reference`: the number under which the log tells of an error that nobody foresaw."""
    body: dict[str, object] = {
        "type": "about:blank",
        "title": HTTPStatus(code).phrase,
        "status": code,
        "detail": detail,
    }
    if errors:
        body["errors"] = dict(errors)
    if reference:
        body["reference"] = reference
    answer = Response(json.dumps(body), code, content_type="application/problem+json")
    if code == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer
