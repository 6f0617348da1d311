"""Attendance by the API: invitations, answers, the day itself, guests."""

from __future__ import annotations

from datetime import timedelta


def rows(world, meeting):
    return world.api(world.secretariat).get(f"/meetings/{meeting.id}/attendance").json["items"]


def test_an_invitee_answers_for_itself(world):
    meeting = world.meeting("scheduled", units=["ID-BB", "ID-AC"])
    mine, other = rows(world, meeting)
    ppk = world.api(world.ppk())
    moves = {m["name"] for m in ppk.get(f"/attendance/{mine['id']}").json["moves"]}
    assert moves == {"accept", "represent", "decline", "check_in"}
    assert ppk.move("attendance", mine["id"], "accept").json["state"] == "accepted"
    assert ppk.move("attendance", other["id"], "accept").status_code == 403
    assert ppk.move("attendance", mine["id"], "represent").json["errors"].keys() == {"name", "post"}
    sent = ppk.move("attendance", mine["id"], "represent", name="Contoh Wakil", post="Contoh Jabatan").json
    assert (sent["state"], sent["name"]) == ("represented", "Contoh Wakil")
    assert ppk.move("attendance", mine["id"], "decline", reason="pendek").status_code == 422
    declined = ppk.move("attendance", mine["id"], "decline", reason="contoh alasan panjang").json
    assert (declined["state"], declined["name"], declined["reason"]) == (
        "declined",
        "",
        "contoh alasan panjang",
    )


def test_a_new_time_asks_again_and_the_close_settles(world):
    meeting = world.meeting("scheduled", units=["ID-BB", "ID-AC", "ID-BA"])
    ids = [r["id"] for r in rows(world, meeting)]
    world.api(world.ppk()).move("attendance", ids[0], "accept")
    desk = world.api(world.secretariat)
    moved = desk.move("meetings", meeting.id, "reschedule", starts_at="2026-03-02T14:00", ends_at="2026-03-02T16:00",
                      reason="contoh alasan")  # fmt: skip
    assert moved.status_code == 200, moved.json
    assert [r["state"] for r in rows(world, meeting)] == ["invited"] * 3
    world.api(world.ppk("ID-AC")).move("attendance", ids[1], "decline", reason="contoh alasan panjang")
    here = desk.move("attendance", ids[2], "check_in", name="Contoh Hadir", post="PPK")
    assert here.json["state"] == "present" and here.json["way"] == "table"
    world.fire(meeting, "open", world.chair)
    world.fire(meeting, "close", world.chair, confirm=True)
    assert [r["state"] for r in rows(world, meeting)] == ["absent", "excused", "present"]
    fixed = desk.move("attendance", ids[0], "correct_to_present", reason="contoh alasan betul").json
    assert fixed["state"] == "present"


def test_check_in_is_open_on_the_day(world):
    tomorrow = world.now + timedelta(days=1)
    meeting = world.meeting("scheduled", starts_at=tomorrow, ends_at=tomorrow + timedelta(hours=2))
    row = rows(world, meeting)[0]
    ppk = world.api(world.ppk())
    assert ppk.move("attendance", row["id"], "check_in").status_code == 422
    world.now = tomorrow
    assert ppk.move("attendance", row["id"], "check_in").json["way"] == "account"


def test_guests(world):
    desk = world.api(world.secretariat)
    guest = {"guest": {"name": "Contoh Tamu", "post": "Contoh Jabatan", "institution": "Contoh Instansi"}}
    draft = world.meeting("draft")
    assert desk.post(f"/meetings/{draft.id}/attendance", json=guest).status_code == 409
    meeting = world.meeting("in_session")
    made = desk.post(f"/meetings/{meeting.id}/attendance", json=guest).json
    assert (made["state"], made["is_guest"], made["label"]) == ("present", True, "Contoh Tamu")
    wrong = desk.post(f"/meetings/{meeting.id}/attendance", json={"guest": {"name": ""}})
    assert wrong.status_code == 422 and set(wrong.json["errors"]) == {
        "guest.name",
        "guest.post",
        "guest.institution",
    }
    assert desk.post(f"/meetings/{meeting.id}/attendance", json={"guest": "x"}).status_code == 422
    assert world.api(world.ppk()).post(f"/meetings/{meeting.id}/attendance", json=guest).status_code == 403


def test_a_draft_list_may_shrink(world):
    desk = world.api(world.secretariat)
    draft, sent = world.meeting("draft"), world.meeting("scheduled")
    assert desk.delete(f"/attendance/{rows(world, draft)[0]['id']}").status_code == 204
    assert rows(world, draft) == []
    assert desk.delete(f"/attendance/{rows(world, sent)[0]['id']}").status_code == 409


def test_one_person_is_invited_once(world):
    desk, person = world.api(world.secretariat), world.person("evaluator")
    meeting = world.meeting("draft")
    made = desk.post(f"/meetings/{meeting.id}/attendance", json={"user_id": person.id})
    assert made.status_code == 201 and made.json["user_id"] == person.id and made.json["label"]
    assert desk.post(f"/meetings/{meeting.id}/attendance", json={"user_id": person.id}).status_code == 422
    both = desk.post(
        f"/meetings/{meeting.id}/attendance", json={"user_id": person.id, "unit_id": person.unit_id or 1}
    )
    assert both.status_code == 422


def test_no_contact_data(world):
    ppk = world.ppk("ID-AC")
    meeting = world.meeting("in_session", units=["ID-BB", "ID-AC"])
    at = f"/meetings/{meeting.id}"
    for path in (f"{at}/attendance", "/attendance", at, f"{at}/overview"):
        assert ppk.email not in world.api(world.ppk()).get(path).text
    assert world.api(world.ppk("ID-BA")).get(f"/meetings/{meeting.id}/attendance").status_code == 404


def test_the_door_address_is_for_those_who_run_the_meeting(world):
    meeting = world.meeting("in_session")
    for person in (world.secretariat, world.chair):
        answer = world.api(person).get(f"/meetings/{meeting.id}/check-in")
        assert answer.status_code == 200 and "/hadir/" in answer.json["url"]
        assert answer.json["expires_at"] == "2026-03-02T04:00:00.000Z", "an hour from the beginning"
        page = world.client().get(answer.json["url"].removeprefix(world.app.config["RANDAL"].public_url))
        assert page.status_code == 200
    assert world.api(world.ppk()).get(f"/meetings/{meeting.id}/check-in").status_code == 403
    assert (
        world.api(world.secretariat).get(f"/meetings/{world.meeting('closed').id}/check-in").status_code
        == 409
    )
