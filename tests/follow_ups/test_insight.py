"""Telaah: what the history tells, counted by the database; small numbers said as numbers; to each his own."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import event

from randal.database.base import db
from randal.rooms.follow_ups.insight import insight
from randal.rooms.follow_ups.insight_facts import KEPT, LATE_DONE, LATE_OPEN, PENDING, share
from tests import items
from tests.follow_ups.conftest import Story
from tests.world import World


def lived(story: Story) -> None:
    """One kept, one handed in late, one handed in and waiting, one late and open in Papua; a class of kendala twice."""
    world, due = story.world, (story.today() + timedelta(days=4)).isoformat()
    story.verified(due_on=due, text="Contoh tepat waktu")
    waiting = story.submitted(due_on=due, text="Contoh menunggu")
    late = story.assigned(due_on=due, text="Contoh terlambat")
    story.assigned(due_on=due, unit_id=world.unit("ID-PA").id, text="Contoh milik Papua")
    world.now += timedelta(days=10)
    story.evidence(late)
    story.move(story.ppk, late, "submit", note="Contoh sudah dikerjakan")
    for piece in story.evaluator.get(f"/follow-ups/{late['id']}/evidence").json["items"]:
        story.judge(piece)
    story.move(story.evaluator, late, "verify", note="Contoh sesuai")
    for _ in range(2):
        items.kendala(world, story.meeting, "ID-BB", category="LHN")
    items.kendala(world, story.meeting, "ID-PA", category="LHN")
    assert waiting


def test_what_the_history_tells(world: World) -> None:
    story = Story(world)
    lived(story)
    found = insight(world.actor(world.evaluator), world.now)
    bangka, papua = world.unit("ID-BB").short_name, world.unit("ID-PA").short_name
    assert list(found.by_unit) == [bangka, papua]  # by the code of the province, not by who is best
    assert found.by_unit[bangka] == {KEPT: 1, LATE_DONE: 1, PENDING: 1} and found.by_unit[papua] == {
        LATE_OPEN: 1
    }
    assert found.by_month[f"{story.today() - timedelta(days=6):%Y-%m}"].total() == 4
    assert {who: one.items for who, one in found.waiting.items()} == {"PPK": 1, "Tim Monev": 1}
    assert found.waiting["Tim Monev"].longest == pytest.approx(10, abs=0.01)
    assert found.stays["submitted"].items == 3
    assert found.stays["submitted"].days == pytest.approx(10, abs=0.01)  # the others were judged at once
    assert found.stays["assigned"].days == pytest.approx(
        20, abs=0.01
    )  # ten of the late one, ten of Papua's until now
    assert [(r.unit, r.category, r.count, r.open) for r in found.repeats] == [(bangka, "LHN", 2, 2)]
    assert found.ages["sampai 30 hari"] == (1 + 1, 0) and (found.open, found.total) == (2, 4)
    mine = insight(world.actor(world.ppk("ID-PA")), world.now)
    assert (mine.total, list(mine.by_unit), mine.repeats) == (1, [papua], [])


def test_the_day_of_the_province_decides(world: World) -> None:
    """Handed in at 23.30 on the due day in Papua, and half an hour later: kept, and late."""
    story = Story(world, ("ID-PA", "ID-BB"))
    story.ppk = world.api(world.ppk("ID-PA"))
    due = story.today() + timedelta(days=2)
    first, second = (story.assigned(due_on=due.isoformat(), text=f"Contoh {n}") for n in (1, 2))
    midnight = world.now.replace(hour=15, minute=0) + timedelta(days=2)  # 00.00 in Papua on the day after
    for item, away in ((first, -30), (second, 0)):
        world.now = midnight + timedelta(minutes=away)
        story.evidence(item)
        story.move(story.ppk, item, "submit", note="Contoh selesai")
    world.now += timedelta(days=3)
    found = insight(world.actor(world.evaluator), world.now)
    assert found.by_unit[world.unit("ID-PA").short_name] == {PENDING: 1, LATE_OPEN: 1}


def test_small_numbers_are_said_as_numbers() -> None:
    assert share(3, 7) == "3 dari 7"
    assert share(34, 50) == "34 dari 50 (68%)"


def statements(run: Callable[[], Any]) -> int:
    seen: list[str] = []

    def count(_c: Any, _cur: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", count)
    try:
        run()
    finally:
        event.remove(db.engine, "before_cursor_execute", count)
    return len(seen)


@pytest.mark.database("sqlite")
def test_as_many_statements_for_many_as_for_few(world: World) -> None:
    story = Story(world)
    story.assigned()
    office = world.sign_in(world.evaluator)
    office.get("/pelacak/telaah")
    few = statements(lambda: office.get("/pelacak/telaah"))
    for number in range(12):
        story.assigned(unit_id=world.unit(("ID-BB", "ID-PA")[number % 2]).id, text=f"Contoh {number}")
    assert statements(lambda: office.get("/pelacak/telaah")) <= few


@pytest.mark.database("sqlite")
def test_page_json_and_paper_say_the_same(world: World, drain: Callable[[], int]) -> None:
    story = Story(world)
    lived(story)
    said = {one["name"]: one["says"] for one in story.evaluator.get("/tracker/insight").json["parts"]}
    assert said["ditepati"] == "Dari janji 2 PPK yang sampai tenggat, ditepati dan terverifikasi 1 dari 4."
    page = world.sign_in(world.evaluator).get("/pelacak/telaah").text
    assert all(sentence.replace("'", "&#39;") in page for sentence in said.values())
    asked = story.evaluator.post("/tracker/insight", json={})
    assert asked.status_code == 202, asked.json
    drain()
    data = story.evaluator.get(f"/documents/{asked.json['id']}/file").data
    text = " ".join(" ".join(p.extract_text() for p in PdfReader(io.BytesIO(data)).pages).split())
    assert "ditepati dan terverifikasi 1 dari 4." in text and "%" not in text.split("Lampiran")[0]
    assert world.api(world.ppk("ID-PA")).get(f"/documents/{asked.json['id']}").status_code == 404
