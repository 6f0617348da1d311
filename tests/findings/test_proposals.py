"""Thresholds propose findings: computed from the reports, decided by the evaluator once, the decision kept."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from randal.database.base import db
from randal.models.findings import Finding, ProposalDecision
from randal.models.meetings import Meeting
from randal.models.progress import ProgressReport
from randal.rooms.findings.proposing import proposals
from tests.evaluation.stories import activity, report
from tests.meetings.test_projector import again, mark_in
from tests.meetings.test_pulse import statements
from tests.world import World


def behind(world: World, iso: str, actual: str = "38", *, as_of: date | None = None) -> ProgressReport:
    """A report handed in with a physical plan of 50 and this actual."""
    made = report(world, iso)
    [figure] = made.figures
    figure.physical_actual = Decimal(actual)
    made.as_of = as_of or made.as_of
    db.session.commit()
    return world.fire(made, "submit", world.ppk(iso))


@pytest.fixture
def meeting(world: World) -> Meeting:
    """Bangka Belitung far behind, Jawa Tengah in time, Papua silent."""
    for iso in ("ID-BB", "ID-JT", "ID-PA"):
        activity(world, iso)
    behind(world, "ID-BB")
    behind(world, "ID-JT", "49")
    return world.meeting("in_session", units=["ID-BB", "ID-JT", "ID-PA"], report_period="2026-02")


def test_what_is_proposed(world: World, meeting: Meeting) -> None:
    found = {(one.unit_id, one.kind): one for one in proposals(meeting)}
    bb, pa = world.unit("ID-BB").id, world.unit("ID-PA").id
    assert set(found) == {(bb, "critical"), (pa, "missing")}
    one = found[bb, "critical"]
    assert "38,00% terhadap rencana 50,00%, deviasi −12,00 poin" in one.text and one.severity == "high"
    assert one.facts == {"plan": "50.00", "actual": "38.00", "limit": "10"}


def test_old_and_unexplained(world: World) -> None:
    activity(world, "ID-BB")
    report(world, "ID-BB", period="2026-01", state="submitted")
    made = behind(world, "ID-BB", "45", as_of=date(2026, 1, 20))
    meeting = world.meeting("in_session", units=["ID-BB"], report_period="2026-02")
    assert [(one.kind, one.severity) for one in proposals(meeting)] == [("stale", "low")]
    made.figures[0].financial_actual = Decimal(3)  # fell after it was handed in, by hand
    db.session.commit()
    assert [one.kind for one in proposals(meeting)] == ["unusual", "stale"]
    made.figures[0].explanation = "Contoh: salah ketik bulan lalu"
    db.session.commit()
    assert [one.kind for one in proposals(meeting)] == ["stale"]


def test_accepted_it_is_a_finding_and_is_proposed_no_more(world: World, meeting: Meeting) -> None:
    page, unit = world.sign_in(world.evaluator), world.unit("ID-BB").id
    at = f"/rapat/{meeting.id}/giliran?ppk={unit}"
    turn = page.get(at).text
    assert "Usulan: Deviasi kritis" in turn and "Jadikan temuan" in turn
    assert "Usulan:" not in world.sign_in(world.ppk("ID-BB")).get(at).text
    assert "Usulan:" not in world.sign_in(world.chair).get(at).text
    [one] = [p for p in proposals(meeting) if p.kind == "critical"]
    given = {"unit_id": unit, "kind": "critical", "subject": one.subject, "decision": "accepted", "next": at}
    answer = page.post(f"/temuan/usulan/{meeting.id}", data=given)
    assert answer.status_code == 303 and answer.location.endswith(at)
    finding = db.session.scalars(select(Finding)).one()
    assert (finding.text, finding.severity, finding.state) == (one.text, "high", "recorded")
    kept = db.session.scalars(select(ProposalDecision)).one()
    assert (kept.finding_id, kept.decided_by_id) == (finding.id, world.evaluator.id)
    assert "Usulan:" not in page.get(at).text and one.text[:40] in page.get(at).text
    assert page.post(f"/temuan/usulan/{meeting.id}", data=given).status_code == 409


def test_dismissed_with_a_reason_that_is_kept(world: World, meeting: Meeting) -> None:
    page, unit = world.sign_in(world.evaluator), world.unit("ID-PA").id
    at = f"/temuan/usulan/{meeting.id}"
    mark = mark_in(page.get(f"/rapat/{meeting.id}/giliran?ppk={unit}").text)
    given = {"unit_id": unit, "kind": "missing", "subject": "report", "decision": "dismissed"}
    short = page.post(at, data=given | {"reason": "tidak"})
    assert (
        short.status_code == 422
        and "sedikitnya 10 karakter" in short.text
        and "tidak</textarea>" in short.text
    )
    assert page.post(at, data=given | {"reason": "Contoh: sedang banjir"}).status_code == 303
    shown = page.get(at).text
    assert (
        "Contoh: sedang banjir" in shown
        and "Diabaikan" in shown
        and "PPK Papua" not in shown.split("Sudah diputuskan")[0]
    )
    changed = page.get(f"/rapat/{meeting.id}/giliran?ppk={unit}", headers=again(mark))
    assert changed.status_code == 200, "open pages notice"
    assert db.session.scalars(select(Finding)).all() == []


def test_who_may_and_what_the_api_says(world: World, meeting: Meeting) -> None:
    unit = world.unit("ID-BB").id
    given = {"unit_id": unit, "kind": "critical", "decision": "dismissed", "reason": "Contoh: sudah dikejar"}
    path = f"/meetings/{meeting.id}/finding-proposals"
    assert world.api(world.ppk("ID-BB")).get(path).status_code == 403
    assert world.sign_in(world.ppk("ID-BB")).get(f"/temuan/usulan/{meeting.id}").status_code == 403
    assert world.api(world.secretariat).get(path).json["items"] == []
    assert world.api(world.secretariat).post(path, json=given).status_code == 403
    api = world.api(world.evaluator)
    [one] = [x for x in api.get(path).json["items"] if x["kind"] == "critical"]
    assert api.post(path, json=given | {"subject": "0"}).status_code == 409
    assert api.post(path, json=given).status_code == 422
    made = api.post(path, json=given | {"subject": one["subject"]})
    assert made.status_code == 201 and made.json["facts"]["limit"] == "10"
    assert [x["decision"] for x in api.get(path).json["decided"]] == ["dismissed"]
    assert world.api(world.person("ppk", "ID-AC")).get(path).status_code == 404


def test_the_number_of_statements_does_not_grow(world: World, meeting: Meeting) -> None:
    page = world.sign_in(world.evaluator)
    few = len(statements(lambda: page.get(f"/temuan/usulan/{meeting.id}")))
    for iso in ("ID-AC", "ID-BA", "ID-BT"):
        activity(world, iso)
        behind(world, iso)
    more = world.meeting(
        "in_session", units=["ID-BB", "ID-JT", "ID-PA", "ID-AC", "ID-BA", "ID-BT"], report_period="2026-02"
    )
    assert len(statements(lambda: page.get(f"/temuan/usulan/{more.id}"))) <= few + 1


def test_the_turn_asks_about_the_last_meeting_first(world: World, meeting: Meeting) -> None:
    desk, unit = world.api(world.secretariat), world.unit("ID-BB").id
    promise = {"meeting_id": meeting.id, "unit_id": unit, "text": "Contoh janji", "due_on": "2026-04-01",
               "expected_output": "Contoh"}  # fmt: skip
    made = desk.post("/follow-ups", json=promise).json["id"]
    desk.move("follow-ups", made, "assign", priority="high")
    world.fire(meeting, "close", world.chair, confirm=True)
    world.now = world.now.replace(day=20)
    later = world.meeting("in_session", units=["ID-BB"], report_period="2026-02")
    text = world.sign_in(world.chair).get(f"/rapat/{later.id}/giliran?ppk={unit}").text
    assert "Janji rapat sebelumnya" in text and "0 dari 1 sudah selesai" in text
    assert text.count("Contoh janji") == 1, "it is not told twice"
    assert "Contoh SPAM" in text and "−12,00" in text, "its figures by activity"


@pytest.mark.database("sqlite")
def test_seen_in_a_browser(world: World, meeting: Meeting, sign_in_browser: Any, axe: Any) -> None:
    for width in (390, 1280):
        page = sign_in_browser(world.evaluator, width=width)
        page.goto(f"/rapat/{meeting.id}/giliran?ppk={world.unit('ID-BB').id}")
        axe(page)
        page.goto(f"/temuan/usulan/{meeting.id}")
        page.get_by_text("Abaikan").first.click()
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
