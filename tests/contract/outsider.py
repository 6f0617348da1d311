"""Somebody who knows `interface.md` and nothing else: asks over HTTP, and holds every answer to what is promised
of all answers (problem+json with a sentence, the shape of items, `moves` that are kept)."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

from PIL import Image
from werkzeug.test import TestResponse

from tests.world import World

INSTANT = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")
FIELD_TYPES = {
    "text", "prose", "reason", "date", "datetime", "month", "choice", "many", "person", "integer", "decimal",
    "flag", "file", "password", "email", "object", "array",
}  # fmt: skip


def kept(answer: TestResponse) -> TestResponse:
    """What is promised of every answer of the API."""
    said = f"{answer.request.method} {answer.request.path}: {answer.status_code} {answer.data[:900]!r}"
    assert answer.status_code < 500, said
    if answer.status_code >= 400:
        assert answer.mimetype == "application/problem+json", said
        body = answer.json
        assert body["status"] == answer.status_code, said
        assert body["title"], said
        assert is_sentence(body["detail"]), said
        if answer.status_code == 401:
            assert "WWW-Authenticate" in answer.headers, said
        if "errors" in body:
            assert answer.status_code == 422, said
            assert body["errors"], said
            for several in body["errors"].values():
                assert several, said
                assert all(is_sentence(one) for one in several), said
    elif answer.mimetype == "application/json" and isinstance(answer.json, dict):
        body = answer.json
        if "items" in body:
            assert "next" in body, said
            for one in body["items"]:
                well_formed(one, said)
        else:
            well_formed(body, said)
    return answer


def is_sentence(text: Any) -> bool:
    return isinstance(text, str) and len(text.split()) > 1 and text.strip().endswith((".", "?", "!", ")"))


def well_formed(row: Any, said: str) -> None:
    if not isinstance(row, dict):
        return
    if isinstance(row.get("id"), int) and isinstance(row.get("state"), str) and "moves" in row:
        assert isinstance(row["version"], int), said
        for move in row["moves"]:
            assert {"name", "label", "fields"} <= set(move), said
            for field in move["fields"]:
                assert {"name", "type", "required"} <= set(field), said
                assert field["type"] in FIELD_TYPES, said
    for name, value in row.items():
        if name.endswith("_at") and value is not None and not name.startswith("local_"):
            assert INSTANT.match(value), f"{name} = {value}\n{said}"
        if name.endswith("_on") and value is not None:
            assert re.match(r"^\d{4}-\d\d-\d\d$", value), f"{name} = {value}\n{said}"


class Outsider:
    """One person with a token."""

    def __init__(self, world: World, person: Any, *, write: bool = True):
        self.api, self.id, self.email = world.api(person, write=write), person.id, person.email

    def ask(self, method: str, path: str, status: int | tuple[int, ...], **kw: Any) -> TestResponse:
        answer = kept(self.api._ask(method, path, **kw))
        wanted = status if isinstance(status, tuple) else (status,)
        said = f"{self.email}: {method} {path}: {answer.status_code} {answer.data[:900]!r}"
        assert answer.status_code in wanted, said
        return answer

    def get(self, path: str, status: int = 200, **kw: Any) -> Any:
        return self.ask("GET", path, status, **kw).json

    def post(self, path: str, given: Any = None, status: int | tuple[int, ...] = 201, **kw: Any) -> Any:
        return self.ask("POST", path, status, json={} if given is None else given, **kw).json

    def upload(self, path: str, status: int = 201, /, **fields: Any) -> Any:
        return self.ask("POST", path, status, data=fields, content_type="multipart/form-data").json

    def patch(self, path: str, given: Any, status: int = 200, version: int | None = None) -> Any:
        version = self.get(path)["version"] if version is None else version
        return self.ask("PATCH", path, status, json=given, headers={"If-Match": f'"{version}"'}).json

    def all(self, path: str) -> list[Any]:
        """Every item of a list, page by page."""
        return list(self._pages(path))

    def _pages(self, path: str) -> Iterator[Any]:
        joint, cursor = "&" if "?" in path else "?", ""
        while True:
            page = self.get(f"{path}{joint}limit=200{cursor}")
            yield from page["items"]
            if page["next"] is None:
                return
            cursor = f"&cursor={page['next']}"

    def moves(self, path: str) -> dict[str, Any]:
        return {row["name"]: row for row in self.get(path)["moves"]}

    def move(self, path: str, name: str, /, **given: Any) -> Any:
        """A move that `moves` offers to this caller now, with the fields it asks for."""
        before = self.get(path)
        offered = {row["name"]: row for row in before["moves"]}
        assert name in offered, (
            f"{self.email}: {path} in {before['state']} offers {sorted(offered)}, not {name}"
        )
        asked = {field["name"]: field["required"] for field in offered[name]["fields"]}
        assert set(given) <= set(asked), f"{path}/{name} asks {asked}, given {sorted(given)}"
        assert {f for f, needed in asked.items() if needed} <= set(given), f"{path}/{name} asks {asked}"
        after = self.post(f"{path}/moves/{name}", given, 200)
        assert after["id"] == before["id"]
        assert after["version"] > before["version"]
        return after

    def refused(self, path: str, name: str, status: int, /, **given: Any) -> Any:
        """A move that is refused so, and leaves the item as it was."""
        before = self.get(path)
        said = self.post(f"{path}/moves/{name}", given, status)
        after = self.get(path)
        assert (after["state"], after["version"]) == (before["state"], before["version"])
        return said


def picture(name: str = "foto.png", colour: str = "#355c58") -> tuple[io.BytesIO, str]:
    """A small real PNG, as multipart wants it."""
    out = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, "PNG")
    out.seek(0)
    return out, name
