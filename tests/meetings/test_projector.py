"""The room's screen: who opens it, what it says, and how little it asks for while nothing changed."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from randal.database.base import db
from tests.meetings.test_pulse import statements

AGENDA = "Pembukaan (15)\nPaparan (30)\nDiskusi (60)"


def mark_in(page: str) -> str:
    return re.search(r'data-mark="(\w+)"', page).group(1)


def again(mark: str) -> dict[str, str]:
    return {"If-None-Match": f'"{mark}"', "X-Fresh": "1"}


def test_for_those_in_office_and_the_secretariat(world):
    meeting = world.meeting("in_session")
    path = f"/rapat/{meeting.id}/proyektor"
    for person in (world.secretariat, world.chair, world.minute_taker):
        assert world.sign_in(person).get(path).status_code == 200, person.role
    for person in (world.ppk(), world.evaluator, world.person("auditor")):
        refused = world.sign_in(person).get(path)
        assert refused.status_code == 403 and "Layar rapat" in refused.text
        assert "Layar rapat" not in world.sign_in(person).get(f"/rapat/{meeting.id}").text
    assert world.sign_in(world.ppk("ID-AC")).get(path).status_code == 404
    assert world.client().get(path).status_code == 302


def test_what_it_says(world):
    meeting = world.meeting("in_session", agenda=AGENDA, units=["ID-BB", "ID-AC", "ID-BA"], quorum=50)
    taker, path = world.api(world.minute_taker), f"/rapat/{meeting.id}/proyektor"
    page = world.sign_in(world.secretariat)
    assert "Segera dibahas" in page.get(path).text
    first = meeting.agenda_items[0].id
    assert taker.post(f"/agenda/{first}/moves/start").status_code == 200
    world.fire(meeting.attendance[0], "check_in", world.secretariat, name="Contoh", post="Contoh")
    for number in (1, 2, 3):
        taker.post(f"/meetings/{meeting.id}/decisions", json={"text": f"Contoh putusan {number}"})
    given = {"meeting_id": meeting.id, "due_on": "2026-04-01", "expected_output": "Contoh keluaran"}
    units = [a.unit_id for a in meeting.attendance]
    made = world.api(world.secretariat).post(
        "/follow-ups", json=given | {"unit_ids": units, "text": "Contoh janji"}
    )
    assert made.status_code == 201
    text = page.get(path).text
    assert "Sisa 14 menit" in text or "Sisa 15 menit" in text
    assert "Kuorum belum tercapai: perlu 2" in text and "<b>1</b> dari 3" in text
    assert (
        "PPK Aceh" in text
        and "PPK Kepulauan Bangka Belitung" not in text.split("Tidak di ruang")[1].split("Keputusan")[0]
    )
    assert "Contoh putusan 3" in text and "Contoh putusan 1" not in text
    assert text.count("Contoh janji") == 1 and "<b>3 PPK</b>" in text
    world.fire(meeting.attendance[1], "check_in", world.secretariat, name="Contoh", post="Contoh")
    world.now = meeting.agenda_items[0].started_at + timedelta(minutes=22, seconds=30)
    text = page.get(path).text
    assert "Kuorum tercapai" in text and "Lewat 8 menit" in text
    world.fire(meeting, "close", world.chair, confirm=True)
    assert "Rapat ditutup" in page.get(path).text


@pytest.mark.parametrize("path", ["/proyektor", "", "?bagian=kehadiran", "?bagian=acara"])
def test_while_nothing_changed_next_to_nothing_is_asked(world, path):
    meeting = world.meeting("in_session", agenda=AGENDA, units=["ID-BB", "ID-AC"])
    meeting_id = meeting.id
    page, where = world.sign_in(world.secretariat), f"/rapat/{meeting_id}{path}"
    mark = mark_in(page.get(where).text)
    told: dict[str, int] = {}
    answers = {}
    for name, headers in (("whole", {}), ("same", again(mark))):
        answers[name] = None
        told[name] = len(statements(lambda: answers.update({name: page.get(where, headers=headers)})))  # noqa: B023
    assert answers["whole"].status_code == 200
    assert answers["same"].status_code == 304 and answers["same"].data == b""
    assert told["same"] <= 4, told  # who asks (with appointments and posts), and the mark
    assert told["whole"] > 2 * told["same"], told
    world.fire(meeting.attendance[0], "check_in", world.secretariat, name="Contoh", post="Contoh")
    changed = page.get(where, headers=again(mark))
    assert changed.status_code == 200 and mark_in(changed.text) != mark
    assert page.get(where, headers=again(mark_in(changed.text))).status_code == 304


def test_a_mark_opens_nothing(world):
    meeting = world.meeting("in_session")
    path = f"/rapat/{meeting.id}"
    mark = mark_in(world.sign_in(world.secretariat).get(path).text)
    assert world.sign_in(world.ppk("ID-AC")).get(path, headers=again(mark)).status_code == 404
    assert world.client().get(path, headers=again(mark)).status_code == 302


def test_as_many_statements_with_forty_as_with_two(world):
    counts = []
    isos = ["ID-BB", "ID-AC", "ID-BA", "ID-BT", "ID-GO", "ID-JA", "ID-JB", "ID-JI", "ID-KB", "ID-LA", "ID-MA"]
    for units in (isos[:2], isos):
        meeting = world.meeting("in_session", agenda=AGENDA, units=units)
        where, page = f"/rapat/{meeting.id}/proyektor", world.sign_in(world.secretariat)
        mark = mark_in(page.get(where).text)
        db.session.commit()
        counts.append(
            (
                len(statements(lambda: page.get(where))),  # noqa: B023
                len(statements(lambda: page.get(where, headers=again(mark)))),  # noqa: B023
            )
        )
    assert counts[0] == counts[1], counts
