"""Kendala over API and page: raised by its unit or written down, agreed, escalated, resolved, seen by its unit alone."""

import pytest

from randal.database.base import db
from randal.models.kendala import Kendala
from randal.notifications.notices import Notice
from tests.items import body, kendala, linked_follow_up

HTML = "<img src=x onerror=alert(1)> kendala"
AGREED = {"category": "LHN", "cause": "Belum bebas", "severity": "high", "solution": "Ganti rugi"}


def test_a_ppk_raises_one_and_it_is_resolved(world):
    meeting = world.meeting("in_session")
    ppk, evaluator = world.api(world.ppk("ID-BB")), world.api(world.evaluator)
    made = ppk.post("/kendala", json=body(world, meeting))
    assert made.status_code == 201, made.json
    assert made.json["state"] == "raised" and made.json["category"] is None and made.json["level"] == "satker"
    at = f"/kendala/{made.json['id']}"
    changed = ppk.patch(
        at, json={"category": "LHN", "cause": None}, headers={"If-Match": made.headers["ETag"]}
    )
    assert changed.status_code == 200 and changed.json["category"] == "LHN" and changed.json["cause"] == ""
    refused = evaluator.post(f"{at}/moves/agree_solution", json={})
    assert set(refused.json["errors"]) == {"cause", "severity", "solution", "reason"}
    given = AGREED | {"reason": "Diselesaikan di luar rapat"}
    agreed = evaluator.post(f"{at}/moves/agree_solution", json=given)
    assert (
        agreed.status_code == 200
        and agreed.json["state"] == "solution_agreed"
        and agreed.json["solution"] == "Ganti rugi"
    )
    up = {"addressee": "Contoh Direktur", "answer_by": "2026-03-20"}
    assert evaluator.post(f"{at}/moves/escalate", json=up | {"answer_by": "2026-01-01"}).status_code == 422
    assert evaluator.post(f"{at}/moves/escalate", json=up).json["level"] == "direktorat"
    assert evaluator.post(f"{at}/moves/resolve", json={"result": "Lahan bebas"}).json["state"] == "resolved"
    assert evaluator.post(f"{at}/moves/resolve", json={"result": "Lahan bebas"}).status_code == 409


@pytest.mark.parametrize(
    "change, field",
    [
        ({"text": ""}, "text"),
        ({"text": 7}, "text"),
        ({"text": "x" * 10001}, "text"),
        ({"category": "XXX"}, "category"),
        ({"severity": "parah"}, "severity"),
        ({"cause": "x" * 10001}, "cause"),
        ({"solution": ["x"]}, "solution"),
        ({"unit_id": 98765}, "unit_id"),
        ({"meeting_id": "x"}, "meeting_id"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(world, change, field):
    meeting = world.meeting("in_session")
    answer = world.api(world.ppk("ID-BB")).post("/kendala", json=body(world, meeting) | change)
    assert answer.status_code == 422 and field in answer.json["errors"], answer.json
    assert db.session.query(Kendala).count() == 0


def test_who_may_raise_one(world):
    meeting = world.meeting("in_session", units=("ID-BB", "ID-JT"))
    for person in (world.ppk("ID-BB"), world.evaluator, world.secretariat, world.minute_taker):
        assert world.api(person).post("/kendala", json=body(world, meeting)).status_code == 201
    for person in (
        world.ppk("ID-JT"),
        world.person("ppk_staff", "ID-BB"),
        world.person("auditor"),
        world.person("none"),
    ):
        assert world.api(person).post("/kendala", json=body(world, meeting)).status_code == 403


def test_moves_belong_to_those_named(world):
    made = kendala(world)
    at = f"/kendala/{made.id}/moves"
    ppk, evaluator, leader = (
        world.api(p) for p in (world.ppk("ID-BB"), world.evaluator, world.person("leader"))
    )
    assert ppk.post(f"{at}/agree_solution", json=AGREED).status_code == 403
    assert evaluator.post(f"{at}/accept", json={"reason": "Di luar wewenang kami"}).status_code == 403
    assert leader.post(f"{at}/accept", json={"reason": "Di luar wewenang kami"}).json["state"] == "accepted"
    assert evaluator.post(f"{at}/reopen", json={"reason": "Ada jalan keluar"}).status_code == 403
    assert leader.post(f"{at}/reopen", json={"reason": "Ada jalan keluar"}).json["state"] == "solution_agreed"


def test_a_ppk_sees_its_own_alone_everywhere(world):
    meeting = world.meeting("in_session", units=("ID-BB", "ID-JT"))
    mine, other = (
        kendala(world, meeting, text="Punya Babel"),
        kendala(world, meeting, "ID-JT", text="Punya Jateng"),
    )
    api, page = world.api(world.ppk("ID-BB")), world.sign_in(world.ppk("ID-BB"))
    assert [k["id"] for k in api.get("/kendala").json["items"]] == [mine.id]
    for path in ("", "/events"):
        assert api.get(f"/kendala/{other.id}{path}").status_code == 404
    assert api.patch(f"/kendala/{other.id}", json={}, headers={"If-Match": '"1"'}).status_code == 404
    listed = page.get(f"/kendala?ppk={other.unit_id}").text + page.get("/kendala").text
    assert "Punya Babel" in listed and "Punya Jateng" not in listed
    assert page.get(f"/kendala/{other.id}").status_code == 404
    assert page.post(f"/kendala/{other.id}/ubah", data={}).status_code == 404


def test_the_page_takes_what_is_known_so_far_and_escapes(world):
    meeting = world.meeting("in_session", units=("ID-BB", "ID-JT"))
    page = world.sign_in(world.ppk("ID-BB"))
    form = page.get(f"/kendala/baru?rapat={meeting.id}").text
    assert "Bangka Belitung" in form and "Jawa Tengah" not in form
    empty = {"category": "", "severity": "", "cause": "", "solution": ""}
    wrong = page.post("/kendala", data=body(world, meeting) | empty | {"text": ""})
    assert wrong.status_code == 422
    foreign = page.post("/kendala", data=body(world, meeting, "ID-JT") | empty)
    assert foreign.status_code == 403
    made = page.post("/kendala", data=body(world, meeting) | empty | {"text": HTML})
    assert made.status_code == 303
    shown = page.get(made.location).text
    assert "<img src=x" not in shown and "&lt;img src=x" in shown
    stale = page.post(f"{made.location}/ubah", data=empty | {"text": "lain", "version": 99})
    assert stale.status_code == 409 and "lain" in stale.text and "&lt;img src=x" in stale.text
    assert page.post(f"{made.location}/ubah", data=empty | {"text": "lain", "version": 1}).status_code == 303
    evaluator = world.sign_in(world.evaluator)
    assert evaluator.post(f"{made.location}/langkah/agree_solution", data={"category": ""}).status_code == 422


def test_the_live_minutes_get_a_row_or_what_is_wrong(world):
    meeting = world.meeting("in_session")
    page, live = world.sign_in(world.minute_taker), {"HX-Request": "true"}
    made = page.post("/kendala", data=body(world, meeting) | {"text": HTML}, headers=live)
    assert made.status_code == 201 and made.text.strip().startswith("<li") and "<img" not in made.text
    wrong = page.post("/kendala", data=body(world, meeting) | {"text": ""}, headers=live)
    assert wrong.status_code == 422 and "Uraian kendala: Wajib diisi." in wrong.text


def test_it_comes_back_with_its_follow_up(world):
    made = kendala(world)
    follow_up = linked_follow_up(world, made)
    world.fire(made, "agree_solution", world.evaluator, **AGREED)
    assert world.api(world.evaluator).get(f"/kendala/{made.id}").json["in_treatment"] is False
    world.fire(made, "resolve", world.evaluator, result="Lahan bebas")
    world.fire(follow_up, "reopen", world.evaluator, reason="Bukti ternyata keliru")
    assert made.state == "solution_agreed" and made.in_treatment
    assert "Dalam penanganan" in world.sign_in(world.ppk("ID-BB")).get(f"/kendala/{made.id}").text


def test_those_concerned_are_told(world, drain):
    ppk, leader = world.ppk("ID-BB"), world.chair
    raised, noted = kendala(world, by=ppk), kendala(world)
    world.fire(raised, "escalate", world.evaluator, addressee="Contoh Direktur", answer_by=world.now.date())
    drain()
    told = {
        (n.person_id, n.url, n.text.split(" ")[0])
        for n in db.session.query(Notice).filter(Notice.url.like("/kendala/%"))
    }
    assert (world.evaluator.id, f"/kendala/{raised.id}", "PPK") in told
    assert (ppk.id, f"/kendala/{noted.id}", "Kendala") in told
    assert (leader.id, f"/kendala/{raised.id}", "Kendala") in told
    assert (world.evaluator.id, f"/kendala/{noted.id}", "Kendala") not in told
