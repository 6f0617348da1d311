"""A PPK's turn: everything about one unit on one page, the next one a press away, nobody else's to a PPK."""

from __future__ import annotations

import pytest

from tests.meetings.test_projector import again, mark_in
from tests.meetings.test_pulse import statements

UNITS = ["ID-BB", "ID-AC", "ID-BA"]


@pytest.fixture
def meeting(world):
    meeting = world.meeting("in_session", units=UNITS)
    for iso, text in (("ID-BB", "Contoh satu"), ("ID-AC", "Contoh dua")):
        given = {"meeting_id": meeting.id, "unit_id": world.unit(iso).id, "text": text}
        desk = world.api(world.secretariat)
        assert desk.post("/findings", json=given | {"severity": "low"}).status_code == 201
        assert desk.post("/kendala", json=given | {"text": text + " kendala"}).status_code == 201
        promise = given | {"text": text + " janji", "due_on": "2026-04-01", "expected_output": "Contoh"}
        made = desk.post("/follow-ups", json=promise)
        assert desk.move("follow-ups", made.json["id"], "assign", priority="high").status_code == 200
    return meeting


def test_one_unit_at_a_time(world, meeting):
    page, path = world.sign_in(world.chair), f"/rapat/{meeting.id}/giliran"
    rows = meeting.attendance
    first = page.get(path).text
    assert rows[0].label in first and f"ppk={rows[1].unit_id}" in first
    text = page.get(f"{path}?ppk={world.unit('ID-AC').id}").text
    for said in ("Contoh dua", "Contoh dua kendala", "Contoh dua janji"):
        assert said in text
    assert "Contoh satu" not in text and "Giliran" in text
    world.fire(rows[2], "check_in", world.secretariat, name="Contoh", post="Contoh")
    assert f"<h1>{rows[2].label}</h1>" in page.get(path).text, "the first one that is there"
    assert page.get(f"{path}?ppk=99999").status_code == 404


def test_what_it_owes_from_earlier_stands_there_too(world, meeting):
    later = world.meeting("in_session", units=UNITS[:1])
    text = world.sign_in(world.evaluator).get(f"/rapat/{later.id}/giliran").text
    assert "Contoh satu janji" in text and "Contoh dua janji" not in text


def test_a_ppk_finds_its_own(world, meeting):
    page, path = world.sign_in(world.ppk()), f"/rapat/{meeting.id}/giliran"
    text = page.get(path).text
    assert "Contoh satu" in text and "Contoh dua" not in text and "Giliran 1 dari 1" in text
    assert page.get(f"{path}?ppk={world.unit('ID-AC').id}").status_code == 404
    assert world.sign_in(world.ppk("ID-BT")).get(path).status_code == 404
    item = meeting.agenda_items[0].id
    assert world.api(world.chair).post(f"/agenda/{item}/moves/start").status_code == 200
    assert path in page.get(f"/rapat/{meeting.id}?bagian=acara").text


def test_few_statements_and_a_304(world, meeting):
    page, path = world.sign_in(world.chair), f"/rapat/{meeting.id}/giliran"
    mark = mark_in(page.get(path).text)
    assert len(statements(lambda: page.get(path))) <= 25
    assert page.get(path, headers=again(mark)).status_code == 304
