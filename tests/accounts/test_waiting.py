"""An account that is closed or loses its role says what waits for it; posts end; a second PPK is warned of."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from randal.database.base import db
from randal.models.meetings import Meeting
from randal.models.minutes import Minutes
from randal.org.people import Appointment, Person
from tests.world import World

DEAL = {"due_on": "2026-04-30", "expected_output": "Contoh keluaran", "priority": "low"}


def patch(world: World, by: Person, person: Person, **given: Any) -> Any:
    headers = {"If-Match": f'"{person.version}"'}
    answer = world.api(by).patch(f"/users/{person.id}", json=given, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json


def kinds(answer: Any) -> set[str]:
    return {matter["kind"] for matter in answer["waiting"]}


@pytest.mark.parametrize("change", [{"active": False}, {"role": "none"}])
def test_what_waits_is_said_and_linked(world: World, change: dict[str, Any]) -> None:
    admin, officer = world.person("admin"), world.person("evaluator")
    led = world.meeting("scheduled", chair_id=officer.id)
    written = world.meeting("in_session", minute_taker_id=officer.id)
    over = world.meeting("cancelled", chair_id=officer.id)
    named = world.meeting("closed", minute_taker_id=officer.id)
    paper = db.session.query(Minutes).filter_by(meeting_id=named.id).one()
    signers = world.api(world.secretariat).put(f"/minutes/{paper.id}/signers", json=[{"user_id": officer.id}])
    assert signers.status_code == 200, signers.text
    draft = world.api(world.evaluator).post(
        "/follow-ups",
        json={"meeting_id": led.id, "unit_id": world.unit("ID-BB").id, "text": "Contoh draf"} | DEAL,
    )
    assert draft.status_code == 201, draft.text

    said = patch(world, admin, officer, **change)

    assert {"chair", "minute_taker", "signer", "draft"} <= kinds(said)
    by_meeting = {m["id"]: m for m in said["waiting"] if m["resource"] == "meetings"}
    assert set(by_meeting) == {led.id, written.id, named.id} and over.id not in by_meeting
    assert any(officer.name in warning for warning in said["warnings"])
    page = world.sign_in(world.secretariat).get(f"/pengguna/{officer.id}").text
    browser = world.sign_in(world.secretariat)
    for matter in said["waiting"]:
        assert f'href="{matter["page"]}"' in page, matter
        assert browser.get(matter["page"]).status_code == 200, matter


def test_the_meetings_are_handed_over_by_the_move_that_does_so(world: World) -> None:
    officer, successor = world.person("evaluator"), world.person("evaluator")
    led = world.meeting("scheduled", chair_id=officer.id)
    written = world.meeting("in_session", minute_taker_id=officer.id)
    patch(world, world.person("admin"), officer, active=False)
    browser = world.sign_in(world.secretariat)
    form = {"about": "hand_over", "to_id": officer.id, "reason": "Contoh: pindah tugas"}
    assert browser.post(f"/pengguna/{officer.id}", data=form).status_code == 422
    done = browser.post(f"/pengguna/{officer.id}", data=form | {"to_id": successor.id})
    assert done.status_code == 303, done.text
    assert db.session.get_one(Meeting, led.id).chair_id == successor.id
    assert db.session.get_one(Meeting, written.id).minute_taker_id == successor.id
    for meeting in (led, written):
        told = world.api(world.secretariat).get(f"/meetings/{meeting.id}/events").json["items"]
        assert "reassign" in {event["move"] for event in told}
    answer = world.api(world.secretariat).get(f"/users/{officer.id}").json
    assert answer["waiting"] == [] and answer["warnings"] == []


def test_what_is_a_units_waits_for_its_only_ppk(world: World) -> None:
    unit = world.unit("ID-BB")
    ppk, admin = world.ppk("ID-BB"), world.person("admin")
    meeting = world.meeting("in_session")
    made = world.api(world.evaluator).post(
        "/follow-ups", json={"meeting_id": meeting.id, "unit_id": unit.id, "text": "Contoh"} | DEAL
    )
    assert made.status_code == 201, made.text
    assert world.api(world.secretariat).move("follow-ups", made.json["id"], "assign").status_code == 200
    assert "follow_up" in kinds(patch(world, admin, ppk, active=False))
    world.person("ppk", "ID-BB")
    assert kinds(world.api(admin).get(f"/users/{ppk.id}").json) == set()


def test_a_second_ppk_of_a_unit_is_warned_of_and_not_refused(world: World) -> None:
    first, admin, unit = world.ppk("ID-BB"), world.person("admin"), world.unit("ID-BB")
    given = {"name": "Contoh PPK Kedua", "email": "kedua@contoh.example", "role": "ppk", "unit_id": unit.id}
    made = world.api(admin).post("/users", json=given)
    assert made.status_code == 201 and any(first.name in said for said in made.json["warnings"])
    page = world.sign_in(admin).get(f"/pengguna/{made.json['id']}").text
    assert f"sudah mempunyai PPK: {first.name}" in page
    patch(world, admin, first, active=False)
    assert world.api(admin).get(f"/users/{made.json['id']}").json["warnings"] == []


def test_who_keeps_no_accounts_reads_nothing_of_it(world: World) -> None:
    world.meeting("scheduled")
    own = world.api(world.chair).get("/me").json
    assert "waiting" not in own and "warnings" not in own


@pytest.mark.parametrize("way", ["page", "api"])
def test_a_post_is_ended(world: World, way: str) -> None:
    person, today = world.person("evaluator"), world.now.date()
    row = world.appoint(person, world.centre, "Contoh Kepala Subdirektorat")
    id, admin = row.id, world.person("admin")

    def end(day: str, by: Person = admin, whose: Person = person) -> int:
        if way == "api":
            return world.api(by).patch(f"/users/{whose.id}/appointments/{id}", json={"to": day}).status_code
        form = {"about": "end_appointment", "appointment_id": id, "to": day}
        return world.sign_in(by).post(f"/pengguna/{whose.id}", data=form).status_code

    before = (row.from_date - timedelta(days=1)).isoformat()
    assert end(before) == 422
    assert end(today.isoformat(), by=world.chair) == 403
    assert end(today.isoformat(), whose=world.evaluator) == 404
    assert end(today.isoformat()) in (200, 303)
    assert db.session.get_one(Appointment, id).to_date == today
    assert end((today + timedelta(days=9)).isoformat()) == 422, "an end is no way to make it longer"
    page = world.sign_in(admin).get(f"/pengguna/{person.id}").text
    assert "Jabatan diakhiri." in page
