"""The working lists: matrix PPK × rapat, filters under a name, one move for several rows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import event

from randal.database.base import db
from tests.follow_ups.conftest import Story

EAST = "ID-PA"


def test_a_cell_counts_what_its_link_shows(story: Story) -> None:
    other = story.world.unit(EAST).id
    story.assigned(due_on=(story.today() + timedelta(days=1)).isoformat())
    story.assigned(due_on=(story.today() + timedelta(days=20)).isoformat())
    ended = story.assigned(unit_id=other)
    story.draft(unit_id=other)
    story.move(story.chair, ended, "cancel", reason="contoh sudah tidak relevan lagi")
    story.world.now += timedelta(days=3)
    found = story.evaluator.get("/tracker/matrix").json
    cells = {row["unit_id"]: row["cells"] for row in found["items"]}
    at = {"meeting_id": story.meeting.id}
    assert cells[story.unit.id] == [at | {"open": 2, "late": 1, "ended": 0}]
    assert cells[other] == [at | {"open": 0, "late": 0, "ended": 1}]
    asked = f"/tracker?unit_id={story.unit.id}&meeting_id={story.meeting.id}"
    assert len(story.evaluator.get(f"{asked}&ended=false").json["items"]) == 2
    assert len(story.evaluator.get(f"{asked}&overdue=true").json["items"]) == 1
    mine = story.ppk.get("/tracker/matrix").json["items"]
    assert [row["unit_id"] for row in mine] == [story.unit.id]
    page = story.world.sign_in(story.world.ppk("ID-BB")).get("/pelacak/matriks").text
    assert story.world.unit(EAST).short_name not in page


def test_the_matrix_asks_no_more_for_more_rows(story: Story) -> None:
    client = story.world.sign_in(story.world.evaluator)
    story.assigned()
    few = statements(client, "/pelacak/matriks")
    for unit in ("ID-BB", EAST) * 2:
        story.assigned(unit_id=story.world.unit(unit).id)
    assert statements(client, "/pelacak/matriks") == few


def statements(client: Any, url: str) -> int:
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        said.append(statement)

    assert client.get(url).status_code == 200
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert client.get(url).status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(said)


def test_one_move_for_several_each_by_itself(story: Story) -> None:
    good, gone, foreign = story.assigned(), story.assigned(), story.draft()
    story.move(story.chair, gone, "cancel", reason="contoh sudah tidak relevan lagi")
    given = {"ids": [foreign["id"], gone["id"], 99999, good["id"]], "move": "cancel"}
    short = story.chair.post("/tracker/moves", json=given | {"reason": "singkat"}).json["items"]
    assert [row["done"] for row in short] == [False] * 4
    given["reason"] = "contoh digabung dengan tindak lanjut lain"
    rows = story.chair.post("/tracker/moves", json=given).json["items"]
    assert [(row["done"], row["refused"]) for row in rows] == [
        (True, None), (False, "state"), (False, "not_found"), (True, None),
    ]  # fmt: skip
    assert all(row["detail"] for row in rows)
    assert story.chair.get(f"/follow-ups/{good['id']}").json["state"] == "cancelled"
    assert story.ppk.post("/tracker/moves", json=given | {"ids": []}).status_code == 422
    assert story.ppk.post("/tracker/moves", json=given | {"move": "fly"}).status_code == 404


def test_what_changed_meanwhile_is_refused_at_its_row(story: Story) -> None:
    first, second = story.assigned(), story.assigned()
    given = {"ids": [first["id"], second["id"]], "move": "note_progress", "note": "Contoh mulai mengukur"}
    old = {"versions": {str(first["id"]): first["version"] - 1}}
    rows = story.ppk.post("/tracker/moves", json=given | old).json["items"]
    assert [(row["done"], row["refused"]) for row in rows] == [(False, "state"), (True, None)]


def test_the_page_of_outcomes_keeps_what_was_refused(story: Story) -> None:
    client = story.world.sign_in(story.world.chair)
    rows = [story.draft(), story.assigned()]
    ids = [row["id"] for row in rows]
    page = client.get("/pelacak/langkah", query_string={"ids": ids, "langkah": "assign"}).text
    assert "1 dari 2" in page
    answer = client.post("/pelacak/langkah", data={"ids": ids, "langkah": "assign", "priority": "low"})
    assert answer.status_code == 200
    assert "1 dari 2 berhasil" in answer.text
    assert "Coba lagi" not in answer.text  # its state allows it no more
    assert client.get("/pelacak/langkah").status_code == 422


def test_a_saved_filter_shows_each_reader_his_own(story: Story) -> None:
    mine, foreign = (
        story.assigned(),
        story.assigned(unit_id=story.world.unit(EAST).id, text="Contoh milik timur"),
    )
    asked = {"name": "Contoh terbuka", "filters": {"ended": "false"}}
    answer = story.evaluator.post("/tracker/filters", json=asked)
    assert answer.status_code == 201, answer.json
    code = answer.json["code"]
    assert story.evaluator.post("/tracker/filters", json=asked).json["code"] == code
    client = story.world.sign_in(story.world.ppk("ID-BB"))
    read = client.get(client.get(f"/p/{code}").headers["Location"]).text
    assert "Contoh terbuka" in read
    assert f"/rtl/{mine['id']}" in read
    assert f'/rtl/{foreign["id"]}"' not in read
    assert story.ppk.get("/tracker/filters").json["items"] == []
    assert story.ppk.delete(f"/tracker/filters/{code}").status_code == 403
    bad = {"name": "Contoh", "filters": {"state": "selesai"}}
    assert story.evaluator.post("/tracker/filters", json=bad).status_code == 422
    assert story.evaluator.post("/tracker/filters", json={"name": "x", "filters": {}}).status_code == 422
