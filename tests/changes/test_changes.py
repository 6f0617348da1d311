"""What changed since the last meeting: each item once, in its place, from the history; to each what he may see."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from randal.database.base import db
from randal.documents.model import Document
from randal.documents.paper_parts import heading
from randal.documents.rendering import render
from randal.models.follow_ups import FollowUp
from randal.models.meetings import Meeting
from randal.overviews.changes import papers
from randal.overviews.changes.queries import changes_of
from tests import items

DAY = timedelta(days=1)


def promised(world: Any, meeting: Any, text: str, days: int, iso: str = "ID-BB") -> FollowUp:
    """A follow-up agreed and assigned in the meeting, due in so many days."""
    desk = world.api(world.secretariat)
    made = desk.post("/follow-ups", json={
        "meeting_id": meeting.id, "unit_id": world.unit(iso).id, "text": text, "expected_output": "Contoh keluaran",
        "due_on": (world.now.date() + timedelta(days=days)).isoformat(), "priority": "high",
    })  # fmt: skip
    assert made.status_code == 201, made.json
    assert desk.move("follow-ups", made.json["id"], "assign", priority="high").status_code == 200
    return db.session.get_one(FollowUp, made.json["id"])


@pytest.fixture
def story(world: Any) -> Any:
    """One meeting, three weeks in which things happen, and the meeting after."""
    units = ("ID-BB", "ID-AC", "ID-JK")
    for iso in units:
        world.ppk(iso)
    meeting = world.meeting("in_session", units=units)
    rows = {text: promised(world, meeting, text, days) for text, days in (
        ("Contoh selesai", 30), ("Contoh terlambat", 5), ("Contoh bergerak", 60), ("Contoh diam", 60),
        ("Contoh tunda", 60),
    )}  # fmt: skip
    found = items.finding(world, meeting, "ID-AC", text="Contoh temuan lama")
    world.fire(meeting, "close", world.chair, confirm=True)
    world.now += 7 * DAY
    ppk, evaluator = world.api(world.ppk()), world.api(world.evaluator)
    done = rows["Contoh selesai"].id
    link = {"link": "https://contoh.example/bukti"}
    evidence = ppk.post(f"/follow-ups/{done}/evidence", json=link).json
    assert ppk.move("follow-ups", done, "submit", note="Contoh: selesai").status_code == 200
    judged = evaluator.patch(
        f"/evidence/{evidence['id']}",
        json={"verdict": "accepted"},
        headers={"If-Match": f'"{evidence["version"]}"'},
    )
    assert judged.status_code == 200, judged.json
    assert evaluator.move("follow-ups", done, "verify", note="Contoh: sesuai").status_code == 200
    moved = rows["Contoh bergerak"].id
    assert ppk.move("follow-ups", moved, "note_progress", note="Contoh: separuh").status_code == 200
    later = (world.now.date() + timedelta(days=90)).isoformat()
    asked = ppk.post(
        f"/follow-ups/{rows['Contoh tunda'].id}/extensions",
        json={"new_due_on": later, "reason": "contoh alasan cukup"},
    )
    assert asked.status_code == 201, asked.json
    assert evaluator.move("extensions", asked.json["id"], "grant").status_code == 200
    assert (
        world.api(world.ppk("ID-AC"))
        .move("findings", found.id, "respond", response="Contoh tanggapan")
        .status_code
        == 200
    )
    items.kendala(world, meeting, "ID-BB", text="Contoh kendala baru")
    made = world.api(world.secretariat).post(f"/meetings/{meeting.id}/next", json={}).json
    assert world.api(world.secretariat).move("meetings", made["id"], "schedule").status_code == 200
    world.now += 14 * DAY
    return db.session.get_one(Meeting, made["id"])


def told(found: Any, iso: str, world: Any) -> dict[str, list[str]]:
    one = next(u for u in found.units if u.unit.id == world.unit(iso).id)
    return {name: [line.item.text for line in rows] for name, rows in one.lines.items()}


def test_each_item_once_in_its_place(world, story):
    found = changes_of(story, world.actor(world.secretariat), world.now)
    assert told(found, "ID-BB", world) == {
        "done": ["Contoh selesai"], "late": ["Contoh terlambat"], "moved": ["Contoh bergerak", "Contoh tunda"],
        "still": ["Contoh diam"], "new": ["Contoh kendala baru"],
    }  # fmt: skip
    assert told(found, "ID-AC", world)["moved"] == ["Contoh temuan lama"]
    assert found.totals == {"done": 1, "late": 1, "moved": 3, "still": 1, "new": 1}
    one = next(u for u in found.units if u.unit.id == world.unit("ID-BB").id)
    assert one.lines["late"][0].days_late == 16
    assert one.lines["done"][0].way == "Belum mulai → Selesai, terverifikasi" and one.lines["done"][0].steps
    assert "tenggat" in one.lines["moved"][1].way and one.lines["moved"][1].steps == ("Tenggat diubah",)
    assert next(u for u in found.units if u.unit.id == world.unit("ID-JK").id).empty


def test_it_ends_where_the_meeting_begins(world, story):
    world.now = story.starts_at
    world.fire(story, "open", world.chair)
    before = changes_of(story, world.actor(world.secretariat), world.now).totals
    late = db.session.scalars(select(FollowUp).where(FollowUp.text == "Contoh diam")).one()
    world.now += DAY
    world.fire(late, "note_progress", world.ppk(), note="Contoh: mulai bergerak")
    assert changes_of(story, world.actor(world.secretariat), world.now).totals == before


def test_a_ppk_reads_of_its_own_unit_alone(world, story):
    page = world.sign_in(world.ppk("ID-AC")).get(f"/rapat/{story.id}/perubahan")
    assert page.status_code == 200
    assert "Contoh temuan lama" in page.text and "Contoh selesai" not in page.text
    api = world.api(world.ppk("ID-AC")).get(f"/meetings/{story.id}/changes").json
    assert api["totals"] == {"done": 0, "late": 0, "moved": 1, "still": 0, "new": 0}
    whole = world.api(world.secretariat).get(f"/meetings/{story.id}/changes").json
    mine = next(u for u in whole["items"] if u["unit_id"] == world.unit("ID-BB").id)
    assert [line["text"] for line in mine["done"]] == ["Contoh selesai"] and mine["late"][0][
        "days_late"
    ] == 16


def test_the_paper_is_of_who_asked(world, story, drain):
    asked = world.api(world.ppk("ID-AC")).get(
        f"/meetings/{story.id}/changes", headers={"Accept": "application/pdf"}
    )
    assert asked.status_code == 202 and asked.json["kind"] == "changes"
    drain()
    document = db.session.get_one(Document, asked.json["id"])
    assert document.stage == "ready"
    assert world.api(world.ppk("ID-AC")).get(f"/documents/{document.id}/file").status_code == 200
    assert world.api(world.ppk("ID-BB")).get(f"/documents/{document.id}").status_code == 404
    sent = world.sign_in(world.secretariat).post(f"/rapat/{story.id}/perubahan/cetak")
    assert sent.status_code == 303 and "/dokumen/" in sent.location


def test_the_page_without_a_last_meeting_says_so(world):
    meeting = world.meeting("scheduled")
    page = world.sign_in(world.secretariat).get(f"/rapat/{meeting.id}/perubahan")
    assert page.status_code == 200 and "Belum ada rapat sebelumnya" in page.text
    made = papers.paper(
        changes_of(meeting, world.actor(world.secretariat), world.now),
        heading("Contoh", world.now, "Asia/Jakarta"),
    )
    assert render("changes/changes.pdf.html", made, jinja_env=world.app.jinja_env).pages == 1


def test_the_number_of_statements_does_not_grow(world, story):
    counted: list[str] = []

    def count(*given: Any) -> None:
        counted.append(given[2])

    event.listen(db.engine, "before_cursor_execute", count)
    actor = world.actor(world.secretariat)

    def statements() -> int:
        db.session.commit()
        db.session.expire_all()
        row = db.session.get_one(Meeting, story.id)
        list(row.attendance)
        counted.clear()
        changes_of(row, actor, world.now)
        return len(counted)

    few = statements()
    first = db.session.get_one(Meeting, story.previous_id)
    for n in range(6):
        items.kendala(world, first, "ID-JK", text=f"Contoh kendala {n}")
    assert statements() <= few
    event.remove(db.engine, "before_cursor_execute", count)
