"""The agenda in the room: taken up, finished, put off, put in another order; two at once, and one is told."""

from __future__ import annotations

import contextvars
import threading
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from randal.database.base import db
from randal.history.events import Event
from randal.models.meetings import Meeting, Session

THREE = "Pembukaan (15)\nPaparan (30)\nPenutup (15)"


def titles(meeting_id: int) -> list[str]:
    db.session.expire_all()
    meeting = db.session.get(Meeting, meeting_id)
    assert [i.position for i in meeting.agenda_items] == list(range(1, len(meeting.agenda_items) + 1))
    return [i.title for i in meeting.agenda_items]


def sessions(world, meeting, *rows):
    made = [
        Session(
            meeting_id=meeting.id,
            kind=kind,
            title=title,
            starts_at=meeting.starts_at + timedelta(minutes=begin),
            ends_at=meeting.starts_at + timedelta(minutes=end),
            updated_at=world.now,
        )
        for kind, title, begin, end in rows
    ]
    db.session.add_all(made)
    db.session.commit()
    return made


def test_one_runs_at_a_time_and_its_times_are_real(world):
    meeting = world.meeting("in_session", agenda=THREE)
    taker, began = world.api(world.minute_taker), world.now
    first, second, third = (i.id for i in meeting.agenda_items)
    started = taker.post(f"/agenda/{first}/moves/start")
    assert started.status_code == 200 and started.json["started_at"] and not started.json["ended_at"]
    assert started.json["outcome"] == "discussed", "what is taken up is discussed"
    world.now = began + timedelta(minutes=25, seconds=5)
    assert taker.post(f"/agenda/{second}/moves/start").status_code == 200
    there = {i["id"]: i for i in taker.get(f"/meetings/{meeting.id}/agenda").json["items"]}
    assert there[first]["ended_at"] == there[second]["started_at"] and not there[second]["ended_at"]
    told = taker.get(f"/meetings/{meeting.id}/timetable").json
    assert [i["overrun"] for i in told["items"]] == [10, 0, 0]
    assert (told["running_id"], told["next_id"]) == (second, third)
    assert taker.post(f"/agenda/{third}/moves/finish").status_code == 409, "it does not run"
    assert taker.post(f"/agenda/{second}/moves/finish").json["ended_at"]
    assert taker.post(f"/agenda/{first}/moves/start").json["started_at"] == there[first]["started_at"]
    told = [
        (e["move"], e["data"].get("agenda_item_id"))
        for e in taker.get(f"/meetings/{meeting.id}/events").json["items"]
    ]
    assert told[-4:] == [
        ("start_agenda_item", first), ("start_agenda_item", second), ("finish_agenda_item", second), ("start_agenda_item", first),
    ]  # fmt: skip


def test_the_close_ends_what_runs(world):
    meeting = world.meeting("in_session", agenda=THREE)
    first = meeting.agenda_items[0].id
    chair = world.api(world.chair)
    assert chair.post(f"/agenda/{first}/moves/start").status_code == 200
    missing = chair.move("meetings", meeting.id, "close").json["errors"]["confirm"]
    assert not any("Pembukaan" in m for m in missing) and any("Paparan" in m for m in missing)
    assert chair.move("meetings", meeting.id, "close", confirm=True).status_code == 200
    there = chair.get(f"/meetings/{meeting.id}/agenda").json["items"]
    assert [i["outcome"] for i in there] == ["discussed", "deferred", "deferred"]
    assert there[0]["ended_at"] == chair.get(f"/meetings/{meeting.id}").json["closed_at"]
    assert chair.post(f"/agenda/{there[1]['id']}/moves/start").status_code == 409


def test_putting_off_asks_why_and_the_reason_joins_the_note(world):
    meeting = world.meeting("in_session", agenda=THREE)
    taker, item = world.api(world.minute_taker), meeting.agenda_items[1].id
    for given in ({}, {"reason": "lama"}, {"reason": "          "}, {"reason": 5}):
        refused = taker.post(f"/agenda/{item}/moves/defer", json=given)
        assert refused.status_code == 422 and set(refused.json["errors"]) == {"reason"}, given
    taker.patch(f"/agenda/{item}", json={"note": "Contoh catatan"}, headers={"If-Match": '"1"'})
    assert taker.post(f"/agenda/{item}/moves/start").status_code == 200
    done = taker.post(f"/agenda/{item}/moves/defer", json={"reason": "Contoh: data belum lengkap"})
    assert done.status_code == 200 and done.json["outcome"] == "deferred" and done.json["ended_at"]
    assert done.json["note"] == "Contoh catatan\nDitunda: Contoh: data belum lengkap"
    page = world.sign_in(world.minute_taker)
    there = f"/rapat/{meeting.id}/acara/{meeting.agenda_items[2].id}/tunda"
    refused = page.post(there, data={"reason": "pendek"})
    assert refused.status_code == 422 and "pendek" in refused.text and "sedikitnya 10" in refused.text
    assert page.post(there, data={"reason": "Contoh: waktunya habis"}).status_code == 303
    assert db.session.get(Meeting, meeting.id).agenda_items[2].outcome == "deferred"


@pytest.mark.parametrize("move", ["start", "finish", "defer"])
def test_who_may_not(world, move):
    meeting = world.meeting("in_session", agenda=THREE)
    path = f"/agenda/{meeting.agenda_items[0].id}/moves/{move}"
    given = {"reason": "Contoh alasan panjang"}
    for person in (world.ppk(), world.evaluator, world.person("auditor")):
        assert world.api(person).post(path, json=given).status_code == 403, person.role
    assert world.api(world.ppk("ID-AC")).post(path, json=given).status_code == 404
    early = world.meeting("scheduled", agenda=THREE)
    path = f"/agenda/{early.agenda_items[0].id}/moves/{move}"
    assert world.api(world.secretariat).post(path, json=given).status_code == 409
    stale = f"/agenda/{meeting.agenda_items[1].id}/moves/{move}"
    answer = world.api(world.secretariat).post(stale, json=given, headers={"If-Match": '"7"'})
    assert answer.status_code == 409 and "Sudah diubah" in answer.json["detail"]


def test_another_order_by_the_api(world):
    meeting = world.meeting("scheduled", agenda=THREE)
    desk = world.api(world.secretariat)
    first, second, third = (i.id for i in meeting.agenda_items)
    moved = desk.patch(f"/agenda/{third}", json={"position": 1}, headers={"If-Match": '"1"'})
    assert moved.status_code == 200 and moved.json["position"] == 1
    assert titles(meeting.id) == ["Penutup", "Pembukaan", "Paparan"]
    late = desk.patch(f"/agenda/{second}", json={"position": 1}, headers={"If-Match": '"1"'})
    assert late.status_code == 409, "its place has changed meanwhile"
    assert (
        desk.patch(f"/agenda/{third}", json={"position": 99}, headers={"If-Match": '"2"'}).status_code == 200
    )
    assert titles(meeting.id) == ["Pembukaan", "Paparan", "Penutup"]
    wrong = desk.patch(f"/agenda/{first}", json={"position": 0}, headers={"If-Match": '"3"'})
    assert wrong.status_code == 422 and set(wrong.json["errors"]) == {"position"}
    made = desk.post(f"/meetings/{meeting.id}/agenda", json={"title": "Doa", "position": 2})
    assert made.status_code == 201 and made.json["position"] == 2
    assert titles(meeting.id) == ["Pembukaan", "Doa", "Paparan", "Penutup"]
    moved = db.session.scalars(db.select(Event).where(Event.move == "change_agenda_item"))
    assert ["position"] in [e.data.get("fields") for e in moved]


def test_up_down_and_dropped_on_the_page(world):
    meeting = world.meeting("in_session", agenda=THREE)
    first, second, third = (i.id for i in meeting.agenda_items)
    page, at = world.sign_in(world.minute_taker), f"/rapat/{meeting.id}/acara"
    assert page.post(f"{at}/{first}/pindah", data={"arah": "turun"}).status_code == 303
    assert titles(meeting.id) == ["Paparan", "Pembukaan", "Penutup"]
    assert page.post(f"{at}/{second}/pindah", data={"arah": "naik"}).status_code == 303, "it is the first"
    asked = {"Accept": "application/json"}
    seen = f"{second},{first},{third}"
    done = page.post(f"{at}/{third}/pindah", data={"posisi": 1, "urutan": seen}, headers=asked)
    assert done.status_code == 200 and done.json["said"] == "«Penutup» sekarang nomor 1 dari 3."
    assert titles(meeting.id) == ["Penutup", "Paparan", "Pembukaan"]
    other = world.sign_in(world.secretariat)
    late = other.post(f"{at}/{first}/pindah", data={"posisi": 1, "urutan": seen}, headers=asked)
    assert late.status_code == 409 and world.minute_taker.name in late.json["detail"], late.json
    assert titles(meeting.id) == ["Penutup", "Paparan", "Pembukaan"], "who was late changed nothing"
    ppk = world.sign_in(world.ppk()).post(f"{at}/{first}/pindah", data={"arah": "naik"})
    assert ppk.status_code == 403


def test_between_sessions(world):
    meeting = world.meeting("scheduled", agenda=THREE)
    morning, _pause, noon = sessions(
        world, meeting, ("session", "Pagi", 0, 60), ("break", "Rehat", 60, 75), ("session", "Siang", 75, 180)
    )
    first, second, third = (i.id for i in meeting.agenda_items)
    desk = world.api(world.secretariat)
    moved = desk.patch(f"/agenda/{first}", json={"session_id": noon.id}, headers={"If-Match": '"1"'})
    assert moved.status_code == 200 and moved.json["session_id"] == noon.id, moved.json
    assert titles(meeting.id) == ["Paparan", "Penutup", "Pembukaan"]
    wrong = desk.patch(f"/agenda/{second}", json={"session_id": _pause.id}, headers={"If-Match": '"2"'})
    assert wrong.status_code == 422 and set(wrong.json["errors"]) == {"session_id"}
    page, at = world.sign_in(world.secretariat), f"/rapat/{meeting.id}/acara"
    assert page.post(f"{at}/{third}/pindah", data={"arah": "turun"}).status_code == 303
    db.session.expire_all()
    rows = {i.id: i for i in db.session.get(Meeting, meeting.id).agenda_items}
    assert rows[third].session_id == noon.id and titles(meeting.id) == ["Paparan", "Penutup", "Pembukaan"]
    assert page.post(f"{at}/{first}/pindah", data={"posisi": 1, "sesi": morning.id}).status_code == 303
    assert titles(meeting.id) == ["Pembukaan", "Paparan", "Penutup"]
    shown = page.get(f"/rapat/{meeting.id}?bagian=acara").text
    said = [f'sesi-{morning.id}">Pagi', "<b>Paparan", "Rehat, ", f'sesi-{noon.id}">Siang', "<b>Penutup"]
    assert [shown.index(word) for word in said] == sorted(shown.index(word) for word in said)
    times = desk.get(f"/meetings/{meeting.id}/timetable").json["items"]
    assert [t["planned_starts_at"][11:16] for t in times] == ["03:00", "03:15", "04:15"]


def test_at_the_same_moment_one_reorders_and_one_is_told(world, app):
    """Two who saw the same order press at once: whoever comes second hears it, and nothing is half moved."""
    meeting = world.meeting("in_session", agenda=THREE)
    first, second, third = (i.id for i in meeting.agenda_items)
    seen, meeting_id = f"{first},{second},{third}", meeting.id
    cookies = []
    for person in (world.minute_taker, world.secretariat):
        signer = app.session_interface.get_signing_serializer(app)
        cookies.append(signer.dumps({"_user_id": world.session(person), "_fresh": True}))
    db.session.commit()
    together, answers = threading.Barrier(2), []

    def press(cookie: str, item: int, way: str) -> None:
        client = FlaskClient(app, app.response_class, use_cookies=False)
        asked = {"Cookie": f"{app.config['SESSION_COOKIE_NAME']}={cookie}", "Accept": "application/json"}
        together.wait()
        answer = contextvars.Context().run(
            client.post,
            f"/rapat/{meeting_id}/acara/{item}/pindah",
            data={"arah": way, "urutan": seen},
            headers=asked,
        )
        answers.append((answer.status_code, answer.json))

    pressed = [(cookies[0], first, "turun"), (cookies[1], third, "naik")]
    threads = [threading.Thread(target=press, args=given) for given in pressed]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(status for status, _ in answers) == [200, 409], answers
    assert "Susunan acara sudah diubah" in next(told["detail"] for status, told in answers if status == 409)
    assert titles(meeting_id) in (
        ["Paparan", "Pembukaan", "Penutup"],
        ["Pembukaan", "Penutup", "Paparan"],
    )
