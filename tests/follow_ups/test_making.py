"""Making and editing follow-ups: who, when, and every wrong field at its field."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from randal.database.base import db
from randal.models.minutes import Minutes
from tests.follow_ups.conftest import Story
from tests.world import World


def test_a_draft_is_numbered_within_its_meeting(story: Story) -> None:
    first, second = story.draft(), story.draft()
    assert (first["state"], first["number"], second["number"]) == ("draft", 1, 2)
    other = Story(story.world)
    assert other.draft()["number"] == 1
    assert not first["after_minutes"]


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("chair", 201),
        ("secretariat", 201),
        ("evaluator", 201),
        ("minute_taker", 201),
        ("ppk", 403),
        ("auditor", 403),
    ],
)
def test_who_may_make_one(story: Story, role: str, status: int) -> None:
    world = story.world
    person = world.ppk("ID-BB") if role == "ppk" else getattr(world, role, None) or world.person(role)
    answer = world.api(person).post("/follow-ups", json=story.given())
    assert answer.status_code == status, answer.json


def test_the_minute_taker_waits_for_the_session(world: World) -> None:
    meeting = world.meeting("scheduled")
    given = Story.given(Story(world), meeting_id=meeting.id)
    answer = world.api(world.minute_taker).post("/follow-ups", json=given)
    assert answer.status_code == 409
    assert world.api(world.secretariat).post("/follow-ups", json=given).status_code == 201


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("text", ""),
        ("text", "x" * 4001),
        ("text", 7),
        ("expected_output", None),
        ("due_on", "besok"),
        ("due_on", "2020-02-02"),
        ("due_on", None),
        ("priority", "urgent"),
        ("unit_id", 999_999),
        ("unit_id", "x"),
        ("meeting_id", 999_999),
        ("finding_ids", [999_999]),
        ("kendala_ids", "tujuh"),
    ],
)
def test_each_wrong_field_is_named(story: Story, field: str, value: Any) -> None:
    answer = story.secretariat.post("/follow-ups", json=story.given(**{field: value}))
    assert answer.status_code == 422, answer.json
    assert list(answer.json["errors"]) == [field]
    assert story.secretariat.get("/follow-ups").json["items"] == []


def test_html_is_text(story: Story) -> None:
    item = story.draft(text="<script>alert(1)</script>")
    page = story.world.sign_in(story.world.secretariat).get(f"/rtl/{item['id']}").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_today_is_that_of_the_province(world: World) -> None:
    """At 22.30 WIB it is already tomorrow in Jayapura: a date that is today in WIB is past there."""
    world.now = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)
    story = Story(world, ("ID-PA", "ID-BB"))
    late = story.secretariat.post("/follow-ups", json=story.given(due_on="2026-03-02"))
    assert late.status_code == 422
    assert "Papua" in late.json["errors"]["due_on"][0]
    assert "3 Maret 2026" in late.json["errors"]["due_on"][0]
    west = world.unit("ID-BB").id
    assert (
        story.secretariat.post("/follow-ups", json=story.given(due_on="2026-03-02", unit_id=west)).status_code
        == 201
    )
    both = story.given(due_on="2026-03-02", unit_ids=[west, story.unit.id])
    answer = story.secretariat.post("/follow-ups", json=both)
    assert answer.status_code == 422
    assert "due_on" in answer.json["errors"]
    assert len(story.secretariat.get("/follow-ups").json["items"]) == 1


def test_for_all_units_in_one_step(story: Story) -> None:
    units = [story.world.unit("ID-BB").id, story.world.unit("ID-PA").id]
    given = story.given(unit_ids=units)
    del given["unit_id"]
    answer = story.secretariat.post("/follow-ups", json=given)
    assert answer.status_code == 201, answer.json
    items = answer.json["items"]
    assert [i["unit_id"] for i in items] == units
    assert [i["number"] for i in items] == [1, 2]
    assert len({i["group_key"] for i in items}) == 1
    assert items[0]["group_key"]
    stranger = story.world.unit("ID-AC").id
    refused = story.secretariat.post("/follow-ups", json=given | {"unit_ids": [*units, stranger]})
    assert refused.status_code == 422
    assert "Aceh" in refused.json["errors"]["unit_ids"][0]
    nobody = story.secretariat.post("/follow-ups", json=given | {"unit_ids": []})
    assert nobody.status_code == 422
    assert "unit_ids" in nobody.json["errors"]


def test_an_idempotency_key_makes_one(story: Story) -> None:
    key = {"Idempotency-Key": "contoh-1"}
    first = story.secretariat.post("/follow-ups", json=story.given(), headers=key)
    again = story.secretariat.post("/follow-ups", json=story.given(), headers=key)
    assert (first.json["id"], again.status_code) == (again.json["id"], 201)
    assert len(story.secretariat.get("/follow-ups").json["items"]) == 1


def test_after_the_minutes_it_says_so(story: Story) -> None:
    meeting = story.meeting
    now = story.world.now
    row = Minutes(meeting_id=meeting.id, state="in_review", created_at=now, updated_at=now)
    db.session.add(row)
    db.session.commit()
    assert story.draft()["after_minutes"] is True


def test_a_draft_changes_and_an_assigned_one_does_not(story: Story) -> None:
    item = story.draft()
    path, mark = f"/follow-ups/{item['id']}", {"If-Match": f'"{item["version"]}"'}
    assert story.secretariat.patch(path, json={"text": "Lain"}).status_code == 428
    assert story.ppk.patch(path, json={"text": "Lain"}, headers=mark).status_code == 403
    late = story.secretariat.patch(path, json={"due_on": "2020-01-01"}, headers=mark)
    assert late.status_code == 422
    due = (story.today() + timedelta(days=3)).isoformat()
    changed = story.secretariat.patch(path, json={"text": "Contoh lain", "due_on": due}, headers=mark)
    assert changed.status_code == 200, changed.json
    assert (changed.json["text"], changed.json["due_on"]) == ("Contoh lain", due)
    assert story.secretariat.patch(path, json={"text": "x"}, headers=mark).status_code == 409
    item = story.move(story.chair, item, "assign")
    mark = {"If-Match": f'"{item["version"]}"'}
    assert story.secretariat.patch(path, json={"text": "Lagi"}, headers=mark).status_code == 409


def test_links_stay_open_while_it_runs(story: Story) -> None:
    def finding(unit: str = "ID-BB") -> dict[str, Any]:
        given = {"meeting_id": story.meeting.id, "unit_id": story.world.unit(unit).id}
        answer = story.evaluator.post("/findings", json=given | {"text": "Contoh", "severity": "low"})
        assert answer.status_code == 201, answer.json
        return answer.json

    mine, foreign = finding(), finding("ID-PA")
    item = story.assigned(finding_ids=[mine["id"]])
    assert item["finding_ids"] == [mine["id"]]
    path = f"/follow-ups/{item['id']}"

    def patch(ids: list[int]) -> Any:
        version = story.evaluator.get(path).headers["ETag"]
        return story.evaluator.patch(path, json={"finding_ids": ids}, headers={"If-Match": version})

    assert patch([foreign["id"]]).status_code == 422
    assert patch([]).json["finding_ids"] == []
    assert patch([mine["id"]]).json["finding_ids"] == [mine["id"]]
    withdrawn = story.evaluator.move("findings", mine["id"], "withdraw", reason="contoh salah catat")
    assert withdrawn.status_code == 200, withdrawn.json
    assert patch([]).status_code == 422
    assert patch([mine["id"]]).status_code == 200
