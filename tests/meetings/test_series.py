"""The next meeting from the last: what is copied, what comes over, and the links both ways."""

from __future__ import annotations

from datetime import timedelta

from randal.database.base import db
from randal.models.meetings import Meeting, Session
from tests import items


def first(world, **more):
    """A closed meeting with a deferred item, a met and two unmet objectives, and a break between two sessions."""
    meeting = world.meeting(
        "in_session", units=("ID-BB", "ID-AC"), objectives="Contoh satu\nContoh dua\nContoh tiga",
        agenda="Contoh pembukaan (15)\nContoh bahasan (60)\nContoh lain-lain", place="Contoh Aula", quorum=60, **more,
    )  # fmt: skip
    at = meeting.starts_at
    for kind, title, begin, end in (
        ("session", "Sesi I", 0, 60),
        ("break", "Jeda", 60, 90),
        ("session", "Sesi II", 90, 180),
    ):
        db.session.add(Session(
            meeting_id=meeting.id, kind=kind, title=title, starts_at=at + timedelta(minutes=begin),
            ends_at=at + timedelta(minutes=end), updated_at=world.now,
        ))  # fmt: skip
    db.session.commit()
    asked = {"user_id": world.known("evaluator").id}
    assert (
        world.api(world.secretariat).post(f"/meetings/{meeting.id}/attendance", json=asked).status_code == 201
    )
    db.session.expire_all()
    meeting.agenda_items[1].session_id = next(s.id for s in meeting.sessions if s.title == "Sesi II")
    for objective, assessed in zip(meeting.objectives, ("met", "partly", "not_met"), strict=True):
        objective.assessment = assessed
    meeting.agenda_items[0].outcome = meeting.agenda_items[1].outcome = "discussed"
    db.session.commit()
    world.fire(meeting, "close", world.chair, confirm=True)
    return meeting


def test_the_form_is_filled_and_the_draft_follows(world):
    meeting = first(world)
    desk = world.sign_in(world.secretariat)
    page = desk.get(f"/rapat/{meeting.id}/berikutnya")
    assert page.status_code == 200
    assert (
        "Contoh Aula" in page.text and "Contoh bahasan (60)" in page.text and "2026-03-30T10:00" in page.text
    )
    assert f'action="/rapat/{meeting.id}/berikutnya"' in page.text
    api = world.api(world.secretariat)
    made = api.post(f"/meetings/{meeting.id}/next", json={"title": "Contoh rapat kedua"})
    assert made.status_code == 201, made.json
    assert made.json["previous_id"] == meeting.id and made.json["state"] == "draft"
    assert made.json["local_starts_at"] == "2026-03-30T10:00" and made.json["quorum"] == 60
    row = db.session.get_one(Meeting, made.json["id"])
    assert row.title == "Contoh rapat kedua" and row.chair_id == meeting.chair_id
    assert {(a.unit_id, a.person_id) for a in row.invitees} == {
        (a.unit_id, a.person_id) for a in meeting.invitees
    }
    assert [(s.kind, s.title) for s in row.sessions] == [
        ("session", "Sesi I"),
        ("break", "Jeda"),
        ("session", "Sesi II"),
    ]
    gap = row.sessions[0].starts_at - meeting.sessions[0].starts_at
    assert abs(gap - timedelta(weeks=4)) < timedelta(minutes=1)
    assert [(a.title, a.duration, a.session.title if a.session else None) for a in row.agenda_items] == [
        ("Contoh pembukaan", 15, None), ("Contoh bahasan", 60, "Sesi II"), ("Contoh lain-lain", None, None),
    ]  # fmt: skip


def test_what_was_left_is_the_first_item_once_scheduled(world):
    meeting = first(world)
    world.now += timedelta(days=1)
    api = world.api(world.secretariat)
    made = api.post(f"/meetings/{meeting.id}/next", json={}).json
    assert api.move("meetings", made["id"], "schedule").status_code == 200
    row = db.session.get_one(Meeting, made["id"])
    assert [(a.position, a.carries_over) for a in row.agenda_items][:2] == [(1, True), (2, False)]
    assert row.agenda_items[0].session.title == "Sesi I"
    told = api.get(f"/meetings/{row.id}/series").json
    assert told["previous"]["id"] == meeting.id
    assert [a["title"] for a in told["carried_over"]["agenda"]] == ["Contoh lain-lain"]
    assert [o["assessment"] for o in told["carried_over"]["objectives"]] == ["partly", "not_met"]
    assert [m["id"] for m in api.get(f"/meetings/{meeting.id}/series").json["next"]] == [row.id]
    desk = world.sign_in(world.secretariat)
    agenda = desk.get(f"/rapat/{row.id}?bagian=acara").text
    assert (
        "Ditunda dari rapat sebelumnya: Contoh lain-lain" in agenda
        and "belum tercapai: Contoh tiga" in agenda
    )
    world.now = row.starts_at
    world.fire(db.session.get_one(Meeting, row.id), "open", world.chair)
    desk = world.sign_in(world.secretariat)
    live = world.sign_in(world.minute_taker).get(f"/rapat/{row.id}/langsung").text
    assert "Ditunda dari rapat sebelumnya: Contoh lain-lain" in live, "where it is noted what came of it"
    assert f'href="/rapat/{row.id}"' in desk.get(f"/rapat/{meeting.id}").text
    assert f'href="/rapat/{meeting.id}"' in desk.get(f"/rapat/{row.id}").text


def test_the_series_keeps_its_pace_and_who_may_not_see_the_last_finds_no_link(world):
    meeting = first(world)
    items.linked_follow_up(world, items.finding(world, meeting))
    api = world.api(world.secretariat)
    two = api.post(f"/meetings/{meeting.id}/next", json={
        "starts_at": "2026-03-16T09:00", "ends_at": "2026-03-16T12:00", "unit_ids": [world.unit("ID-JK").id],
    })  # fmt: skip
    assert two.status_code == 201, two.json
    assert api.move("meetings", two.json["id"], "schedule").status_code == 200
    three = api.post(f"/meetings/{two.json['id']}/next", json={})
    assert three.json["local_starts_at"] == "2026-03-30T09:00", (
        "two weeks, as between the first and the second"
    )
    world.ppk("ID-JK")
    other = world.api(world.ppk("ID-JK")).get(f"/meetings/{two.json['id']}/series").json
    assert other["previous"] is None
    assert (
        f'href="/rapat/{meeting.id}"'
        not in world.sign_in(world.ppk("ID-JK")).get(f"/rapat/{two.json['id']}").text
    )


def test_only_the_secretariat_and_never_from_a_draft(world):
    draft = world.meeting("draft")
    assert world.api(world.secretariat).post(f"/meetings/{draft.id}/next", json={}).status_code == 409
    meeting = world.meeting("scheduled")
    assert world.api(world.evaluator).post(f"/meetings/{meeting.id}/next", json={}).status_code == 403
    assert world.sign_in(world.evaluator).get(f"/rapat/{meeting.id}/berikutnya").status_code == 403
    wrong = world.sign_in(world.secretariat).post(f"/rapat/{meeting.id}/berikutnya", data={"title": ""})
    assert wrong.status_code == 422 and "berikutnya" in wrong.text
