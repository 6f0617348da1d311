"""Refusals come in the order 401, 404, 403, 409, 422; a change names the version it changes; nothing is made twice."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.cast import REASON
from tests.contract.outsider import Outsider, kept


@pytest.fixture
def finding(world: Any) -> Any:
    """A finding of Bangka Belitung, recorded in a running meeting."""
    meeting = world.meeting("in_session", units=("ID-BB", "ID-BA"))
    given = {
        "meeting_id": meeting.id,
        "unit_id": world.unit("ID-BB").id,
        "text": "Contoh temuan.",
        "severity": "low",
    }
    return Outsider(world, world.evaluator).post("/findings", given)


def test_nobody_is_told_first_that_nobody_is_known(world):
    for path in ("/findings/999999", "/me", "/findings/999999/moves/respond", "/tracker"):
        for headers in ({}, {"Authorization": "Bearer salah"}, {"Authorization": "Basic eDp5"}):
            method = "POST" if "moves" in path else "GET"
            answer = kept(world.client().open(f"/api/v1{path}", method=method, headers=headers, data=b"{"))
            assert answer.status_code == 401


def test_what_is_not_there_or_not_seen_is_404_before_all_else(world, finding):
    stranger = Outsider(world, world.ppk("ID-BA"))
    for number in (finding["id"], 999999, 2**70):
        here = f"/findings/{number}"
        stranger.ask("GET", here, 404)
        stranger.ask("PATCH", here, 404, json={"text": ""})  # no If-Match, wrong fields: still 404
        stranger.ask("POST", f"{here}/moves/withdraw", 404, json={"reason": ""})
        stranger.ask("GET", f"{here}/events", 404)
    Outsider(world, world.evaluator).ask("POST", f"/findings/{finding['id']}/moves/terbang", 404, json={})
    Outsider(world, world.evaluator).ask("GET", "/tidak-ada", 404)


def test_role_before_state_before_fields(world, finding):
    here = f"/findings/{finding['id']}"
    ppk, evaluator = Outsider(world, world.ppk("ID-BB")), Outsider(world, world.evaluator)
    ppk.refused(here, "close", 403)  # not his, from the wrong state, with nothing given
    evaluator.refused(here, "close", 409)  # his, from the wrong state, with nothing given
    assert set(ppk.refused(here, "respond", 422)["errors"]) == {"response"}
    assert set(evaluator.refused(here, "withdraw", 422, reason="pendek")["errors"]) == {"reason"}
    old = str(finding["version"] - 1)
    ppk.ask("POST", f"{here}/moves/close", 403, json={}, headers={"If-Match": f'"{old}"'})
    evaluator.ask("POST", f"{here}/moves/withdraw", 409, json={}, headers={"If-Match": f'"{old}"'})
    evaluator.move(here, "withdraw", reason=REASON)
    evaluator.refused(here, "withdraw", 409, reason="")


def test_a_change_names_its_version(world, finding):
    here, evaluator = f"/findings/{finding['id']}", Outsider(world, world.evaluator)
    evaluator.ask("PATCH", here, 428, json={"severity": "high"})
    answer = evaluator.ask("GET", here, 200)
    assert answer.headers["ETag"] == f'"{finding["version"]}"'
    after = evaluator.patch(here, {"severity": "high"}, version=finding["version"])
    assert after["version"] == finding["version"] + 1
    evaluator.patch(here, {"severity": "low"}, 409, version=finding["version"])
    evaluator.patch(here, {"severity": "parah"}, 409, version=finding["version"])  # 409 before 422
    assert set(evaluator.patch(here, {"severity": "parah"}, 422, version=after["version"])["errors"]) == {
        "severity"
    }
    evaluator.ask("PATCH", here, 400, json={"severity": "low"}, headers={"If-Match": '"dua"'})
    assert evaluator.get(here)["severity"] == "high"


def test_who_may_not_change_hears_so_before_the_version(world, finding):
    ppk = Outsider(world, world.ppk("ID-BB"))
    ppk.patch(f"/findings/{finding['id']}", {"severity": "parah"}, 403, version=finding["version"] - 1)


def test_a_token_that_reads(world, finding):
    reader = Outsider(world, world.evaluator, write=False)
    reader.get(f"/findings/{finding['id']}")
    reader.ask("PATCH", f"/findings/{finding['id']}", 403, json={})
    reader.ask("POST", "/findings", 403, json={})


def test_an_answer_is_kept_for_its_key(world, finding):
    evaluator, key = Outsider(world, world.evaluator), {"Idempotency-Key": "contoh-1"}
    given = {k: finding[k] for k in ("meeting_id", "unit_id", "text", "severity")}
    first = evaluator.ask("POST", "/findings", 201, json=given, headers=key)
    again = evaluator.ask("POST", "/findings", 201, json=given, headers=key)
    assert again.json["id"] == first.json["id"]
    other = evaluator.ask("POST", "/findings", 201, json=given, headers={"Idempotency-Key": "contoh-2"})
    assert other.json["id"] != first.json["id"]
    evaluator.ask("POST", "/findings", 422, json=given | {"severity": "high"}, headers=key)
    someone_else = Outsider(world, world.person("evaluator"))
    assert someone_else.ask("POST", "/findings", 201, json=given, headers=key).json["id"] != first.json["id"]
    refused = {"Idempotency-Key": "contoh-3"}
    evaluator.ask("POST", "/findings", 422, json=given | {"severity": "x"}, headers=refused)
    assert len(evaluator.all("/findings")) == 4


def test_lists_come_in_pages(world):
    reader = Outsider(world, world.secretariat)
    seen, cursor = [], None
    while True:
        page = reader.get("/provinces?limit=7" + (f"&cursor={cursor}" if cursor else ""))
        assert len(page["items"]) <= 7
        seen += [row["id"] for row in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 38
    assert len(reader.get("/provinces?limit=200")["items"]) == 38
    for wrong in ("limit=0", "limit=201", "limit=dua", "limit=-1", "cursor=x", f"limit={'9' * 30}"):
        reader.get(f"/provinces?{wrong}", 400)


def test_filters_and_what_is_new(world, finding):
    evaluator = Outsider(world, world.evaluator)
    assert evaluator.all(f"/findings?state=recorded&unit_id={finding['unit_id']}")[0]["id"] == finding["id"]
    assert evaluator.all("/findings?state=agreed") == []
    assert evaluator.all(f"/findings?meeting_id={finding['meeting_id']}&severity=low")
    assert evaluator.all(f"/findings?updated_since={finding['updated_at']}")
    assert evaluator.all("/findings?updated_since=2099-01-01T00:00:00Z") == []
    evaluator.get("/findings?updated_since=kemarin", 400)
    evaluator.get("/findings?unit_id=satu", 400)


@pytest.mark.parametrize("sent", [b"{", b"[]", b"null", b"3", b'"a"', b"\xff\xfe", b'{"a":1}}'])
def test_what_is_no_json_object_is_malformed(world, finding, sent):
    evaluator = Outsider(world, world.evaluator)
    for path in ("/findings", f"/findings/{finding['id']}/moves/withdraw"):
        evaluator.ask("POST", path, 400, data=sent, content_type="application/json")
