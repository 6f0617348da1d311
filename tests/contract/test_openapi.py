"""The OpenAPI 3.1 document: valid, and with every route of the API in it; `/choices` has every coded field."""

from __future__ import annotations

import re
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.contract.outsider import Outsider
from workflows import LIFECYCLES

pytestmark = pytest.mark.database("sqlite")

# The promise, path by path: (method, path).
PROMISED = """
GET /provinces · GET /units · POST /units · GET /units/{} · PATCH /units/{} · GET /areas · POST /areas
GET /areas/{} · PATCH /areas/{} · GET /activities · POST /activities · GET /activities/{}
PATCH /activities/{} · GET /users · POST /users · GET /users/{} · PATCH /users/{}
POST /users/{}/appointments · GET /me · POST /me/signing-key · GET /meetings · POST /meetings
GET /meetings/{} · PATCH /meetings/{} · GET /meetings/{}/events · GET /meetings/{}/objectives
POST /meetings/{}/objectives · PATCH /meetings/{}/objectives/{} · GET /objectives/{} · PATCH /objectives/{}
GET /meetings/{}/agenda · POST /meetings/{}/agenda · PATCH /meetings/{}/agenda/{} · GET /agenda/{}
PATCH /agenda/{} · GET /meetings/{}/directives · POST /meetings/{}/directives · GET /meetings/{}/decisions
POST /meetings/{}/decisions · GET /meetings/{}/attendance · POST /meetings/{}/attendance
GET /attendance/{} · GET /meetings/{}/check-in · GET /meetings/{}/calendar · GET /meetings/{}/minutes
GET /minutes/{} · PATCH /minutes/{} · GET /minutes/{}/comments · POST /minutes/{}/comments
PATCH /minutes/{}/comments/{} · PUT /minutes/{}/signers · POST /minutes/{}/agreements · GET /signatures
GET /signatures/{} · GET /progress-reports · POST /progress-reports · GET /progress-reports/{}
PATCH /progress-reports/{} · GET /findings · POST /findings · GET /findings/{} · PATCH /findings/{}
GET /findings/{}/events · GET /kendala · POST /kendala · GET /kendala/{} · PATCH /kendala/{}
GET /follow-ups · POST /follow-ups · GET /follow-ups/{} · PATCH /follow-ups/{} · GET /follow-ups/{}/evidence
POST /follow-ups/{}/evidence · GET /evidence/{} · PATCH /evidence/{} · GET /follow-ups/{}/extensions
POST /follow-ups/{}/extensions · GET /extensions/{} · GET /documents · GET /documents/{}
GET /documents/{}/file · POST /documents/{}/retry · GET /events · GET /tracker · GET /choices
"""


@pytest.fixture
def document(world: Any) -> Any:
    return world.client().get("/api/v1/openapi.json").json


def plain(path: str) -> str:
    return re.sub(r"\{[^}]+\}", "{}", path.removeprefix("/api/v1"))


def test_it_is_valid(document):
    assert document["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(document).validate()


def test_nothing_is_described_under_two_names(document):
    """MeetingOut and MeetingOut1 in a client made from it would be two kinds of meeting."""
    assert [name for name in document["components"]["schemas"] if name[-1].isdigit()] == []


def test_every_route_is_in_it(app, document):
    told = {
        (m.upper(), plain(p))
        for p, methods in document["paths"].items()
        for m in methods
        if m != "parameters"
    }
    served = {
        (method, re.sub(r"<[^>]+>", "{}", rule.rule.removeprefix("/api/v1")))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1")
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    own = {("GET", "/openapi.json"), ("GET", "/docs")}
    assert served - told - own == set()


def test_all_that_is_promised_is_served(document):
    told = {f"{m.upper()} {plain(p)}" for p, methods in document["paths"].items() for m in methods}
    promised = {line.strip() for line in re.split(r"[·\n]", PROMISED) if line.strip()}
    assert promised - told == set()


def test_every_move_has_its_path(document):
    told = {plain(p) for p in document["paths"]}
    paths = {
        "meeting": "meetings",
        "attendance": "attendance",
        "progress_report": "progress-reports",
        "finding": "findings",
        "kendala": "kendala",
        "follow_up": "follow-ups",
        "extension": "extensions",
        "minutes": "minutes",
        "signature": "signatures",
        "grant": "grants",
        "identity": "identities",
    }
    assert set(paths) == set(LIFECYCLES)
    wanted = {
        f"/{paths[name]}/{{}}/moves/{move}" for name, life in LIFECYCLES.items() for move in life.move_names
    }
    assert wanted - told == set()


def test_operations_are_told_apart_and_described(document):
    operations = [
        o for methods in document["paths"].values() for m, o in methods.items() if m != "parameters"
    ]
    names = [o["operationId"] for o in operations]
    assert len(names) == len(set(names))
    assert all(o.get("summary") for o in operations)


def test_the_page_of_the_document_opens(world):
    assert world.client().get("/api/v1/docs").status_code == 200


def test_every_coded_field_has_its_labels(world):
    found = Outsider(world, world.ppk()).get("/choices")
    for resource, names in {
        "meetings": ["state", "timezone"],
        "objectives": ["kind", "assessment"],
        "sessions": ["kind"],
        "agenda": ["outcome"],
        "attendance": ["state"],
        "progress-reports": ["state", "source"],
        "findings": ["state", "severity"],
        "kendala": ["state", "severity", "category"],
        "follow-ups": ["state", "priority", "ground"],
        "evidence": ["verdict"],
        "minutes": ["state"],
        "signatures": ["state"],
        "documents": ["state", "kind"],
        "users": ["role"],
        "activities": ["sector"],
    }.items():
        for name in names:
            assert found[resource][name], (resource, name)
            assert all(isinstance(label, str) and label for label in found[resource][name].values())
    assert set(found["progress-reports"]["source"]) == {"emon", "satker", "lapangan"}
    assert list(found["findings"]["severity"]) == ["low", "medium", "high", "critical"]
    assert set(found["follow-ups"]["ground"]) == {"force_majeure", "legal_process", "no_longer_effective"}
    assert set(found["evidence"]["verdict"]) == {"accepted", "insufficient", "unsuitable"}
    assert all(len(code) == 3 for code in found["kendala"]["category"])
