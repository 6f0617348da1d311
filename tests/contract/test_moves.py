"""`moves` and the guard tell the same: what is offered is asked for its fields, what is not offered is refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.chain import Chain
from tests.contract.outsider import Outsider

SAMPLE: dict[str, Any] = {
    "integer": 1,
    "boolean": True,
    "date": "2026-03-20",
    "date-time": "2026-03-20T09:00",
    "array": [],
}


def sample(spec: dict[str, Any]) -> Any:
    """A value that fits this field of the OpenAPI document."""
    kinds = spec.get("type", "string")
    kind = next(k for k in ([kinds] if isinstance(kinds, str) else kinds) if k != "null")
    return SAMPLE.get(spec.get("format", ""), SAMPLE.get(kind, "Contoh isian yang panjang."))


def declared_moves(document: Any, resource: str) -> dict[str, dict[str, Any]]:
    """Move → the fields that the OpenAPI document gives it."""
    found = {}
    for path, methods in document["paths"].items():
        start = f"/api/v1/{resource}/{{id}}/moves/"
        if path.startswith(start):
            found[path.removeprefix(start)] = fields_of(document, methods["post"])
    return found


def fields_of(document: Any, operation: Any) -> dict[str, Any]:
    for content in operation.get("requestBody", {}).get("content", {}).values():
        schema = content["schema"]
        if "$ref" in schema:
            schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        return dict(schema.get("properties", {}))
    return {}


def hold(who: Outsider, resource: str, document: Any) -> int:
    """Hold every item of this resource that `who` sees to its `moves`; how many answers were asked for."""
    asked = 0
    for row in who.all(f"/{resource}"):
        here = f"/{resource}/{row['id']}"
        item = who.get(here)
        offered = {move["name"]: move for move in item["moves"]}
        listed = {move["name"] for move in row["moves"]}
        assert set(offered) <= listed, (
            "a list asks state and role only: it offers no less than the item's page"
        )
        moves = declared_moves(document, resource)
        assert set(offered) <= set(moves), f"{here} offers what the document does not know"
        for name, fields in moves.items():
            if name not in offered:
                full = {f: sample(spec) for f, spec in fields.items()}
                refusals = (403, 409, 422) if name in listed else (403, 409)
                who.ask("POST", f"{here}/moves/{name}", refusals, json=full)
            else:
                needed = {f["name"] for f in offered[name]["fields"] if f["required"]}
                assert {f["name"] for f in offered[name]["fields"]} <= set(fields), (
                    f"{here}/{name} in the document"
                )
                if needed:
                    said = who.post(f"{here}/moves/{name}", {}, 422)
                    assert needed <= set(said["errors"]), f"{here}/{name}: {needed} against {said}"
            asked += 1
        again = who.get(here)
        assert (again["state"], again["version"]) == (item["state"], item["version"]), "nothing half done"
    return asked


RESOURCES = (
    "meetings",
    "progress-reports",
    "findings",
    "kendala",
    "follow-ups",
    "extensions",
    "minutes",
    "signatures",
)


@pytest.mark.database("sqlite")
def test_moves_are_kept(world, drain):
    chain = Chain(world, drain)
    document = chain.admin.get("/openapi.json")
    asked = 0
    for stop in ("session", "review", "extensions"):
        chain.play(stop)
        for key in ("secretariat", "evaluator", "chair", "ppk.ID-BB", "staff.ID-BB"):
            asked += sum(hold(chain.who[key], resource, document) for resource in RESOURCES)
    assert asked > 400
