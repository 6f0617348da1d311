"""The way of a follow-up: moves, extensions, what happens with them, and who is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from randal.database.base import db
from randal.notifications.notices import Notice
from randal.org.people import Person
from tests.follow_ups.conftest import Story


def days(story: Story, number: int) -> str:
    return (story.today() + timedelta(days=number)).isoformat()


def told(person: Person) -> list[str]:
    return list(
        db.session.scalars(select(Notice.text).where(Notice.person_id == person.id).order_by(Notice.id))
    )


def test_the_whole_way(story: Story) -> None:
    item = story.verified()
    assert item["state"] == "verified"
    assert item["days_late"] == 0
    path = f"/follow-ups/{item['id']}/events"
    moves = [e["move"] for e in story.ppk.get(path).json["items"]]
    assert moves == ["create", "assign", "add_evidence", "submit", "judge_evidence", "verify"]


def test_assign_asks_for_what_is_missing(story: Story) -> None:
    item = story.draft(priority=None)
    assert story.move(story.chair, item, "assign", 422)["errors"]["priority"]
    assert story.move(story.evaluator, item, "assign", 403, priority="low")
    story.world.now += timedelta(days=20)
    assert story.move(story.chair, item, "assign", 422, priority="low")["errors"]["due_on"]
    done = story.move(story.chair, item, "assign", priority="low", due_on=days(story, 4))
    assert (done["state"], done["due_on"], done["priority"]) == ("assigned", days(story, 4), "low")
    assert story.move(story.chair, item, "assign", 409)


def test_a_stale_move_is_told_who_was_first(story: Story) -> None:
    item = story.assigned()
    story.move(story.ppk, item, "note_progress", note="Contoh mulai")
    answer = story.chair.post(
        f"/follow-ups/{item['id']}/moves/cancel",
        json={"reason": "contoh alasan batal"},
        headers={"If-Match": f'"{item["version"]}"'},
    )
    assert answer.status_code == 409
    assert "Sudah diubah oleh Contoh PPK" in answer.json["detail"]


def test_an_extension_moves_the_date_and_keeps_both(story: Story, drain: Callable[[], int]) -> None:
    item = story.assigned()
    path = f"/follow-ups/{item['id']}/extensions"
    given = {"new_due_on": days(story, 20), "reason": "contoh menunggu hujan reda"}
    assert story.evaluator.post(path, json=given).status_code == 403
    for wrong in (
        {"new_due_on": days(story, 10)},
        {"new_due_on": "x"},
        {"reason": "singkat"},
        {"reason": None},
    ):
        answer = story.ppk.post(path, json=given | wrong)
        assert answer.status_code == 422, answer.json
        assert list(answer.json["errors"]) == list(wrong)
    asked = story.ppk.post(path, json=given)
    assert asked.status_code == 201, asked.json
    assert story.ppk.post(path, json=given).status_code == 409
    drain()
    assert any("Perpanjangan tenggat diminta" in t for t in told(story.world.evaluator))
    granted = story.evaluator.move("extensions", asked.json["id"], "grant")
    assert granted.status_code == 200, granted.json
    assert (granted.json["state"], granted.json["old_due_on"]) == ("granted", item["due_on"])
    now = story.ppk.get(f"/follow-ups/{item['id']}").json
    assert now["due_on"] == given["new_due_on"]
    last = story.ppk.get(f"/follow-ups/{item['id']}/events").json["items"][-1]
    assert last["data"]["old_due_on"] == item["due_on"]
    assert last["data"]["due_on"] == given["new_due_on"]
    drain()
    assert any("Perpanjangan disetujui" in t for t in told(story.world.ppk("ID-BB")))


def test_the_end_withdraws_an_open_request(story: Story) -> None:
    item = story.assigned()
    given = {"new_due_on": days(story, 20), "reason": "contoh menunggu hujan reda"}
    asked = story.ppk.post(f"/follow-ups/{item['id']}/extensions", json=given).json
    story.move(story.chair, item, "cancel", reason="contoh tidak perlu lagi")
    assert story.ppk.get(f"/extensions/{asked['id']}").json["state"] == "withdrawn"
    assert story.ppk.post(f"/follow-ups/{item['id']}/extensions", json=given).status_code == 409


def test_infeasible_is_decided_by_a_leader(story: Story, drain: Callable[[], int]) -> None:
    item = story.assigned()
    assert story.move(story.ppk, item, "propose_infeasible", 422, ground="malas", reason="contoh alasan")
    story.move(story.ppk, item, "propose_infeasible", ground="force_majeure", reason="contoh banjir besar")
    drain()
    assert any("Putuskan usul ini" in t for t in told(story.world.chair))
    assert story.move(story.evaluator, item, "accept_infeasible", 403, reason="contoh setuju")
    assert (
        story.move(story.chair, item, "refuse_infeasible", reason="contoh masih dapat")["state"]
        == "in_progress"
    )


def test_each_is_told_once_and_not_of_himself(story: Story, drain: Callable[[], int]) -> None:
    world = story.world
    staff = world.person("ppk_staff", story.unit)
    foreign = world.ppk("ID-PA")
    item = story.submitted()
    drain()
    assert len([t for t in told(world.ppk("ID-BB")) if "Tindak lanjut baru" in t]) == 1
    assert len([t for t in told(staff) if "Tindak lanjut baru" in t]) == 1
    assert [t for t in told(foreign) if "RTL" in t] == []
    assert len([t for t in told(world.evaluator) if "diajukan selesai" in t]) == 1
    urls = db.session.scalars(select(Notice.url).where(Notice.person_id == staff.id))
    assert f"/rtl/{item['id']}" in set(urls)
    story.move(story.evaluator, item, "return", reason="contoh belum lengkap")
    drain()
    assert any("dikembalikan" in t for t in told(world.ppk("ID-BB")))


def test_the_feed_tells_a_unit_of_its_own_only(story: Story) -> None:
    item = story.submitted()
    mine: list[dict[str, Any]] = story.ppk.get("/events?limit=200").json["items"]
    assert ("follow_up", item["id"], "submit") in {(e["item_type"], e["item_id"], e["move"]) for e in mine}
    assert [e["id"] for e in mine] == sorted(e["id"] for e in mine)
    after = mine[2]["id"]
    assert [e["id"] for e in story.ppk.get(f"/events?after={after}&limit=200").json["items"]] == [
        e["id"] for e in mine[3:]
    ]
    foreign = story.world.api(story.world.ppk("ID-PA")).get("/events?limit=200").json["items"]
    assert not {(e["item_type"], e["item_id"]) for e in foreign} & {("follow_up", item["id"])}
    assert ("meeting", story.meeting.id) in {(e["item_type"], e["item_id"]) for e in foreign}
    outside = story.world.api(story.world.ppk("ID-AC")).get("/events").json["items"]
    assert outside == []
    assert story.ppk.get("/events?after=x").status_code == 400
    assert story.ppk.get("/events?limit=0").status_code == 400


def test_the_feed_hides_drafts_of_meetings_and_minutes(story: Story) -> None:
    world = story.world
    draft = world.meeting("draft")
    closed = world.meeting("closed")
    minutes = {m.id for m in closed.all_minutes}
    assert minutes
    mine = {(e["item_type"], e["item_id"]) for e in story.ppk.get("/events?limit=200").json["items"]}
    assert ("meeting", draft.id) not in mine
    assert not {("minutes", i) for i in minutes} & mine
    everything = {
        (e["item_type"], e["item_id"]) for e in story.evaluator.get("/events?limit=200").json["items"]
    }
    assert {("meeting", draft.id), *(("minutes", i) for i in minutes)} <= everything
