"""Temuan over API and page: made by whom, answered by its unit, seen by its unit alone."""

import pytest

from randal.database.base import db
from randal.models.findings import Finding
from randal.notifications.notices import Notice
from tests.items import body, finding, linked_follow_up

HTML = "<script>alert(1)</script> temuan"


def test_it_is_recorded_answered_agreed_and_closed(world):
    made = finding(world)
    ppk, evaluator = world.api(world.ppk("ID-BB")), world.api(world.evaluator)
    at = f"/findings/{made.id}"
    assert [m["name"] for m in ppk.get(at).json["moves"]] == ["respond"]
    assert ppk.post(f"{at}/moves/respond", json={}).json["errors"] == {"response": ["Wajib diisi."]}
    assert ppk.post(f"{at}/moves/respond", json={"response": "Sudah diperbaiki"}).json["state"] == "responded"
    assert (
        evaluator.post(f"{at}/moves/return", json={"reason": "Belum menjawab temuan"}).json["state"]
        == "returned"
    )
    assert (
        ppk.post(f"{at}/moves/respond", json={"response": "Ini jawabannya"}).json["response"]
        == "Ini jawabannya"
    )
    assert "reason" in evaluator.post(f"{at}/moves/agree", json={}).json["errors"]
    agreed = evaluator.post(f"{at}/moves/agree", json={"reason": "Cukup dijelaskan di rapat"}).json
    assert agreed["state"] == "agreed" and agreed["no_follow_up_reason"]
    assert ppk.post(f"{at}/moves/close", json={"evaluation": "x"}).status_code == 403
    assert evaluator.post(f"{at}/moves/close", json={"evaluation": "Tuntas"}).json["state"] == "closed"
    assert evaluator.post(f"{at}/moves/close", json={"evaluation": "Tuntas"}).status_code == 409


@pytest.mark.parametrize(
    "change, field",
    [
        ({"text": None}, "text"),
        ({"text": ""}, "text"),
        ({"text": "x" * 10001}, "text"),
        ({"text": ["x"]}, "text"),
        ({"severity": "parah"}, "severity"),
        ({"severity": None}, "severity"),
        ({"unit_id": 98765}, "unit_id"),
        ({"unit_id": 1e300}, "unit_id"),
        ({"unit_id": "satu"}, "unit_id"),
        ({"meeting_id": 98765}, "meeting_id"),
        ({"meeting_id": None}, "meeting_id"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(world, change, field):
    meeting = world.meeting("in_session")
    answer = world.api(world.evaluator).post("/findings", json=body(world, meeting, severity="high") | change)
    assert answer.status_code == 422 and field in answer.json["errors"], answer.json
    assert db.session.query(Finding).count() == 0


def test_a_unit_that_was_not_invited_is_refused(world):
    meeting = world.meeting("in_session")
    answer = world.api(world.evaluator).post("/findings", json=body(world, meeting, "ID-JT", severity="high"))
    assert answer.status_code == 422 and "tidak diundang" in answer.json["errors"]["unit_id"][0]


def test_who_may_record_one(world):
    early, running = world.meeting("scheduled"), world.meeting("in_session")
    given = body(world, running, severity="low")
    assert world.api(world.minute_taker).post("/findings", json=given).status_code == 201
    assert (
        world.api(world.minute_taker).post("/findings", json=body(world, early, severity="low")).status_code
        == 409
    )
    assert (
        world.api(world.evaluator).post("/findings", json=body(world, early, severity="low")).status_code
        == 201
    )
    for person in (
        world.ppk("ID-BB"),
        world.person("ppk_staff", "ID-BB"),
        world.person("auditor"),
        world.chair,
    ):
        assert world.api(person).post("/findings", json=given).status_code == 403


def test_it_changes_while_recorded_and_never_unseen(world):
    made, api = finding(world), world.api(world.evaluator)
    at = f"/findings/{made.id}"
    assert api.patch(at, json={"text": "x"}).status_code == 428
    changed = api.patch(at, json={"text": "Uraian baru"}, headers={"If-Match": '"1"'})
    assert changed.status_code == 200 and changed.json["severity"] == "high"
    stale = api.patch(at, json={"text": "Uraian lama"}, headers={"If-Match": '"1"'})
    assert stale.status_code == 409 and "Sudah diubah oleh" in stale.json["detail"]
    assert world.api(world.ppk("ID-BB")).patch(at, json={}, headers={"If-Match": '"2"'}).status_code == 403
    world.fire(made, "respond", world.ppk("ID-BB"), response="Jawaban")
    late = api.patch(at, json={"text": "x"}, headers={"If-Match": f'"{made.version}"'})
    assert late.status_code == 409


def test_a_ppk_sees_its_own_alone_everywhere(world):
    meeting = world.meeting("in_session", units=("ID-BB", "ID-JT"))
    mine, other = (
        finding(world, meeting, text="Punya Babel"),
        finding(world, meeting, "ID-JT", text="Punya Jateng"),
    )
    api, page = world.api(world.ppk("ID-BB")), world.sign_in(world.ppk("ID-BB"))
    assert [f["id"] for f in api.get("/findings").json["items"]] == [mine.id]
    assert api.get(f"/findings?unit_id={other.unit_id}").json["items"] == []
    for path in ("", "/events"):
        assert api.get(f"/findings/{other.id}{path}").status_code == 404
    assert api.post(f"/findings/{other.id}/moves/respond", json={"response": "x"}).status_code == 404
    listed = page.get(f"/temuan?ppk={other.unit_id}").text + page.get("/temuan").text
    assert "Punya Babel" in listed and "Punya Jateng" not in listed and "Jawa Tengah" not in listed
    for path in ("", "/ubah", "/langkah/respond"):
        assert page.get(f"/temuan/{other.id}{path}").status_code == 404
    assert len(world.api(world.minute_taker).get("/findings").json["items"]) == 2
    assert world.api(world.person("none")).get("/findings").json["items"] == []


def test_the_page_notes_changes_and_escapes(world):
    meeting = world.meeting("in_session")
    page = world.sign_in(world.minute_taker)
    assert "Catat temuan" in page.get("/temuan").text
    assert f'value="{meeting.id}"' in page.get(f"/temuan/baru?rapat={meeting.id}").text
    given = body(world, meeting, severity="") | {"text": HTML}
    wrong = page.post("/temuan", data=given)
    assert wrong.status_code == 422 and "&lt;script&gt;" in wrong.text and "Wajib diisi." in wrong.text
    made = page.post("/temuan", data=given | {"severity": "critical"})
    assert made.status_code == 303
    shown = page.get(made.location).text
    assert (
        "<script>alert" not in shown
        and "&lt;script&gt;alert" in shown
        and "bukan temuan pemeriksaan" in shown
    )
    row = db.session.query(Finding).one()
    stale = page.post(f"{made.location}/ubah", data={"text": "lain", "severity": "low", "version": 99})
    assert stale.status_code == 409 and "lain" in stale.text and "&lt;script&gt;alert" in stale.text
    assert (
        page.post(f"{made.location}/ubah", data={"text": "lain", "severity": "low", "version": 1}).status_code
        == 303
    )
    assert row.text == "lain"


def test_the_live_minutes_get_a_row_or_what_is_wrong(world):
    meeting = world.meeting("in_session")
    page, live = world.sign_in(world.minute_taker), {"HX-Request": "true"}
    made = page.post("/temuan", data=body(world, meeting, severity="high") | {"text": HTML}, headers=live)
    assert made.status_code == 201 and made.text.strip().startswith("<li") and "<script>" not in made.text
    wrong = page.post("/temuan", data=body(world, meeting, severity="high") | {"text": ""}, headers=live)
    assert (
        wrong.status_code == 422 and "Uraian temuan: Wajib diisi." in wrong.text and "<html" not in wrong.text
    )
    ppk = world.sign_in(world.ppk("ID-BB"))
    assert ppk.post("/temuan", data=body(world, meeting, severity="high"), headers=live).status_code == 403


def test_moves_on_the_page(world):
    made = finding(world)
    ppk, evaluator = world.sign_in(world.ppk("ID-BB")), world.sign_in(world.evaluator)
    at = f"/temuan/{made.id}/langkah"
    assert evaluator.post(f"{at}/respond", data={"response": "x"}).status_code == 403
    assert ppk.post(f"{at}/respond", data={"response": ""}).status_code == 422
    assert ppk.post(f"{at}/respond", data={"response": "Sudah", "version": 99}).status_code == 409
    assert ppk.post(f"{at}/respond", data={"response": HTML}).status_code == 303
    assert "<script>alert" not in evaluator.get(f"/temuan/{made.id}").text
    assert ppk.post(f"{at}/respond", data={"response": "lagi"}).status_code == 409
    assert ppk.post(f"{at}/terbang", data={}).status_code == 404


def test_it_comes_back_with_its_follow_up(world):
    made = finding(world)
    follow_up = linked_follow_up(world, made)
    world.fire(made, "agree", world.evaluator, reason="Disepakati di rapat tanpa tanggapan")
    world.fire(made, "close", world.known("leader"), evaluation="Tuntas")
    world.fire(follow_up, "reopen", world.evaluator, reason="Bukti ternyata keliru")
    assert made.state == "agreed" and made.closed_by_id is None
    events = world.api(world.evaluator).get(f"/findings/{made.id}/events").json["items"]
    assert events[-1]["move"] == "reopen" and "Bukti ternyata keliru" in events[-1]["data"]["reason"]
    page = world.sign_in(world.ppk("ID-BB")).get(f"/temuan/{made.id}").text
    assert follow_up.text in page


def test_those_concerned_are_told(world, drain):
    made, foreign = finding(world), world.ppk("ID-JT")
    ppk = world.ppk("ID-BB")
    world.fire(made, "respond", ppk, response="Jawaban")
    drain()
    told = {
        (n.person_id, n.text) for n in db.session.query(Notice).filter(Notice.url == f"/temuan/{made.id}")
    }
    assert told == {
        (ppk.id, f"Temuan baru {made.code} untuk PPK Kepulauan Bangka Belitung menunggu tanggapan Anda."),
        (world.evaluator.id, f"PPK Kepulauan Bangka Belitung menanggapi temuan {made.code}."),
    }
    assert foreign.id not in {person for person, _ in told}
