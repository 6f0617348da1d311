"""Meetings by the API: what is given, what is refused, who sees what."""

from __future__ import annotations

from datetime import timedelta

import pytest

GIVEN = {
    "title": "Contoh Rakor",
    "starts_at": "2026-03-04T09:00",
    "ends_at": "2026-03-04T12:00",
    "timezone": "Asia/Makassar",
    "place": "Contoh Aula",
}


def given(world, **more):
    return GIVEN | {"chair_id": world.chair.id, "minute_taker_id": world.minute_taker.id} | more


@pytest.fixture
def desk(world):
    return world.api(world.secretariat)


def make(world, desk, **more):
    answer = desk.post("/meetings", json=given(world, **more))
    assert answer.status_code == 201, answer.json
    return answer.json


def test_a_new_meeting(world, desk):
    made = make(world, desk)
    assert made["state"] == "draft" and made["report_period"] == "2026-03" and made["minutes_id"] is None
    assert made["starts_at"] == "2026-03-04T01:00:00.000Z" and made["local_starts_at"] == "2026-03-04T09:00"
    assert made["organiser_id"] == world.centre.id, "the unit that the chair heads"
    assert made["chair_post_id"] is not None
    assert "schedule" not in [m["name"] for m in made["moves"]], "a need fails: no objective yet"
    assert [e["move"] for e in desk.get(f"/meetings/{made['id']}/events").json["items"]] == ["create"]


@pytest.mark.parametrize(
    ("starts", "ends"),
    [
        ("2026-03-04T01:00:00.000Z", "2026-03-04T04:00:00.000Z"),  # as GET gives them
        ("2026-03-04T08:00+07:00", "2026-03-04T13:00+09:00"),
        ("2026-03-04T09:00:00", "2026-03-04 12:00"),
    ],
)
def test_a_time_is_local_or_says_its_offset(world, desk, starts, ends):
    made = make(world, desk, starts_at=starts, ends_at=ends)
    assert (made["local_starts_at"], made["local_ends_at"]) == ("2026-03-04T09:00", "2026-03-04T12:00")
    here, head = f"/meetings/{made['id']}", {"If-Match": f'"{made["version"]}"'}
    same = desk.patch(here, json={"starts_at": starts, "ends_at": ends}, headers=head)
    assert same.status_code == 200 and same.json["local_starts_at"] == "2026-03-04T09:00"
    session = {"title": "Contoh sesi", "starts_at": starts, "ends_at": ends}
    assert desk.post(f"{here}/sessions", json=session).json["starts_at"] == "2026-03-04T01:00:00.000Z"
    meeting = world.meeting("scheduled", timezone="Asia/Makassar")
    again = {"starts_at": starts, "ends_at": ends, "reason": "Contoh alasan yang cukup."}
    moved = desk.post(f"/meetings/{meeting.id}/moves/reschedule", json=again)
    assert moved.status_code == 200 and moved.json["local_starts_at"] == "2026-03-04T09:00"


def test_only_the_secretariat_makes_one(world):
    for role in ("evaluator", "auditor", "admin"):
        assert world.api(world.person(role)).post("/meetings", json={}).status_code == 403
    assert world.api(world.ppk()).post("/meetings", json=given(world)).status_code == 403


@pytest.mark.parametrize(
    ("wrong", "fields"),
    [
        ({"title": None}, {"title"}),
        ({"title": "   "}, {"title"}),
        ({"title": "x" * 251}, {"title"}),
        ({"title": 5}, {"title"}),
        ({"starts_at": "2026-03-01T09:00"}, {"starts_at"}),
        ({"starts_at": "2026-03-04T09:00+25:00"}, {"starts_at"}),
        ({"starts_at": "2026-03-04"}, {"starts_at"}),
        ({"starts_at": "besok"}, {"starts_at"}),
        ({"starts_at": "9999-12-31T23:59", "ends_at": "0001-01-01T00:00"}, {"starts_at", "ends_at"}),
        ({"ends_at": "2026-03-04T09:00"}, {"ends_at"}),
        ({"timezone": "Asia/Atlantis"}, {"timezone"}),
        ({"report_period": "2026-13"}, {"report_period"}),
        ({"chair_id": 99999, "minute_taker_id": 2**70}, {"chair_id", "minute_taker_id"}),
        ({"organiser_id": 99999}, {"organiser_id"}),
        ({"link": "javascript:alert(1)"}, {"link"}),
        ({"unit_ids": [99999]}, {"unit_ids"}),
        (
            {"title": "", "starts_at": "x", "ends_at": None, "timezone": "y"},
            {"title", "starts_at", "ends_at", "timezone"},
        ),
    ],
)
def test_all_wrong_fields_are_told_at_once(world, desk, wrong, fields):
    answer = desk.post("/meetings", json=given(world, **wrong))
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    assert set(answer.json["errors"]) == fields, answer.json
    assert desk.get("/meetings").json["items"] == [], "nothing half done"


def test_a_start_today_is_not_in_the_past(world, desk):
    assert make(world, desk, starts_at="2026-03-02T00:05", ends_at="2026-03-02T01:00")


def test_editing(world, desk):
    made = make(world, desk)
    path = f"/meetings/{made['id']}"
    assert desk.patch(path, json={"title": "Lain"}).status_code == 428
    assert desk.patch(path, json={"title": "Lain"}, headers={"If-Match": '"9"'}).status_code == 409
    answer = desk.patch(path, json={"title": "Lain", "timezone": "Asia/Jakarta"}, headers={"If-Match": '"1"'})
    assert answer.status_code == 200, answer.json
    assert answer.json["title"] == "Lain" and answer.json["starts_at"] == "2026-03-04T02:00:00.000Z"
    assert answer.json["version"] == 2
    wrong = desk.patch(path, json={"ends_at": "2026-03-03T09:00"}, headers={"If-Match": '"2"'})
    assert wrong.status_code == 422 and set(wrong.json["errors"]) == {"ends_at"}


def test_what_was_announced_moves_by_a_move(world, desk):
    meeting = world.meeting("scheduled")
    headers = {"If-Match": f'"{meeting.version}"'}
    path = f"/meetings/{meeting.id}"
    assert desk.patch(path, json={"starts_at": "2026-03-09T09:00"}, headers=headers).status_code == 409
    other = world.person("leader")
    assert desk.patch(path, json={"chair_id": other.id}, headers=headers).status_code == 409
    assert desk.patch(path, json={"place": "Aula baru"}, headers=headers).status_code == 200
    moved = desk.move("meetings", meeting.id, "reschedule", starts_at="2026-03-09T09:00", ends_at="2026-03-09T08:00",
                      reason="contoh alasan")  # fmt: skip
    assert moved.status_code == 422 and set(moved.json["errors"]) == {"ends_at"}
    moved = desk.move("meetings", meeting.id, "reschedule", starts_at="2026-03-09T09:00", ends_at="2026-03-09T10:00",
                      reason="contoh alasan")  # fmt: skip
    assert moved.status_code == 200 and moved.json["sequence"] == 2  # another place, then another time
    unknown = desk.move("meetings", meeting.id, "reassign", chair_id=99999, reason="contoh alasan")
    assert unknown.status_code == 422 and set(unknown.json["errors"]) == {"chair_id"}
    changed = desk.move("meetings", meeting.id, "reassign", chair_id=other.id, reason="contoh alasan")
    assert changed.status_code == 200 and changed.json["chair_id"] == other.id


def test_from_draft_to_closed(world, desk, drain):
    made = make(world, desk, starts_at="2026-03-02T13:00", ends_at="2026-03-02T15:00")
    path = f"/meetings/{made['id']}"
    refused = desk.move("meetings", made["id"], "schedule")
    assert refused.status_code == 422 and "sasaran" in refused.json["detail"]
    objective = desk.post(f"{path}/objectives", json={"text": "Contoh sasaran", "kind": "sasaran"})
    assert objective.status_code == 201, objective.json
    assert desk.post(f"{path}/objectives", json={"kind": "lain"}).status_code == 422
    agenda = desk.post(f"{path}/agenda", json={"title": "Contoh acara", "duration": 30}).json
    ppk = world.ppk()
    row = desk.post(f"{path}/attendance", json={"unit_id": ppk.unit_id})
    assert row.status_code == 201 and row.json["state"] == "invited"
    assert desk.post(f"{path}/attendance", json={"unit_id": ppk.unit_id}).status_code == 422
    assert desk.post(f"{path}/attendance", json={"unit_id": 99999}).status_code == 422
    assert desk.post(f"{path}/attendance", json={}).status_code == 422
    assert world.api(ppk).get(path).status_code == 404, "a draft is nobody's business"
    assert desk.move("meetings", made["id"], "schedule").status_code == 200
    assert world.api(ppk).get(path).status_code == 200
    drain()

    chair = world.api(world.chair)
    assert chair.move("meetings", made["id"], "open").json["state"] == "in_session"
    taker = world.api(world.minute_taker)
    done = taker.patch(
        f"/agenda/{agenda['id']}",
        json={"outcome": "discussed", "note": "Contoh"},
        headers={"If-Match": '"1"'},
    )
    assert done.status_code == 200 and done.json["version"] == 2
    stale = taker.patch(f"{path}/agenda/{agenda['id']}", json={"note": "Basi"}, headers={"If-Match": '"1"'})
    assert stale.status_code == 409 and world.minute_taker.name in stale.json["detail"]
    arahan = taker.post(f"{path}/directives", json={"text": "Contoh arahan", "speaker": "Contoh Pimpinan"})
    assert arahan.status_code == 201 and arahan.json["number"] == 1
    assert taker.post(f"{path}/decisions", json={"text": "Contoh putusan"}).json["number"] == 1
    assert world.api(ppk).post(f"{path}/decisions", json={"text": "x"}).status_code == 403

    missing = chair.move("meetings", made["id"], "close")
    assert missing.status_code == 422 and len(missing.json["errors"]["confirm"]) == 2, missing.json
    closed = chair.move("meetings", made["id"], "close", confirm=True)
    assert closed.status_code == 200 and closed.json["state"] == "closed"
    assert desk.get(f"/attendance/{row.json['id']}").json["state"] == "absent"
    oid = objective.json["id"]
    judged = world.api(world.evaluator).patch(
        f"{path}/objectives/{oid}", json={"assessment": "met"}, headers={"If-Match": '"1"'}
    )
    assert judged.status_code == 200 and judged.json["assessment"] == "met"


def test_agenda_without_outcome_is_put_off_at_the_close(world, desk):
    meeting = world.meeting("closed")
    assert desk.get(f"/meetings/{meeting.id}/agenda").json["items"][0]["outcome"] == "deferred"


def test_parts_are_planned_before_and_assessed_after(world, desk):
    meeting = world.meeting("scheduled")
    path = f"/meetings/{meeting.id}"
    objective = desk.get(f"{path}/objectives").json["items"][0]
    early = desk.patch(
        f"/objectives/{objective['id']}", json={"assessment": "met"}, headers={"If-Match": '"1"'}
    )
    assert early.status_code == 409
    assert desk.post(f"{path}/decisions", json={"text": "x"}).status_code == 409
    second = desk.post(f"{path}/agenda", json={"title": "Kedua"}).json
    first = desk.get(f"{path}/agenda").json["items"][0]
    assert desk.delete(f"/agenda/{first['id']}").status_code == 204
    assert desk.get(f"{path}/agenda/{second['id']}").json["position"] == 1
    assert desk.get(f"/agenda/{first['id']}").status_code == 404
    other = world.meeting("in_session")
    assert desk.get(f"/meetings/{other.id}/agenda/{second['id']}").status_code == 404
    assert desk.delete(f"/agenda/{other.agenda_items[0].id}").status_code == 409
    assert world.api(world.ppk()).delete(f"/agenda/{other.agenda_items[0].id}").status_code == 403


def test_a_directive_written_by_mistake_leaves_no_hole(world):
    meeting = world.meeting("in_session")
    taker = world.api(world.minute_taker)
    made = [
        taker.post(f"/meetings/{meeting.id}/directives", json={"text": f"Arahan {n}"}).json for n in (1, 2, 3)
    ]
    assert taker.delete(f"/directives/{made[0]['id']}").status_code == 204
    left = taker.get(f"/meetings/{meeting.id}/directives").json["items"]
    assert [(d["number"], d["text"]) for d in left] == [(1, "Arahan 2"), (2, "Arahan 3")]


def test_what_is_owed_comes_first_on_the_next_agenda(world, desk):
    earlier = world.meeting("in_session", units=["ID-BB", "ID-AC"])
    made = world.api(world.secretariat).post("/follow-ups", json={
        "meeting_id": earlier.id, "unit_id": world.unit("ID-BB").id, "text": "Contoh RTL", "due_on": "2026-04-01",
        "expected_output": "Contoh keluaran", "priority": "high",
    })  # fmt: skip
    assert made.status_code == 201, made.json
    assert (
        world.api(world.secretariat)
        .move("follow-ups", made.json["id"], "assign", priority="high")
        .status_code
        == 200
    )
    later = world.meeting("scheduled", units=["ID-BB"])
    assert [(a.position, a.carries_over) for a in later.agenda_items] == [(1, True), (2, False)]
    assert later.previous_id == earlier.id
    other = world.meeting("scheduled", units=["ID-AC"])
    assert not any(a.carries_over for a in other.agenda_items)


def test_the_overview_counts_and_keeps_figures_to_their_unit(world, desk):
    meeting = world.meeting("in_session", units=["ID-BB", "ID-AC"])
    bb, ac = world.unit("ID-BB"), world.unit("ID-AC")
    evaluator = world.api(world.evaluator)
    for unit in (bb, bb, ac):
        given = {"meeting_id": meeting.id, "unit_id": unit.id, "text": "Contoh", "severity": "low"}
        made = evaluator.post("/findings", json=given)
        assert made.status_code == 201
    answer = desk.get(f"/meetings/{meeting.id}/overview").json
    assert [(i["unit"], i["findings"]) for i in answer["items"]] == [(bb.short_name, 2), (ac.short_name, 1)]
    assert answer["totals"] == {
        "units": 2,
        "present": 0,
        "reported": 0,
        "findings": 3,
        "kendala": 0,
        "open": 0,
        "late": 0,
    }
    seen = world.api(world.ppk()).get(f"/meetings/{meeting.id}/overview").json
    assert [i["findings"] for i in seen["items"]] == [2, 1]
    assert seen["items"][1]["report_id"] is None


def test_the_calendar(world, desk, drain):
    meeting = world.meeting("scheduled")
    ppk = world.ppk()
    answer = world.api(ppk).get(f"/meetings/{meeting.id}/calendar")
    assert answer.mimetype == "text/calendar"
    text = answer.text.replace("\r\n ", "")
    for wanted in (
        "METHOD:REQUEST",
        "SEQUENCE:0",
        "BEGIN:VTIMEZONE",
        "DTSTART;TZID=Asia/Jakarta:20260302T1000",
        ppk.email,
    ):
        assert wanted in text, wanted
    assert text.count("ATTENDEE") == 1
    assert "ATTENDEE" not in desk.get(f"/meetings/{meeting.id}/calendar").text
    world.fire(meeting, "cancel", world.secretariat, reason="contoh alasan")
    text = desk.get(f"/meetings/{meeting.id}/calendar").text
    assert "METHOD:CANCEL" in text and "SEQUENCE:1" in text and "STATUS:CANCELLED" in text
    assert world.api(world.ppk("ID-AC")).get(f"/meetings/{meeting.id}/calendar").status_code == 404


def test_everybody_is_told_once(world, drain):
    from randal.database.base import db
    from randal.notifications.notices import Mail, Notice

    ppk, staff = world.ppk(), world.person("ppk_staff", "ID-BB")
    meeting = world.meeting("scheduled")
    drain()
    drain()
    mails = db.session.query(Mail).filter(Mail.key.startswith("meeting:")).all()
    people = {ppk.id, staff.id, world.chair.id, world.minute_taker.id}
    assert {m.person_id for m in mails} == people and len(mails) == 4
    assert all("METHOD:REQUEST" in m.attachments[0]["text"] for m in mails)
    mine = next(m for m in mails if m.person_id == ppk.id)
    assert staff.email not in mine.attachments[0]["text"] and meeting.title in mine.body
    mine = db.session.query(Notice).filter(Notice.person_id == ppk.id, Notice.key.startswith("meeting:"))
    assert mine.count() == 1
    world.fire(meeting, "issue_letter", world.secretariat, number="UM.01/1", dated_on=world.now.date())
    world.fire(meeting, "cancel", world.secretariat, reason="contoh alasan")
    drain()
    assert (
        db.session.query(Mail).filter(Mail.person_id == ppk.id, Mail.key.startswith("meeting:")).count() == 3
    )


def test_the_list_is_a_page_of_what_one_may_see(world, desk):
    mine, other = world.meeting("scheduled"), world.meeting("scheduled", units=["ID-AC"])
    draft = world.meeting("draft")
    seen = [m["id"] for m in world.api(world.ppk()).get("/meetings").json["items"]]
    assert seen == [mine.id]
    assert [m["id"] for m in desk.get("/meetings?limit=2").json["items"]] == [mine.id, other.id]
    assert [m["id"] for m in desk.get("/meetings?state=draft").json["items"]] == [draft.id]
    assert desk.get("/meetings?limit=0").status_code == 400
    world.now += timedelta(hours=1)
    assert desk.get("/meetings", query_string={"updated_since": "2030-01-01T00:00:00Z"}).json["items"] == []


def test_idempotency(world, desk):
    headers = {"Idempotency-Key": "sekali"}
    first = desk.post("/meetings", json=given(world), headers=headers)
    again = desk.post("/meetings", json=given(world), headers=headers)
    assert first.status_code == again.status_code == 201 and first.json["id"] == again.json["id"]
