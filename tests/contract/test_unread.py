"""Nothing that is sent to the API is left aside without a word: unknown fields and filters are refused and named."""

from __future__ import annotations

import pytest

from randal.api.resources import RESOURCES
from tests.contract.chain import Chain
from tests.contract.test_bad_input import Fuzz, callers
from tests.contract.test_moves import sample

NOT_LISTS = ("/api/v1/openapi.json", "/api/v1/docs")


@pytest.fixture
def chain(world, drain):
    made = Chain(world, drain).play("writing")
    made.settled_halfway()
    return made


def a_field_is_named_with_the_nearest(chain):
    who = chain.evaluator
    given = {
        "meeting_id": chain.meeting,
        "unit_id": chain.units["ID-BB"],
        "text": "Contoh.",
        "severity": "high",
    }
    said = who.post("/findings", given | {"severty": "low", "xyz": 1}, 422)
    assert set(said["errors"]) == {"severty", "xyz"}
    assert "Maksud Anda «severity»?" in said["errors"]["severty"][0]
    several = who.post("/findings", given | {"severity": "low?", "foo\ud83d": 1}, 422)
    assert {"severity", "foo?"} == set(several["errors"]), "beside the other wrong fields"
    ppk = chain.ppk("ID-PA")
    report = {"figures": [{"activity_id": 1, "physical_pla": "1.00"}]}
    number = ppk.all("/progress-reports")[0]["id"]
    assert ppk.get(f"/progress-reports/{number}")["state"] == "missing"
    assert "figures.0.physical_pla" in ppk.patch(f"/progress-reports/{number}", report, 422)["errors"]


def a_whole_number_is_whole(chain):
    given = {"unit_id": chain.units["ID-BB"], "text": "Contoh.", "severity": "high"}
    for wrong in (1.5, "1.5", True, [chain.meeting], {"id": chain.meeting}):
        said = chain.evaluator.post("/findings", given | {"meeting_id": wrong}, 422)
        assert "meeting_id" in said["errors"], wrong
    fields = {
        "meeting_id": chain.meeting,
        "due_on": chain.day(5),
        "expected_output": "Contoh.",
        "text": "Contoh.",
    }
    said = chain.evaluator.post("/follow-ups", fields | {"unit_ids": [chain.units["ID-BB"], 2.5]}, 422)
    assert "unit_ids" in said["errors"]


def a_day_of_our_time(chain):
    given = {
        "meeting_id": chain.meeting,
        "unit_id": chain.units["ID-BB"],
        "text": "Contoh.",
        "expected_output": "Contoh.",
    }
    for wrong in ("9999-12-31", "0026-03-05", "20260-01-01"):
        assert "due_on" in chain.evaluator.post("/follow-ups", given | {"due_on": wrong}, 422)["errors"]


@pytest.mark.database("sqlite")
def test_every_write_refuses_a_field_that_it_does_not_know(chain, app):
    """With its fields right or wrong: what nobody reads is named, or who asks hears 403, 404, 409 first."""
    fuzz = Fuzz(chain)
    heard, faults = 0, []
    for path, method, known in fuzz.operations():
        body = {name: sample(spec) for name, spec in known.items()} | {"isian_asing": 1}
        for who in callers(chain, path):
            here = fuzz.here(path, who)
            if here is None:
                continue
            version = ((who.api.get(here).json or {}) if method != "post" else {}).get("version", 1)
            headers = {"If-Match": f'"{version}"'} if method != "post" else {}
            answer = who.api._ask(method.upper(), here, json=body, headers=headers)
            if answer.status_code == 422 and "isian_asing" in answer.json.get("errors", {}):
                heard += 1
            elif answer.status_code not in (400, 403, 404, 409, 422, 428):
                faults.append(f"{method} {here}: {answer.status_code}")
            elif (
                answer.status_code == 422
                and "errors" in answer.json
                and answer.json["errors"].keys() <= known.keys()
            ):
                faults.append(f"{method} {here}: {answer.json['errors']}")
    assert not faults, "\n".join(faults)
    assert heard > 50, heard


def every_read_refuses_a_filter_that_it_does_not_know(chain):
    document = chain.admin.get("/openapi.json")
    asked = 0
    for path, methods in document["paths"].items():
        if "get" not in methods or path in NOT_LISTS:
            continue
        path = path.removeprefix("/api/v1")
        here = Fuzz.here(None, path, chain.secretariat)  # type: ignore[arg-type]
        if here is None or chain.secretariat.api.get(here).status_code != 200:
            continue
        asked += 1
        said = chain.secretariat.get(f"{here}?stat=draft", 400)
        assert "«stat» tidak dikenal" in said["detail"], here
    assert asked > 60, asked
    assert "Maksud Anda «state»?" in chain.secretariat.get("/meetings?stat=draft", 400)["detail"]


def a_code_that_is_none_is_no_empty_list(chain):
    for path, near in (
        ("/meetings?state=schedule", "scheduled"), ("/findings?severity=hig", "high"), ("/follow-ups?state=asigned", "assigned"),
        ("/documents?kind=minute", "minutes"), ("/minutes?kind=notula", ""), ("/signatures?state=nonsense", ""),
        ("/attendance?is_guest=maybe", ""), ("/tracker?state=nonsense", ""), ("/objectives?kind=sasarn", "sasaran"),
    ):  # fmt: skip
        said = chain.secretariat.get(path, 400)["detail"]
        assert (near in said and path.partition("=")[2] in said) or path.startswith("/tracker"), said
    for path in ("/meetings?chair_id=1.5", "/meetings?chair_id=1_0", "/follow-ups?due_on=besok"):
        chain.secretariat.get(path, 400)


def lists_are_filtered_by_their_fields(chain):
    """Each plain field of an answer filters its list to what has that value."""
    tried = 0
    for resource in RESOURCES.values():
        answer = chain.admin.api.get(f"/{resource.path}?limit=200")
        if answer.status_code != 200 or not answer.json["items"]:
            continue
        rows = answer.json["items"]
        for name in resource.filters:
            value = next((row[name] for row in rows if row.get(name) not in (None, "")), None)
            if value is None or isinstance(value, list | dict):
                continue
            text = {True: "true", False: "false"}.get(value, value) if isinstance(value, bool) else value
            found = chain.admin.api.get(f"/{resource.path}", query_string={name: text, "limit": 200})
            assert found.status_code == 200, (resource.path, name, found.data)
            assert found.json["items"], (resource.path, name)
            assert {row[name] for row in found.json["items"]} == {value}, (resource.path, name)
            tried += 1
    assert tried > 120, tried


def updated_since_without_offset_is_utc(chain):
    row = chain.evaluator.all("/findings")[0]
    at = row["updated_at"].rstrip("Z")
    assert row["id"] in {r["id"] for r in chain.evaluator.all(f"/findings?updated_since={at}")}


def test_what_is_sent_is_read_or_named(chain):
    a_field_is_named_with_the_nearest(chain)
    a_whole_number_is_whole(chain)
    a_day_of_our_time(chain)
    every_read_refuses_a_filter_that_it_does_not_know(chain)
    a_code_that_is_none_is_no_empty_list(chain)
    lists_are_filtered_by_their_fields(chain)
    updated_since_without_offset_is_utc(chain)
