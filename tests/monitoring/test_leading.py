"""What a leader answers on his sheet; the evaluation report by the API; a PPK's report card."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from randal.database.base import db
from randal.models.follow_ups import FollowUp
from randal.models.meetings import Directive
from tests.items import kendala
from tests.monitoring.stories import country
from tests.world import World

Drain = Callable[[], int]


@pytest.fixture
def raised(world: World) -> Any:
    """A kendala of BB that went up to the directorate, in a country with two reports."""
    country(world)
    row = kendala(world)
    due = (world.now + timedelta(days=10)).date()
    world.fire(row, "escalate", world.evaluator, addressee="Contoh Direktur", answer_by=due)
    return row


def test_what_waits_is_answered_in_two_steps(world: World, raised: Any) -> None:
    leader = world.sign_in(world.chair)
    assert "Lembar Pimpinan" in leader.get("/pemantauan").text
    page = leader.get("/pemantauan/lembar").text
    assert raised.text in page and "Beri arahan" in page
    path = f"/pemantauan/lembar/kendala/{raised.id}"
    wrong = leader.post(path, data={"text": "Selesaikan lahan bersama Pemda.", "expected_output": ""})
    assert wrong.status_code == 422 and "Selesaikan lahan bersama Pemda." in wrong.text
    given = {"text": "Selesaikan lahan bersama Pemda.", "expected_output": "Berita acara lahan",
             "due_on": (world.now + timedelta(days=20)).date().isoformat()}  # fmt: skip
    assert leader.post(path, data=given).status_code == 303
    made = db.session.query(FollowUp).order_by(FollowUp.id.desc()).first()
    assert made.state == "draft" and made.unit_id == raised.unit_id and raised in made.kendala
    assert "Selesaikan lahan" in made.text
    directive = db.session.query(Directive).one()
    assert directive.meeting_id == raised.meeting_id and directive.speaker == world.chair.name
    assert world.sign_in(world.secretariat).post(path, data=given).status_code == 403
    assert "Beri arahan" not in world.sign_in(world.secretariat).get("/pemantauan/lembar").text
    assert world.sign_in(world.ppk("ID-JT")).get(path).status_code == 404


def test_between_meetings_the_arahan_stands_in_the_follow_up(world: World, raised: Any) -> None:
    minutes = raised.meeting
    for step in ({"confirm": True},):
        world.fire(minutes, "close", world.chair, **step)
    book = minutes.minutes
    book.state = "in_review"  # as if handed in
    db.session.commit()
    due = (world.now + timedelta(days=20)).date().isoformat()
    given = {"text": "Percepat pengadaan.", "expected_output": "Kontrak", "due_on": due}
    answer = world.sign_in(world.chair).post(f"/pemantauan/lembar/kendala/{raised.id}", data=given)
    assert answer.status_code == 303
    assert db.session.query(Directive).count() == 0
    assert (
        "Arahan pimpinan: Percepat pengadaan."
        in db.session.query(FollowUp).order_by(FollowUp.id.desc()).first().text
    )


def test_the_nation_and_the_sheet_by_the_api(world: World, raised: Any) -> None:
    leader = world.api(world.chair)
    nation = leader.get("/overview").json
    assert len(nation["items"]) == 38 and nation["index_label"] == "usulan, bobot belum ditetapkan"
    line = next(one for one in nation["items"] if one["iso"] == "ID-BB")
    assert line["figures"]["physical_actual"] and line["figures"]["counted"] and line["index"]
    assert len(leader.get("/overview?province=ID-BB").json["items"]) == 1
    own = {one["iso"]: one["units"] for one in world.api(world.ppk("ID-JT")).get("/overview").json["items"]}
    assert own["ID-JT"] == 1 and own["ID-BB"] == 0
    assert [one["id"] for one in leader.get("/leader-sheet").json["wanted"]] == [raised.id]
    assert world.api(world.ppk("ID-JT")).get("/leader-sheet").status_code == 403
    due = (world.now + timedelta(days=20)).date().isoformat()
    given = {
        "kind": "kendala",
        "id": raised.id,
        "text": "Contoh arahan",
        "expected_output": "Contoh",
        "due_on": due,
    }
    assert world.api(world.secretariat).post("/leader-sheet/answers", json=given).status_code == 403
    wrong = leader.post("/leader-sheet/answers", json=given | {"due_on": None, "id": 0})
    assert wrong.status_code == 422
    made = leader.post("/leader-sheet/answers", json=given)
    assert made.status_code == 201, made.json
    assert db.session.get_one(FollowUp, made.json["follow_up_id"]).state == "draft"
    assert db.session.get_one(Directive, made.json["directive_id"]).text == "Contoh arahan"


def test_thresholds_by_the_api(world: World) -> None:
    ppk, office = world.api(world.ppk("ID-BB")), world.api(world.secretariat)
    assert ppk.get("/thresholds").json["values"]["jump"] == "30"
    assert ppk.post("/thresholds", json={"jump": "20"}).status_code == 403
    assert office.post("/thresholds", json={"jump": "banyak"}).status_code == 422
    told = office.post("/thresholds", json={"jump": "20", "note": "Contoh surat"}).json
    assert (told["values"]["jump"], told["values"]["stale"]) == ("20.00", "31")
    assert told["history"][0]["note"] == "Contoh surat"


@pytest.mark.parametrize("shape", ["pdf", "xlsx"])
def test_the_evaluation_report_by_the_api(world: World, raised: Any, drain: Drain, shape: str) -> None:
    api = world.api(world.evaluator)
    for given in ({}, {"province": "ID-BB"}, {"meeting_id": raised.meeting_id}):
        asked = api.post("/evaluation-reports", json=given | {"format": shape})
        assert asked.status_code == 202, asked.json
        drain()
        told = api.get(f"/documents/{asked.json['id']}").json
        assert told["state"] == "ready", told
        assert world.api(world.ppk()).get(f"/documents/{told['id']}").status_code == 404


def test_a_report_card_is_its_units_own(world: World, raised: Any, drain: Drain) -> None:
    own, other = world.api(world.ppk("ID-BB")), world.api(world.ppk("ID-JT"))
    path = f"/units/{world.unit('ID-BB').id}/report-card"
    asked = own.post(path, json={})
    assert asked.status_code == 202, asked.json
    assert other.post(path, json={}).status_code == 403
    drain()
    assert own.get(f"/documents/{asked.json['id']}").json["state"] == "ready"
    assert other.get(f"/documents/{asked.json['id']}").status_code == 404
